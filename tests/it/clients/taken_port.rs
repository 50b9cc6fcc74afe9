//! `livegate install --take-9004`: programs with the original script's port built in go through the gateway unchanged.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc;

use serde_json::Value;

use crate::support::net::{Host, Lan};
use crate::support::{process, root};

const LIBRARY: &str = "Music/Ableton/User Library";
const PROGRAMS: [&str; 5] = ["connection", "basics", "composition", "voltages", "tour"];
/// A set with a Max device, as one of the programs expects it.
const SET: &str = r#"{"tracks": [
    {"name": "Modular", "kind": "audio", "devices": [{"max": "CV LFO", "parameters": ["Rate", "Shape"]}]},
    {"name": "Drums"}
]}"#;

/// A command that runs until it is dropped.
struct Running {
    process: Child,
    /// Its lines, of standard output and error.
    lines: mpsc::Receiver<String>,
}

impl Running {
    fn start(host: &Host, command: &str) -> Running {
        let mut shell = host.shell(&format!("exec {command} 2>&1"));
        let mut process = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the shell runs");
        let output = process.stdout.take().expect("a pipe");
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Running { process, lines }
    }

    /// The first line with this text.
    fn line_with(&self, text: &str) -> String {
        let mut seen = Vec::new();
        for line in &self.lines {
            if line.contains(text) {
                return line;
            }
            seen.push(line);
        }
        panic!("no line with {text}:\n{}", seen.join("\n"));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let id = self.process.id().to_string();
        let _ = process::command("kill").args(["-INT", &id]).status();
        let _ = self.process.wait();
    }
}

/// In a network namespace, port 9004 is free.
#[test]
fn original_programs_run_through_take_9004() {
    let Some(lan) = Lan::new() else { return };
    let studio = &lan.studio;
    std::fs::create_dir_all(studio.home.join(LIBRARY)).expect("a User Library");
    std::fs::write(studio.home.join("set.json"), SET).expect("a set");
    studio.succeed(&format!("livegate install --take-9004 --live-dir '{LIBRARY}'"));
    let script = format!("'{LIBRARY}/Remote Scripts/LiveGate'");
    let live = Running::start(studio, &format!("livegate livesim -- --script {script} --set set.json"));
    let ready = live.line_with("\"ready\"");
    let ready: Value = serde_json::from_str(&ready).expect("JSON");
    assert_eq!(ready["bridge"], "127.0.0.1:9014", "the script has moved aside");
    let gateway = Running::start(studio, "livegate serve");
    gateway.line_with("address=127.0.0.1:9004");
    let python = process::python().get_program().to_string_lossy().into_owned();
    let programs = root().join("tests/it/clients/original_programs.py");
    for program in PROGRAMS {
        studio.succeed(&format!("{python} -B {} {program}", programs.display()));
    }
    for action in ["set_tempo", "add_notes", "set_device_param_by_name", "stop_clip", "get_m4l_devices"] {
        let rows = studio.succeed(&format!("livegate audit list --all --caller local --action {action} --json"));
        assert!(rows.contains(&format!("\"{action}\"")), "the trail lacks {action}");
    }
}
