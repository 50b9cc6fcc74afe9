//! Known gateways: what pairing and `init --lan` store, and how commands find the gateway that runs on this machine.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Studio, process};

fn run(state: &Path, args: &[&str]) -> Output {
    let mut command = process::livegate();
    command.args(args).arg("--state-dir").arg(state).stdin(Stdio::null());
    command.output().expect("the command runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

fn answer(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(output)))
}

/// A gateway that serves the LAN until this is dropped.
struct Serving(Child);

impl Serving {
    fn start(state: &Path) -> Serving {
        let configuration =
            "[tls]\nlisten = [\"0.0.0.0:0\"]\n[http]\nlisten = [\"127.0.0.1:0\"]\n[announce]\nmdns = false\n";
        std::fs::write(state.join("livegate.toml"), configuration).expect("a configuration");
        let mut process = process::livegate()
            .args(["serve", "--state-dir"])
            .arg(state)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the gateway starts");
        let mut log = BufReader::new(process.stderr.take().expect("a pipe")).lines().map_while(Result::ok);
        log.find(|line| line.contains("over TLS")).expect("an address");
        std::thread::spawn(move || log.for_each(drop));
        Serving(process)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn commands_find_the_running_gateway_in_lan_mode() {
    let dir = TempDir::new().expect("a temporary folder");
    let state = dir.path().join("state");
    assert!(run(&state, &["init", "--lan", "--name", "studio.local"]).status.success());
    let stopped = run(&state, &["send", "whoami"]);
    assert!(said(&stopped).contains("no gateway runs with"), "{}", said(&stopped));
    let _gateway = Serving::start(&state);
    // Once other machines are served, the pipe is closed and only the owner may use the control socket.
    for args in [["send", "whoami"].as_slice(), &["send", "whoami", "--gateway", "studio"]] {
        assert_eq!(answer(&run(&state, args))["caller"], "console", "{args:?}");
    }
    let replayed = run(&state, &["audit", "replay", "--since", "1h"]);
    assert!(replayed.status.success(), "{}", said(&replayed));
    // Without a known gateway, the state folder is enough.
    assert!(run(&state, &["gateway", "remove", "studio"]).status.success());
    assert_eq!(answer(&run(&state, &["send", "whoami"]))["caller"], "console");
}

#[test]
fn without_a_gateway_the_remedy_is_named() {
    let dir = TempDir::new().expect("a temporary folder");
    let unknown = run(dir.path(), &["send", "whoami", "--gateway", "studio"]);
    assert!(
        said(&unknown).contains("no gateway is known by the name studio; livegate gateway add"),
        "{}",
        said(&unknown)
    );
    std::fs::write(dir.path().join("gateways.toml"), "defualt = 'x'\n").expect("a file");
    let misspelt = run(dir.path(), &["send", "whoami"]);
    assert!(said(&misspelt).contains("defualt"), "{}", said(&misspelt));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_gateway_needs_only_its_name() {
    let studio = Studio::open().await;
    let device = TempDir::new().expect("a temporary folder");
    let token_file = device.path().join("mixer.token");
    livegate::platform::write_secret(&token_file, &studio.tokens["mixer"].text.clone().into()).expect("a token");
    let pin = livegate::tls::pin_of(&studio.dir.path().join("tls/ca.pem")).expect("a CA");
    let to = studio.tls.to_string();
    let pin = hex::encode(pin);
    let token_file = token_file.display().to_string();
    let add = ["gateway", "add", "desk", "--to", &to, "--pin", &pin, "--server-name", "localhost"];
    let added = run(device.path(), &[add.as_slice(), &["--token-file", &token_file]].concat());
    assert!(added.status.success(), "{}", said(&added));
    let second = run(device.path(), &["gateway", "add", "here", "--to", &studio.local.to_string()]);
    assert!(second.status.success(), "{}", said(&second));
    let caller = |args: &[&str]| answer(&run(device.path(), args))["caller"].clone();
    assert_eq!(caller(&["send", "whoami"]), "mixer");
    assert_eq!(caller(&["send", "whoami", "--gateway", "here"]), "local");
    assert!(run(device.path(), &["gateway", "use", "here"]).status.success());
    assert_eq!(caller(&["send", "whoami"]), "local");
    let listed = said(&run(device.path(), &["gateway", "list"]));
    assert!(listed.contains("* here") && listed.contains("  desk") && !listed.contains(&pin), "{listed}");
    let both = run(device.path(), &["send", "whoami", "--gateway", "desk", "--to", &to]);
    assert_eq!(both.status.code(), Some(2), "{}", said(&both));
    let files = run(device.path(), &["audit", "list", "--gateway", "desk"]);
    assert!(said(&files).contains("runs on another machine"), "{}", said(&files));
}

/// Promise: A client detects a rewritten trail
#[tokio::test(flavor = "multi_thread")]
async fn a_rewritten_trail_is_accepted_on_purpose() {
    let studio = Studio::open().await;
    let device = TempDir::new().expect("a temporary folder");
    let token_file = device.path().join("mixer.token");
    livegate::platform::write_secret(&token_file, &studio.tokens["mixer"].text.clone().into()).expect("a token");
    let to = studio.tls.to_string();
    let ca = studio.dir.path().join("tls/ca.pem").display().to_string();
    let token_file = token_file.display().to_string();
    let add =
        ["gateway", "add", "desk", "--to", &to, "--ca", &ca, "--server-name", "localhost", "--token-file", &token_file];
    assert!(run(device.path(), &add).status.success());
    assert_eq!(said(&run(device.path(), &["gateway", "accept-log"])).lines().count(), 1);
    let file = device.path().join("known_trails.json");
    let known = std::fs::read_to_string(&file).expect("a memory");
    let size = known.split("\\n").nth(1).expect("a size");
    std::fs::write(&file, known.replace(&format!("\\n{size}\\n"), "\\n99999\\n")).expect("another memory");
    let warned = said(&run(device.path(), &["send", "whoami"]));
    assert!(warned.contains("WAS REWRITTEN") && warned.contains("livegate gateway accept-log"), "{warned}");
    assert!(run(device.path(), &["gateway", "accept-log"]).status.success());
    assert!(!said(&run(device.path(), &["send", "whoami"])).contains("WAS REWRITTEN"));
}
