//! Signals that end the process: each ends it in order. A service ignores `SIGHUP`.

use crate::support::installation::Gateway;
use crate::support::process::livegate_in_session;
use crate::support::{process, trail};

fn send(signal: &str, gateway: &Gateway) {
    let sent = process::command("kill").args([signal, &gateway.id().to_string()]).status().expect("kill");
    assert!(sent.success(), "{signal}");
}

fn last_row(state: &std::path::Path) -> String {
    trail::rows(state, 0).pop().expect("a row").kind
}

/// Promise: Every end of the process is recorded
#[test]
fn closing_the_terminal_ends_the_demo_in_order() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut demo = livegate_in_session("closed");
    let output =
        demo.args(["demo", "--port", "0", "--state-dir"]).arg(dir.path()).output().expect("Python 3 is installed");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(last_row(dir.path()), "stop");
    assert!(!dir.path().join("demo.json").exists(), "its tokens are left");
}

/// Promise: Every end of the process is recorded
#[test]
fn each_termination_signal_ends_in_order() {
    for signal in ["-TERM", "-INT", "-QUIT"] {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let mut gateway = Gateway::started_by(livegate_in_session("none"), dir.path());
        gateway.address("without sign-in");
        send(signal, &gateway);
        assert_eq!(gateway.wait().code(), Some(0), "{signal}");
        assert_eq!(last_row(dir.path()), "stop", "{signal}");
    }
}

#[test]
fn a_service_ignores_a_hangup_and_says_so() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut gateway = Gateway::started_by(livegate_in_session("none"), dir.path());
    gateway.address("without sign-in");
    for _ in 0..2 {
        send("-HUP", &gateway);
        gateway.until("SIGHUP ignored");
    }
    send("-TERM", &gateway);
    assert_eq!(gateway.wait().code(), Some(0));
    assert_eq!(last_row(dir.path()), "stop");
}

#[test]
fn an_ignored_hangup_stays_ignored() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut gateway = Gateway::started_by(livegate_in_session("ignored"), dir.path());
    gateway.address("without sign-in");
    // Only Linux tells which signals a process ignores.
    if let Ok(status) = std::fs::read_to_string(format!("/proc/{}/status", gateway.id())) {
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).expect("a mask").trim();
        assert_eq!(u64::from_str_radix(ignored, 16).expect("hex digits") & 1, 1, "{ignored}");
    }
    send("-TERM", &gateway);
    assert_eq!(gateway.wait().code(), Some(0));
}
