//! Other people's MCP clients: the official Python client (PyPI `mcp`) and the command line of the official inspector (npm).

use std::path::PathBuf;

use serde_json::Value;
use tokio::process::Command;

use crate::support::skip::skip;
use crate::support::{Studio, binary, process, root};

/// Where `.ci/run` installs what only tests need.
fn installed(path: &str) -> Option<PathBuf> {
    let path = root().join("target").join(path);
    path.is_file().then_some(path)
}

/// A Python with the official client. `None`: the test is skipped.
fn python_with_client() -> Option<PathBuf> {
    let own = livegate::config::python();
    let candidates = installed("ci-python/bin/python").into_iter().chain([own.into()]);
    let has_client = |python: &PathBuf| {
        let imported = process::command(python).args(["-c", "import mcp.client.streamable_http"]).output();
        imported.is_ok_and(|output| output.status.success())
    };
    let found = candidates.into_iter().find(has_client);
    if found.is_none() {
        skip("the official Python client of MCP was not found (PyPI: mcp)");
    }
    found
}

async fn run(command: std::process::Command) -> String {
    let output = Command::from(command).kill_on_drop(true).output().await.expect("it starts");
    let out = String::from_utf8_lossy(&output.stdout);
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{out}\n{err}");
    out.into_owned()
}

#[tokio::test]
async fn the_official_python_client_works() {
    let Some(python) = python_with_client() else { return };
    let studio = Studio::open().await;
    let mut command = process::command(python);
    command.arg("-B").arg(root().join("tests/mcp/official_client.py")).arg(binary()).arg(studio.dir.path());
    command.arg(format!("http://{}/mcp", studio.http)).arg(&studio.tokens["agent"].text);
    assert!(run(command).await.ends_with("done\n"));
}

#[tokio::test]
async fn the_official_inspector_works() {
    const LAUNCHER: &str = "ci-node/node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js";
    let node = installed("ci-node/node_modules/node/bin/node");
    let launcher = installed(LAUNCHER);
    let (Some(node), Some(launcher)) = (node, launcher) else {
        return skip("the official inspector of MCP was not found (npm: @modelcontextprotocol/inspector)");
    };
    let studio = Studio::open().await;
    let inspector = || {
        let mut command = process::command(&node);
        command.arg(&launcher).arg("--cli");
        command
    };
    let mut by_stdio = inspector();
    by_stdio.arg(binary()).args(["mcp", "--state-dir"]).arg(studio.dir.path()).args(["--method", "tools/list"]);
    let listed: Value = serde_json::from_str(&run(by_stdio).await).expect("JSON");
    let tools = listed["tools"].as_array().expect("tools");
    assert!(tools.iter().any(|tool| tool["name"] == "run_destructive"), "{listed}");
    let mut by_http = inspector();
    by_http.arg(format!("http://{}/mcp", studio.http)).args(["--transport", "http", "--header"]);
    by_http.arg(format!("Authorization: Bearer {}", studio.tokens["producer"].text));
    by_http.args(["--method", "tools/call", "--tool-name", "set_tempo", "--tool-arg", "bpm=98"]);
    let called: Value = serde_json::from_str(&run(by_http).await).expect("JSON");
    assert_eq!(called["structuredContent"]["bpm"], 98, "{called}");
}
