//! The commands, against a demo and without a gateway.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use livegate::tls::Names;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::live::read_effects;
use crate::support::skip::skip;
use crate::support::{SimulatedLive, process};

struct Demo {
    dir: TempDir,
    process: Child,
    facts: Value,
}

impl Demo {
    fn start() -> Demo {
        Demo::start_in(TempDir::new().expect("a temporary folder"))
    }

    fn start_in(dir: TempDir) -> Demo {
        let mut process = process::livegate()
            .args(["demo", "--port", "0", "--state-dir"])
            .arg(dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the demo starts");
        // The demo prints examples when it is ready.
        let mut lines = BufReader::new(process.stdout.as_mut().expect("a pipe")).lines();
        lines.find(|line| line.as_ref().is_ok_and(|line| line.contains("Ctrl-C"))).expect("a welcome").expect("UTF-8");
        let facts = std::fs::read_to_string(dir.path().join("demo.json")).expect("demo.json");
        Demo { facts: serde_json::from_str(&facts).expect("JSON"), dir, process }
    }

    fn end(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// Start another demo in the same folder.
    fn again(mut self) -> Demo {
        self.end();
        let dir = std::mem::replace(&mut self.dir, TempDir::new().expect("a temporary folder"));
        Demo::start_in(dir)
    }

    fn text(&self, key: &str) -> &str {
        self.facts[key].as_str().expect(key)
    }

    fn send(&self, role: &str, args: &[&str]) -> Output {
        run(livegate(["send"])
            .args(args)
            .args(["--to", self.text("tls"), "--ca", self.text("ca"), "--server-name", self.text("server_name")])
            .env("LIVEGATE_TOKEN", self.facts["tokens"][role].as_str().expect(role)))
    }

    fn admin(&self, args: &[&str]) -> Output {
        run(livegate(args.iter().copied()).arg("--state-dir").arg(self.dir.path()))
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.end();
    }
}

fn livegate<'a>(args: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = process::livegate();
    command.args(args);
    command
}

fn run(command: &mut Command) -> Output {
    command.output().expect("the command runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn answer(output: &Output) -> Value {
    serde_json::from_str(&stdout(output)).unwrap_or_else(|_| panic!("{}{}", stdout(output), stderr(output)))
}

fn listens(address: &str) -> bool {
    let address = address.parse().expect("an address");
    std::net::TcpStream::connect_timeout(&address, std::time::Duration::from_secs(5)).is_ok()
}

#[test]
fn a_demo_runs_records_and_shows_a_change() {
    let demo = Demo::start();
    let allowed = demo.send("mixer", &["set_track_volume", "track_index=0", "volume=0.5"]);
    assert_eq!((allowed.status.code(), &answer(&allowed)["ok"]), (Some(0), &Value::Bool(true)));
    let refused = demo.send("viewer", &["set_track_volume", "track_index=0", "volume=1"]);
    assert_eq!((refused.status.code(), answer(&refused)["code"].as_str()), (Some(1), Some("forbidden")));

    let listed = demo.admin(&["audit", "list", "--json"]);
    let rows: Vec<Value> = stdout(&listed).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let row = |caller: &str| {
        let found = rows.iter().find(|row| row["caller"] == caller && row["action"] == "set_track_volume");
        found.unwrap_or_else(|| panic!("{caller} is not in {}", stdout(&listed))).clone()
    };
    let mixer = row("mixer");
    let viewer = row("viewer");
    for (row, role, rule, verdict) in [(&mixer, "mixer", "mixer", "allow"), (&viewer, "viewer", "default", "refuse")] {
        assert_eq!((row["role"].as_str(), row["rule"].as_str()), (Some(role), Some(rule)));
        assert_eq!(row["verdict"], verdict);
        assert!(row["address"].as_str().is_some_and(|address| address.starts_with("127.0.0.1:")));
        assert_eq!(row["parameters"]["track_index"], 0);
    }
    assert_eq!((mixer["outcome"].as_str(), viewer["code"].as_str()), (Some("ok"), Some("forbidden")));
    let people = stdout(&demo.admin(&["audit", "list", "--rules"]));
    assert!(people.contains(r#" mixer set volume of "Drums" "#), "{people}");
    let refused = r#" viewer refused: set volume of "Drums" to 6.0 dB [viewer, rule default]"#;
    assert!(people.contains(refused), "{people}");

    let effects = read_effects(Path::new(demo.text("effects")));
    assert_eq!(effects.len(), 1, "{effects:?}");
    assert!(stdout(&demo.admin(&["status"])).contains("bridge       up, Live 12.3.6"));
}

/// Promise: Secrets are not disclosed
#[test]
fn users_and_tokens_are_managed_while_running() {
    let demo = Demo::start();
    assert!(demo.admin(&["user", "add", "mia", "--role", "mixer"]).status.success());
    let unknown = demo.admin(&["user", "add", "zoe", "--role", "king"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(stderr(&unknown).contains("that role does not exist"), "{}", stderr(&unknown));
    let token_file = demo.dir.path().join("mia.token");
    let token_path = token_file.to_str().expect("UTF-8");
    let issued = demo.admin(&["token", "issue", "--user", "mia", "--ttl", "1h", "--out", token_path]);
    assert!(issued.status.success(), "{}", stderr(&issued));
    let whoami = || {
        run(livegate(["send", "whoami", "--token-file", token_path]).args([
            "--to",
            demo.text("tls"),
            "--ca",
            demo.text("ca"),
            "--server-name",
            "localhost",
        ]))
    };
    assert_eq!(answer(&whoami())["caller"], "mia");
    let tokens = answer(&demo.admin(&["token", "list", "--json"]));
    let jti = tokens["tokens"].as_array().expect("tokens").iter().find(|token| token["user"] == "mia");
    let jti = jti.and_then(|token| token["jti"].as_str()).expect("mia's token");
    assert!(demo.admin(&["token", "revoke", jti]).status.success());
    let refused = whoami();
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(answer(&refused)["code"], "unauthenticated");
    assert!(demo.admin(&["user", "disable", "mia"]).status.success());
    assert!(stdout(&demo.admin(&["user", "list"])).contains("disabled"));
    let trail = stdout(&demo.admin(&["audit", "list"]));
    let reported = ["added the user \"mia\"", "issued a token for the user", "revoked the token", "disabled the user"];
    for part in reported.into_iter().chain(["a revoked token"]) {
        assert!(trail.contains(part), "{part} is not in {trail}");
    }
    assert!(!trail.contains(&std::fs::read_to_string(token_file).expect("a token")), "a token stands in the trail");
}

/// Promise: A client detects a rewritten trail
#[test]
fn sending_warns_of_a_trail_that_was_altered() {
    let demo = Demo::start();
    let memory = demo.dir.path().join("client");
    let whoami = || demo.send("viewer", &["whoami", "--state-dir", memory.to_str().expect("UTF-8")]);
    for _ in 0..2 {
        assert_eq!(stderr(&whoami()), "");
    }
    let file = memory.join("known_trails.json");
    let known: Value = serde_json::from_str(&std::fs::read_to_string(&file).expect("a memory")).expect("JSON");
    let logs = known.as_object().and_then(|authorities| authorities.values().next()).and_then(Value::as_object);
    let log = logs.and_then(|logs| logs.values().next()).expect("a log");
    let note = log["checkpoint"].as_str().expect("a checkpoint");
    let size = note.lines().nth(1).expect("a size");
    let larger = std::fs::read_to_string(&file).expect("a memory").replace(&format!("\\n{size}\\n"), "\\n99999\\n");
    std::fs::write(&file, larger).expect("another memory");
    let sent = whoami();
    let warning = stderr(&sent);
    let server = demo.text("tls");
    assert!(warning.contains(&format!("WARNING: THE TRAIL OF {server} WAS REWRITTEN: it had 99999 rows")), "{warning}");
    assert_eq!(answer(&sent)["caller"], "viewer");
}

#[test]
fn a_killed_demo_ends_its_simulated_live() {
    let mut demo = Demo::start();
    let bridge = demo.text("bridge").to_owned();
    demo.process.kill().expect("a process to kill");
    demo.process.wait().expect("an end");
    // The simulated Live ends when its input does; its port then refuses connections.
    while listens(&bridge) {
        std::thread::yield_now();
    }
}

#[test]
fn a_stopped_demo_leaves_nothing_running() {
    let mut demo = Demo::start();
    let bridge = demo.text("bridge").to_owned();
    let reported = process::command("kill").args(["-TERM", &demo.process.id().to_string()]).status();
    if !reported.is_ok_and(|status| status.success()) {
        return skip("there is no command kill");
    }
    assert!(demo.process.wait().expect("an end").success());
    assert!(!demo.dir.path().join("demo.json").exists());
    assert!(!listens(&bridge));
}

#[test]
fn serve_without_configuration_is_localhost_mode() {
    let dir = TempDir::new().expect("a temporary folder");
    let live = SimulatedLive::start(dir.path(), 0, None);
    let mut gateway = livegate([
        "serve",
        "--http",
        "127.0.0.1:0",
        "--local",
        "127.0.0.1:0",
        "--bridge",
        &live.address.to_string(),
        "--state-dir",
    ])
    .arg(dir.path().join("state"))
    .stderr(Stdio::piped())
    .spawn()
    .expect("the gateway starts");
    let mut log = BufReader::new(gateway.stderr.take().expect("a pipe")).lines().map(|line| line.expect("UTF-8"));
    let warning = log.next().expect("a first line");
    assert!(warning.contains("the bridge has no key"), "{warning}");
    let serving = log.find(|line| line.contains("serving lines")).expect("an address");
    let address = serving.split("address=").nth(1).expect("an address").trim().to_owned();
    let sent = run(&mut livegate(["send", "set_tempo", "bpm=128", "--to", &address]));
    assert_eq!(answer(&sent)["bpm"], 128.0, "{}", stderr(&sent));
    let listed = run(livegate(["audit", "list", "--state-dir"]).arg(dir.path().join("state")));
    assert!(stdout(&listed).contains(" local ") && stdout(&listed).contains("set the tempo"), "{}", stdout(&listed));
    gateway.kill().expect("a process to kill");
    gateway.wait().expect("an end");
}

/// Promise: Secrets are not disclosed
/// Promise: A client authenticates its server
#[test]
fn a_demo_starts_again_without_removed_users() {
    let demo = Demo::start();
    assert!(demo.admin(&["user", "disable", "viewer"]).status.success());
    assert!(demo.admin(&["user", "remove", "mixer"]).status.success());
    let demo = demo.again();
    let tokens = demo.facts["tokens"].as_object().expect("tokens");
    assert!(!tokens.contains_key("viewer") && !tokens.contains_key("mixer"), "{tokens:?}");
    assert_eq!(answer(&demo.send("producer", &["set_tempo", "bpm=90"]))["ok"], true);
    assert!(demo.admin(&["user", "enable", "viewer"]).status.success());
    assert!(demo.again().facts["tokens"]["viewer"].is_string());
}

#[test]
fn init_lan_sets_up_what_serve_needs() {
    let dir = TempDir::new().expect("a temporary folder");
    let state: PathBuf = dir.path().join("state");
    let made = run(livegate(["init", "--lan", "--name", "studio.local", "--state-dir"]).arg(&state));
    assert!(made.status.success(), "{}", stderr(&made));
    let report = stdout(&made);
    let pin = report.lines().find_map(|line| line.strip_prefix("CA pin")).expect("a pin").trim().to_owned();
    let again = run(livegate(["init", "--lan", "--state-dir"]).arg(&state));
    assert!(stderr(&again).contains("is set up"), "{}", stderr(&again));
    let other = run(livegate(["init", "--lan", "--name", "desk.local", "--state-dir"]).arg(&state));
    assert!(stderr(&other).contains("put names = [\"desk.local\"]"), "{}", stderr(&other));

    let key = state.join("bridge.key");
    let secret = livegate::platform::read_secret(&key).expect("init makes a key for the bridge");
    std::fs::remove_file(&key).expect("a key");
    std::fs::write(&key, "00".repeat(32)).expect("a key that others can read");
    // The configuration has the usual ports, which another gateway on this machine may use.
    std::fs::write(state.join("livegate.toml"), "[tls]\nlisten = [\"127.0.0.1:0\"]\n").expect("a configuration");
    let serve = ["serve", "--http", "127.0.0.1:0", "--local", "127.0.0.1:0", "--state-dir"];
    let refused = run(livegate(serve).arg(&state));
    assert!(stderr(&refused).contains("others may read it; run chmod 600"), "{}", stderr(&refused));
    livegate::platform::write_secret(&key, &secret).expect("a key");
    let mut gateway = livegate(serve).arg(&state).stderr(Stdio::piped()).spawn().expect("the gateway starts");
    let mut log = BufReader::new(gateway.stderr.take().expect("a pipe")).lines().map(|line| line.expect("UTF-8"));
    let serving = log.find(|line| line.contains("over TLS")).expect("an address");
    let address = serving.split("address=").nth(1).expect("an address").trim().to_owned();
    let whoami = |trust: &[&str]| {
        run(livegate(["send", "whoami", "--to", &address, "--token-file"]).arg(state.join("owner.token")).args(trust))
    };
    let sent = whoami(&["--pin", &pin]);
    assert_eq!(answer(&sent)["role"], "owner", "{}", stderr(&sent));
    let wrong = whoami(&["--pin", &"ab".repeat(32)]);
    assert!(stderr(&wrong).contains("not the pinned one"), "{}", stderr(&wrong));
    let ca = state.join("tls/ca.pem");
    let named = whoami(&["--ca", ca.to_str().expect("UTF-8"), "--server-name", "elsewhere.example"]);
    assert!(
        !named.status.success() && stderr(&named).contains("is not for elsewhere.example, but for"),
        "{}",
        stderr(&named)
    );
    gateway.kill().expect("a process to kill");
    gateway.wait().expect("an end");
}

/// Promise: Certificate renewal overwrites no foreign key
#[test]
fn setting_up_keeps_existing_certificates() {
    let dir = TempDir::new().expect("a temporary folder");
    let init = |state: &Path| run(livegate(["init", "--lan", "--state-dir"]).arg(state));
    let own = dir.path().join("own");
    let folder = own.join("tls");
    std::fs::create_dir_all(&folder).expect("a folder");
    for name in ["server.key", "server.pem"] {
        std::fs::write(folder.join(name), "their own").expect("a file");
        let refused = init(&own);
        assert!(!refused.status.success() && stderr(&refused).contains(name), "{}", stderr(&refused));
        assert_eq!(std::fs::read_to_string(folder.join(name)).expect("a file"), "their own");
        std::fs::remove_file(folder.join(name)).expect("a file");
    }
    assert!(!own.join("livegate.toml").exists());

    let state = dir.path().join("state");
    assert!(init(&state).status.success());
    let read = |name: &str| std::fs::read_to_string(state.join("tls").join(name)).expect("a file");
    let made = ["authority/ca.key", "ca.pem", "server.pem", "server.key"].map(read);
    std::fs::remove_file(state.join("livegate.toml")).expect("a configuration");
    let again = init(&state);
    assert!(again.status.success(), "{}", stderr(&again));
    assert_eq!(["authority/ca.key", "ca.pem", "server.pem", "server.key"].map(read), made);
    // An interrupted set-up is completed.
    for name in ["tls/server.pem", "tls/ca.pem", "livegate.toml"] {
        std::fs::remove_file(state.join(name)).expect("a file");
    }
    std::fs::remove_file(state.join("tls/server.key")).expect("a key");
    let again = init(&state);
    assert!(again.status.success(), "{}", stderr(&again));
    assert_eq!(["authority/ca.key", "ca.pem"].map(read), made[..2]);
    // The owner's own certificate beside the CA stays.
    let other = livegate::tls::create_authority(&folder, &Names::new(["localhost"], [])).expect("files");
    for (from, to) in [(&other.certificate, "tls/server.pem"), (&other.key, "tls/server.key")] {
        std::fs::copy(from, state.join(to)).expect("a copy");
    }
    std::fs::remove_file(state.join("livegate.toml")).expect("a configuration");
    let refused = init(&state);
    assert!(
        !refused.status.success() && stderr(&refused).contains("was not issued by this installation's CA"),
        "{}",
        stderr(&refused)
    );
    assert_eq!(read("server.key"), std::fs::read_to_string(&other.key).expect("a key"));
}

/// Promise: Remote clients must sign in
#[test]
fn the_lan_is_not_served_without_users() {
    let dir = TempDir::new().expect("a temporary folder");
    let state = dir.path().join("state");
    assert!(run(livegate(["init", "--lan", "--state-dir"]).arg(&state)).status.success());
    std::fs::write(state.join("livegate.toml"), "[tls]\nlisten = [\"0.0.0.0:0\"]\n").expect("a configuration");
    assert!(run(livegate(["user", "disable", "owner", "--state-dir"]).arg(&state)).status.success());
    let refused = run(livegate(["serve", "--http", "127.0.0.1:0", "--state-dir"]).arg(&state));
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("no user can sign in"), "{}", stderr(&refused));
}

#[test]
fn failures_are_reported_in_one_line() {
    let dir = TempDir::new().expect("a temporary folder");
    std::fs::write(dir.path().join("bad.toml"), "[bridge]\nadress = '127.0.0.1:1'\n").expect("a file");
    let bad = dir.path().join("bad.toml").display().to_string();
    for (args, code, part) in [
        (vec!["status"], 1, "no gateway runs"),
        (vec!["serve", "--config", &bad], 1, "unknown field `adress`"),
        (vec!["serve", "--config", "/no/such/file"], 1, "cannot read /no/such/file"),
        (vec!["audit", "list"], 1, "there is no trail in"),
        (vec!["token", "issue", "--user", "mia", "--ttl", "forever"], 2, "a number with s, m, h or d"),
        (vec!["dance"], 2, "unrecognized subcommand"),
    ] {
        let mut command = livegate(args.iter().copied());
        if args[0] != "dance" {
            command.arg("--state-dir").arg(dir.path());
        }
        let output = run(&mut command);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(part), "{args:?}: {}", stderr(&output));
    }
    let away = run(&mut livegate(["send", "ping", "--to", "10.0.0.1:9005"]));
    assert!(stderr(&away).contains("plain lines go only to a loopback address"), "{}", stderr(&away));
}
