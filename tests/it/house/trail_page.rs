//! docs/trail.md defines every verdict, outcome and kind of event of rows, and no others; it refers to docs/protocol.md for the codes.

use std::collections::BTreeSet;

use livegate::audit::{OutcomeKind, Verdict};

use crate::house::tidy::{files, read};
use crate::support::root;

/// The words in the first cells of a section's table.
fn defined(section: &str) -> BTreeSet<String> {
    let page = read(&root().join("docs/trail.md"));
    let (_, rest) = page.split_once(&format!("\n## {section}\n")).expect("the section");
    let section = rest.split("\n## ").next().unwrap_or_default();
    let cells = section.lines().filter_map(|line| line.strip_prefix("| `")?.split("` | ").next());
    cells.flat_map(|cell| cell.split("`, `")).map(str::to_owned).collect()
}

/// The literals after a piece of source.
fn literals_behind(before: &str) -> BTreeSet<String> {
    let own = root().join("src");
    let sources: String = files(&["rs"]).iter().filter(|path| path.starts_with(&own)).map(|path| read(path)).collect();
    sources.split(before).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

fn names(names: impl IntoIterator<Item = &'static str>) -> BTreeSet<String> {
    names.into_iter().map(str::to_owned).collect()
}

#[test]
fn the_page_defines_every_outcome() {
    assert_eq!(defined("Outcomes"), names(OutcomeKind::ALL.map(OutcomeKind::name)));
}

#[test]
fn the_page_defines_every_verdict() {
    assert_eq!(defined("Verdicts"), names([Verdict::Allow, Verdict::Refuse("")].map(Verdict::name)));
}

/// `documents.rs` holds the codes of that page to the code.
#[test]
fn the_page_refers_to_every_code() {
    assert!(
        read(&root().join("docs/trail.md"))
            .contains("\n## Codes\n\nThe `code` of a refusal or an outcome is one of the")
    );
}

#[test]
fn the_page_defines_every_kind_of_event() {
    let kinds = literals_behind("Event::new(\"");
    assert!(
        !kinds.is_empty() && literals_behind("Event::new(kind").is_empty(),
        "a kind must be a literal where it is made"
    );
    assert_eq!(defined("Events"), kinds);
}
