//! Words that this repository does not use, because a reader of the field would have to translate them.

use std::path::{Path, PathBuf};

use super::tidy::read;
use crate::support::root;

/// Words or phrases, separated by `|`, and what to write instead. Letter case does not matter; only whole words count.
const BANNED: &[(&str, &str)] = &[
    ("whoever", "name the actor: the caller, the client, the owner, an attacker"),
    ("whose it was", "the caller, the user"),
    ("nobody|nobody's", "make the actor the subject: no caller, no user, no process"),
    ("somebody|somebody's", "name the actor: a user, a person, another process"),
    ("everybody|everybody's", "every caller, all users"),
    ("told|tell|tells|telling", "report, notify, send, return; for telling apart: distinguish"),
    ("hear|hears|heard", "receive an event, subscribe, listen on a socket"),
    ("unwell|well again", "the trail is unavailable, the trail has recovered"),
    ("stranger|strangers", "unauthenticated connection"),
    ("goes round|go round", "is scheduled in turn, repeats"),
    ("so long may", "the longest time, at most"),
    ("is to be|are to be", "must be, is, while"),
    ("looks again|look again", "checks every N s, polls"),
    ("goodbye|say goodbye", "close, withdraw, the reason for closing"),
    ("dismiss|dismissed|send away", "close, disconnect"),
    ("turned away|turn away", "refuse"),
    ("let go|lets go|let go of", "close, free, drop, prune"),
    ("gift|gifts", "name the thing that is handed over"),
    ("vouch|vouches|vouched", "sign, certify"),
    ("errand|errands", "command, job"),
    ("patience", "timeout, longest wait"),
    ("becomes of|became of|become of", "outcome, effect"),
    ("for good", "permanently"),
    ("of its own accord", "automatically"),
    ("what comes meanwhile", "data that arrives meanwhile"),
    ("made anew|written anew", "created again, rewritten, reestablished"),
    ("anybody|anybody's", "any user, any process, or what has not been issued here"),
    ("goes on|go on|going on", "continues"),
    ("under way", "in flight, in progress"),
    ("taken back|takes back|take back", "withdrawn, revoked, cancelled"),
    ("once more", "again"),
    ("hangs up|hung up|hanging up", "closes the connection, disconnects"),
    ("against repetition", "idempotency key"),
    ("may less|may nothing", "has fewer rights, has no rights"),
];

/// Words that no name of a type, function or module contains, and what to name instead.
const BANNED_IN_NAMES: &[(&str, &str)] = &[
    ("told|tell|tells|telling", "what is reported, sent or distinguished"),
    ("hear|hears|heard|unheard", "what is received or watched"),
    ("nobody|somebody|everybody|anybody|whoever", "the actor, or what is checked"),
    ("stranger|strangers", "the unauthenticated connection"),
    ("gift|gifts|errand|errands|wish|wishes", "the thing: a grant, a command, an operation"),
    ("keeper|outlet|goodbye|patience", "the job: a manager, a sender, a closing refusal, a timeout"),
];

/// Words that are no name of a type, because the reader needs its comment to know what it is.
const NO_TYPES: [&str; 14] = [
    "Asked",
    "Ends",
    "Gone",
    "Held",
    "Kept",
    "Leaving",
    "Left",
    "Look",
    "Meanwhile",
    "Pace",
    "Since",
    "Then",
    "Way",
    "Who",
];

/// Wire keys and names in stored files keep their words: path or folder, word.
const KEPT: &[(&str, &str)] = &[
    ("src/gateway/record/floods.rs", "strangers"), // the source in rows of the trail
    ("src/config/renamed.rs", "strangers"),        // the former name of a section
    ("src/policy.rs", "everybody"),                // the rule in rows of the trail
    ("src/policy/tests.rs", "everybody"),
    ("src/policy/verdict.rs", "everybody"),
    ("tests/transcripts/", "everybody"),
];

const PLACES: [&str; 11] =
    ["src", "script", "tests", "benches", "docs", "config", "examples", "migrations", "python", "crates", "fuzz"];
const PAGES: [&str; 5] = ["README.md", "SECURITY.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CODE_OF_CONDUCT.md"];
const ENDINGS: [&str; 9] = ["rs", "py", "pyi", "md", "toml", "json", "txt", "sql", "html"];

#[test]
fn no_file_has_a_banned_word() {
    let own = root().join(file!());
    let mut found = Vec::new();
    let files = files();
    for path in files.iter().filter(|path| **path != own) {
        let name = path.strip_prefix(root()).expect("a file of the repository").to_string_lossy().replace('\\', "/");
        for (number, line) in read(path).lines().enumerate() {
            for (words, instead) in BANNED {
                for word in words.split('|').filter(|word| has_word(line, word)) {
                    if !KEPT.iter().any(|(path, kept)| name.starts_with(path) && *kept == word) {
                        found.push(format!("{name}:{}: \"{word}\": write instead: {instead}", number + 1));
                    }
                }
            }
        }
    }
    assert!(files.len() > 700, "only {} files were found", files.len());
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Whether a line has these words, not as a part of longer ones.
fn has_word(line: &str, words: &str) -> bool {
    let line = line.to_lowercase();
    let is_inside = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    line.match_indices(words).any(|(at, _)| {
        let before = at.checked_sub(1).and_then(|before| line.as_bytes().get(before));
        !is_inside(before) && !is_inside(line.as_bytes().get(at + words.len()))
    })
}

#[test]
fn names_are_the_fields() {
    let mut found = Vec::new();
    let mut count = 0;
    for path in files().iter().filter(|path| path.extension().is_some_and(|ending| ending == "rs" || ending == "py")) {
        for (number, line) in read(path).lines().enumerate() {
            let Some(name) = defined_name(line) else { continue };
            count += 1;
            let words = words_of(name);
            for (banned, instead) in BANNED_IN_NAMES {
                if banned.split('|').any(|banned| words.iter().any(|word| word == banned)) {
                    found.push(format!("{}:{}: {name}: name {instead}", path.display(), number + 1));
                }
            }
            if NO_TYPES.contains(&name) {
                found.push(format!("{}:{}: {name}: name what it is", path.display(), number + 1));
            }
        }
    }
    assert!(count > 5_000, "only {count} names were found");
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert_eq!(words_of("TellTheRest2"), ["tell", "the", "rest2"]);
    assert_eq!(defined_name("    pub(super) async fn are_told(&self) {"), Some("are_told"));
}

/// The name that a line defines.
fn defined_name(line: &str) -> Option<&str> {
    let mut words = line
        .split_whitespace()
        .skip_while(|word| word.starts_with("pub") || ["async", "const", "unsafe"].contains(word));
    let is_definition = ["fn", "struct", "enum", "trait", "type", "mod", "def", "class"].contains(&words.next()?);
    let name = words.next().filter(|_| is_definition)?;
    let end = name.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(name.len());
    Some(&name[..end]).filter(|name| !name.is_empty())
}

/// The words of a name in snake case or camel case, in lower case.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in name.chars() {
        if letter == '_' || letter.is_uppercase() {
            words.push(String::new());
        }
        if letter != '_' {
            words.last_mut().expect("a word").extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn files() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = PAGES.iter().map(|page| root().join(page)).collect();
    for place in PLACES.iter().map(|place| root().join(place)).filter(|place| place.is_dir()) {
        collect(&place, &mut found);
    }
    found
}

fn collect(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|ending| ENDINGS.iter().any(|other| ending == *other)) {
            found.push(path);
        }
    }
}

#[test]
fn only_whole_words_are_banned() {
    for (line, word, expected) in [
        ("// Nobody is there.", "nobody", true),
        ("trail_unwell", "unwell", false),
        ("a storyteller", "tell", false),
        ("it was told.", "told", true),
        ("rightly for goods", "for good", false),
    ] {
        assert_eq!(has_word(line, word), expected, "{line}");
    }
}
