//! Runs the Python client's tests, `tests/python`, against a gateway, and checks that none was skipped silently.

use std::path::{Path, PathBuf};

use livegate::config;
use livegate::tls::pin_of;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::support::live::copy_dir;
use crate::support::{Studio, root};

/// Fewer would mean that discovery missed some.
const TESTS_MIN: usize = 68;

#[tokio::test]
async fn the_python_clients_tests_pass() {
    let Some(built) = config::python_module() else {
        assert!(!config::requires_all(), "LIVEGATE_PYTHON_MODULE does not name the Python client's library");
        return eprintln!("skipped: LIVEGATE_PYTHON_MODULE names no library; .ci/run shows how it is built");
    };
    let mut studio = Studio::open().await;
    let dir = TempDir::new().expect("a temporary folder");
    put_module(&built, dir.path());
    let studio_file = dir.path().join("studio.json");
    std::fs::write(&studio_file, describe(&studio).to_string()).expect("a file");
    let tests = Command::new(config::python())
        .args(["-B", "-W", "error", "-m", "unittest", "discover", "--start-directory"])
        .arg(root().join("tests/python"))
        .current_dir(dir.path())
        .env("PYTHONPATH", dir.path())
        .env("LIVEGATE_STUDIO", &studio_file)
        .env_remove("LIVEGATE_TOKEN")
        .kill_on_drop(true)
        .output();
    let output = tests.await.expect("Python 3 is installed");
    let report = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{report}");
    let ran = report.lines().find_map(|line| line.strip_prefix("Ran ")?.split(' ').next()?.parse::<usize>().ok());
    assert!(ran.is_some_and(|ran| ran >= TESTS_MIN), "{report}");
    studio.end().await;
}

/// Copies the package, and the library into it under its module name.
fn put_module(built: &Path, dir: &Path) {
    let ending = if std::env::consts::DLL_EXTENSION == "dll" { "pyd" } else { "so" };
    copy_dir(&root().join("python/livegate"), &dir.join("livegate"));
    std::fs::copy(built, dir.join(format!("livegate/_livegate.{ending}")))
        .expect("the library that LIVEGATE_PYTHON_MODULE names");
}

fn describe(studio: &Studio) -> Value {
    let ca: PathBuf = studio.dir.path().join("tls/ca.pem");
    let tokens: serde_json::Map<String, Value> =
        studio.tokens.iter().map(|(role, token)| (role.clone(), token.text.clone().into())).collect();
    json!({
        "root": root(),
        "state_dir": studio.dir.path(),
        "local": studio.local.to_string(),
        "tls": studio.tls.to_string(),
        "pin": hex::encode(pin_of(&ca).expect("a pin")),
        "ca": ca,
        "tokens": tokens,
    })
}
