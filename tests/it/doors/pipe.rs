//! The pipe: lines of programs of the same user, through a socket in the state folder.

use std::collections::VecDeque;

use livegate::client::Client;
use serde_json::{Value, json};

use super::adapter::{Ask, Caller};
use crate::support::Studio;

pub struct Pipe {
    client: Client,
    /// Values that arrived before an answer.
    values: VecDeque<Value>,
}

impl Pipe {
    fn line(ask: &Ask) -> String {
        let mut more = vec![("action", json!(ask.action))];
        more.extend(ask.once.map(|once| ("once", json!(once))));
        ask.body(&more).replace('\n', " ") + "\n"
    }
}

impl Caller for Pipe {
    const CHANNEL: &'static str = "pipe";

    async fn open(studio: &Studio, token: Option<&str>) -> Pipe {
        let mut client = Client::connect_pipe(studio.dir.path()).await.expect("the pipe");
        // A connection over the pipe has a caller. A sign-in replaces it; a refused sign-in leaves none.
        client.authenticate(&token.unwrap_or("none").into()).await.expect("an answer");
        Pipe { client, values: VecDeque::new() }
    }

    async fn ask(&mut self, ask: &Ask) -> Value {
        self.client.send_bytes(Pipe::line(ask).as_bytes()).await.expect("the line is sent");
        loop {
            let line = self.client.receive().await.expect("an answer");
            match line.get("event") {
                Some(_) => self.values.push_back(line["value"].clone()),
                None => return Value::Object(line),
            }
        }
    }

    async fn ask_and_hang_up(mut self, ask: &Ask) {
        self.client.send_bytes(Pipe::line(ask).as_bytes()).await.expect("the line is sent");
    }

    async fn subscribe(&mut self, _: &Studio, topic: Value) -> Result<(), Value> {
        let answer = self.ask(&Ask::new("subscribe", json!({"topics": [topic]}))).await;
        if answer["ok"] == true { Ok(()) } else { Err(answer) }
    }

    async fn next_value(&mut self) -> Value {
        match self.values.pop_front() {
            Some(value) => value,
            None => self.client.next_event().await.expect("an event")["value"].clone(),
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_pipe_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let studio = Studio::open_with(|config| config.local.listen = vec![]).await;
    let mode = |path: &str| std::fs::metadata(studio.dir.path().join(path)).expect("it is there").permissions().mode();
    assert_eq!((mode("run") & 0o777, mode("run/livegate.sock") & 0o777), (0o700, 0o600));
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
