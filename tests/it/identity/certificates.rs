//! Server certificates and the CA: renewal and replacement while clients are connected.

use std::path::{Path, PathBuf};
use std::process::Output;

use livegate::client::Client;
use livegate::tls::{self, CertificateManager, Machine, Names, Trust};
use livegate::{config, platform};
use serde_json::{Value, json};
use tempfile::TempDir;
use time::OffsetDateTime;

use crate::support::skip::skip;
use crate::support::{Studio, process, root, trail};

async fn ask(client: &mut Client, action: &str) -> Value {
    Value::Object(client.ask(json!({ "action": action })).await.expect("an answer"))
}

async fn expect_ok(client: &mut Client, action: &str) -> Value {
    let answer = ask(client, action).await;
    assert_eq!(answer["ok"], true, "{answer}");
    answer
}

fn livegate(args: &[&str], studio: &Studio) -> Output {
    let mut command = process::livegate();
    command.args(args).arg("--state-dir").arg(studio.dir.path());
    command.output().expect("the command runs")
}

/// Many callers at work, on connections that stand and on new ones, while the certificate is renewed again and again.
/// Promise: Certificate renewal overwrites no foreign key
#[tokio::test(flavor = "multi_thread")]
async fn no_request_fails_during_a_renewal() {
    const CALLERS: usize = 4;
    const RENEWALS: usize = 5;
    let mut studio = Studio::open().await;
    let mut console = studio.console().await;
    let first = expect_ok(&mut console, "certificate_show").await["certificates"][0]["key"].clone();
    let mut standing = Vec::new();
    for _ in 0..CALLERS {
        standing.push(studio.caller("mixer").await);
    }
    for _ in 0..RENEWALS {
        let renewing = expect_ok(&mut console, "certificate_renew");
        let working = async {
            for client in &mut standing {
                expect_ok(client, "get_session_info").await;
                expect_ok(&mut studio.caller("viewer").await, "get_session_info").await;
            }
        };
        tokio::join!(renewing, working);
    }
    let shown = expect_ok(&mut console, "certificate_show").await;
    assert_ne!(shown["certificates"][0]["key"], first);
    let renewed = |lines: Vec<String>| lines.iter().filter(|line| line.contains("certificate_renewed")).count();
    assert_eq!(renewed(studio.trail().await), RENEWALS);
}

#[tokio::test(flavor = "multi_thread")]
async fn replacing_the_ca_informs_pinned_clients() {
    let mut studio = Studio::open().await;
    let old = hex::encode(tls::pin_of(&studio.dir.path().join("tls/ca.pem")).expect("a pin"));
    let rotated = livegate(&["cert", "rotate-ca"], &studio);
    let said = String::from_utf8_lossy(&rotated.stdout).into_owned();
    assert!(rotated.status.success() && said.contains(&format!("old pin      {old} until")), "{said}");
    let pin = said.lines().find_map(|line| line.strip_prefix("pin ")).expect("a pin").trim().to_owned();
    assert_ne!(pin, old);
    let token = studio.tokens["viewer"].text.clone();
    let to = studio.tls.to_string();
    let send = |pin: &str| {
        let mut command = process::livegate();
        command.args(["send", "whoami", "--to", &to, "--server-name", "localhost", "--pin", pin]);
        command.env("LIVEGATE_TOKEN", &token).output().expect("the command runs")
    };
    for (known, reported) in [(&old, true), (&pin, false)] {
        let sent = send(known);
        let said = String::from_utf8_lossy(&sent.stderr).into_owned();
        assert!(sent.status.success(), "{said}");
        assert_eq!(said.contains(&format!("use --pin {pin} from now on")), reported, "{said}");
    }
    let again = livegate(&["cert", "rotate-ca"], &studio);
    assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("--force"));
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    let rows: Vec<String> = rows.iter().map(|row| serde_json::to_string(row).expect("JSON")).collect();
    assert!(rows.iter().any(|row| row.contains("ca_rotated") && row.contains(&old) && row.contains(&pin)), "{rows:#?}");
}

/// By an independent scanner, against Mozilla's recommendation for modern clients.
/// Promise: TLS follows Mozilla's modern profile
#[tokio::test(flavor = "multi_thread")]
async fn the_port_complies_with_mozillas_modern_profile() {
    let own = root().join("target/ci-python/bin/sslyze");
    let program = if own.exists() { own } else { "sslyze".into() };
    if process::command(&program).arg("--help").output().is_err() {
        return skip("sslyze is not installed: pip install sslyze");
    }
    let studio = Studio::open().await;
    let to = studio.tls.to_string();
    let ca = studio.dir.path().join("tls/ca.pem");
    let scan = move || {
        let mut command = process::command(program);
        command.args(["--mozilla_config=modern", "--sni", "localhost", "--certinfo_ca_file"]).arg(ca).arg(to);
        command.output().expect("the scanner runs")
    };
    let report = tokio::task::spawn_blocking(scan).await.expect("the scanner ends");
    let said = String::from_utf8_lossy(&report.stdout);
    assert!(report.status.success() && said.contains("OK - Compliant"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_certificate_files_are_loaded_while_running() {
    let mut studio = Studio::open_with(|config| config.tls.check_ms = 20).await;
    let mine = tempfile::TempDir::new().expect("a folder");
    let tls = studio.dir.path().join("tls");
    let names = tls::Names::new(["localhost"], []);
    let files = tls::create_authority(mine.path(), &names).expect("certificates");
    // The key is written first; the old pair stays in use until the certificate is written too.
    std::fs::copy(&files.key, tls.join("server.key")).expect("a copy");
    std::fs::copy(&files.certificate, tls.join("server.pem")).expect("a copy");
    let trust = Trust::Authority(files.ca);
    while Client::connect_tls(&studio.tls.to_string(), Some("localhost"), &trust).await.is_err() {
        tokio::task::yield_now().await;
    }
    let rows = studio.trail().await;
    assert!(rows.iter().any(|row| row.contains("certificate_loaded")), "{rows:#?}");
}

/// A state folder with a CA, and the path of the server's key.
fn with_authority() -> (TempDir, CertificateManager, PathBuf) {
    let dir = TempDir::new().expect("a temporary folder");
    let names = Names::new(["localhost"], []);
    let files = tls::create_authority(&dir.path().join("tls"), &names).expect("certificates");
    let manager = CertificateManager::new(dir.path(), &config::Tls::default());
    (dir, manager, files.key)
}

fn now() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}

fn publish(key: &Path) -> String {
    let text = std::fs::read_to_string(key).expect("a key");
    std::fs::remove_file(key).expect("a file to remove");
    std::fs::write(key, &text).expect("a file");
    text
}

/// Promise: Secrets are not disclosed
#[test]
fn a_readable_server_key_stops_the_start() {
    let (_dir, manager, key) = with_authority();
    let before = publish(&key);
    let refused = manager.begin(now(), &Machine::default()).expect_err("a refusal");
    assert!(format!("{refused:#}").contains("others may read it; run chmod 600"), "{refused:#}");
    assert_eq!(std::fs::read_to_string(&key).expect("a key"), before);
    // The owner may still have a new one issued.
    manager.renew(now(), &Machine::default()).expect("another key");
    manager.begin(now(), &Machine::default()).expect("a certificate and its key");
}

/// Promise: Secrets are not disclosed
#[test]
fn a_readable_server_key_is_logged_once() {
    let (_dir, manager, key) = with_authority();
    let now = now();
    let machine = Machine::default();
    manager.begin(now, &machine).expect("a certificate and its key");
    let before = publish(&key);
    // Also when a renewal is due.
    let due = now + 80 * 86_400;
    let reported: Vec<String> = manager.check(due, &machine).into_iter().map(|event| event.row(1).bytes).collect();
    assert!(reported.len() == 1 && reported[0].contains("certificate_refused"), "{reported:?}");
    assert!(reported[0].contains("others may read it; run chmod 600"), "{reported:?}");
    assert_eq!(manager.check(due, &machine).len(), 0);
    assert_eq!(std::fs::read_to_string(&key).expect("a key"), before);
    platform::write_secret(&key, &before.into()).expect("a key");
    assert_eq!(manager.check(due, &machine).len(), 1, "it is renewed when it is its owner's alone again");
}
