//! The action that a misspelt name most likely means.

use std::collections::BTreeSet;

use super::{Action, Catalogue};

/// The most letters that may be missing, added or wrong.
const EDITS_MAX: usize = 2;

impl Catalogue {
    /// The action whose name is nearest, within two edits, or that has the same words in another order, as `set_track_mute` has those of
    /// `mute_track`. Longer names than any action's are not compared.
    pub fn nearest(&self, name: &str) -> Option<&Action> {
        let names = || self.actions().iter().map(|action| action.name.as_str());
        among(name, names()).or_else(|| of_same_words(name, names())).and_then(|name| self.find(name))
    }
}

/// The word that is nearest to `name`, within two edits.
pub fn among<'a>(name: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let close = |word: &&str| word.len().abs_diff(name.len()) <= EDITS_MAX;
    let measured = words.into_iter().filter(close).map(|word| (edits(word, name), word));
    measured.min_by_key(|(edits, _)| *edits).filter(|(edits, _)| *edits <= EDITS_MAX).map(|(_, word)| word)
}

/// The shortest name with the same words as `name`.
fn of_same_words<'a>(name: &str, names: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let longest = names.clone().map(str::len).max()?;
    let wanted = words(name);
    let is_comparable = name.len() <= longest + "set_".len() && !wanted.is_empty();
    names.filter(|other| is_comparable && words(other) == wanted).min_by_key(|other| other.len())
}

/// The words of an action's name that say what it is about.
fn words(name: &str) -> BTreeSet<&str> {
    name.split('_').filter(|word| !["", "set", "get"].contains(word)).collect()
}

/// Whether two words are at most `edits_max` edits apart.
pub fn is_within(edits_max: usize, left: &str, right: &str) -> bool {
    left.len().abs_diff(right.len()) <= edits_max && edits(left, right) <= edits_max
}

/// The Levenshtein distance of two names, in bytes.
fn edits(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, letter) in left.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (column, other) in right.bytes().enumerate() {
            let replaced = diagonal + usize::from(letter != other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use crate::command::catalogue;

    #[test]
    fn a_misspelt_action_is_found() {
        let nearest = |name: &str| catalogue().nearest(name).map(|action| action.name.as_str());
        for (wrong, meant) in [
            ("set_tempi", Some("set_tempo")),
            ("settempo", Some("set_tempo")),
            ("set_tempooo", Some("set_tempo")),
            ("set_tempoooo", None),
            ("rm_rf", None),
            ("set_track_mute", Some("mute_track")),
            ("track_solo", Some("solo_track")),
            ("set_get", None),
            ("", None),
        ] {
            assert_eq!(nearest(wrong), meant, "{wrong}");
        }
        assert_eq!(nearest(&"x".repeat(1 << 20)), None);
    }
}
