//! A row as a line of a table (RFC 4180), harmless in a spreadsheet: no cell is a formula, and none steers what shows it.

use serde_json::Value;

use crate::audit::Listed;
use crate::review::escape::printable;

const COLUMNS: [&str; 22] = [
    "seq",
    "time",
    "time_us",
    "kind",
    "caller",
    "role",
    "address",
    "channel",
    "action",
    "parameters",
    "terms",
    "once",
    "verdict",
    "rule",
    "outcome",
    "code",
    "duration_us",
    "delivered",
    "details",
    "touched",
    "before",
    "after",
];

pub fn header() -> String {
    COLUMNS.join(",")
}

pub fn line(row: &Listed) -> String {
    let row = serde_json::to_value(row).expect("a listed row serialises");
    let cells = COLUMNS.map(|column| match &row[column] {
        Value::Null => String::new(),
        Value::String(text) => cell(text),
        other => cell(&other.to_string()),
    });
    cells.join(",")
}

/// Spreadsheets take what begins so for a formula; an apostrophe before it says that it is text.
const BEGINS_FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

fn cell(text: &str) -> String {
    let mut text = printable(text);
    if text.starts_with(BEGINS_FORMULA) {
        text.insert(0, '\'');
    }
    match text.contains([',', '"', ';']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Promise: Trail content cannot steer its reader
    #[test]
    fn a_cell_is_neither_a_formula_nor_does_it_end_its_line() {
        for (text, expected) in [
            ("=HYPERLINK(\"http://evil\")", "\"'=HYPERLINK(\"\"http://evil\"\")\""),
            ("+1", "'+1"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("＝1", "'＝1"),
            ("\t=1", r"\u{9}=1"),
            ("a\r\nb", r"a\u{d}\u{a}b"),
            ("\u{202e}=1", r"\u{202e}=1"),
            ("a,b", "\"a,b\""),
            ("Bässe", "Bässe"),
        ] {
            assert_eq!(cell(text), expected, "{text:?}");
        }
    }
}
