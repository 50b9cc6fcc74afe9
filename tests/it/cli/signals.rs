//! Signals that end the process; each shuts it down in order. A service reloads its roles on `SIGHUP`.

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

/// Promise: Every shutdown is recorded
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

/// Promise: Every shutdown is recorded
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

/// Promise: A policy is loaded completely or not at all
#[test]
fn a_hangup_makes_a_service_reload_its_roles() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let roles = dir.path().join("roles.toml");
    let write = |text: &str| std::fs::write(&roles, text).expect("written");
    write("[roles.guest]\nallow = ['@read']");
    // Only the hangup triggers a reload.
    let settings = "[policy]\nroles_file = 'roles.toml'\nwatch_ms = 86400000\n";
    std::fs::write(dir.path().join("livegate.toml"), settings).expect("written");
    let mut gateway = Gateway::started_by(livegate_in_session("none"), dir.path());
    gateway.address("without sign-in");
    write("[roles.guest]\nallow = ['@read', '@mix']");
    send("-HUP", &gateway);
    gateway.until("the roles were reloaded");
    write("[roles.guest]\nallow = ['@reed']");
    send("-HUP", &gateway);
    gateway.until("there is no tag @reed");
    send("-TERM", &gateway);
    assert_eq!(gateway.wait().code(), Some(0));
    let rows = trail::rows(dir.path(), 0);
    let of = |kind: &str| rows.iter().find(|row| row.kind == kind).and_then(|row| row.details.clone()).expect("a row");
    assert_eq!(of("policy_reload")["trigger"], "SIGHUP");
    assert_eq!(of("policy_rejected")["trigger"], "SIGHUP");
    assert_eq!(last_row(dir.path()), "stop");
}

#[test]
fn an_ignored_hangup_stays_ignored() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut gateway = Gateway::started_by(livegate_in_session("ignored"), dir.path());
    gateway.address("without sign-in");
    // Only Linux reports which signals a process ignores.
    if let Ok(status) = std::fs::read_to_string(format!("/proc/{}/status", gateway.id())) {
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).expect("a mask").trim();
        assert_eq!(u64::from_str_radix(ignored, 16).expect("hex digits") & 1, 1, "{ignored}");
    }
    send("-TERM", &gateway);
    assert_eq!(gateway.wait().code(), Some(0));
}
