//! Commands without a gateway and their output, as stated in `tests/transcripts/commands/*.txt`. A new case is one file.
//!
//! Each file begins in an empty folder, the state folder of all its commands, which the output calls `STATE`. `$ livegate …` runs a command,
//! with `'…'` around words with spaces; below it stand its output and errors, and `exit N` if its code is not 0. `write FILE TEXT` writes a
//! file in the folder.
//!
//! `BLESS=1 cargo test --test it transcripts` rewrites the output.

use std::fmt::Write;
use std::path::Path;

use tempfile::TempDir;

use super::{ACCEPT, settle, transcripts};
use crate::support::process;

#[test]
fn every_command_answers_as_stated() {
    let files = transcripts("tests/transcripts/commands");
    assert!(files.len() >= 3, "only {} transcripts were found", files.len());
    let failures: String = files.iter().map(|path| check(path)).collect();
    assert!(failures.is_empty(), "\n{failures}\n{ACCEPT}");
}

fn check(path: &Path) -> String {
    let stated = std::fs::read_to_string(path).expect("a transcript");
    let dir = TempDir::new().expect("a temporary folder");
    let state = dir.path().join("state");
    let mut happened = String::new();
    let mut is_output = false;
    for line in stated.lines() {
        if let Some(command) = line.strip_prefix("$ livegate ") {
            _ = write!(happened, "{line}\n{}", run(command, &state));
            is_output = true;
        } else if line.is_empty() || line.starts_with('#') || line.starts_with("write ") {
            write_file(line, &state);
            _ = writeln!(happened, "{line}");
            is_output = false;
        } else {
            assert!(is_output, "{}: {line} is not a step", path.display());
        }
    }
    settle(path, &stated, &happened)
}

/// The output of a command, its errors, and its exit code if it failed.
fn run(command: &str, state: &Path) -> String {
    let output = process::livegate().args(words(command)).arg("--state-dir").arg(state).output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&state.display().to_string(), "STATE");
    let mut shown = text(&output.stdout) + &text(&output.stderr);
    // An empty line would end the output.
    shown = shown.replace("\n\n", "\n");
    match output.status.code() {
        Some(0) => (),
        code => _ = writeln!(shown, "exit {}", code.expect("a code")),
    }
    shown
}

/// The words of a command; a word may be between single quotes.
fn words(command: &str) -> Vec<String> {
    let parts = command.split('\'').enumerate();
    parts
        .flat_map(|(number, part)| {
            let is_quoted = number % 2 == 1;
            if is_quoted { vec![part.to_owned()] } else { part.split_whitespace().map(str::to_owned).collect() }
        })
        .collect()
}

fn write_file(line: &str, state: &Path) {
    let Some((name, text)) = line.strip_prefix("write ").and_then(|rest| rest.split_once(' ')) else { return };
    std::fs::create_dir_all(state).expect("a folder");
    std::fs::write(state.join(name), text.replace("\\n", "\n")).expect("a file");
}
