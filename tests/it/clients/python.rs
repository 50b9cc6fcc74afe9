//! Builds the Python client, runs its tests, `tests/python`, against a gateway, and checks that none was skipped.

use std::path::{Path, PathBuf};

use livegate::tls::pin_of;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::support::live::copy_dir;
use crate::support::skip::{skip_elsewhere, skipped_by_unittest};
use crate::support::{Studio, process, root};

/// Fewer would mean that discovery missed some.
const TESTS_MIN: usize = 68;

#[tokio::test]
async fn the_python_clients_tests_pass() {
    let built = tokio::task::spawn_blocking(build_module).await.expect("a build");
    let mut studio = Studio::open().await;
    let dir = TempDir::new().expect("a temporary folder");
    put_module(&built, dir.path());
    let studio_file = dir.path().join("studio.json");
    std::fs::write(&studio_file, describe(&studio).to_string()).expect("a file");
    let tests = Command::from(process::python())
        .args(["-B", "-W", "error", "-m", "unittest", "discover", "--start-directory"])
        .arg(root().join("tests/python"))
        .current_dir(dir.path())
        .env("PYTHONPATH", dir.path())
        .env("LIVEGATE_STUDIO", &studio_file)
        .kill_on_drop(true)
        .output();
    let output = tests.await.expect("Python 3 is installed");
    let report = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{report}");
    let ran = report.lines().find_map(|line| line.strip_prefix("Ran ")?.split(' ').next()?.parse::<usize>().ok());
    assert!(ran.is_some_and(|ran| ran >= TESTS_MIN), "{report}");
    if let Some(count) = skipped_by_unittest(&report) {
        assert_ne!(std::env::consts::OS, "linux", "which has what they need: {report}");
        skip_elsewhere(&format!("{count} tests of the Python client"));
    }
    studio.end().await;
}

/// Build the library with the feature `python` and return its path. It shares the dependencies that the tests were built with.
fn build_module() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
    let mut cargo = process::cargo();
    cargo.args(["rustc", "--locked", "--lib", "--features", "python", "--crate-type", "cdylib"]);
    cargo.args(["--message-format", "json-render-diagnostics", "--target-dir"]).arg(target);
    // Python's symbols are found when Python loads the library.
    cargo.env("PYO3_BUILD_EXTENSION_MODULE", "1");
    if std::env::consts::OS == "macos" {
        cargo.args(["--", "-C", "link-arg=-undefined", "-C", "link-arg=dynamic_lookup"]);
    }
    let output = cargo.output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let messages = String::from_utf8(output.stdout).expect("UTF-8");
    let mut artifacts = messages.lines().rev().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let module = artifacts.find(|message| message["target"]["crate_types"] == json!(["cdylib"]));
    let module = module.unwrap_or_else(|| panic!("cargo names no library: {messages}"));
    let files = module["filenames"].as_array().expect("files").iter().filter_map(Value::as_str).map(Path::new);
    let mut libraries =
        files.filter(|path| path.extension().is_some_and(|ending| ending == std::env::consts::DLL_EXTENSION));
    libraries.next().expect("a library").to_owned()
}

/// Copies the package, and the library into it under its module name.
fn put_module(built: &Path, dir: &Path) {
    let ending = if std::env::consts::DLL_EXTENSION == "dll" { "pyd" } else { "so" };
    copy_dir(&root().join("python/livegate"), &dir.join("livegate"));
    std::fs::copy(built, dir.join(format!("livegate/_livegate.{ending}"))).expect("a copy");
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
