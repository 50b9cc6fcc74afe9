//! A simulated Live in its own process, running the real script.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use super::{process, root};

pub struct SimulatedLive {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    pub address: SocketAddr,
    pub effects: PathBuf,
}

impl SimulatedLive {
    /// Start in `dir`, which gets a copy of the script. Port 0: a free one. A key file makes the script keyed.
    pub fn start(dir: &Path, port: u16, key_file: Option<&Path>) -> SimulatedLive {
        SimulatedLive::start_with(dir, port, key_file, &[])
    }

    /// With further arguments of the simulated Live.
    pub fn start_with(dir: &Path, port: u16, key_file: Option<&Path>, more: &[&str]) -> SimulatedLive {
        SimulatedLive::unpack(dir);
        SimulatedLive::start_unpacked(dir, port, key_file, more)
    }

    /// Copy the script without starting it, so that a test can change it; returns its folder.
    pub fn unpack(dir: &Path) -> PathBuf {
        for name in ["LiveGate", "livesim"] {
            copy_dir(&root().join("script").join(name), &dir.join("live").join(name));
        }
        dir.join("live/LiveGate")
    }

    pub fn start_unpacked(dir: &Path, port: u16, key_file: Option<&Path>, more: &[&str]) -> SimulatedLive {
        let scripts = dir.join("live");
        let mut settings = json!({"port": port});
        if let Some(key_file) = key_file {
            settings["key_file"] = json!(key_file);
        }
        std::fs::write(scripts.join("LiveGate/settings.json"), settings.to_string()).expect("settings are written");
        SimulatedLive::host(dir, &scripts, Path::new("LiveGate"), more)
    }

    /// With an installed script; `dir` gets log and effects.
    pub fn with_installed(dir: &Path, script: &Path, more: &[&str]) -> SimulatedLive {
        SimulatedLive::host(dir, &root().join("script"), script, more)
    }

    fn host(dir: &Path, livesim: &Path, script: &Path, more: &[&str]) -> SimulatedLive {
        let effects = dir.join("effects.jsonl");
        let log = std::fs::OpenOptions::new().create(true).append(true).open(dir.join("Log.txt")).expect("a log");
        let mut process = process::python()
            .args(["-B", "-m", "livesim", "--script"])
            .arg(script)
            .arg("--effects")
            .arg(&effects)
            .args(if more.contains(&"--tracks") { &[][..] } else { &["--set", "plain"] })
            .args(more)
            .current_dir(livesim)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("Python 3 is installed");
        let mut ready = String::new();
        let mut output = BufReader::new(process.stdout.take().expect("a pipe"));
        output.read_line(&mut ready).expect("a line from the simulated Live");
        let ready: Value = serde_json::from_str(&ready).unwrap_or_else(|_| panic!("not ready: {}", read_log(dir)));
        let address = ready["bridge"].as_str().unwrap_or_else(|| panic!("does not listen: {}", read_log(dir)));
        let address = address.parse().expect("an address");
        SimulatedLive { input: process.stdin.take(), output, process, address, effects }
    }

    /// Block the main loop, as a modal dialog does.
    pub fn stall(&mut self, ms: u64) {
        self.control(&json!({"stall_ms": ms}));
    }

    /// Let the machine sleep; when `wake` ends it, this much time will have passed.
    pub fn fall_asleep(&mut self, sleep: Duration) {
        self.control(&json!({"sleep_s": sleep.as_secs()}));
    }

    pub fn wake(&mut self) {
        self.control(&json!({"wake": true}));
    }

    /// Open a modal dialog for a time.
    pub fn dialog(&mut self, ms: u64) {
        self.control(&json!({"dialog_ms": ms, "message": "Save changes?"}));
    }

    /// Load another set: the script is closed and created again.
    pub fn reload(&mut self) {
        self.control(&json!({"reload": true}));
    }

    /// End as Live does when it is closed.
    pub fn end(mut self) {
        drop(self.input.take());
        self.process.wait().expect("the simulated Live ends");
    }

    /// Every change of the set so far.
    pub fn effects(&self) -> Vec<Value> {
        read_effects(&self.effects)
    }

    /// Change a value as a user of Live does; the path starts at the song: `tracks.1.mute`.
    pub fn by_hand(&mut self, path: &str, value: impl Into<Value>) {
        self.control(&json!({"hand": path, "value": value.into()}));
    }

    /// Call a function as a user of Live does: `create_scene` with `[0]`.
    pub fn done_by_hand(&mut self, path: &str, arguments: Value) {
        self.control(&json!({"hand": path, "call": arguments}));
    }

    fn control(&mut self, line: &Value) {
        let input = self.input.as_mut().expect("a simulated Live that runs");
        writeln!(input, "{line}").expect("the simulated Live reads");
        // It echoes the order when it begins to carry it out.
        let mut said = String::new();
        self.output.read_line(&mut said).expect("the simulated Live answers");
        assert!(said.contains("order"), "{said}");
    }
}

impl Drop for SimulatedLive {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub fn read_effects(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).expect("an effect is JSON")).collect()
}

fn read_log(dir: &Path) -> String {
    std::fs::read_to_string(dir.join("Log.txt")).unwrap_or_default()
}

pub fn copy_dir(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder to copy") {
        let entry = entry.expect("an entry");
        let path = entry.path();
        let target = to.join(entry.file_name());
        if !path.is_dir() {
            std::fs::copy(&path, &target).expect("a copy");
        } else if entry.file_name() != "__pycache__" {
            copy_dir(&path, &target);
        }
    }
}
