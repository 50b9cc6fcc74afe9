//! The clients in `examples/` run unchanged.

use tokio::process::Command;

use crate::support::skip::skip;
use crate::support::{Studio, process, root};

#[path = "../../../examples/tempo.rs"]
#[expect(dead_code, reason = "its main is for cargo run")]
mod tempo;

#[tokio::test]
async fn the_rust_client_sets_the_tempo() {
    let studio = Studio::open().await;
    let address = studio.local.to_string();
    assert_eq!(tempo::set_tempo(&address, 128.0).await.expect("the tempo"), 128.0);
    let refused = tempo::set_tempo(&address, 2000.0).await.expect_err("beyond its range");
    assert!(refused.to_string().contains("bpm must be between 20 and 999"), "{refused}");
}

#[tokio::test]
async fn the_python_client_follows_the_tempo() {
    let mut python = Command::from(process::python());
    let said = run(python.arg("examples/tempo.py")).await;
    assert!(said.ends_with("tempo 128.0\n"), "{said}");
}

#[tokio::test]
async fn the_shell_client_needs_no_other_tool() {
    if !std::path::Path::new("/bin/bash").exists() {
        return skip("bash is not installed");
    }
    // An empty PATH: only the shell's built-in commands are found.
    let mut shell = Command::from(process::command("/bin/bash"));
    let said = run(shell.env("PATH", "").arg("examples/tempo.sh")).await;
    assert!(said.contains("\"bpm\":128.0"), "{said}");
}

/// Run a client in a studio of its own; returns its output, and the tempo in its answer.
async fn run(command: &mut Command) -> String {
    let studio = Studio::open().await;
    let host = studio.local.ip().to_string();
    let port = studio.local.port().to_string();
    let output = command.args(["128", &host, &port]).current_dir(root()).output().await.expect("the client runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let reported =
        studio.local().await.ask(serde_json::json!({"action": "get_session_info"})).await.expect("an answer");
    assert_eq!(reported["tempo"], 128.0);
    String::from_utf8(output.stdout).expect("UTF-8")
}
