//! Filter of entries, parsed from the parameters of an action or from the command line.

use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::entry::{HAPPENED, IN_LIVE, RUNNING};
use super::when;
use super::words::{Property, folded, words_of};
use crate::audit::OutcomeKind;
use crate::command::{Tag, catalogue, glob_matches};
use crate::wire::topic::Topic;

/// The conditions of an entry: it must match one word of each line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    all_of: Vec<Vec<Word>>,
    /// A folded pattern of track names. The index has the names that it may match.
    track_pattern: Option<String>,
    pub(crate) since_us: Option<i64>,
    pub(crate) until_us: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    text: String,
    /// Matches all words with this prefix.
    begins: bool,
}

/// Parameters with the same name as their property, matched verbatim.
const PLAIN: [(&str, Property); 7] = [
    ("caller", Property::Caller),
    ("role", Property::Role),
    ("tag", Property::Tag),
    ("verdict", Property::Verdict),
    ("outcome", Property::Outcome),
    ("code", Property::Code),
    ("kind", Property::Kind),
];
pub const VERDICTS: [&str; 2] = ["allow", "refuse"];
const TEXT_WORDS_MAX: usize = 32;

impl Filter {
    /// Parse a filter. The error names the parameter and its problem.
    pub fn read(params: &Map<String, Value>, now_us: i64) -> Result<Filter, String> {
        Filter::read_in(params, now_us, &TimeZone::UTC)
    }

    /// The same with days and times of day in a time zone.
    pub fn read_in(params: &Map<String, Value>, now_us: i64, zone: &TimeZone) -> Result<Filter, String> {
        let text = |key: &str| params.get(key).and_then(Value::as_str);
        let mut filter = Filter::default();
        for (key, property) in PLAIN {
            if let Some(value) = text(key) {
                let value = value.strip_prefix('@').filter(|_| key == "tag").unwrap_or(value);
                check(key, value)?;
                let value = if key == "caller" && is_in_live(value) { IN_LIVE } else { value };
                filter.demand(property, value);
            }
        }
        if let Some(pattern) = text("action_name") {
            filter.demand_action(pattern)?;
        }
        if let Some(track) = text("track") {
            filter.demand_track(track);
        }
        if let Some(address) = text("address") {
            filter.demand(Property::Address, address);
        }
        if let Some(words) = text("text") {
            filter.demand_text(words)?;
        }
        let time = |key: &str| {
            text(key)
                .map(|said| when::parse_in(said, now_us, zone).map_err(|reason| format!("{key}: {reason}")))
                .transpose()
        };
        filter.since_us = time("since")?;
        filter.until_us = time("until")?;
        match (filter.since_us, filter.until_us) {
            (Some(since), Some(until)) if since > until => Err("since is later than until".into()),
            _ => Ok(filter),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        *self == Filter::default()
    }

    /// Restrict the filter to entries that changed the set, or may have.
    pub fn changes_only(mut self) -> Filter {
        self.demand(Property::Change, HAPPENED);
        self
    }

    /// A filter for events of one kind in the same time range.
    pub fn times_of(&self, kind: &str) -> Filter {
        let mut filter = Filter { all_of: Vec::new(), track_pattern: None, ..self.clone() };
        filter.demand(Property::Kind, kind);
        filter
    }

    /// A filter for allowed requests since `since_us` without an outcome.
    pub fn running_since(since_us: i64) -> Filter {
        let mut filter = Filter { since_us: Some(since_us), ..Filter::default() };
        filter.demand(Property::Outcome, RUNNING);
        filter
    }

    /// The query for SQLite's full-text search. `None`: the filter has no conditions other than times.
    pub fn expression(&self) -> Option<String> {
        let one_of = |words: &Vec<Word>| {
            let words: Vec<String> = words.iter().map(Word::quoted).collect();
            format!("({})", words.join(" OR "))
        };
        let all: Vec<String> = self.all_of.iter().map(one_of).collect();
        (!all.is_empty()).then(|| all.join(" AND "))
    }

    fn demand(&mut self, property: Property, value: &str) {
        self.all_of.push(vec![Word::of(property, value)]);
    }

    /// Match an action's name, or a pattern that matches an action or an event's name of this version.
    fn demand_action(&mut self, pattern: &str) -> Result<(), String> {
        if !pattern.contains(['*', '?']) {
            self.demand(Property::Action, pattern);
            return Ok(());
        }
        let known = catalogue().actions().iter().map(|action| action.name.as_str()).chain(Topic::names());
        let known = known.filter(|name| glob_matches(pattern, name));
        let words: Vec<Word> = known.map(|name| Word::of(Property::Action, name)).collect();
        if words.is_empty() {
            return Err(format!("no action is called {pattern}"));
        }
        self.all_of.push(words);
        Ok(())
    }

    /// Match a track by its index, or by its name or a pattern of it, ignoring case.
    fn demand_track(&mut self, track: &str) {
        if track.contains(['*', '?']) {
            self.track_pattern = Some(folded(track));
            return;
        }
        let mut words = vec![Word::of(Property::Track, &folded(track))];
        if let Ok(index) = track.parse::<u32>() {
            words.push(Word::of(Property::TrackIndex, &index.to_string()));
        }
        self.all_of.push(words);
    }

    pub(crate) fn track_pattern(&self) -> Option<&str> {
        self.track_pattern.as_deref()
    }

    /// Replace the pattern of track names by names.
    pub fn with_tracks(mut self, names: &[String]) -> Filter {
        // Without a name the pattern itself is the word, which no entry has.
        let pattern = self.track_pattern.take().unwrap_or_default();
        let names = if names.is_empty() { std::slice::from_ref(&pattern) } else { names };
        self.all_of.push(names.iter().map(|name| Word::of(Property::Track, name)).collect());
        self
    }

    /// Match all these words in any order. A trailing `*` matches a prefix.
    fn demand_text(&mut self, text: &str) -> Result<(), String> {
        let words = text.split_whitespace().flat_map(|part| {
            let last = words_of(part).count().saturating_sub(1);
            let begins = part.ends_with('*');
            words_of(part).enumerate().map(move |(at, text)| Word { text, begins: begins && at == last })
        });
        let words: Vec<Word> = words.collect();
        match words.len() {
            0 => Err("text has no letter or digit to search for".into()),
            count if count > TEXT_WORDS_MAX => Err(format!("text has {count} words; at most {TEXT_WORDS_MAX}")),
            _ => {
                self.all_of.extend(words.into_iter().map(|word| vec![word]));
                Ok(())
            }
        }
    }
}

impl Word {
    fn of(property: Property, value: &str) -> Word {
        Word { text: property.word(value), begins: false }
    }

    fn quoted(&self) -> String {
        format!("\"{}\"{}", self.text, if self.begins { "*" } else { "" })
    }
}

/// Whether a caller stands for changes made by hand. No user's name has a space.
fn is_in_live(caller: &str) -> bool {
    caller.trim_matches(['(', ')']).eq_ignore_ascii_case("in live")
}

/// Refuse a value that can never match.
fn check(key: &str, value: &str) -> Result<(), String> {
    let allowed: Vec<&str> = match key {
        "verdict" => VERDICTS.to_vec(),
        "outcome" => OutcomeKind::ALL.iter().map(|kind| kind.name()).chain([RUNNING]).collect(),
        "tag" => Tag::ALL.iter().map(|(_, name)| *name).collect(),
        _ => return Ok(()),
    };
    if allowed.contains(&value) {
        Ok(())
    } else {
        Err(format!("there is no {key} {value:?}; there are {}", allowed.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(params: Value) -> Result<Filter, String> {
        Filter::read(params.as_object().expect("parameters"), 1_800_000_000_000_000)
    }

    #[test]
    fn values_that_can_never_match_are_refused() {
        for (params, expected) in [
            (json!({"verdict": "maybe"}), "there are allow, refuse"),
            (json!({"outcome": "fine"}), "running"),
            (json!({"tag": "king"}), "there is no tag \"king\""),
            (json!({"action_name": "nothing_*"}), "no action is called nothing_*"),
            (json!({"text": "\"-* (!"}), "no letter or digit"),
            (json!({"text": "x ".repeat(33)}), "33 words"),
            (json!({"since": "soon"}), "since: \"soon\" is not a time"),
            (json!({"since": "1h", "until": "2h"}), "since is later than until"),
        ] {
            let error = read(params.clone()).expect_err("a mistake");
            assert!(error.contains(expected), "{params}: {error}");
        }
    }

    /// Promise: Trail content is escaped for its reader
    #[test]
    fn search_text_cannot_contain_operators() {
        let filter = read(json!({"text": "a\" OR NEAR(b* NOT c^"})).expect("words");
        assert_eq!(
            filter.expression().expect("an expression"),
            r#"("a") AND ("or") AND ("near") AND ("b"*) AND ("not") AND ("c")"#
        );
    }

    #[test]
    fn names_match_in_any_case_and_unicode_form() {
        let expression = |params| read(params).expect("a filter").expression();
        for track in ["ba\u{308}sse", "BA\u{308}SSE", "BÄSSE"] {
            assert_eq!(expression(json!({"track": track})), expression(json!({"track": "bässe"})), "{track:?}");
            assert_eq!(expression(json!({"text": track})), expression(json!({"text": "bässe"})), "{track:?}");
        }
    }

    #[test]
    fn an_empty_filter_has_no_conditions() {
        assert!(read(json!({"limit": 3})).expect("a filter").is_empty());
        assert!(read(json!({"since": "2h"})).expect("a filter").expression().is_none());
    }
}
