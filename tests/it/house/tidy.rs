//! Style rules that a test can check: first lines, lengths of files and names, words, and the place of platform code.

use std::path::{Path, PathBuf};

use crate::support::root;

/// Beyond this, a file usually holds two concepts.
const LINES_MAX: usize = 400;
/// Beyond this, a test's name is hard to read.
const NAME_WORDS_MAX: usize = 8;

#[test]
fn every_file_states_its_job() {
    for path in files(&["rs"]) {
        let text = read(&path);
        assert!(text.starts_with("//! "), "{} has no first line that says what it does", path.display());
    }
    for path in files(&["py"]).into_iter().filter(|path| !read(path).trim().is_empty()) {
        let text = read(&path);
        assert!(text.starts_with("\"\"\""), "{} has no docstring", path.display());
    }
}

#[test]
fn files_are_short() {
    for path in files(&["rs", "py"]) {
        let lines = read(&path).lines().count();
        assert!(lines <= LINES_MAX, "{} has {lines} lines", path.display());
    }
}

#[test]
fn test_names_are_short() {
    let mut count = 0;
    for path in files(&["rs", "py"]) {
        for name in test_names(&read(&path)) {
            let words = name.split('_').count();
            assert!(words <= NAME_WORDS_MAX, "{}: {name} has {words} words, at most {NAME_WORDS_MAX}", path.display());
            count += 1;
        }
    }
    assert!(count > 1000, "only {count} tests were found");
}

/// The names of a file's tests: Rust functions under a test attribute, Python functions `test_NAME`.
fn test_names(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        let name = |rest: &str| rest.split('(').next().unwrap_or(rest).to_owned();
        if let Some(rest) = line.strip_prefix("def test_") {
            found.push(name(rest));
        } else if line.starts_with("#[test") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if let Some((_, rest)) = line.split_once("fn ")
            && is_test
        {
            found.push(name(rest));
            is_test = false;
        }
    }
    found
}

#[test]
fn platforms_differ_in_one_place() {
    let src = root().join("src");
    for path in files(&["rs"]).into_iter().filter(|path| path.starts_with(&src) && *path != src.join("platform.rs")) {
        let text = read(&path);
        let is_half = path.starts_with(src.join("platform"));
        for word in ["cfg(unix", "cfg(windows", "cfg(target_os", "std::os::"] {
            let belongs = is_half && word == "std::os::";
            assert!(belongs || !text.contains(word), "{} says {word}, which belongs in platform.rs", path.display());
        }
    }
}

/// Otherwise they would reach the developer's terminal and home folder.
#[test]
fn tests_start_programs_through_their_support() {
    let tests = root().join("tests/it");
    let support = root().join("tests/it/support");
    let own = root().join(file!());
    for path in files(&["rs"]).iter().filter(|path| path.starts_with(&tests) && !path.starts_with(&support)) {
        let is_direct = *path != own && read(path).contains("Command::new(");
        assert!(!is_direct, "{}: use support::process instead of Command::new", path.display());
    }
}

#[test]
fn every_code_is_expected_by_a_test() {
    let own = root().join("tests");
    let files = files(&["rs", "txt"]);
    let tests: String = files.iter().filter(|path| path.starts_with(&own)).map(|path| read(path)).collect();
    for code in livegate::wire::refusal::Code::ALL {
        assert!(tests.contains(&format!("\"{code}\"")), "no test expects {code}");
    }
}

#[test]
fn the_stages_are_in_alphabetical_order() {
    let mut stages: Vec<String> = std::fs::read_dir(root().join("src/gateway"))
        .expect("the stages")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter_map(|name| name.strip_suffix(".rs").map(str::to_owned))
        .collect();
    stages.sort();
    let path = ["accept", "handshake", "identify", "interpret", "limit", "permit", "record", "relay"];
    assert_eq!(stages, path);
}

/// A tuple takes apart what a function returns. It does not save lines.
#[test]
fn each_statement_assigns_one_value() {
    for path in files(&["rs"]) {
        let text = read(&path);
        let found = text.match_indices("\n").find_map(|(at, _)| assigns_tuple(text[at..].trim_start()));
        assert_eq!(found, None, "{}: write one statement for each name", path.display());
    }
}

/// The statement that begins here, if it takes a tuple apart that it has just made: `let (a, b) = (x, y);`, with or without `let`.
fn assigns_tuple(text: &str) -> Option<&str> {
    let pattern = text.strip_prefix("let ").unwrap_or(text);
    let typed = pattern.strip_prefix(balanced(pattern)?)?;
    let value = typed.split_once("= ").filter(|(before, _)| !before.contains(['=', ';', '.', '\n']))?.1;
    let rest = value.strip_prefix(balanced(value)?)?;
    rest.starts_with(';').then(|| &text[..text.len() - rest.len()])
}

/// The text up to the bracket that closes the one that it begins with.
fn balanced(text: &str) -> Option<&str> {
    let mut depth = 0;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => (),
        }
        if depth == 0 {
            return (at > 0).then(|| &text[..=at]);
        }
    }
    None
}

#[test]
fn imports_stand_in_three_groups() {
    for path in files(&["rs"]) {
        let text = read(&path);
        let wrong = misplaced_import(&text);
        assert_eq!(wrong, None, "{}: std, other crates, this crate: a group each, in this order", path.display());
    }
    assert_eq!(misplaced_import("mod own;\n\nuse std::io;\n\nuse bytes::Bytes;\n\nuse own::Own;"), None);
    assert_eq!(misplaced_import("use std::io;\nuse bytes::Bytes;"), Some("use bytes::Bytes;"));
    assert_eq!(misplaced_import("use crate::audit;\n\nuse std::io;"), Some("use std::io;"));
}

/// The first import of a file that is in a group of another kind, or behind a later group.
fn misplaced_import(text: &str) -> Option<&str> {
    let modules: Vec<&str> = text.lines().filter_map(|line| line.split_once("mod ")?.1.strip_suffix(';')).collect();
    let mut group = None;
    let mut latest = 0;
    for line in text.lines() {
        let visible = line.strip_prefix("pub(crate) ").or_else(|| line.strip_prefix("pub ")).unwrap_or(line);
        let Some(path) = visible.strip_prefix("use ") else {
            group = group.filter(|_| !line.is_empty());
            continue;
        };
        let root = path.split("::").next().unwrap_or(path).trim_end_matches(';');
        let kind = match root {
            "std" => 0,
            "crate" | "super" | "self" => 2,
            root if modules.contains(&root) => 2,
            root if root.starts_with(char::is_uppercase) => continue, // variants of an enum
            _ => 1,
        };
        if group.is_some_and(|group| group != kind) || kind < latest {
            return Some(line);
        }
        group = Some(kind);
        latest = kind;
    }
    None
}

#[test]
fn options_are_taken_with_if_let() {
    for path in files(&["rs"]).iter().filter(|path| **path != root().join(file!())) {
        let code: String = read(path).split_whitespace().collect();
        let is_there = code.contains(".into_iter().for_each(");
        assert!(!is_there, "{}: write if let for an option, and for for a list", path.display());
    }
}

/// A file's text without its tests, which are its last item.
pub fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}

pub fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub fn files(endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["src", "crates", "fuzz", "tests", "script"] {
        collect(&root().join(folder), endings, &mut found);
    }
    assert!(!found.is_empty());
    found
}

fn collect(dir: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, endings, found);
        } else if path.extension().is_some_and(|ending| endings.iter().any(|other| ending == *other)) {
            found.push(path);
        }
    }
}
