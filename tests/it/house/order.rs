//! The order of modules: no module imports one above it, no stage imports a later one, and sibling modules form no cycle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::tidy::without_tests;
use crate::support::root;

/// From the lowest level up. Modules of one level may not import each other, except as `BESIDE` states. `gateway.rs`, the command line and Python may
/// import everything.
const LEVELS: &[&[&str]] = &[
    &["failure"],
    &["platform"],
    &["config"],
    &["storage", "wire", "command", "other_programs"],
    &["replies", "identity", "policy", "audit"],
    &["review", "tls"],
    &["client"],
    &["gateway::accept"],
    &["gateway::handshake"],
    &["gateway::identify"],
    &["gateway::interpret"],
    &["gateway::limit"],
    &["gateway::permit"],
    &["gateway::record"],
    &["gateway::relay"],
    &["approvals"],
    &["shared"],
    &["admin"],
    &["session"],
    &["doors"],
    &["gateway", "cli", "python", "fuzzing", "main", "lib"],
];

/// Imports within a level, each in one direction.
const BESIDE: &[(&str, &str)] = &[
    ("wire", "command"),
    ("replies", "audit"),
    ("identity", "policy"),
    ("policy", "identity"),
    ("cli", "gateway"),
    ("main", "cli"),
    ("python", "cli"),
];

#[test]
fn no_module_imports_one_above_it() {
    let imports = imports();
    let mut wrong = BTreeSet::new();
    for (from, to) in edges(&imports) {
        let (Some((low, from_room)), Some((high, to_room))) = (level(from), level(to)) else {
            wrong.insert(format!("{from} or {to} has no level"));
            continue;
        };
        let beside = low == high && from_room != to_room && !BESIDE.contains(&(from_room, to_room));
        if high > low || beside {
            wrong.insert(format!("{from} imports {to}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn no_circle_joins_sibling_modules() {
    let imports = imports();
    let siblings: BTreeMap<&str, BTreeSet<&str>> = imports
        .iter()
        .map(|(from, to)| {
            let to = to.iter().map(String::as_str).filter(|to| !is_within(from, to) && !is_within(to, from));
            (from.as_str(), to.collect())
        })
        .collect();
    let circles: Vec<_> = siblings.keys().filter(|module| reaches(&siblings, module, module)).collect();
    assert!(circles.is_empty(), "in a circle: {circles:?}");
}

fn edges(imports: &BTreeMap<String, BTreeSet<String>>) -> impl Iterator<Item = (&str, &str)> {
    imports.iter().flat_map(|(from, all)| all.iter().map(|to| (from.as_str(), to.as_str())))
}

/// The level of a module, and its name there.
fn level(module: &str) -> Option<(usize, &'static str)> {
    let of = |room: &&'static str| module == *room || module.starts_with(&format!("{room}::"));
    let found = LEVELS.iter().enumerate().flat_map(|(level, rooms)| rooms.iter().map(move |room| (level, *room)));
    found.filter(|(_, room)| of(room)).max_by_key(|(_, room)| room.len())
}

fn is_within(module: &str, outer: &str) -> bool {
    module.starts_with(&format!("{outer}::"))
}

fn reaches(imports: &BTreeMap<&str, BTreeSet<&str>>, from: &str, target: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut next = vec![from];
    while let Some(module) = next.pop() {
        for to in imports.get(module).into_iter().flatten() {
            if *to == target {
                return true;
            }
            if seen.insert(*to) {
                next.push(to);
            }
        }
    }
    false
}

/// The imports of each module, without tests.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let mut sources = BTreeMap::new();
    collect(&root().join("src"), "", &mut sources);
    let modules: BTreeSet<String> = sources.keys().cloned().collect();
    let of = |module: &str, text: &str| -> BTreeSet<String> {
        let found = paths(without_tests(text)).into_iter().filter_map(|path| resolve(&modules, module, &path));
        found.filter(|to| to != module).collect()
    };
    sources.iter().map(|(module, text)| (module.clone(), of(module, text))).collect()
}

fn collect(dir: &Path, within: &str, sources: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(dir).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let module = if within.is_empty() { name.clone() } else { format!("{within}::{name}") };
        if path.is_dir() {
            if name != "tests" {
                collect(&path, &module, sources);
            }
        } else if name != "tests" && path.extension().is_some_and(|ending| ending == "rs") {
            sources.insert(module, std::fs::read_to_string(&path).expect("a source"));
        }
    }
}

/// Every path that begins with `crate` or `super`, with the braces of `use` expanded.
fn paths(code: &str) -> Vec<String> {
    let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut found = Vec::new();
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().next_back();
            let is_visibility = code[..at].ends_with("pub(in ");
            if is_visibility
                || before.is_some_and(|character| character.is_alphanumeric() || matches!(character, '_' | ':'))
            {
                continue;
            }
            expand(&code[at..], "", &mut found);
        }
    }
    found
}

/// Expand a path and its braces. Returns the number of bytes consumed.
fn expand(code: &str, prefix: &str, found: &mut Vec<String>) -> usize {
    let end = code
        .find(|character: char| !(character.is_alphanumeric() || matches!(character, '_' | ':')))
        .unwrap_or(code.len());
    let path = format!("{prefix}{}", &code[..end]);
    if !code[end..].starts_with('{') || !path.ends_with("::") {
        found.push(path);
        return end;
    }
    let mut at = end + 1;
    while at < code.len() && !code[at..].starts_with('}') {
        match code[at..].chars().next() {
            Some(character) if character.is_alphabetic() || character == '_' => at += expand(&code[at..], &path, found),
            Some(character) => at += character.len_utf8(),
            None => break,
        }
    }
    at + 1
}

/// The module that a path leads to: its longest prefix that is a file.
fn resolve(modules: &BTreeSet<String>, from: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = path.split("::").filter(|part| !part.is_empty()).collect();
    let mut base: Vec<&str> = Vec::new();
    if parts.first() == Some(&"crate") {
        parts.remove(0);
    } else {
        base = from.split("::").collect();
        while parts.first() == Some(&"super") {
            base.pop();
            parts.remove(0);
        }
    }
    base.extend(parts);
    (1..=base.len()).rev().map(|count| base[..count].join("::")).find(|module| modules.contains(module))
}
