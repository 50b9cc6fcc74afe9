//! Every message of the product in one file, `target/messages.txt`, to be read without the code.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use super::tidy::without_tests;
use crate::support::root;

/// What only programmers understand, and no message may say.
const INTERNAL: [&str; 7] = ["usize", "u64", "expected struct", "unwrap", "SQLITE_", "Error code", "anyhow"];
/// Fewer would mean that the search missed some.
const MESSAGES_MIN: usize = 1_000;

#[test]
fn every_message_is_listed_and_readable() {
    let mut listed = String::new();
    let mut count = 0;
    for folder in ["src", "script/LiveGate"] {
        for file in sources(&root().join(folder)) {
            let text = std::fs::read_to_string(&file).expect("a source file");
            let messages = messages(&text);
            let name = file.strip_prefix(root()).expect("a file of ours").display().to_string();
            for message in &messages {
                let internal = INTERNAL.iter().find(|word| message.contains(**word));
                assert_eq!(internal, None, "{name}: {message}");
                _ = writeln!(listed, "{name}: {message}");
            }
            count += messages.len();
        }
    }
    assert!(count >= MESSAGES_MIN, "{count}");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
    std::fs::write(target.join("messages.txt"), listed).expect("the list");
}

/// The source files below a folder, without tests.
fn sources(folder: &Path) -> BTreeSet<std::path::PathBuf> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" {
            found.extend(sources(&path));
        } else if name != "tests.rs" && (name.ends_with(".rs") || name.ends_with(".py")) {
            found.insert(path);
        }
    }
    found
}

/// The string literals with several words, without comments, tests and statements for the database.
fn messages(source: &str) -> Vec<String> {
    let code = without_tests(source);
    let is_message = |line: &str| line.starts_with("#[error(") || !(line.starts_with("//") || line.starts_with('#'));
    let lines = code.lines().filter(|line| is_message(line.trim_start()));
    let code = lines.collect::<Vec<_>>().join("\n");
    // Documentation of Python, between three quotation marks.
    let code: String = code.split("\"\"\"").step_by(2).collect();
    let mut messages = Vec::new();
    let mut rest = code.as_str();
    while let Some(at) = rest.find('"') {
        let is_character = rest[..at].ends_with('\'') || rest[..at].ends_with('\\');
        rest = &rest[at + 1..];
        if is_character {
            continue;
        }
        let Some(end) = end_of_literal(rest) else { break };
        let text = rest[..end].split("\\\n").map(str::trim_start).collect::<String>();
        rest = &rest[end + 1..];
        let first = text.split_whitespace().next().unwrap_or_default();
        let is_statement = first.len() > 3 && first.chars().all(|letter| letter.is_ascii_uppercase());
        if text.trim().contains(' ') && !is_statement {
            messages.push(text.replace('\n', "\\n"));
        }
    }
    messages
}

fn end_of_literal(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    text.char_indices().find_map(|(at, character)| {
        let ends = character == '"' && !is_escaped;
        is_escaped = character == '\\' && !is_escaped;
        ends.then_some(at)
    })
}
