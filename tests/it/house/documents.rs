//! The documents agree with the code on the wire format, and all their links resolve.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use livegate::wire::refusal::Code;

use crate::house::tidy::read;
use crate::support::root;

#[test]
fn the_protocol_page_lists_every_code() {
    let page = read(&root().join("docs/protocol.md"));
    let table = section(&page, "Codes").lines().filter(|line| line.starts_with("| `"));
    let listed: BTreeSet<Vec<&str>> = table.map(|line| line.split(" | ").take(2).collect()).collect();
    let rows: Vec<String> = Code::ALL.iter().map(|code| format!("| `{code}` | {}", code.category())).collect();
    assert_eq!(listed, rows.iter().map(|row| row.split(" | ").collect()).collect());
}

#[test]
fn every_link_in_the_documents_resolves() {
    let mut links = 0;
    for page in pages() {
        let text = read(&page);
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            links += 1;
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let path = page.parent().expect("a folder").join(file);
            if file.starts_with("https://") {
                continue;
            }
            let path = if file.is_empty() { page.clone() } else { path };
            assert!(path.exists(), "{} links to {target}, which does not exist", page.display());
            assert!(heading.is_empty() || has_heading(&path, heading), "{}: no heading {target}", page.display());
        }
    }
    assert!(links > 40, "only {links} links");
}

fn pages() -> Vec<PathBuf> {
    let markdown = |folder: &Path| {
        let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        entries.filter(|path| path.extension().is_some_and(|ending| ending == "md")).collect::<Vec<_>>()
    };
    [markdown(root()), markdown(&root().join("docs"))].concat()
}

/// Whether a page has the heading that an anchor names.
fn has_heading(page: &Path, anchor: &str) -> bool {
    let text = read(page);
    let mut headings =
        text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches(['#', ' ']));
    headings.any(|heading| {
        let plain = heading.to_lowercase().replace(' ', "-");
        plain.chars().filter(|letter| letter.is_alphanumeric() || ['-', '_'].contains(letter)).eq(anchor.chars())
    })
}

fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("\n## {heading}\n")).expect("the section");
    rest.split("\n## ").next().unwrap_or(rest)
}
