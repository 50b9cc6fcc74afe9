//! The pipe: lines of programs of the same user, through a socket in the state folder.

use livegate::client::Client;
use serde_json::{Value, json};

use super::adapter::{Ask, Caller};
use super::lines::LineCaller;
use crate::support::Studio;

pub struct Pipe(LineCaller);

impl Caller for Pipe {
    const CHANNEL: &'static str = "pipe";

    async fn open(studio: &Studio, token: Option<&str>) -> Pipe {
        let mut client = Client::connect_pipe(studio.dir.path()).await.expect("the pipe");
        // A connection over the pipe has a caller. A sign-in replaces it; a refused sign-in leaves none.
        client.authenticate(&token.unwrap_or("none").into()).await.expect("an answer");
        Pipe(LineCaller::new(client))
    }

    async fn ask(&mut self, ask: &Ask) -> Value {
        self.0.ask(ask).await
    }

    async fn ask_and_hang_up(self, ask: &Ask) {
        self.0.ask_and_hang_up(ask).await;
    }

    async fn subscribe(&mut self, _: &Studio, topic: Value) -> Result<(), Value> {
        self.0.subscribe(topic).await
    }

    async fn next_value(&mut self) -> Value {
        self.0.next_value().await
    }
}

#[tokio::test]
async fn the_pipe_is_its_owners_alone() {
    let studio = Studio::open_with(|config| config.local.listen = vec![]).await;
    // On Windows a pipe is no file; `platform` tests its access control list.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let metadata = |path: &str| std::fs::metadata(studio.dir.path().join(path)).expect("it is there");
        let mode = |path: &str| metadata(path).permissions().mode();
        assert_eq!((mode("run") & 0o777, mode("run/livegate.sock") & 0o777), (0o700, 0o600));
    }
    let mut client = Client::connect_pipe(studio.dir.path()).await.expect("the pipe");
    let whoami = client.ask(json!({"action": "whoami"})).await.expect("an answer");
    assert_eq!((&whoami["caller"], &whoami["role"]), (&json!("local"), &json!("local")));
}

#[tokio::test]
async fn the_pipe_closes_when_others_are_served() {
    let others = "0.0.0.0:0".parse().expect("an address");
    let studio = Studio::open().await.restart_with(|config| config.tls.listen = vec![others]).await;
    assert!(Client::connect_pipe(studio.dir.path()).await.is_err());
}
