//! `docs/configuration.md` is generated from `config/livegate.toml`, whose comments also document the fields of `src/config`.
//! `BLESS=1 cargo test --test it settings` rewrites the page.

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

/// So that the documentation of the code says what the file says.
#[test]
fn fields_are_documented_by_the_file() {
    let sections = documented(&read(&root().join("src/config.rs")), "Config");
    let folder = std::fs::read_dir(root().join("src/config")).expect("the settings");
    let files = folder.map(|entry| entry.expect("an entry").path());
    let code: String = [root().join("src/config.rs")].into_iter().chain(files).map(|path| read(&path)).collect();
    let mut fields = Vec::new();
    let shipped = read(&root().join("config/livegate.toml"));
    for line in shipped.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (setting, comment) = split(line).expect("a comment");
        if let Some((key, _)) = setting.split_once(" = ") {
            let (_, _, found) = fields.iter().find(|(name, _, _)| name == key).expect("a field for each key");
            assert_eq!(found, &sentence(comment), "the documentation of {key}");
        } else {
            let name = setting.trim_matches(['[', ']']);
            let (_, kind, found) = sections.iter().find(|(field, _, _)| field == name).expect("a section's field");
            assert_eq!(found, &sentence(comment), "the documentation of {setting}");
            fields = documented(&code, kind);
        }
    }
}

/// The fields of a struct: name, type and documentation.
fn documented(code: &str, name: &str) -> Vec<(String, String, String)> {
    let (_, rest) = code.split_once(&format!("pub struct {name} {{\n")).expect("a struct");
    let mut fields = Vec::new();
    let mut documentation = Vec::new();
    for line in rest.lines().take_while(|line| *line != "}").map(str::trim) {
        if let Some(text) = line.strip_prefix("/// ") {
            documentation.push(text);
        } else if let Some((name, kind)) = line.strip_prefix("pub ").and_then(|field| field.split_once(": ")) {
            fields.push((name.to_owned(), kind.trim_end_matches(',').to_owned(), documentation.join(" ")));
            documentation.clear();
        }
    }
    fields
}

/// A comment of the file with a capital letter and a full stop.
fn sentence(comment: &str) -> String {
    let (first, rest) = comment.split_at(1);
    format!("{}{rest}.", first.to_uppercase())
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
            let intro = sentence(comment);
            write!(page, "\n## {setting}\n\n{intro}\n\n| key | default | meaning |\n|---|---|---|\n").expect("memory");
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
