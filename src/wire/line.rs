//! Lines (framing): a bounded buffer that yields one `\n`-terminated line at a time, and the encoding of answers.

use std::io::{self, Write};

use bytes::{Buf, Bytes, BytesMut};
use serde::Serialize;
use serde_json::ser::Formatter;
use serde_json::{Map, Value};

/// The received bytes of one connection, split into lines of at most `line_bytes_max`.
pub struct Lines {
    buffer: BytesMut,
    /// The length of the prefix of `buffer` known to hold no `\n`, so that a line received byte by byte is searched once.
    searched: usize,
    line_bytes_max: usize,
}

/// A line exceeded the limit before its end. The bytes after it cannot be framed.
#[derive(Debug, PartialEq, Eq)]
pub struct TooLong {
    /// The limit that was exceeded.
    pub line_bytes_max: usize,
}

impl Lines {
    /// An empty buffer for lines of at most `line_bytes_max` bytes, without the line feed.
    pub fn new(line_bytes_max: usize) -> Lines {
        Lines { buffer: BytesMut::new(), searched: 0, line_bytes_max }
    }

    /// Change the limit for further lines.
    pub fn set_line_bytes_max(&mut self, line_bytes_max: usize) {
        self.line_bytes_max = line_bytes_max;
    }

    /// The buffer for the next read. It grows by at most one read past the limit.
    pub fn buffer_mut(&mut self) -> &mut BytesMut {
        self.buffer.reserve(READ_BYTES);
        &mut self.buffer
    }

    /// Adds received bytes, which may end within a line.
    pub fn extend(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The buffered bytes: an incomplete line, or lines not taken yet.
    pub fn waiting(&self) -> &[u8] {
        &self.buffer
    }

    /// Drops blank bytes at the front; returns whether nothing else is buffered.
    pub fn is_blank(&mut self) -> bool {
        let blank = self.buffer.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.buffer.advance(blank);
        self.searched = self.searched.saturating_sub(blank);
        self.buffer.is_empty()
    }

    /// Drops the buffered part of the first line; returns whether its end was buffered.
    pub fn drop_line(&mut self) -> bool {
        let end = self.buffer.iter().position(|&byte| byte == b'\n');
        self.buffer.advance(end.map_or(self.buffer.len(), |end| end + 1));
        self.searched = 0;
        end.is_some()
    }

    /// The next complete line without its `\n`, if there is one. Blank lines are skipped.
    pub fn next_line(&mut self) -> Result<Option<Bytes>, TooLong> {
        loop {
            let Some(at) = self.buffer[self.searched..].iter().position(|&byte| byte == b'\n') else {
                self.searched = self.buffer.len();
                let bound = TooLong { line_bytes_max: self.line_bytes_max };
                return if self.buffer.len() > self.line_bytes_max { Err(bound) } else { Ok(None) };
            };
            let end = self.searched + at;
            if end > self.line_bytes_max {
                return Err(TooLong { line_bytes_max: self.line_bytes_max });
            }
            let line = self.buffer.split_to(end).freeze();
            self.buffer.advance(1);
            self.searched = 0;
            if !line.iter().all(u8::is_ascii_whitespace) {
                return Ok(Some(line));
            }
        }
    }
}

/// The least capacity for one read in bytes.
const READ_BYTES: usize = 8 * 1024;

/// Encode an answer as a line of ASCII.
pub fn encode(body: &Map<String, Value>) -> Vec<u8> {
    let mut line = ascii(body).into_bytes();
    line.push(b'\n');
    line
}

/// Encode JSON in ASCII, keys sorted (a `Map` sorts them), without white space: the canonical form for bridge and trail.
pub fn ascii(body: &Map<String, Value>) -> String {
    let mut bytes = Vec::with_capacity(OBJECT_BYTES);
    write_ascii(&mut bytes, body);
    text(bytes)
}

/// Writes one object in canonical form. Members must be written in the order of their keys.
pub struct ObjectWriter(Vec<u8>);

/// The capacity in bytes for most objects.
const OBJECT_BYTES: usize = 384;

impl ObjectWriter {
    pub(crate) fn begin() -> ObjectWriter {
        let mut bytes = Vec::with_capacity(OBJECT_BYTES);
        bytes.push(b'{');
        ObjectWriter(bytes)
    }

    /// `key` needs no escapes.
    pub fn put<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) {
        if self.0.len() > 1 {
            self.0.push(b',');
        }
        self.0.push(b'"');
        self.0.extend_from_slice(key.as_bytes());
        self.0.extend_from_slice(b"\":");
        write_ascii(&mut self.0, value);
    }

    pub(crate) fn put_some<T: Serialize>(&mut self, key: &str, value: Option<T>) {
        if let Some(value) = value {
            self.put(key, &value);
        }
    }

    pub(crate) fn end(mut self) -> String {
        self.0.push(b'}');
        text(self.0)
    }
}

fn write_ascii<T: Serialize + ?Sized>(bytes: &mut Vec<u8>, value: &T) {
    let mut serializer = serde_json::Serializer::with_formatter(bytes, Ascii);
    value.serialize(&mut serializer).expect("JSON values always serialise");
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("JSON is UTF-8")
}

/// Escapes all characters beyond ASCII.
struct Ascii;

impl Formatter for Ascii {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if fragment.is_ascii() {
            return writer.write_all(fragment.as_bytes());
        }
        for character in fragment.chars() {
            if character.is_ascii() {
                writer.write_all(&[character as u8])?;
            } else {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_lines(lines: &mut Lines) -> Vec<String> {
        std::iter::from_fn(|| lines.next_line().expect("within the bound"))
            .map(|line| String::from_utf8(line.to_vec()).expect("UTF-8"))
            .collect()
    }

    #[test]
    fn a_line_split_anywhere_comes_out_whole() {
        let text = "{\"name\":\"Bässe\"}\n".as_bytes();
        for cut in 0..text.len() {
            let mut lines = Lines::new(64);
            lines.extend(&text[..cut]);
            assert_eq!(lines.next_line(), Ok(None));
            lines.extend(&text[cut..]);
            assert_eq!(all_lines(&mut lines), ["{\"name\":\"Bässe\"}"]);
        }
    }

    #[test]
    fn lines_keep_their_order_and_blanks_are_dropped() {
        let mut lines = Lines::new(64);
        lines.extend(b"one\n\r\n  \ntwo\r\nthr");
        assert_eq!(all_lines(&mut lines), ["one", "two\r"]);
        lines.extend(b"ee\n");
        assert_eq!(all_lines(&mut lines), ["three"]);
    }

    #[test]
    fn a_line_is_bounded_with_or_without_end() {
        for tail in ["", "\n"] {
            let mut lines = Lines::new(4);
            lines.extend(b"1234\n");
            assert_eq!(all_lines(&mut lines), ["1234"]);
            lines.extend(format!("12345{tail}").as_bytes());
            assert_eq!(lines.next_line(), Err(TooLong { line_bytes_max: 4 }));
        }
    }

    #[test]
    fn lines_are_written_in_ascii_with_sorted_keys() {
        let body = serde_json::json!({"name": "Bässe 🥁", "a": 1.0}).as_object().expect("an object").clone();
        assert_eq!(ascii(&body), r#"{"a":1.0,"name":"B\u00e4sse \ud83e\udd41"}"#);
    }
}
