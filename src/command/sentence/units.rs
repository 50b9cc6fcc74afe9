//! Formats values as musicians write them.

use serde_json::Value;

use crate::command::decibels::{self, SEND_END_DB, VOLUME_END_DB};

/// The format of a value.
#[derive(Debug)]
pub enum Unit {
    /// Numbers with at most four digits, switches as on and off, texts in quotes.
    Plain,
    /// A text of the gateway's own, without quotes.
    Text,
    /// A fader's position, written in decibels; the value is the fader's end in decibels.
    Fader(f64),
    /// -1 to 1 as `50L`, `C`, `50R`.
    Pan,
    /// A fraction of one.
    Percent,
    /// A MIDI pitch as a note; 60 is C3, as in Live.
    Note,
    /// A signed number.
    Signed(&'static str),
    /// A number before a unit.
    Of(&'static str),
    /// A number of items, or the length of a list, with singular and plural.
    Count(&'static str, &'static str),
    /// Names of the numbers from 0; a switch is 0 or 1.
    OneOf(Vec<String>),
}

const MINUS: char = '\u{2212}';
const TEXT_CHARS_MAX: usize = 60;
const NOTES: [&str; 12] =
    ["C", "C\u{266f}", "D", "D\u{266f}", "E", "F", "F\u{266f}", "G", "G\u{266f}", "A", "A\u{266f}", "B"];

impl Unit {
    pub fn parse(text: &str) -> Result<Unit, String> {
        Ok(match text {
            "text" => Unit::Text,
            "dB" => Unit::Fader(VOLUME_END_DB),
            "send" => Unit::Fader(SEND_END_DB),
            "pan" => Unit::Pan,
            "%" => Unit::Percent,
            "note" => Unit::Note,
            "st" => Unit::Signed(" st"),
            "ct" => Unit::Signed(" ct"),
            "BPM" => Unit::Of(" BPM"),
            "beats" => Unit::Count("beat", "beats"),
            "bars" => Unit::Count("bar", "bars"),
            "notes" => Unit::Count("note", "notes"),
            "commands" => Unit::Count("command", "commands"),
            "requests" => Unit::Count("request", "requests"),
            "topics" => Unit::Count("topic", "topics"),
            "tracks" => Unit::Count("track", "tracks"),
            "rows" => Unit::Count("row", "rows"),
            states if states.contains('|') => Unit::OneOf(states.split('|').map(str::to_owned).collect()),
            _ => return Err(format!("{text:?} is not a unit")),
        })
    }

    /// The suffix that a range has only once, at its end.
    pub fn suffix(&self) -> Option<&'static str> {
        match self {
            Unit::Fader(_) => Some(" dB"),
            Unit::Percent => Some(" %"),
            Unit::Signed(unit) | Unit::Of(unit) => Some(unit),
            Unit::Count("beat", _) => Some(" beats"),
            _ => None,
        }
    }

    /// The value as text. `None` for null, an object, or a list that is not counted.
    pub fn write(&self, value: &Value) -> Option<String> {
        let number = value.as_f64();
        match (self, number) {
            (Unit::Text, _) => value.as_str().map(str::to_owned),
            (Unit::Fader(end), Some(position)) => Some(with_minus(&decibels::shown_to(position, *end))),
            (Unit::Pan, Some(pan)) => Some(panned(pan)),
            (Unit::Percent, Some(fraction)) => Some(format!("{} %", digits((fraction * 100.0).round()))),
            (Unit::Note, Some(pitch)) => Some(note(pitch)),
            (Unit::Signed(unit), Some(number)) => {
                let sign = if number > 0.0 { "+" } else { "" };
                Some(format!("{sign}{}{unit}", digits(number)))
            }
            (Unit::Of(unit), Some(number)) => Some(format!("{}{unit}", digits(number))),
            (Unit::Count(one, many), number) => {
                let count = number.or_else(|| value.as_array().map(|items| items.len() as f64))?;
                let unit = if (count - 1.0).abs() < f64::EPSILON { one } else { many };
                Some(format!("{} {unit}", digits(count)))
            }
            (Unit::OneOf(states), _) => one_of(states, value),
            _ => plain(value),
        }
    }
}

/// A text in quotes, shortened; a quote in it is escaped, so that no name can end its own quotation.
pub fn quoted(text: &str) -> String {
    let short: String = text.chars().take(TEXT_CHARS_MAX).collect();
    let dots = if short.len() < text.len() { "\u{2026}" } else { "" };
    Value::String(short + dots).to_string()
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Bool(on) => Some(if *on { "on" } else { "off" }.to_owned()),
        Value::Number(number) => number.as_f64().map(digits),
        Value::String(text) => Some(quoted(text)),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn one_of(states: &[String], value: &Value) -> Option<String> {
    let index = value.as_bool().map(u64::from).or_else(|| value.as_u64());
    let state = index.and_then(|index| states.get(usize::try_from(index).ok()?));
    state.cloned().or_else(|| plain(value))
}

/// At most four digits after the first, without trailing zeros.
fn digits(number: f64) -> String {
    let rounded = if number.abs() >= 1_000.0 { format!("{number:.1}") } else { format!("{number:.3}") };
    let short = if rounded.contains('.') { rounded.trim_end_matches('0').trim_end_matches('.') } else { &rounded };
    if short == "-0" { "0".to_owned() } else { with_minus(short) }
}

/// A number with a minus sign in place of the hyphen.
fn with_minus(number: &str) -> String {
    number.replacen('-', &MINUS.to_string(), 1)
}

fn panned(pan: f64) -> String {
    let percent = (pan * 50.0).round();
    if percent.abs() < 0.5 {
        return "C".to_owned();
    }
    format!("{}{}", percent.abs(), if percent < 0.0 { "L" } else { "R" })
}

fn note(pitch: f64) -> String {
    let octave = (pitch / 12.0).floor();
    let name = NOTES.iter().enumerate().find(|(index, _)| (pitch - octave * 12.0 - *index as f64).abs() < 0.5);
    name.map_or_else(|| digits(pitch), |(_, name)| format!("{name}{}", digits(octave - 2.0)))
}
