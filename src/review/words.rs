//! The search words of an entry (inverted index): the words of its texts, and one word for each of its properties.
//!
//! This module splits and folds words, so that the results do not depend on SQLite: its tokenizer `ascii` splits them at spaces only.

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

impl Property {
    /// The word of this property's value, of fixed form for any value.
    pub fn word(self, value: &str) -> String {
        let hash = digest(&SHA256, value.as_bytes());
        format!("{MARK}{:02}{}", self as u8, hex::encode(&hash.as_ref()[..12]))
    }
}

/// The words of one entry.
#[derive(Debug, Default)]
pub struct Words {
    properties: String,
    text: String,
}

impl Words {
    pub fn property(&mut self, property: Property, value: &str) {
        self.properties.push_str(&property.word(value));
        self.properties.push(' ');
    }

    pub fn text(&mut self, text: &str) {
        for word in words_of(text) {
            if self.text.len() + word.len() >= TEXT_BYTES_MAX {
                return;
            }
            self.text.push_str(&word);
            self.text.push(' ');
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
