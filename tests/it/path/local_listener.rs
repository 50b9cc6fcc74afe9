//! The listener without sign-in: limited to this user's programs, with slots of its own.

use livegate::client::Client;
use livegate::tls::{self, Names};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

use crate::support::installation::{Gateway, Installation, MACOS};
use crate::support::skip::{skip, skip_elsewhere};
use crate::support::studio::{socket, until};
use crate::support::{Studio, process, trail};

/// Promise: Idle local connections take no slot of signed-in sessions
#[tokio::test]
async fn idle_local_connections_keep_no_caller_out() {
    let mut studio = Studio::open_with(|config| (config.local.connections_max, config.connections.max) = (2, 2)).await;
    let mut local = [studio.local().await, studio.local().await];
    for client in &mut local {
        assert_eq!(client.ask(json!({"action": "ping"})).await.expect("an answer")["ok"], true);
    }
    assert_eq!(socket(studio.local, 1).await.read(&mut [0; 1]).await.unwrap_or(0), 0, "it is closed");
    let mut callers = [studio.caller("mixer").await, studio.caller("viewer").await];
    for client in callers.iter_mut().chain(&mut local) {
        assert_eq!(client.ask(json!({"action": "ping"})).await.expect("an answer")["ok"], true);
    }
    let mut console = studio.console().await;
    until(&mut console, |status| status["connections"] == 4).await;
    drop((local, callers));
    until(&mut console, |status| status["connections"] == 0).await;
    assert_eq!(studio.local().await.ask(json!({"action": "ping"})).await.expect("an answer")["ok"], true);
    drop(console);
    let rows = studio.trail().await;
    let refused = "event connection_refused - too many connections to the local listeners";
    assert!(rows.iter().any(|row| row == refused), "{rows:?}");
}

/// A browser that posts a command changes nothing, and shows the reason.
/// Promise: HTTP has no effect at a port for lines
#[tokio::test]
async fn http_at_a_line_port_gets_400() {
    let mut studio = Studio::open().await;
    for method in ["GET", "POST"] {
        let mut browser = socket(studio.local, 1).await;
        let request = format!("{method} / HTTP/1.1\r\nHost: studio\r\n\r\n{{\"action\":\"set_tempo\",\"bpm\":60}}\n");
        browser.write_all(request.as_bytes()).await.expect("the request is sent");
        let mut response = String::new();
        browser.read_to_string(&mut response).await.expect("a response, and the end");
        let (head, body) = response.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{head}");
        assert!(head.contains(&format!("\r\nContent-Length: {}\r\n", body.len())), "{head}");
        let refusal: Value = serde_json::from_str(body).expect("a refusal");
        assert_eq!((&refusal["ok"], &refusal["code"]), (&json!(false), &json!("invalid_json")), "{refusal}");
    }
    let rows = studio.trail().await;
    assert_eq!(rows, ["local (unreadable) refused invalid_json"; 2]);
}

/// Requests of another user of this machine, and the answers.
const ANOTHER_USER: &str = "
import encodings.idna, os, socket, sys
os.setgid(65534)
os.setuid(65534)
connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
try:
    connection.sendall(b'{\"action\": \"set_tempo\", \"bpm\": 60}\\n')
    print(connection.recv(1))
except OSError:
    print(b'')
";

/// Promise: The local listener refuses other users of this machine
#[tokio::test]
async fn another_users_local_connection_is_refused() {
    let mut studio = Studio::open().await;
    let mut command = Command::from(process::python());
    command.args(["-c", ANOTHER_USER, &studio.local.ip().to_string(), &studio.local.port().to_string()]);
    let output = command.output().await.expect("Python 3 is installed");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if std::env::consts::OS != "linux" {
        return skip_elsewhere("only Linux reports the user of a connection");
    }
    if said.contains("PermissionError") {
        return skip("running a program as another user requires root");
    }
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "b''", "{said}");
    assert_eq!(studio.local().await.ask(json!({"action": "ping"})).await.expect("an answer")["ok"], true);
    assert!(studio.live.effects().is_empty());
    let rows = studio.trail().await;
    let refused = "event connection_refused - uid 65534 is another user of this machine";
    assert!(rows.iter().any(|row| row == refused), "{rows:?}");
}

#[tokio::test]
async fn few_descriptors_still_admit_the_console() {
    let installation = Installation::new(MACOS);
    installation.configure(
        // Nearly all connections may be local ones, so that nothing but the reserve leaves descriptors.
        "[connections]\nmax = 8\n[unauthenticated]\ndrop_start = 4\ndrop_full = 8\n\
         [local]\nlisten = [\"127.0.0.1:0\"]\nconnections_max = 1000\n[tls]\nlisten = [\"127.0.0.1:0\"]\ncheck_ms = 5\n[bridge]\naddress = \"127.0.0.1:1\"\n",
    );
    tls::create_authority(&installation.state.join("tls"), &Names::new(["localhost"], [[127, 0, 0, 1].into()]))
        .expect("certificates");
    let Some(mut gateway) = Gateway::start_with_files(&installation.state, 128) else {
        return skip_elsewhere("no shell here limits descriptors");
    };
    gateway.until("fewer connections are admitted");
    let local = gateway.address("without sign-in");
    let tls = gateway.address("over TLS");
    let mut sockets = Vec::new();
    for _ in 0..150 {
        sockets.extend([socket(local, 1).await, socket(tls, 1).await]);
    }
    for _ in 0..3 {
        let mut console = Client::connect_control(&installation.state).await.expect("the control socket");
        let asking = console.ask(json!({"action": "status"}));
        let status =
            tokio::time::timeout(std::time::Duration::from_secs(15), asking).await.expect("the console gets in");
        assert_eq!(status.expect("an answer")["ok"], true);
    }
    drop(sockets);
    let mut console = Client::connect_control(&installation.state).await.expect("the control socket");
    until(&mut console, |status| status["connections"] == 0).await;
    let log = gateway.end();
    assert!(!log.iter().any(|line| line.contains("cannot accept")), "{log:#?}");
    let rows = trail::lines(&installation.state, 0);
    assert!(!rows.iter().any(|row| row.contains("certificate_refused")), "{rows:?}");
}
