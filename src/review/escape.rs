//! Escapes untrusted text, so that it cannot inject control sequences into a terminal or a table.

/// Escape control and bidirectional characters, line separators, zero-width and tag characters. A variation selector is unchanged where it
/// selects the presentation of the preceding character, as in emoji.
pub fn printable(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut before = None;
    for character in text.chars() {
        let chooses_look =
            matches!(character, '\u{fe0e}' | '\u{fe0f}') && before.is_some_and(|before| !is_unseen(before));
        if is_unseen(character) && !chooses_look {
            safe.extend(character.escape_unicode());
        } else {
            safe.push(character);
        }
        before = Some(character);
    }
    safe
}

/// Escape each line of a text and keep its line breaks.
pub fn printable_lines(text: &str) -> String {
    text.split('\n').map(printable).collect::<Vec<_>>().join("\n")
}

/// Control characters, and Unicode's format characters, default ignorables, line separators and noncharacters.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{70f}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
        || u32::from(character) & 0xfffe == 0xfffe
        || matches!(character, '\u{fdd0}'..='\u{fdef}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Promise: Trail content is escaped for its reader
    #[test]
    fn control_sequences_are_escaped() {
        assert_eq!(printable("a\u{1b}[2Jb\u{202e}c\nd"), r"a\u{1b}[2Jb\u{202e}c\u{a}d");
        assert_eq!(printable("Bässe 🥁"), "Bässe 🥁");
    }

    /// Promise: Trail content is escaped for its reader
    #[test]
    fn invisible_characters_are_escaped() {
        for unseen in
            "\u{ad}\u{200b}\u{200d}\u{2028}\u{2029}\u{2060}\u{feff}\u{e0041}\u{e0100}\u{fe01}\u{3164}\u{ffff}".chars()
        {
            let text = format!("a{unseen}b");
            assert_eq!(printable(&text), format!("a{}b", unseen.escape_unicode()));
        }
        assert_eq!(printable("❤\u{fe0f}"), "❤\u{fe0f}");
        assert_eq!(printable("\u{fe0f}a\u{fe0f}\u{fe0f}"), "\\u{fe0f}a\u{fe0f}\\u{fe0f}");
        assert_eq!(printable_lines("a\u{200b}\nb"), "a\\u{200b}\nb");
    }
}
