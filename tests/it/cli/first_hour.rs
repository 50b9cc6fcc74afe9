//! The guide of the first hour, command by command in a terminal of 100 columns and 30 rows, on two machines.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;

use serde_json::json;

use crate::support::net::{Host, Lan};
use crate::support::{process, root};

/// A command in a terminal.
struct Terminal {
    process: Child,
    input: Option<ChildStdin>,
    /// Its lines without escape sequences.
    lines: mpsc::Receiver<String>,
}

impl Terminal {
    fn open(host: &Host, command: &str) -> Terminal {
        let shell = host.shell(&command.replacen("livegate ", "exec livegate ", 1));
        let mut screen = process::python();
        screen.arg("-B").arg(root().join("tests/it/support/screen.py")).arg(shell.get_program()).args(shell.get_args());
        screen.envs(shell.get_envs().filter_map(|(name, value)| Some((name, value?))));
        screen.env("TERM", "xterm-256color").env("TZ", "UTC").env("PAGER", "cat");
        let mut process = piped(&mut screen).spawn().expect("Python 3 is installed");
        let input = process.stdin.take();
        let output = process.stdout.take().expect("a pipe");
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
                if sender.send(plain(&String::from_utf8_lossy(&line))).is_err() {
                    break;
                }
            }
        });
        Terminal { process, input, lines }
    }

    fn write(&mut self, text: &str) {
        let input = self.input.as_mut().expect("a terminal");
        input.write_all(text.as_bytes()).and_then(|()| input.flush()).expect("a command that reads");
    }

    /// The lines up to the last of those that are expected. The gateway's tasks log in any order.
    fn until_all(&self, expected: &[&str]) -> Vec<String> {
        let mut left: Vec<&str> = expected.iter().copied().filter(|line| *line != "…").collect();
        let mut lines = Vec::new();
        while !left.is_empty()
            && let Ok(line) = self.lines.recv()
        {
            left.retain(|expected| !is_like(&line, expected));
            lines.push(line);
        }
        assert!(left.is_empty(), "missing {left:?} in\n{}", lines.join("\n"));
        lines
    }

    fn end(mut self) {
        let id = self.process.id().to_string();
        assert!(process::command("kill").args(["-INT", &id]).status().expect("kill runs").success());
        self.process.wait().expect("an end");
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn piped(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null())
}

/// A line without escape sequences and without what stands before a carriage return.
fn plain(line: &str) -> String {
    let mut text = String::new();
    let mut characters = line.trim_end_matches('\r').chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\x1b' => while characters.next().is_some_and(|character| !character.is_ascii_alphabetic()) {},
            '\r' => text.clear(),
            _ => text.push(character),
        }
    }
    text.trim_end().to_owned()
}

/// Whether a line is as expected; `…` stands for any text.
fn is_like(line: &str, expected: &str) -> bool {
    let mut parts = expected.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// Whether lines are as expected; a line `…` stands for any number of lines.
fn are_like(lines: &[String], expected: &[&str]) -> bool {
    match (expected, lines) {
        ([], lines) => lines.is_empty(),
        (["…", rest @ ..], _) => (0..=lines.len()).any(|skipped| are_like(&lines[skipped..], rest)),
        ([first, rest @ ..], [line, lines @ ..]) => is_like(line, first) && are_like(lines, rest),
        (_, []) => false,
    }
}

/// A step of the guide.
enum Step<'a> {
    Command {
        host: &'a str,
        command: &'a str,
        expected: Vec<&'a str>,
    },
    /// The actions of a user in Live: a path of the song, and its values in order.
    ByHand(&'a str),
}

fn steps(guide: &str) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    let mut is_console = false;
    for line in guide.lines() {
        if let Some(hand) = line.strip_prefix("<!-- by hand: ") {
            steps.push(Step::ByHand(hand.trim_end_matches(" -->")));
        } else if line.starts_with("```") {
            is_console = line == "```console";
        } else if is_console && let Some((host @ ("studio" | "guest"), command)) = line.split_once("$ ") {
            steps.push(Step::Command { host, command, expected: Vec::new() });
        } else if is_console && let Some(Step::Command { expected, .. }) = steps.last_mut() {
            expected.push(line);
        }
    }
    steps
}

/// Commands that run until they are interrupted.
const GO_ON: [&str; 3] = ["livegate livesim", "livegate serve", "livegate pair --role"];

#[test]
fn the_first_hour_reads_as_documented() {
    let Some(lan) = Lan::new() else { return };
    std::fs::create_dir_all(lan.studio.home.join("Music/Ableton/User Library")).expect("a User Library");
    let guide = std::fs::read_to_string(root().join("docs/first-hour.md")).expect("the guide");
    let mut open: HashMap<&str, Terminal> = HashMap::new();
    let mut code = String::new();
    for step in steps(&guide) {
        let (host, command, expected) = match step {
            Step::Command { host, command, expected } => (host, command, expected),
            Step::ByHand(hand) => {
                by_hand(open.get_mut(GO_ON[0]).expect("Live runs"), &lan.studio, hand);
                continue;
            }
        };
        let host = if host == "studio" { &lan.studio } else { &lan.guest };
        let kind = GO_ON.into_iter().find(|kind| command.starts_with(kind));
        if let Some(earlier) = kind.and_then(|kind| open.remove(kind)) {
            earlier.end();
        }
        let mut terminal = Terminal::open(host, command);
        if let Some(kind) = kind {
            let shown = terminal.until_all(&expected);
            code = shown.iter().find_map(|line| Some(line.split_once("type the code  ")?.1.to_owned())).unwrap_or(code);
            open.insert(kind, terminal);
            continue;
        }
        if command.ends_with("--code") {
            terminal.write(&format!("{code}\n"));
        }
        let shown: Vec<String> = terminal.lines.iter().collect();
        terminal.process.wait().expect("an end");
        assert!(are_like(&shown, &expected), "$ {command}\n{}\nis not like\n{}", shown.join("\n"), expected.join("\n"));
    }
    let live = open.remove(GO_ON[0]).expect("Live runs");
    drop(open);
    live.end();
}

/// Change a property in Live as a user there does, and wait until the trail has each change.
fn by_hand(live: &mut Terminal, studio: &Host, hand: &str) {
    let (path, values) = hand.split_once(' ').expect("a path and values");
    for value in values.split(' ') {
        let value: bool = value.parse().expect("true or false");
        let rows = || studio.succeed("livegate audit list --all --kind changed_in_live").lines().count();
        let before = rows();
        live.write(&format!("{}\n", json!({"hand": path, "value": value})));
        let appeared = (0..TRIES).any(|_| rows() > before);
        assert!(appeared, "no row of {hand}");
    }
}

/// How often the trail is read for a change by hand.
const TRIES: usize = 500;
