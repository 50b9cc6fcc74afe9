//! `docs/promises.md` is generated from the tests, and every promise of SECURITY.md has a test.
//!
//! A test names what it proves on a line of its own above it, `/// Promise: NAME` (`# Promise: NAME` in Python and in transcripts).
//! `BLESS=1 cargo test --test it promises` rewrites the page.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use crate::house::tidy::{files, read};
use crate::support::page::expect_fresh;
use crate::support::root;

const PAGE: &str = "docs/promises.md";
const REFRESH: &str = "BLESS=1 cargo test --test it promises";

/// Promises by name, each with the names of its tests.
type Proofs = BTreeMap<String, BTreeSet<String>>;

#[test]
fn the_page_of_promises_is_fresh() {
    expect_fresh(PAGE, &page(&promised(), &proofs()), "promises");
}

#[test]
fn every_promise_has_a_test() {
    let promised = promised();
    let proofs = proofs();
    assert!(promised.len() >= 50, "SECURITY.md makes only {} promises", promised.len());
    for name in promised {
        assert!(proofs.contains_key(&name), "SECURITY.md promises {name:?}, which no test names");
    }
}

#[test]
fn a_line_without_its_test_is_an_error() {
    assert_eq!(tests_in("rs", "/// Promise: A\n#[test]\nfn a() {}"), Ok(vec![("A".into(), "a".into())]));
    assert_eq!(tests_in("py", "# Promise: A.\n@skip\ndef test_a(self):"), Ok(vec![("A".into(), "test_a".into())]));
    for (ending, text) in [
        ("rs", "/// Promise: A\nfn a() {}"),
        ("rs", "/// Promise: A\n#[test]\nconst A: u8 = 0;"),
        ("rs", "/// Promise: A\n#[test]\n"),
        ("rs", "/// Promise: \n#[test]\nfn a() {}"),
        ("py", "# Promise: A\ndef a(self):"),
        ("py", "class A:\n    '''Promise: A'''"),
    ] {
        assert!(tests_in(ending, text).is_err(), "{text:?}");
    }
}

/// The promises of SECURITY.md, in order: bold text at the beginning of a line.
fn promised() -> Vec<String> {
    let text = read(&root().join("SECURITY.md"));
    let (_, section) = text.split_once("\n## Promises\n").expect("the promises");
    let section = section.split("\n## ").next().unwrap_or(section);
    let names = section.lines().filter_map(|line| line.trim_start_matches("- ").strip_prefix("**")?.split_once(".**"));
    names.map(|(name, _)| name.to_owned()).collect()
}

fn proofs() -> Proofs {
    let mut proofs = Proofs::new();
    for path in files(&["rs", "py", "txt"]) {
        // This file contains examples of such lines.
        if path.ends_with("tests/it/house/promises.rs") {
            continue;
        }
        let text = read(&path);
        let found = match path.extension().and_then(|ending| ending.to_str()) {
            Some("txt") => transcript(&path, &text),
            Some(ending) => tests_in(ending, &text),
            None => Ok(Vec::new()),
        };
        for (promise, test) in found.unwrap_or_else(|error| panic!("{}: {error}", path.display())) {
            proofs.entry(promise).or_default().insert(test);
        }
    }
    proofs
}

/// Each promise that a transcript names, with the file's name as the test.
fn transcript(path: &Path, text: &str) -> Result<Vec<(String, String)>, String> {
    let test = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    text.lines().filter_map(name).map(|promise| Ok((promise?, test.clone()))).collect()
}

/// Each promise with the test below it; an error describes an invalid line.
fn tests_in(ending: &str, text: &str) -> Result<Vec<(String, String)>, String> {
    let mut found = Vec::new();
    let mut pending = Vec::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        if let Some(promise) = name(line) {
            pending.push(promise?);
        } else if line.starts_with(['@', '#', '/']) {
            is_test |= line.starts_with("#[") && line.contains("test");
        } else if !pending.is_empty() {
            let function = line.split_once("fn ").or_else(|| line.split_once("def "));
            let function = function.and_then(|(_, rest)| rest.split('(').next());
            let function = function.filter(|name| if ending == "py" { name.starts_with("test_") } else { is_test });
            let test = function.ok_or_else(|| format!("{pending:?} stands above {line:?}, which is no test"))?;
            found.extend(pending.drain(..).map(|promise| (promise, test.to_owned())));
            is_test = false;
        } else {
            is_test = false;
        }
    }
    if pending.is_empty() { Ok(found) } else { Err(format!("{pending:?} stands above nothing")) }
}

/// The promise that a line names, if it names one. The full stop is not part of the name.
fn name(line: &str) -> Option<Result<String, String>> {
    let (before, name) = line.split_once("Promise:")?;
    let name = name.trim().trim_end_matches('.');
    Some(if !["/// ", "# "].contains(&before) {
        Err(format!("{line:?} must begin with /// or #"))
    } else if name.is_empty() {
        Err(format!("{line:?} must name a promise"))
    } else {
        Ok(name.to_owned())
    })
}

fn page(promised: &[String], proofs: &Proofs) -> String {
    let mut page = format!(
        "# Promises and their tests\n\n\
         Each promise of [SECURITY.md](../SECURITY.md) with the tests that prove it. `cargo test` runs all of them.\n\n\
         <!-- Generated from the `Promise:` lines above the tests. {REFRESH} -->\n"
    );
    for name in promised {
        section(&mut page, "##", name, proofs.get(name));
    }
    let further: Vec<_> = proofs.iter().filter(|(name, _)| !promised.contains(name)).collect();
    if !further.is_empty() {
        page += "\n## Further\n\nTests also prove these, which SECURITY.md does not list.\n";
    }
    for (name, tests) in further {
        section(&mut page, "###", name, Some(tests));
    }
    page
}

fn section(page: &mut String, level: &str, name: &str, tests: Option<&BTreeSet<String>>) {
    write!(page, "\n{level} {name}\n\n").expect("memory");
    for test in tests.into_iter().flatten() {
        writeln!(page, "- `{test}`").expect("memory");
    }
}
