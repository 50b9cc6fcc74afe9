//! Two machines on a LAN: discovery, pairing, an impostor, and the steps of README and guides.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdout, Stdio};

use serde_json::Value;

use crate::support::net::{Host, Lan, STUDIO};
use crate::support::{process, root};

/// A command that runs until it is dropped.
struct Running {
    process: Child,
    said: Lines<BufReader<ChildStdout>>,
    log: Lines<BufReader<ChildStderr>>,
}

impl Running {
    fn start(host: &Host, line: &str) -> Running {
        // The shell is replaced by the last command, so that ending it ends that command.
        let line = line.replacen("livegate ", "exec livegate ", 1);
        let mut command = host.shell(&line);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the shell runs");
        let said = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let log = BufReader::new(process.stderr.take().expect("a pipe")).lines();
        Running { process, said, log }
    }

    fn serving(host: &Host) -> Running {
        let mut gateway = Running::start(host, "livegate serve");
        gateway.until_logged("over TLS");
        gateway
    }

    fn until_logged(&mut self, words: &str) {
        let lines: Vec<String> =
            self.log.by_ref().map_while(Result::ok).take_while(|line| !line.contains(words)).collect();
        assert!(self.process.try_wait().expect("a process").is_none(), "it ended: {lines:?}");
    }

    /// The first line of output that contains these words.
    fn until_said(&mut self, words: &str) -> String {
        self.said.by_ref().map_while(Result::ok).find(|line| line.contains(words)).unwrap_or_else(|| {
            let log: Vec<String> = self.log.by_ref().map_while(Result::ok).collect();
            panic!("it ended without {words:?}: {log:?}")
        })
    }

    /// Interrupt it as Ctrl-C does.
    fn end(mut self) {
        let id = self.process.id().to_string();
        assert!(process::command("kill").args(["-INT", &id]).status().expect("kill runs").success());
        self.process.wait().expect("an end");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const WHOAMI: &str = "livegate send whoami";

/// Promise: A paired device authenticates its gateway
#[test]
fn two_hosts_pair_and_reject_an_impostor() {
    let Some(lan) = Lan::new() else { return };
    lan.studio.succeed("livegate init --lan --name studio.local");
    let gateway = Running::serving(&lan.studio);
    let mut owner = Running::start(&lan.studio, "livegate pair --role performer --name tablet --json");
    let offer: Value = serde_json::from_str(&owner.until_said("{")).expect("JSON");
    let text = |key: &str| offer[key].as_str().expect(key).to_owned();
    assert_eq!(text("address"), format!("{STUDIO}:9443"));

    let found: Value = serde_json::from_str(&browse(&lan.guest)).expect("JSON");
    assert_eq!((found["port"].as_u64(), found["address"].as_str()), (Some(9443), Some(STUDIO)), "{found}");
    assert_eq!(found["txt"]["pin"], text("pin")[..16], "{found}");

    lan.guest.succeed(&format!("livegate pair --link '{}'", text("link")));
    owner.until_said("\"paired\"");
    let whoami: Value = serde_json::from_str(&lan.guest.succeed(WHOAMI)).expect("JSON");
    assert_eq!((whoami["caller"].as_str(), whoami["role"].as_str()), (Some("tablet"), Some("performer")));
    gateway.end();

    // An impostor at the same address and name, with another CA.
    lan.studio.succeed("mkdir impostor");
    lan.studio.succeed("HOME=$PWD/impostor livegate init --lan --name studio.local");
    let mut impostor = Running::start(&lan.studio, "HOME=$PWD/impostor livegate serve");
    impostor.until_logged("over TLS");
    let refused = lan.guest.run(WHOAMI);
    let complained = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{complained}");
    assert!(complained.contains("CA"), "{complained}");
    let refused = lan.guest.run(&format!("livegate pair --link '{}'", text("link")));
    assert_eq!(refused.status.code(), Some(1));
    // The impostor has received neither token nor secret.
    impostor.end();
    let trail = lan.studio.succeed("HOME=$PWD/impostor livegate audit list --json");
    assert!(!trail.contains("\"sign_in_refused\"") && !trail.contains("\"pairing_refused\""), "{trail}");
}

/// The gateways that a machine discovers on the LAN.
fn browse(host: &Host) -> String {
    let script = root().join("tests/it/support/browse.py");
    host.succeed(&format!("{} {}", livegate::config::python().display(), script.display()))
}

/// The commands of the guides in order: the machine and the line. The guides continue where README ends.
fn walk_through() -> Vec<(String, String)> {
    let guides = std::fs::read_dir(root().join("docs")).expect("the guides");
    let mut documents: Vec<PathBuf> = guides.map(|guide| guide.expect("a guide").path()).collect();
    documents.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
    documents.sort();
    documents.insert(0, root().join("README.md"));
    let mut commands = Vec::new();
    for text in documents.iter().map(|path| std::fs::read_to_string(path).expect("a document")) {
        for block in text.split("```sh\n# on the ").skip(1) {
            let (machine, lines) = block.split("```").next().expect("a block").split_once('\n').expect("a command");
            commands.extend(lines.lines().map(|line| (machine.to_owned(), line.to_owned())));
        }
    }
    commands
}

/// Promise: A paired device authenticates its gateway
#[test]
fn the_documented_steps_work_on_two_hosts() {
    let Some(lan) = Lan::new() else { return };
    let commands = walk_through();
    assert!(commands.len() >= 20, "{commands:?}");
    let mut goes_on = Vec::new();
    let mut code = String::new();
    let mut thrown_out = false;
    let mut refusals = 0;
    for (machine, line) in &commands {
        let host = if machine.starts_with("studio's machine") { &lan.studio } else { &lan.guest };
        match line.split('#').next().expect("a line").trim() {
            "livegate serve" => goes_on.push(Running::serving(host)),
            line if line.starts_with("livegate pair --role") => {
                let mut owner = Running::start(host, line);
                let said = owner.until_said("then type the code");
                code = said.split("the code").nth(1).expect("a code").trim().to_owned();
                goes_on.push(owner);
            }
            line if line.ends_with("--code") => {
                let mut typing =
                    host.shell(line).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("the shell runs");
                writeln!(typing.stdin.take().expect("a pipe"), "{code}").expect("the code is typed");
                assert!(typing.wait().expect("an end").success(), "{line}");
                goes_on.pop().expect("the owner's end").until_said("is paired");
            }
            line if thrown_out && machine.starts_with("guest") => {
                let refused = host.run(line);
                let said = String::from_utf8_lossy(&refused.stdout);
                assert!(refused.status.code() == Some(1) && said.contains("unauthenticated"), "{line}: {said}");
                refusals += 1;
            }
            line => {
                thrown_out |= line == "livegate user disable guest";
                let said = host.succeed(line);
                assert!(
                    !line.contains(" send ") || said.contains("\"ok\": true") || said.contains("\"ok\":true"),
                    "{said}"
                );
            }
        }
    }
    assert_eq!(refusals, 1, "the guest comes again after the end of the evening");
}
