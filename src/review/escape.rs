//! What came from elsewhere must not steer what shows it: a terminal, or a table.

/// Characters that steer what shows them, or that nobody sees, are escaped: control and bidirectional characters, line separators,
/// zero-width and tag characters. A variation selector stays where it chooses how the character before it looks, as in emoji.
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

/// The same line by line: what is shown has lines of its own.
pub fn printable_lines(text: &str) -> String {
    text.split('\n').map(printable).collect::<Vec<_>>().join("\n")
}

/// Control characters, and what Unicode calls format characters, default ignorable, line separators and noncharacters.
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

    /// Promise: Trail content cannot steer its reader
    #[test]
    fn what_steers_a_terminal_is_escaped() {
        assert_eq!(printable("a\u{1b}[2Jb\u{202e}c\nd"), r"a\u{1b}[2Jb\u{202e}c\u{a}d");
        assert_eq!(printable("Bässe 🥁"), "Bässe 🥁");
    }

    /// Promise: Trail content cannot steer its reader
    #[test]
    fn what_nobody_sees_is_escaped() {
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
