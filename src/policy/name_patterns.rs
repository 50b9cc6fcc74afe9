//! Matches names against patterns in linear time, in every normal form that a name may have (Shift-And, Unicode NFC).
//! `script/LiveGate/name_patterns.py` defines the meaning and decides in Live; `tests/guards.json` holds both implementations to it.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

/// The most characters that all patterns of one condition may have together.
pub const PATTERN_CHARS_MAX: usize = 2048;

/// Whether a rule that allows matches every name, both as it is and in NFC.
pub fn allowed<'a>(wanted: &Value, mut names: impl Iterator<Item = &'a str>) -> bool {
    let matcher = Matcher::new(wanted);
    let takes_any = takes_any(wanted);
    names.all(|name| if is_known(name) { matcher.matches(name) && matcher.matches(&composed(name)) } else { takes_any })
}

/// Whether a rule that denies matches any name, either as it is or in NFC.
pub fn denied<'a>(wanted: &Value, mut names: impl Iterator<Item = &'a str>) -> bool {
    let matcher = Matcher::new(wanted);
    names.any(|name| !is_known(name) || matcher.matches(name) || matcher.matches(&composed(name)))
}

/// The name in NFC, so that canonically equivalent names compare equal.
fn composed(name: &str) -> String {
    name.nfc().collect()
}

/// Whether all versions of Unicode in use (gateway, and Python in Live) agree on the NFC form of the name.
fn is_known(name: &str) -> bool {
    name.chars().map(u32::from).all(|code| SINGLE_FORM.contains(&code) || is_assigned(code))
}

/// Emoji that Unicode 11 does not assign. They have only one form.
const SINGLE_FORM: std::ops::Range<u32> = 0x1F000..0x1FB00;

fn is_assigned(code: u32) -> bool {
    EDGES.partition_point(|edge| *edge <= code) % 2 == 1
}

/// The alternating starts and ends of the ranges of characters that Unicode 11 assigns.
static EDGES: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let code = |hex| u32::from_str_radix(hex, 16).expect("the table is hexadecimal");
    let ranges = include_str!("../../script/LiveGate/unicode11.txt").split_whitespace();
    ranges
        .map(|range| range.split_once('-').unwrap_or((range, range)))
        .flat_map(|(first, last)| [code(first), code(last) + 1])
        .collect()
});

enum Matcher {
    Exact(HashSet<String>),
    Globs(Globs),
}

impl Matcher {
    /// Patterns and exact names are compared both as they are and in NFC.
    fn new(wanted: &Value) -> Matcher {
        let both = |text: &str| [text.to_owned(), composed(text)];
        match wanted {
            Value::String(exact) => Matcher::Exact(both(exact).into()),
            _ => {
                let patterns: HashSet<String> = patterns(wanted).flat_map(both).collect();
                Matcher::Globs(Globs::new(patterns.iter().map(String::as_str)))
            }
        }
    }

    fn matches(&self, name: &str) -> bool {
        match self {
            Matcher::Exact(names) => names.contains(name),
            Matcher::Globs(globs) => globs.matches(name),
        }
    }
}

fn patterns(wanted: &Value) -> impl Iterator<Item = &str> {
    wanted.as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn takes_any(wanted: &Value) -> bool {
    patterns(wanted).any(|pattern| !pattern.is_empty() && pattern.chars().all(|character| character == '*'))
}

/// All patterns as one automaton with one bit for each position, so that the cost of a character does not depend on the patterns.
struct Globs {
    start: Bits,
    /// The positions of `*`.
    loops: Bits,
    ends: Bits,
    /// The positions that a character advances, by character.
    after: HashMap<char, Bits>,
    /// The positions that any character advances (`?`).
    anything: Bits,
}

impl Globs {
    fn new<'a>(patterns: impl Iterator<Item = &'a str> + Clone) -> Globs {
        let places = patterns.clone().map(|pattern| pattern.chars().filter(|&each| each != '*').count() + 1).sum();
        let none = Bits::none(places);
        let mut globs = Globs {
            start: none.clone(),
            loops: none.clone(),
            ends: none.clone(),
            after: HashMap::new(),
            anything: none.clone(),
        };
        let mut place = 0;
        for pattern in patterns {
            globs.start.set(place);
            for character in pattern.chars() {
                match character {
                    '*' => {
                        globs.loops.set(place);
                        continue;
                    }
                    '?' => globs.anything.set(place),
                    _ => globs.after.entry(character).or_insert_with(|| none.clone()).set(place),
                }
                place += 1;
            }
            globs.ends.set(place);
            place += 1;
        }
        for after in globs.after.values_mut() {
            after.add(&globs.anything);
        }
        globs
    }

    /// Whether one of the patterns matches the whole name.
    fn matches(&self, name: &str) -> bool {
        let mut places = self.start.clone();
        for character in name.chars() {
            places.step(self.after.get(&character).unwrap_or(&self.anything), &self.loops);
        }
        places.meets(&self.ends)
    }
}

#[derive(Clone)]
struct Bits(Vec<u64>);

impl Bits {
    fn none(count: usize) -> Bits {
        Bits(vec![0; count.div_ceil(64)])
    }

    fn set(&mut self, at: usize) {
        self.0[at / 64] |= 1 << (at % 64);
    }

    fn add(&mut self, others: &Bits) {
        self.0.iter_mut().zip(&others.0).for_each(|(word, other)| *word |= other);
    }

    /// Advance the positions in `on` by one; keep those in `stay`.
    fn step(&mut self, on: &Bits, stay: &Bits) {
        let mut carried = 0;
        for ((word, on), stay) in self.0.iter_mut().zip(&on.0).zip(&stay.0) {
            let moving = *word & on;
            *word = moving << 1 | carried | *word & stay;
            carried = moving >> 63;
        }
    }

    fn meets(&self, others: &Bits) -> bool {
        self.0.iter().zip(&others.0).any(|(word, other)| word & other != 0)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_table_holds_what_unicode_11_assigns() {
        let assigned: u32 = EDGES.chunks(2).map(|edges| edges[1] - edges[0]).sum();
        // Characters, control characters, private use, surrogates.
        assert_eq!(assigned, 137_374 + 65 + 137_468 + 2_048);
        assert!(EDGES.is_sorted());
    }

    #[test]
    fn patterns_are_bounded_together() {
        let condition = |patterns: &[String]| super::super::condition::Condition::parse(json!({"track": patterns}));
        assert!(condition(&vec!["x".repeat(256); 8]).is_ok());
        let error = condition(&vec!["x".repeat(256); 9]).expect_err("too many characters");
        assert!(error.contains("2048"), "{error}");
    }

    #[test]
    fn globs_agree_with_the_definition() {
        let alphabet = ['a', 'b', '*', '?'];
        let words = |letters: &[char], length: u32| -> Vec<String> {
            let count = letters.len().pow(length);
            let letter = |number: usize, at: u32| letters[number / letters.len().pow(at) % letters.len()];
            (0..count).map(|number| (0..length).map(|at| letter(number, at)).collect()).collect()
        };
        let names: Vec<String> = (0..5).flat_map(|length| words(&alphabet[..2], length)).collect();
        for pattern in (0..5).flat_map(|length| words(&alphabet, length)) {
            let globs = Globs::new(std::iter::once(pattern.as_str()));
            for name in &names {
                let glyphs: Vec<char> = pattern.chars().collect();
                let letters: Vec<char> = name.chars().collect();
                assert_eq!(globs.matches(name), by_definition(&glyphs, &letters), "{pattern} {name}");
            }
        }
    }

    fn by_definition(pattern: &[char], name: &[char]) -> bool {
        match pattern.split_first() {
            None => name.is_empty(),
            Some(('*', rest)) => (0..=name.len()).any(|at| by_definition(rest, &name[at..])),
            Some((&wanted, rest)) => name
                .split_first()
                .is_some_and(|(&first, others)| (wanted == '?' || wanted == first) && by_definition(rest, others)),
        }
    }

    #[test]
    fn patterns_may_cross_a_machine_word() {
        let long = "a".repeat(100);
        let name = "a".repeat(200);
        for (pattern, matches) in
            [(format!("{long}*{long}"), true), (format!("{long}?{long}"), false), (format!("*{long}?*"), true)]
        {
            assert_eq!(denied(&json!(["x", pattern, "y"]), std::iter::once(name.as_str())), matches, "{pattern}");
        }
    }
}
