//! `docs/configuration.md` is generated from `config/livegate.toml`. `BLESS=1 cargo test --test it settings` rewrites it.

use std::fmt::Write;

use crate::house::tidy::read;
use crate::support::page::expect_fresh;
use crate::support::root;

const PAGE: &str = "docs/configuration.md";

#[test]
fn the_page_of_settings_is_fresh() {
    let file = read(&root().join("config/livegate.toml"));
    expect_fresh(PAGE, &page(&file), "settings");
}

#[test]
fn every_setting_is_explained() {
    let settings = "# head\n\n[tls] # lines\nlisten = [\"a#b\"] # where | how\n";
    let page = page(settings);
    assert!(page.contains("## [tls]\n\nLines.\n"), "{page}");
    assert!(page.contains("| `listen` | `[\"a#b\"]` | where \\| how |"), "{page}");
    assert_eq!(split("listen = []"), None);
}

fn page(file: &str) -> String {
    let mut page = String::from(
        "# Configuration\n\n\
         The configuration is the file `livegate.toml` in the state folder, or the file that `livegate serve --config FILE` names. Every key is\n\
         optional; the tables give the defaults. Relative paths start at the state folder. An unknown key or an invalid value stops the start, and\n\
         the error names the key and what is allowed. A change takes effect when the gateway starts again.\n\n\
         <!-- Generated from config/livegate.toml. BLESS=1 cargo test --test it settings -->\n",
    );
    for line in file.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (setting, comment) = split(line).unwrap_or_else(|| panic!("{line:?} has no comment"));
        if let Some((key, value)) = setting.split_once(" = ") {
            writeln!(page, "| `{key}` | `{value}` | {} |", comment.replace('|', "\\|")).expect("memory");
        } else {
            let (first, rest) = comment.split_at(1);
            let intro = format!("{}{rest}", first.to_uppercase());
            write!(page, "\n## {setting}\n\n{intro}.\n\n| key | default | meaning |\n|---|---|---|\n").expect("memory");
        }
    }
    page
}

/// A line's setting and comment, separated by the first `#` outside quotes.
fn split(line: &str) -> Option<(&str, &str)> {
    let mut is_quoted = false;
    let at = line.find(|letter| {
        is_quoted ^= letter == '"';
        letter == '#' && !is_quoted
    })?;
    Some((line[..at].trim_end(), line[at + 1..].trim()))
}
