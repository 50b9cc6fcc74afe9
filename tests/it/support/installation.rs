//! A machine with a User Library and a state folder in a temporary folder; and one on which Live and a gateway run.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;

use livegate::tls::{self, Names};
use serde_json::Value;
use tempfile::TempDir;

use super::{SimulatedLive, binary, process};

pub struct Installation {
    pub dir: TempDir,
    /// The argument of `--live-dir`.
    pub live_dir: PathBuf,
    pub state: PathBuf,
}

/// An address at which nothing listens.
pub const UNUSED: &str = "127.0.0.1:1";
pub const MACOS: &str = "Music/Ableton/User Library";
pub const WINDOWS: &str = "Documents/Ableton/User Library/Remote Scripts";

impl Installation {
    /// With this empty folder of Live.
    pub fn new(live_dir: &str) -> Installation {
        let dir = TempDir::new().expect("a temporary folder");
        let live_dir = dir.path().join(live_dir);
        let state = dir.path().join("state");
        std::fs::create_dir_all(&live_dir).expect("a folder of Live's");
        Installation { dir, live_dir, state }
    }

    /// With the script installed.
    pub fn installed() -> Installation {
        let installation = Installation::new(MACOS);
        installation.install();
        installation
    }

    /// The script's folder.
    pub fn script(&self) -> PathBuf {
        if self.live_dir.ends_with("Remote Scripts") {
            self.live_dir.join("LiveGate")
        } else {
            self.live_dir.join("Remote Scripts/LiveGate")
        }
    }

    pub fn run(&self, args: &[&str]) -> Output {
        let mut command = process::livegate();
        command.args(args).arg("--live-dir").arg(&self.live_dir).arg("--state-dir").arg(&self.state);
        command.output().expect("the command runs")
    }

    /// Install; returns the output.
    pub fn install(&self) -> Value {
        let output = self.run(&["install", "--json"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    pub fn configure(&self, text: &str) {
        std::fs::create_dir_all(&self.state).expect("a state folder");
        std::fs::write(self.state.join("livegate.toml"), text).expect("a configuration");
    }

    pub fn doctor(&self) -> Findings {
        let output = self.run(&["doctor", "--json"]);
        let reported: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        assert_eq!(reported["ok"] == true, output.status.code() == Some(0), "{reported:#}");
        Findings(reported)
    }
}

/// The doctor's findings.
pub struct Findings(pub Value);

impl Findings {
    /// A check has this state, and its message and remedy contain these words.
    pub fn expect(&self, check: &str, state: &str, message: &str, remedy: &str) {
        let checks = self.0["checks"].as_array().expect("checks");
        let holds =
            |finding: &&Value, key: &str, words: &str| finding[key].as_str().unwrap_or_default().contains(words);
        let found = checks.iter().filter(|finding| finding["check"] == check && finding["state"] == state);
        let mut found = found.filter(|finding| holds(finding, "message", message) && holds(finding, "remedy", remedy));
        assert!(found.next().is_some(), "no {check}, {state}: {message}; {remedy} in {:#}", self.0);
    }

    /// Every check passes, and none is left out.
    pub fn expect_green(&self) {
        let checks = self.0["checks"].as_array().expect("checks");
        assert!(checks.iter().all(|finding| finding["state"] == "ok"), "{:#}", self.0);
        assert!(checks.len() >= 16, "{:#}", self.0);
    }
}

/// An installation with a running Live, and a gateway connected to it.
pub struct Running {
    pub installation: Installation,
    pub live: SimulatedLive,
    gateway: Gateway,
    pub configuration: String,
}

impl Running {
    /// Ports are chosen when they are bound, and written to the configuration afterwards.
    pub fn start() -> Running {
        let installation = Installation::installed();
        let live = SimulatedLive::with_installed(installation.dir.path(), &installation.script(), &["--port", "0"]);
        let configuration = |local: SocketAddr, tls: SocketAddr, http: SocketAddr| {
            let bridge = format!("[bridge]\naddress = \"{}\"\n", live.address);
            format!(
                "[local]\nlisten = [\"{local}\"]\n[http]\nlisten = [\"{http}\"]\n[tls]\nlisten = [\"{tls}\"]\n\
                 [other_programs]\nports = []\n{bridge}"
            )
        };
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        installation.configure(&configuration(any, any, any));
        assert_eq!(installation.install()["change"], "new settings");
        let names = Names::new(["localhost"], [any.ip()]);
        tls::create_authority(&installation.state.join("tls"), &names).expect("certificates");
        let mut gateway = Gateway::start(&installation.state);
        let local = gateway.address("without sign-in");
        let tls = gateway.address("over TLS");
        let http = gateway.address("serving HTTP");
        gateway.until("the bridge is up");
        let configuration = configuration(local, tls, http);
        installation.configure(&configuration);
        Running { installation, live, gateway, configuration }
    }

    pub fn send(&self, args: &[&str]) -> Output {
        let local = self.gateway.local.expect("an address").to_string();
        process::livegate().arg("send").args(args).args(["--to", &local]).output().expect("the command runs")
    }
}

/// A gateway in its own process.
pub struct Gateway {
    process: Child,
    /// Its log, read by a thread, because a full pipe would block the gateway.
    log: mpsc::Receiver<String>,
    /// Lines that the test has not read yet.
    said: Vec<String>,
    local: Option<SocketAddr>,
}

impl Gateway {
    pub fn start(state: &Path) -> Gateway {
        Gateway::from(process::livegate(), state)
    }

    /// With a limit of open files; `None` without a shell that sets one.
    pub fn start_with_files(state: &Path, files: u32) -> Option<Gateway> {
        let mut shell = process::command("sh");
        shell.args(["-c", &format!("ulimit -n {files} && exec \"$0\" \"$@\"")]).arg(binary());
        let is_there = process::command("sh").args(["-c", "ulimit -n"]).output().is_ok();
        is_there.then(|| Gateway::from(shell, state))
    }

    /// Start the binary by a command, on free ports without TLS.
    pub fn started_by(mut command: Command, state: &Path) -> Gateway {
        command.args(["serve", "--http", "127.0.0.1:0", "--local", "127.0.0.1:0"]);
        Gateway::spawn(command, state)
    }

    fn from(mut command: Command, state: &Path) -> Gateway {
        command.args(["serve", "--http", "127.0.0.1:0"]);
        Gateway::spawn(command, state)
    }

    fn spawn(mut command: Command, state: &Path) -> Gateway {
        command.arg("--state-dir").arg(state).stderr(Stdio::piped());
        let mut process = command.spawn().expect("the gateway starts");
        let lines = BufReader::new(process.stderr.take().expect("a pipe")).lines();
        let (read, log) = mpsc::channel();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| read.send(line)));
        Gateway { process, log, said: Vec::new(), local: None }
    }

    /// The address in the next line of its log with these words.
    pub fn address(&mut self, words: &str) -> SocketAddr {
        let line = self.until(words);
        let address = line.split("address=").nth(1).expect("an address").trim().parse().expect("an address");
        self.local.get_or_insert(address);
        address
    }

    /// The number of its sockets (databases open on demand), and its memory in KiB, where the system reports them.
    pub fn footprint(&self) -> Option<(usize, usize)> {
        let folder = PathBuf::from(format!("/proc/{}", self.process.id()));
        let status = std::fs::read_to_string(folder.join("status")).ok()?;
        let memory = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.trim().trim_end_matches(" kB");
        let descriptors = std::fs::read_dir(folder.join("fd")).ok()?.flatten();
        let is_socket = |path: PathBuf| path.to_string_lossy().starts_with("socket:");
        let sockets = descriptors.filter(|entry| std::fs::read_link(entry.path()).is_ok_and(is_socket));
        Some((sockets.count(), memory.parse().ok()?))
    }

    /// The next line of its log with these words. The order of lines from different tasks varies.
    pub fn until(&mut self, words: &str) -> String {
        if let Some(index) = self.said.iter().position(|line| line.contains(words)) {
            return self.said.remove(index);
        }
        while let Ok(line) = self.log.recv() {
            if line.contains(words) {
                return line;
            }
            self.said.push(line);
        }
        panic!("it ended without {words:?}: {:#?}", self.said)
    }
}

impl Gateway {
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Wait until it ends.
    pub fn wait(&mut self) -> ExitStatus {
        self.process.wait().expect("a process")
    }

    /// End it; returns the unread lines of its log.
    pub fn end(mut self) -> Vec<String> {
        let _ = self.process.kill();
        let mut said = std::mem::take(&mut self.said);
        said.extend(self.log.iter());
        said
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
