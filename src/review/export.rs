//! Exports rows for other programs, one line each: JSON Lines, CSV, or the Open Cybersecurity Schema.

mod csv;
mod ocsf;

use serde_json::Value;

use crate::audit::Listed;
use crate::wire::line;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON Lines.
    Jsonl,
    Csv,
    /// JSON Lines of OCSF events.
    Ocsf,
}

impl Format {
    pub const NAMES: [&str; 3] = ["jsonl", "csv", "ocsf"];

    pub fn from_name(name: &str) -> Option<Format> {
        match name {
            "jsonl" => Some(Format::Jsonl),
            "csv" => Some(Format::Csv),
            "ocsf" => Some(Format::Ocsf),
            _ => None,
        }
    }

    /// The header line, if the format has one.
    pub fn header(self) -> Option<String> {
        (self == Format::Csv).then(csv::header)
    }

    pub fn line(self, row: &Listed) -> String {
        match self {
            Format::Jsonl => ascii(serde_json::to_value(row).expect("a listed row serialises")),
            Format::Csv => csv::line(row),
            Format::Ocsf => ascii(ocsf::event(row)),
        }
    }
}

fn ascii(value: Value) -> String {
    value.as_object().map(line::ascii).unwrap_or_default()
}
