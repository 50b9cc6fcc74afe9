//! A row as a CSV line (RFC 4180), safe in a spreadsheet: cells are neither formulas nor control sequences.

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

/// Spreadsheets interpret cells with these first characters as formulas. An apostrophe before them marks the cell as text.
const BEGINS_FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

fn cell(text: &str) -> String {
    let mut text = printable(text);
    if text.starts_with(BEGINS_FORMULA) {
        text.insert(0, '\'');
    }
    if text.contains([',', '"', ';']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Promise: Trail content is escaped for its reader
    #[test]
    fn cells_cannot_be_formulas_or_break_lines() {
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
