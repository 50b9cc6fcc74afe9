//! Starts programs apart from the developer's terminal, home folder and environment.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

use livegate::config;
use tempfile::TempDir;

use super::{binary, root};

thread_local! {
    /// One for each test, because each test has its own thread.
    static HOME: TempDir = TempDir::new().expect("a temporary folder");
}

/// The variables by which systems find a user's folders.
const HOMES: [&str; 4] = ["HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"];
/// Variables that would change paths, the sign-in, or the output.
const REMOVED: [&str; 7] =
    ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "LIVEGATE_TOKEN", "LIVEGATE_LOG", "PAGER"];

/// A program without standard input, in a home folder of the test.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    HOME.with(|home| command.envs(HOMES.map(|name| (name, home.path()))));
    for name in REMOVED {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

pub fn livegate() -> Command {
    command(binary())
}

pub fn python() -> Command {
    command(config::python())
}

/// The product in its own session; `terminal.py` explains the kinds.
pub fn livegate_in_session(kind: &str) -> Command {
    let mut command = python();
    command.arg("-B").arg(root().join("tests/it/support/terminal.py")).arg(kind).arg(binary());
    command
}

/// Cargo, which needs the developer's home folder for its toolchain.
pub fn cargo() -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root()).stdin(Stdio::null());
    cargo
}
