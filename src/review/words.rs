//! The search words of an entry (inverted index): the words of its texts, and one word for each of its properties.
//!
//! This module splits and folds words, so that the results do not depend on SQLite: its tokenizer `ascii` splits them at spaces only.

use std::cell::RefCell;
use std::collections::HashMap;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

/// A property that a filter can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    Kind,
    Caller,
    Role,
    Action,
    Tag,
    /// A track's or return's name, in lower case.
    Track,
    TrackIndex,
    Verdict,
    Outcome,
    Code,
    /// With and without the port.
    Address,
    /// Set on entries that changed the set, or may have.
    Change,
}

/// Prefix of property words. Words of texts never contain this character, so no text can forge a property.
const MARK: char = '\u{e000}';
/// Limit of indexed text per entry. Search does not find words beyond it.
const TEXT_BYTES_MAX: usize = 4_096;

thread_local! {
    /// Words of property values that were needed lately, for each property by value.
    static KNOWN: RefCell<[HashMap<Box<str>, Box<str>>; Property::COUNT]> = RefCell::default();
}

/// Words of one property kept for reuse. Most rows have the callers, actions and outcomes of earlier rows.
const KNOWN_MAX: usize = 1_024;

impl Property {
    const COUNT: usize = Property::Change as usize + 1;

    /// Pass the word of this property's value on.
    fn with_word(self, value: &str, take: impl FnOnce(&str)) {
        KNOWN.with_borrow_mut(|known| {
            let known = &mut known[self as usize];
            if let Some(word) = known.get(value) {
                return take(word);
            }
            if known.len() >= KNOWN_MAX {
                known.clear();
            }
            let word = self.word(value);
            take(&word);
            known.insert(value.into(), word.into());
        });
    }

    /// The word of this property's value, of fixed form for any value: a letter for the property and 65 bits of a hash. It is short, because the
    /// index has a dozen of them for each entry.
    pub fn word(self, value: &str) -> String {
        let hash = digest(&SHA256, value.as_bytes());
        let letter = char::from(b'a' + self as u8);
        let digits = hash.as_ref()[..HASH_DIGITS].iter().map(|byte| char::from(DIGITS[usize::from(byte % 32)]));
        [MARK, letter].into_iter().chain(digits).collect()
    }
}

const HASH_DIGITS: usize = 13;
const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The words of one entry.
#[derive(Debug, Default)]
pub struct Words {
    properties: String,
    text: String,
}

impl Words {
    pub fn property(&mut self, property: Property, value: &str) {
        property.with_word(value, |word| self.properties.push_str(word));
        self.properties.push(' ');
    }

    pub fn text(&mut self, text: &str) {
        if text.is_ascii() {
            return self.ascii(text);
        }
        for word in words_of(text) {
            if self.text.len() + word.len() >= TEXT_BYTES_MAX {
                return;
            }
            self.text.push_str(&word);
            self.text.push(' ');
        }
    }

    /// As `text`, without allocations: most texts are ASCII.
    fn ascii(&mut self, text: &str) {
        for word in text.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
            if self.text.len() + word.len() >= TEXT_BYTES_MAX {
                return;
            }
            let start = self.text.len();
            self.text.push_str(word);
            self.text[start..].make_ascii_lowercase();
            self.text.push(' ');
        }
    }

    /// Add the texts and numbers of canonical JSON, including member names.
    pub fn json(&mut self, json: &str) {
        if json.is_ascii() && !json.contains('\\') {
            self.plain_json(json);
        } else if let Ok(value) = serde_json::from_str::<Value>(json) {
            self.value(&value);
        }
    }

    /// As `json`, without parsing: there are no escapes, so each quote begins or ends a text. Outside of texts, what begins with a letter is `true`,
    /// `false` or `null`.
    fn plain_json(&mut self, json: &str) {
        for (place, part) in json.split('"').enumerate() {
            if place % 2 == 1 {
                self.ascii(part);
            } else {
                let numbers = part.split([',', ':', '[', ']', '{', '}']);
                numbers.filter(|number| !number.starts_with(char::is_alphabetic)).for_each(|number| self.ascii(number));
            }
        }
    }

    /// Add the texts and numbers of a value, including member names.
    pub fn value(&mut self, value: &Value) {
        if self.text.len() >= TEXT_BYTES_MAX {
            return;
        }
        match value {
            Value::String(text) => self.text(text),
            Value::Number(number) => self.text(&number.to_string()),
            Value::Array(items) => items.iter().for_each(|item| self.value(item)),
            Value::Object(members) => members.iter().for_each(|(name, member)| {
                self.text(name);
                self.value(member);
            }),
            Value::Bool(_) | Value::Null => (),
        }
    }

    pub fn into_string(self) -> String {
        self.properties + &self.text
    }
}

/// Fold a text for search: lower case and NFC, so that spelling variants match.
pub fn folded(text: &str) -> String {
    text.nfc().collect::<String>().to_lowercase().nfc().collect()
}

/// Words consist of letters and digits, folded. All other characters separate them.
pub fn words_of(text: &str) -> impl Iterator<Item = String> {
    let text: String = text.nfc().collect();
    let words = text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
    // The lower case of a few letters includes a combining mark, which is not a letter.
    let words = words.map(|word| folded(word).chars().filter(|character| character.is_alphanumeric()).collect());
    words.collect::<Vec<String>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_letters_and_digits_in_lower_case() {
        let words: Vec<String> = words_of("set_tempo: \"Lead Vöcals\" 128.5 \u{202e}İx").collect();
        assert_eq!(words, ["set", "tempo", "lead", "vöcals", "128", "5", "ix"]);
        assert_eq!(words_of("BA\u{308}SSE").collect::<Vec<_>>(), ["bässe"]);
    }

    #[test]
    fn ascii_texts_give_the_same_words() {
        for text in ["set_tempo: \"Lead\" 128.5", "A1-b2", "", "__", "ABC", "\u{7f}x\0y"] {
            let mut words = Words::default();
            words.text(text);
            let expected: Vec<String> = words_of(text).collect();
            assert_eq!(words.text.split_whitespace().collect::<Vec<_>>(), expected, "{text:?}");
        }
    }

    #[test]
    fn json_gives_the_same_words_as_its_value() {
        for json in [
            r#"{"a_b":"Lead 2","c":[1.5,-3,1e-7,true,false,null],"d":{"true":"x"},"e":[]}"#,
            r#"{"name":"B\u00e4sse \"x\"","n":null}"#,
            "12.5",
            "true",
            r#""once-1""#,
        ] {
            let mut written = Words::default();
            let mut parsed = Words::default();
            written.json(json);
            parsed.value(&serde_json::from_str(json).expect("JSON"));
            assert_eq!(written.text, parsed.text, "{json}");
        }
    }

    #[test]
    fn no_text_can_forge_a_property() {
        let mut words = Words::default();
        words.text(&Property::Caller.word("mia"));
        assert!(!words.into_string().contains(MARK));
    }

    #[test]
    fn text_beyond_the_limit_is_not_indexed() {
        let mut words = Words::default();
        words.value(&vec!["noise"; 10_000].into());
        assert!(words.into_string().len() <= TEXT_BYTES_MAX);
    }
}
