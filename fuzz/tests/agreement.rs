//! The gateway and the script read the same JSON, and the script accepts every command that the gateway accepts.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use livegate::{config, fuzzing};
use livegate_fuzz::{corpus, edited, scripts};
use serde_json::Value;

/// The generated lines of a run.
const LINES: usize = 4_000;

/// Generated lines: texts of the corpus with a few edits. The same in every run.
fn generated() -> Vec<Vec<u8>> {
    let files = corpus(&Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/client_lines"));
    let texts: Vec<Vec<u8>> = files
        .iter()
        .flat_map(|file| file.split(|&byte| byte == b'\n'))
        .filter(|line| !line.is_empty())
        .map(<[u8]>::to_vec)
        .collect();
    scripts(LINES)
        .map(|script| edited(&texts, &script))
        .filter(|line| !line.is_empty() && !line.contains(&b'\n'))
        .collect()
}

/// What the script reads of each of these questions.
fn script_reads(questions: &str) -> Vec<Value> {
    let mut script = Command::new(config::python())
        .arg("-B")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("read_lines.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let mut stdin = script.stdin.take().expect("a pipe");
    let questions = questions.to_owned();
    let asking = std::thread::spawn(move || stdin.write_all(questions.as_bytes()));
    let output = script.wait_with_output().expect("answers");
    asking.join().expect("no panic").expect("the questions are read");
    assert!(output.status.success());
    output
        .stdout
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).expect("JSON"))
        .collect()
}

#[test]
fn gateway_and_script_read_the_same_json() {
    let lines = generated();
    let mut questions = String::new();
    for line in &lines {
        writeln!(questions, "json {}", fuzzing::hex(line)).expect("a string");
    }
    let answers = script_reads(&questions);
    assert_eq!(answers.len(), lines.len());
    let mut read = 0;
    for (line, answer) in lines.iter().zip(answers) {
        let ours = fuzzing::json(line).map_or(Value::Null, Value::Object);
        read += usize::from(!ours.is_null());
        assert_eq!(ours, answer, "{}", String::from_utf8_lossy(line));
    }
    assert!(read > LINES / 20 && read < lines.len(), "{read} of {} lines were JSON", lines.len());
}

#[test]
fn the_script_accepts_what_the_gateway_sends() {
    let sent: Vec<String> = generated().iter().filter_map(|line| fuzzing::sent_to_script(line)).collect();
    let mut questions = String::new();
    for line in &sent {
        writeln!(questions, "request {}", fuzzing::hex(line.as_bytes())).expect("a string");
    }
    let answers = script_reads(&questions);
    assert_eq!(answers.len(), sent.len());
    assert!(sent.len() > LINES / 50, "only {} of {LINES} lines were commands", sent.len());
    for (line, answer) in sent.iter().zip(answers) {
        assert_eq!(serde_json::from_str::<Value>(line).expect("JSON"), answer, "{line}");
    }
}
