//! `livegate send`: where it sends which credentials, and its refusals.

use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use livegate::config::ClientCertificates;
use livegate::platform;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Studio, process};

/// A device's folder with known gateways and credentials.
struct Device(TempDir);

impl Device {
    fn new() -> Device {
        Device(TempDir::new().expect("a temporary folder"))
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = process::livegate();
        command.arg("send").args(args).arg("--state-dir").arg(self.0.path());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn send(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the command runs")
    }

    /// Run `send` with this standard input.
    fn send_with_input(&self, input: &str, args: &[&str]) -> Output {
        let mut sending = self.command(args).stdin(Stdio::piped()).spawn().expect("the command runs");
        sending.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
        sending.wait_with_output().expect("an end")
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn answer(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}

fn text(path: &Path) -> String {
    path.to_str().expect("UTF-8").to_owned()
}

/// The only log in the stored checkpoints.
fn known_log(memory: &Value) -> &Value {
    let logs = memory.as_object().and_then(|authorities| authorities.values().next());
    logs.and_then(Value::as_object).and_then(|logs| logs.values().next()).expect("a log")
}

#[track_caller]
fn expect_said(output: &Output, code: i32, words: &[&str]) {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    assert!(words.iter().all(|words| stderr(output).contains(words)), "{}", stderr(output));
}

/// Promise: Secrets are not disclosed
#[tokio::test(flavor = "multi_thread")]
async fn secrets_come_from_files_or_pipes_only() {
    let studio = Studio::open().await;
    let device = Device::new();
    let to = studio.tls.to_string();
    let ca = text(&studio.dir.path().join("tls/ca.pem"));
    let there = ["--to", &to, "--ca", &ca, "--server-name", "localhost"];
    let send = |input: &str, args: &[&str]| device.send_with_input(input, &[args, &there].concat());
    let mut console = studio.console().await;
    let made = serde_json::json!({"action": "user_add", "user": "zoe", "role": "viewer", "password": "correct horse"});
    assert_eq!(console.ask(made).await.expect("an answer")["ok"], true);

    let typed = send("", &["login", "user=zoe", "password=correct-horse"]);
    expect_said(&typed, 1, &["password is secret", "--secret-file", "command line"]);
    assert!(!stderr(&typed).contains("correct-horse"));
    let unasked = send("", &["login", "user=zoe"]);
    expect_said(&unasked, 1, &["cannot prompt for the password", "--secret-file"]);
    // The same with an inherited terminal that it could open.
    let mut unattended = process::livegate_in_session("unattended");
    let unattended =
        unattended.args(["send", "login", "user=zoe"]).args(there).output().expect("Python 3 is installed");
    expect_said(&unattended, 1, &["cannot prompt for the password", "standard input is not a terminal"]);
    assert_eq!(answer(&send("correct horse\n", &["login", "user=zoe", "--secret-file", "-"]))["caller"], "zoe");
    let file = device.0.path().join("password");
    std::fs::write(&file, "correct horse\n").expect("a file");
    let path = text(&file);
    let named = ["login", "user=zoe", "--secret-file", &path];
    expect_said(&send("", &named), 1, &["others may read it; run chmod 600"]);
    platform::write_secret(&file, &"correct horse".to_owned().into()).expect("a file");
    assert_eq!(answer(&send("", &named))["caller"], "zoe");
    expect_said(&send("x", &["whoami", "--secret-file", "-"]), 1, &["whoami takes no secret"]);
    let both = send("x", &["login", "user=zoe", "--secret-file", "-", "--token-file", "-"]);
    expect_said(&both, 1, &["--token-file and --secret-file cannot both read standard input"]);
}

/// Promise: Secrets are not disclosed
#[test]
fn plain_text_credentials_need_an_explicit_address() {
    let device = Device::new();
    let token_file = device.0.path().join("token");
    platform::write_secret(&token_file, &"eyJ0".to_owned().into()).expect("a file");
    let token = text(&token_file);
    expect_said(&device.send(&["whoami", "--token-file", &token]), 1, &["is not sent", "--to", "--pin"]);
    let from_environment =
        device.command(&["whoami"]).env("LIVEGATE_TOKEN", "eyJ0").output().expect("the command runs");
    expect_said(&from_environment, 1, &["LIVEGATE_TOKEN", "is not sent", "unset"]);
    let password = device.send_with_input("correct horse", &["login", "user=zoe", "--secret-file", "-"]);
    expect_said(&password, 1, &["is not sent", "--to", "--pin"]);

    // A user who names the address trusts the program that listens there.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let to = listener.local_addr().expect("an address").to_string();
    let received = std::thread::spawn(move || {
        let mut line = String::new();
        let (stream, _) = listener.accept().expect("a connection");
        std::io::BufRead::read_line(&mut std::io::BufReader::new(stream), &mut line).expect("a line");
        line
    });
    device.send(&["whoami", "--token-file", &token, "--to", &to]);
    assert!(received.join().expect("a line").contains("eyJ0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wrong_protocol_gets_an_explanation() {
    let studio = Studio::open().await;
    let device = Device::new();
    let tls = studio.tls.to_string();
    let local = studio.local.to_string();
    expect_said(&device.send(&["whoami", "--to", &tls]), 1, &["uses TLS", "--pin", "--ca", "livegate cert show"]);
    let pin = "ab".repeat(32);
    let plain = device.send(&["whoami", "--to", &local, "--pin", &pin]);
    expect_said(&plain, 1, &["does not speak TLS", "TLS port", "takes no --pin and no --ca"]);
    let nameless = device.send(&["whoami", "--to", &local, "--server-name", "localhost"]);
    expect_said(&nameless, 2, &["--pin", "--ca"]);
    let bare = device.send(&["whoami", "--to", &local, "--client-cert", "client.pem", "--client-key", "client.key"]);
    expect_said(&bare, 2, &["--pin", "--ca"]);
    let no_pin = device.send(&["whoami", "--to", &tls, "--pin", "abc"]);
    expect_said(&no_pin, 1, &["64 hex digits"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_without_a_token_names_the_options() {
    let studio = Studio::open().await;
    let device = Device::new();
    let to = studio.tls.to_string();
    let ca = text(&studio.dir.path().join("tls/ca.pem"));
    let refused = device.send(&["ping", "--to", &to, "--ca", &ca, "--server-name", "localhost"]);
    assert_eq!((refused.status.code(), answer(&refused)["code"].as_str()), (Some(1), Some("unauthenticated")));
    assert!(stderr(&refused).contains("sign in with --token-file FILE"), "{}", stderr(&refused));
}

/// Promise: A client detects a rewritten trail
#[tokio::test(flavor = "multi_thread")]
async fn a_client_certificate_checks_the_trail_too() {
    let studio = Studio::open_with(|config| config.tls.client_certificates = ClientCertificates::Optional).await;
    let device = Device::new();
    let folder = studio.dir.path().join("tablet");
    let mut issue = process::livegate();
    issue
        .args(["cert", "issue-client", "--user", "mixer", "--out"])
        .arg(&folder)
        .arg("--state-dir")
        .arg(studio.dir.path());
    assert!(issue.output().expect("the command runs").status.success());
    let certificate = text(&folder.join("client.pem"));
    let key = text(&folder.join("client.key"));
    let to = studio.tls.to_string();
    let ca = text(&studio.dir.path().join("tls/ca.pem"));
    let send = || {
        let there = ["get_session_info", "--to", &to, "--ca", &ca, "--server-name", "localhost"];
        device.send(&[there.as_slice(), &["--client-cert", &certificate, "--client-key", &key]].concat())
    };
    let first = send();
    assert_eq!((answer(&first)["ok"].as_bool(), stderr(&first).as_str()), (Some(true), ""));
    let file = device.0.path().join("known_trails.json");
    let known = std::fs::read_to_string(&file).expect("what it was handed is kept");
    let parsed: Value = serde_json::from_str(&known).expect("JSON");
    let size = known_log(&parsed)["checkpoint"].as_str().and_then(|note| note.lines().nth(1)).expect("a size");
    std::fs::write(&file, known.replace(&format!("\\n{size}\\n"), "\\n99999\\n")).expect("another memory");
    let second = send();
    assert!(stderr(&second).contains("WAS REWRITTEN: it had 99999 rows"), "{}", stderr(&second));
    assert_eq!(answer(&second)["ok"], true);
}
