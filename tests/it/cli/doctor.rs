//! `livegate doctor`: each fault is induced, and must be reported with its remedy.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use livegate::tls::{self, CertificateManager, Machine, Names, Rotation};
use livegate::{config, platform};
use rcgen::{CertificateParams, KeyPair};
use tempfile::TempDir;
use time::{Duration, OffsetDateTime};

use crate::support::SimulatedLive;
use crate::support::fake_script::FakeScript;
use crate::support::installation::{Gateway, Installation, MACOS, Running, UNUSED};

const INSTALL: &str = "run livegate install, then restart Live";

/// A change to a file.
enum Deed {
    Remove,
    Write(String),
    /// Make it readable by others.
    Publish,
}

/// Make the change, run the doctor, and undo the change.
fn check(installation: &Installation, file: &Path, deed: Deed, expected: (&str, &str, &str)) {
    let before = fs::read_to_string(file).ok();
    let original = || before.clone().expect("a file");
    match deed {
        Deed::Remove => fs::remove_file(file).expect("a file to remove"),
        Deed::Write(text) => fs::write(file, text).expect("a file"),
        Deed::Publish => {
            fs::remove_file(file).expect("a file to remove");
            fs::write(file, original()).expect("a file");
        }
    }
    let findings = installation.doctor();
    match &before {
        Some(text) => platform::write_private(file, text).expect("a file"),
        None => fs::remove_file(file).expect("a file to remove"),
    }
    assert_eq!(findings.0["ok"], false, "{file:?}: {:#}", findings.0);
    findings.expect(expected.0, "fail", expected.1, expected.2);
}

#[test]
fn faulty_files_are_named_with_a_remedy() {
    let running = Running::start();
    let installation = &running.installation;
    let script = installation.script();
    let state = &installation.state;
    let key = state.join("bridge.key");
    let in_script = |name: &str| script.join(name);
    let settings =
        |port: u16, key_file: &Path| Deed::Write(serde_json::json!({"port": port, "key_file": key_file}).to_string());
    let configured = |more: &str| Deed::Write(format!("{}{more}", running.configuration));
    let port = running.live.address.port();
    let other_key = installation.dir.path().join("other.key");
    platform::write_secret(&other_key, &"11".repeat(32).into()).expect("a key");
    let toml = state.join("livegate.toml");
    let cases: Vec<(PathBuf, Deed, (&str, &str, &str))> = vec![
        (
            toml.clone(),
            Deed::Write("[bridge]\nadress = 1\n".into()),
            ("configuration", "unknown field `adress`", "correct it"),
        ),
        (
            in_script("bridge.py"),
            Deed::Write(String::new()),
            ("source", "files of the script were changed: bridge.py", INSTALL),
        ),
        (in_script("mine.py"), Deed::Write(String::new()), ("source", "foreign files: mine.py", "move them elsewhere")),
        (in_script("lines.py"), Deed::Remove, ("source", "missing: lines.py", INSTALL)),
        (in_script("settings.json"), Deed::Remove, ("settings", "cannot read", INSTALL)),
        (in_script("settings.json"), Deed::Write("{".into()), ("settings", "cannot use", INSTALL)),
        (
            in_script("settings.json"),
            settings(7, &key),
            ("settings", "has port 7, but the gateway connects to port", INSTALL),
        ),
        (
            in_script("settings.json"),
            Deed::Write(format!("{{\"port\": {port}}}")),
            ("settings", "names no key", INSTALL),
        ),
        (in_script("settings.json"), settings(port, &other_key), ("key", "is not the gateway's", INSTALL)),
        (key.clone(), Deed::Remove, ("key", "does not exist", INSTALL)),
        (key.clone(), Deed::Publish, ("key", "others may read it; run chmod 600", "correct it")),
        (key.clone(), Deed::Write("5a".into()), ("key", "64 hex digits", "run livegate install")),
        (
            key.clone(),
            Deed::Write("22".repeat(32)),
            ("bridge", "has a different key than the gateway", "run livegate install"),
        ),
        (state.join("tls/server.pem"), Deed::Remove, ("certificate", "cannot read", "livegate cert renew")),
        (
            toml.clone(),
            configured("[trail]\ndisk_free_bytes_min = 9223372036854775807\n"),
            ("disk", "only", "free disk space"),
        ),
        (
            toml,
            Deed::Write(
                running.configuration.replace("[local]\nlisten = [", &format!("[local]\nlisten = [\"{UNUSED}\", ")),
            ),
            ("local", "the gateway does not serve 127.0.0.1:1", "restart the gateway"),
        ),
    ];
    for (file, deed, expected) in cases {
        check(installation, &file, deed, expected);
    }
    installation.doctor().expect_green();
    fs::rename(state.join("trail.db"), state.join("away.db")).expect("a trail");
    let findings = installation.doctor();
    findings.expect("gateway", "fail", "it cannot write the trail", "see disk and trail below");
}

#[test]
fn a_bare_machine_gets_the_first_steps() {
    let installation = Installation::new(MACOS);
    installation.configure(&format!("[bridge]\naddress = \"{UNUSED}\"\n"));
    installation.doctor().expect("script", "fail", "LiveGate does not exist", INSTALL);
    installation.doctor().expect("key", "fail", "bridge.key does not exist", INSTALL);
    installation.install();
    let findings = installation.doctor();
    findings.expect(
        "bridge",
        "fail",
        "Live is not running, or LiveGate is not chosen",
        "choose LiveGate under Settings",
    );
    findings.expect("gateway", "fail", "no gateway runs", "livegate serve");
    findings.expect("trail", "ok", "none yet", "");
}

#[test]
fn a_foreign_program_on_a_port_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    let installation = Installation::new(MACOS);
    installation.configure(&format!("[bridge]\naddress = \"{address}\"\n[local]\nlisten = [\"{address}\"]\n"));
    installation.install();
    let silent = installation.doctor();
    silent.expect("bridge", "fail", "no answer on 127.0.0.1:", "close the other program");
    silent.expect("local", "fail", "another program listens on 127.0.0.1:", "set another local.listen");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.write_all(b"220 mail.example\r\n");
        }
    });
    installation.doctor().expect(
        "bridge",
        "fail",
        "another program listens on 127.0.0.1:",
        "set another bridge.address",
    );
}

#[test]
fn osc_ports_are_checked() {
    let taken = std::net::UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address");
    let installation = Installation::new(MACOS);
    installation.configure(&format!("[osc]\nlisten = [\"{address}\"]\n"));
    installation.install();
    installation.doctor().expect("osc", "fail", "another program listens on UDP 127.0.0.1:", "remove AbletonOSC");
    drop(taken);
    installation.doctor().expect("osc", "ok", "is free for the gateway", "");
}

#[test]
fn a_plain_bridge_gets_advice_of_its_own() {
    let installation = Installation::new(MACOS);
    let live = SimulatedLive::start(installation.dir.path(), 0, None);
    let configuration = format!("[local]\nlisten = [\"127.0.0.1:0\"]\n[bridge]\naddress = \"{}\"\n", live.address);
    installation.configure(&configuration);
    let findings = installation.doctor();
    findings.expect("script", "ok", "LiveGate is not installed; another program's script serves", "");
    findings.expect("key", "warn", "reach the script past the gateway", "livegate install");
    findings.expect("bridge", "ok", "without a key", "");
    findings.expect("clock", "unknown", "does not report it", "");
    findings.expect("gateway", "fail", "no gateway runs", "livegate serve");
    let mut gateway = Gateway::start(&installation.state);
    gateway.until("serving lines");
    let findings = installation.doctor();
    findings.expect("gateway", "ok", "runs and writes the trail", "");
    findings.expect("tick", "ok", "answers through the gateway", "");
    let text = findings.0.to_string();
    assert!(!text.contains("run livegate install, then restart"), "advice for a bridge with a key: {text}");
    live.end();
    installation.configure(&configuration.replace("[bridge]\n", "[bridge]\nprotocol = \"plain\"\n"));
    let findings = installation.doctor();
    findings.expect("bridge", "fail", "nothing listens on", "choose the script under Settings");
    findings.expect("tick", "fail", "does not answer through the gateway", "see bridge above");
}

#[test]
fn a_plain_bridge_with_a_key_is_named() {
    let running = Running::start();
    let plain = running.configuration.replace("[bridge]\n", "[bridge]\nprotocol = \"plain\"\n");
    running.installation.configure(&plain);
    let findings = running.installation.doctor();
    findings.expect("settings", "fail", "names a key, but the gateway uses none", "remove bridge.protocol");
    findings.expect("key", "fail", "bridge.protocol is plain, but there is a key in", "remove bridge.protocol");
    findings.expect("bridge", "fail", "expects a key, but bridge.protocol is plain", "remove bridge.protocol");
}

#[test]
fn a_wrong_script_is_detected() {
    let installation = Installation::installed();
    let key = fs::read_to_string(installation.state.join("bridge.key")).expect("a key");
    let key: [u8; 32] = hex::decode(key).expect("hex").try_into().expect("32 bytes");
    let script = FakeScript { key, live_version: "10.1.43", clock_stands: true };
    installation.configure(&format!("[bridge]\naddress = \"{}\"\n", script.clone().listen()));
    installation.install();
    let findings = installation.doctor();
    findings.expect("bridge", "ok", "with the key", "");
    findings.expect("live", "fail", "10.1.43", "update Live");
    findings.expect("loaded", "fail", "Live runs LiveGate 0.0.1, which is not the one", INSTALL);
    findings.expect("catalogue", "fail", "have different catalogues", INSTALL);
    findings.expect("clock", "fail", "deadlines cannot be enforced", "restart Live");
    findings.expect("tick", "ok", "within", "");

    let newer = FakeScript { live_version: "13.0.0", clock_stands: false, ..script };
    installation.configure(&format!("[bridge]\naddress = \"{}\"\n", newer.listen()));
    let findings = installation.doctor();
    findings.expect("live", "ok", "Live 13.0.0", "");
    findings.expect("clock", "ok", "clock and the gateway's agree", "");
}

#[test]
fn a_stalled_live_differs_from_an_absent_one() {
    let mut running = Running::start();
    running.live.stall(60_000);
    let findings = running.installation.doctor();
    findings.expect("bridge", "fail", "Live does not answer", "close the dialog");
    findings.expect("tick", "fail", "has not ticked", "close the dialog");
    findings.expect("gateway", "ok", "runs", "");
}

#[test]
fn a_gateway_older_than_its_key_must_restart() {
    let running = Running::start();
    let installation = &running.installation;
    let other = installation.dir.path().join("other");
    let moved =
        Installation { dir: TempDir::new().expect("a folder"), live_dir: installation.live_dir.clone(), state: other };
    let bridge = running.live.address;
    moved.configure(&format!("[local]\nlisten = [\"127.0.0.1:0\"]\n[bridge]\naddress = \"{bridge}\"\n"));
    let mut gateway = Gateway::start(&moved.state);
    gateway.until("serving lines");
    platform::write_secret(
        &moved.state.join("bridge.key"),
        &platform::read_secret(&installation.state.join("bridge.key")).expect("a key"),
    )
    .expect("a key");
    let findings = moved.doctor();
    findings.expect("bridge", "ok", "with the key", "");
    findings.expect("gateway", "fail", "its key or configuration is outdated", "restart the gateway");
}

#[test]
fn an_expiring_certificate_warns_and_an_expired_fails() {
    let installation = Installation::installed();
    installation.configure("[tls]\nlisten = [\"127.0.0.1:0\"]\n");
    for (from_days, until_days, state, message) in [
        (-90, 10, "warn", "expires in"),
        (-90, -1, "fail", "expired at"),
        (2, 90, "fail", "is valid only from"),
        (-1, 89, "ok", "is valid for"),
    ] {
        write_certificate(&installation.state.join("tls"), from_days, until_days);
        let remedy = match message {
            "is valid only from" => "clock",
            "is valid for" => "",
            _ => "replace your own certificate",
        };
        installation.doctor().expect("certificate", state, message, remedy);
    }
}

#[test]
fn certificates_of_the_own_ca_need_no_action() {
    let installation = Installation::installed();
    installation.configure("[tls]\nlisten = [\"127.0.0.1:0\"]\n");
    let names = Names::new(["localhost"], []);
    let tls = config::Tls::default();
    tls::create_authority(&installation.state.join("tls"), &names).expect("certificates");
    let manager = CertificateManager::new(&installation.state, &tls);
    let rotated = |days_ago: i64| {
        let then = OffsetDateTime::now_utc() - Duration::days(days_ago);
        manager.rotate(then.unix_timestamp(), &Machine::this(), Rotation::Forced).expect("another CA");
        installation.doctor()
    };
    // The leaf is valid for 89 days from then, and clients of the former CA are accepted for 30.
    let still_followed = rotated(20);
    still_followed.expect("certificate", "ok", "clients that know the previous CA trust the new one until", "");
    let over = rotated(40);
    over.expect("certificate", "ok", "clients that know the previous CA trusted the new one until", "");
    for findings in [still_followed, over] {
        let checks = findings.0["checks"].as_array().expect("checks");
        let of_certificates = checks.iter().filter(|finding| finding["check"] == "certificate");
        assert!(of_certificates.clone().count() >= 3, "{:#}", findings.0);
        assert!(of_certificates.clone().all(|finding| finding["state"] == "ok"), "{:#}", findings.0);
    }
    rotated(80).expect(
        "certificate",
        "warn",
        "the server's certificate expires in",
        "start the gateway, which renews it",
    );
    rotated(100).expect(
        "certificate",
        "fail",
        "the server's certificate expired",
        "start the gateway, which renews it",
    );
    // Without the CA's key nothing is renewed.
    fs::remove_file(installation.state.join("tls/authority/ca.key")).expect("a key");
    installation.doctor().expect("certificate", "fail", "the server's certificate expired", "put the CA's key back");
}

#[test]
fn an_unreadable_trail_is_named() {
    let installation = Installation::installed();
    fs::write(installation.state.join("trail.db"), "no database").expect("a file");
    installation.doctor().expect(
        "trail",
        "fail",
        "cannot read",
        "move trail.db, trail.db-wal and trail.db-shm elsewhere",
    );
}

fn write_certificate(dir: &Path, from_days: i64, until_days: i64) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
    let day = |days| OffsetDateTime::now_utc() + Duration::days(days) + Duration::hours(1);
    params.not_before = day(from_days);
    params.not_after = day(until_days);
    let certificate = params.self_signed(&key).expect("a certificate");
    platform::create_private_dir(dir).expect("a folder");
    platform::write_private(&dir.join("server.pem"), &certificate.pem()).expect("a certificate");
    platform::write_secret(&dir.join("server.key"), &key.serialize_pem().into()).expect("a key");
}
