//! The table of rows for people. On a terminal it fits the width, has a heading for each day, and folds routine rows.

use console::{Style, Term, measure_text_width};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::audit::Listed;
use crate::cli::counted;
use crate::command::catalogue;
use crate::review::when::zoned;
use crate::review::{State, printable, sentence};

/// How rows are shown.
#[derive(Clone)]
pub struct TableStyle {
    pub zone: TimeZone,
    /// The width of the terminal in columns. `None`: one line per row, for other programs.
    pub width: Option<usize>,
    /// Show the role and rule that decided each request.
    pub rules: bool,
    /// Fold sessions and reads.
    pub folds: bool,
}

const SEQ_COLUMNS: usize = 7;
const CALLER_COLUMNS: (usize, usize) = (6, 16);
/// The minimum width of sentences; on a narrower terminal lines exceed the width.
const SENTENCE_COLUMNS_MIN: usize = 24;

impl TableStyle {
    /// For standard output.
    pub fn of_stdout(zone: TimeZone, rules: bool, all: bool) -> TableStyle {
        let term = Term::stdout();
        let width = term.is_term().then(|| usize::from(term.size().1));
        TableStyle { zone, width, rules, folds: width.is_some() && !all }
    }
}

/// Turns rows into lines, and remembers the day and what is folded.
pub struct Table {
    look: TableStyle,
    day: Option<Date>,
    caller_columns: usize,
    folded: Folded,
}

/// Routine rows in a run.
#[derive(Default)]
struct Folded {
    reads: usize,
    sessions: usize,
}

impl Folded {
    fn describe(&self) -> String {
        let parts = [(self.reads, "read"), (self.sessions, "session event")];
        let parts = parts.into_iter().filter(|(count, _)| *count > 0);
        parts.map(|(count, noun)| counted(count, noun)).collect::<Vec<_>>().join(", ")
    }
}

impl Table {
    /// A table whose column of callers fits these rows.
    pub fn new(look: TableStyle, rows: &[Listed]) -> Table {
        let callers = rows.iter().map(|row| measure_text_width(&caller(row)));
        let caller_columns = callers.max().unwrap_or(0).clamp(CALLER_COLUMNS.0, CALLER_COLUMNS.1);
        Table { look, day: None, caller_columns, folded: Folded::default() }
    }

    /// The lines of a row, after a line for preceding folded rows. Empty if the row itself is folded.
    pub fn lines(&mut self, row: &Listed) -> Vec<String> {
        if self.look.folds && is_routine(row) {
            if row.kind == "decision" {
                self.folded.reads += 1;
            } else {
                self.folded.sessions += 1;
            }
            return Vec::new();
        }
        let mut lines = self.rest();
        match self.look.width {
            Some(width) => self.on_terminal(row, width, &mut lines),
            None => lines.push(self.plain(row)),
        }
        lines
    }

    /// The line for folded rows at the end.
    pub fn rest(&mut self) -> Vec<String> {
        let folded = std::mem::take(&mut self.folded).describe();
        if folded.is_empty() {
            return Vec::new();
        }
        vec![Style::new().dim().apply_to(format!("{:>SEQ_COLUMNS$}  \u{2026} {folded}", "")).to_string()]
    }

    fn on_terminal(&mut self, row: &Listed, width: usize, lines: &mut Vec<String>) {
        let time = zoned(row.time_us, &self.look.zone);
        if self.day != Some(time.date()) {
            self.day = Some(time.date());
            lines.push(Style::new().bold().apply_to(time.strftime("%A, %-d %B %Y %Z").to_string()).to_string());
        }
        let caller = shortened(&caller(row), self.caller_columns);
        let pad = " ".repeat(self.caller_columns - measure_text_width(&caller));
        let start = format!("{:>SEQ_COLUMNS$}  {}  {caller}{pad}  ", row.seq, time.strftime("%H:%M:%S"));
        let indent = measure_text_width(&start);
        let (text, state) = self.text(row);
        let style = style(state);
        let wrapped = wrapped(&text, width.saturating_sub(indent).max(SENTENCE_COLUMNS_MIN));
        for (at, part) in wrapped.iter().enumerate() {
            let before = if at == 0 { start.clone() } else { " ".repeat(indent) };
            lines.push(format!("{before}{}", style.apply_to(part)));
        }
    }

    fn plain(&self, row: &Listed) -> String {
        let time = zoned(row.time_us, &self.look.zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        format!("{:>SEQ_COLUMNS$} {time} {} {}", row.seq, caller(row), self.text(row).0)
    }

    fn text(&self, row: &Listed) -> (String, State) {
        let sentence_of_row = sentence(row);
        let mut text = printable(&sentence_of_row.text);
        if let (true, "decision") = (self.look.rules, row.kind.as_str()) {
            let by = [&row.role, &row.rule].into_iter().flatten().map(|name| printable(name)).collect::<Vec<_>>();
            text.push_str(&format!(" [{}]", by.join(", rule ")));
        }
        (text, sentence_of_row.state)
    }
}

/// Whether a row is routine: an answered read, or a session.
fn is_routine(row: &Listed) -> bool {
    let is_read = row.action.as_deref().and_then(|name| catalogue().find(name)).is_some_and(|action| action.is_read());
    match row.kind.as_str() {
        "decision" => is_read && row.outcome.as_deref() == Some("ok"),
        // Who issued a token has a row of its own.
        "session" | "session_ended" | "token_issued" => true,
        _ => false,
    }
}

fn caller(row: &Listed) -> String {
    match &row.caller {
        Some(caller) => printable(caller),
        None if row.kind == "changed_in_live" => "in Live".into(),
        None => "-".into(),
    }
}

fn style(state: State) -> Style {
    match state {
        State::Done => Style::new(),
        State::Refused => Style::new().red(),
        State::Failed | State::Unknown => Style::new().yellow(),
        State::Running | State::Event => Style::new().dim(),
        State::InLive => Style::new().cyan(),
    }
}

/// At most this many columns, the last of them an ellipsis.
fn shortened(text: &str, columns: usize) -> String {
    console::truncate_str(text, columns, "\u{2026}").into_owned()
}

/// Lines of at most `columns`, broken between words; a longer word is broken where it ends.
fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let space = usize::from(!line.is_empty());
        if !line.is_empty() && measure_text_width(&line) + space + measure_text_width(word) > columns {
            lines.push(std::mem::take(&mut line));
        } else if space == 1 {
            line.push(' ');
        }
        for character in word.chars() {
            let mut bytes = [0; 4];
            if measure_text_width(&line) + measure_text_width(character.encode_utf8(&mut bytes)) > columns {
                lines.push(std::mem::take(&mut line));
            }
            line.push(character);
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_count_columns_not_characters() {
        assert_eq!(wrapped("muted \"ボーカル\" (was on)", 16), ["muted \"ボーカル\"", "(was on)"]);
        assert_eq!(wrapped("aaaa bb", 3), ["aaa", "a", "bb"]);
        assert_eq!(shortened("ボーカル", 5), "ボー\u{2026}");
        for line in wrapped(&"ボ ".repeat(40), 7) {
            assert!(measure_text_width(&line) <= 7, "{line}");
        }
    }
}
