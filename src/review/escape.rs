//! What came from elsewhere must not steer what shows it: a terminal, or a table.

/// Control and bidirectional characters are escaped: they would steer a terminal or turn a line around.
pub fn printable(text: &str) -> String {
    let steers = |character: char| {
        character.is_control()
            || matches!(character, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if steers(character) {
            safe.extend(character.escape_unicode());
        } else {
            safe.push(character);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Promise: Trail content cannot steer its reader
    #[test]
    fn what_steers_a_terminal_is_escaped() {
        assert_eq!(printable("a\u{1b}[2Jb\u{202e}c\nd"), r"a\u{1b}[2Jb\u{202e}c\u{a}d");
        assert_eq!(printable("Bässe 🥁"), "Bässe 🥁");
    }
}
