//! Splits the script's output into lines (framing). An unreadable line fails the request whose id it carries; the link stays up.

use bytes::BytesMut;
use serde_json::{Map, Value};

use crate::wire::line::{Lines, TooLong};

/// One line from the script.
#[derive(Debug, PartialEq)]
pub enum ScriptMessage {
    Answer {
        id: u64,
        body: Map<String, Value>,
        bytes: usize,
    },
    Event(Map<String, Value>),
    /// The id of the request that it answers, if the line begins with an id.
    Unreadable {
        id: Option<u64>,
        flaw: LineError,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineError {
    /// Longer than this many bytes.
    TooLong(usize),
    NotJson,
    /// Neither an answer nor an event.
    NoId,
}

/// Splits the script's bytes into lines. Of a line that is too long it keeps only the id.
pub struct AnswerLines {
    lines: Lines,
    /// Whether the rest of an overlong line is being discarded.
    dropping: bool,
}

impl AnswerLines {
    pub fn new(lines: Lines) -> AnswerLines {
        AnswerLines { lines, dropping: false }
    }

    pub fn buffer_mut(&mut self) -> &mut BytesMut {
        self.lines.buffer_mut()
    }

    /// The next complete line.
    pub fn next_message(&mut self) -> Option<ScriptMessage> {
        if self.dropping {
            self.dropping = !self.lines.drop_line();
        }
        if self.dropping {
            return None;
        }
        match self.lines.next_line() {
            Ok(line) => line.map(|line| read(&line)),
            Err(TooLong { line_bytes_max }) => {
                self.dropping = true;
                Some(ScriptMessage::Unreadable {
                    id: id_at_front(self.lines.waiting()),
                    flaw: LineError::TooLong(line_bytes_max),
                })
            }
        }
    }
}

fn read(line: &[u8]) -> ScriptMessage {
    let Ok(body) = serde_json::from_slice::<Map<String, Value>>(line) else {
        return ScriptMessage::Unreadable { id: id_at_front(line), flaw: LineError::NotJson };
    };
    match body.get("id").and_then(Value::as_u64) {
        Some(id) => ScriptMessage::Answer { id, body, bytes: line.len() },
        None if body.contains_key("event") => ScriptMessage::Event(body),
        None => ScriptMessage::Unreadable { id: None, flaw: LineError::NoId },
    }
}

/// The id at the beginning of a line, where every answer of the script has it. It counts only if a character follows it, because a truncated number
/// could be the id of another request.
fn id_at_front(line: &[u8]) -> Option<u64> {
    let rest = after(line, b"{")?;
    let rest = after(rest, b"\"id\"")?;
    let rest = after(rest, b":")?.trim_ascii_start();
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let ends = matches!(rest.get(digits), Some(b',' | b'}' | b' '));
    std::str::from_utf8(&rest[..digits]).ok().filter(|_| ends)?.parse().ok()
}

fn after<'a>(line: &'a [u8], token: &[u8]) -> Option<&'a [u8]> {
    line.trim_ascii_start().strip_prefix(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(pieces: &[&str]) -> Vec<ScriptMessage> {
        let mut lines = AnswerLines::new(Lines::new(40));
        let mut all = Vec::new();
        for piece in pieces {
            lines.buffer_mut().extend_from_slice(piece.as_bytes());
            while let Some(said) = lines.next_message() {
                all.push(said);
            }
        }
        all
    }

    fn unreadable(id: Option<u64>, flaw: LineError) -> ScriptMessage {
        ScriptMessage::Unreadable { id, flaw }
    }

    fn ids(all: &[ScriptMessage]) -> Vec<Option<u64>> {
        let id = |said: &ScriptMessage| match said {
            ScriptMessage::Answer { id, .. } => Some(*id),
            ScriptMessage::Unreadable { id, .. } => *id,
            ScriptMessage::Event(_) => None,
        };
        all.iter().map(id).collect()
    }

    #[test]
    fn an_oversized_line_fails_its_own_id() {
        let long =
            format!("{{\"id\": 7, \"ok\": true, \"notes\": \"{}\"}}\n{{\"id\": 8, \"ok\": true}}\n", "x".repeat(200));
        let (first, rest) = long.split_at(60);
        let (second, third) = rest.split_at(100);
        for pieces in [vec![long.as_str()], vec![first, rest], vec![first, second, third]] {
            let all = said(&pieces);
            assert_eq!(all[0], unreadable(Some(7), LineError::TooLong(40)));
            assert_eq!(ids(&all), [Some(7), Some(8)], "{pieces:?}");
        }
    }

    #[test]
    fn an_oversized_line_is_not_buffered() {
        let mut lines = AnswerLines::new(Lines::new(40));
        for _ in 0..100 {
            lines.buffer_mut().extend_from_slice(&[b'x'; 100]);
            while lines.next_message().is_some() {}
            assert_eq!(lines.lines.waiting().len(), 0);
        }
    }

    #[test]
    fn malformed_json_fails_its_leading_id() {
        let all = said(&[
            "{\"id\": 3, \"ok\": NaN}\n",
            "{\"ok\": NaN, \"id\": 3}\n",
            "{\"ok\": true}\n",
            "{\"event\": \"tempo\"}\n",
        ]);
        assert_eq!(all[0], unreadable(Some(3), LineError::NotJson));
        assert_eq!(all[1], unreadable(None, LineError::NotJson));
        assert_eq!(all[2], unreadable(None, LineError::NoId));
        assert!(matches!(all[3], ScriptMessage::Event(_)));
    }

    #[test]
    fn a_truncated_id_does_not_count() {
        for (line, id) in [
            ("{\"id\": 12, ", Some(12)),
            ("{\"id\":12}", Some(12)),
            ("{\"id\": 12", None),
            ("{\"id\": 1.5, ", None),
            ("{\"id\": -1, ", None),
            ("{\"id\": 99999999999999999999999, ", None),
            ("[\"id\": 1, ", None),
        ] {
            assert_eq!(id_at_front(line.as_bytes()), id, "{line}");
        }
    }
}
