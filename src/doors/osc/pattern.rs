//! Matches addresses against patterns (OSC 1.0): `*` and `?` within a part, `[a-z]`, `[!a-z]` and `{one,other}`.
//!
//! A pattern becomes a small program, whose states are followed all at once (Thompson 1968): the time is bounded by the lengths of
//! pattern and address, whatever the pattern.

/// A pattern that was read.
#[derive(Debug)]
pub struct Pattern(Vec<Step>);

#[derive(Debug)]
enum Step {
    Byte(u8),
    /// Any byte but `/`.
    Any,
    /// Any number of bytes but `/`.
    Star,
    Class {
        ranges: Vec<(u8, u8)>,
        negated: bool,
    },
    /// Continues at each of these steps.
    Split(Vec<usize>),
    Jump(usize),
}

const SPECIAL: &[u8] = b"*?[]{}";

/// Whether an address is a pattern.
pub fn is_pattern(address: &str) -> bool {
    address.bytes().any(|byte| SPECIAL.contains(&byte))
}

impl Pattern {
    /// Reads a pattern. `None`: a bracket is not closed, or alternatives are nested.
    pub fn parse(text: &str) -> Option<Pattern> {
        let mut steps = Vec::new();
        let mut rest = text.as_bytes();
        while let Some((first, tail)) = rest.split_first() {
            rest = match first {
                b'*' => {
                    steps.push(Step::Star);
                    tail
                }
                b'?' => {
                    steps.push(Step::Any);
                    tail
                }
                b'[' => class(tail, &mut steps)?,
                b'{' => alternatives(tail, &mut steps)?,
                b']' | b'}' => return None,
                byte => {
                    steps.push(Step::Byte(*byte));
                    tail
                }
            };
        }
        Some(Pattern(steps))
    }

    pub fn matches(&self, address: &str) -> bool {
        let mut now = States::new(self.0.len());
        let mut next = States::new(self.0.len());
        self.add(&mut now, 0);
        for byte in address.bytes() {
            next.clear();
            for &at in &now.list {
                self.follow(at, byte, &mut next);
            }
            std::mem::swap(&mut now, &mut next);
        }
        now.holds[self.0.len()]
    }

    fn follow(&self, at: usize, byte: u8, next: &mut States) {
        match self.0.get(at) {
            Some(Step::Byte(wanted)) if *wanted == byte => self.add(next, at + 1),
            Some(Step::Any) if byte != b'/' => self.add(next, at + 1),
            Some(Step::Star) if byte != b'/' => self.add(next, at),
            Some(Step::Class { ranges, negated }) if byte != b'/' && is_in(ranges, byte) != *negated => {
                self.add(next, at + 1);
            }
            _ => (),
        }
    }

    /// Adds a state, and those that are reached without a byte.
    fn add(&self, states: &mut States, first: usize) {
        let mut pending = vec![first];
        while let Some(at) = pending.pop() {
            if std::mem::replace(&mut states.holds[at], true) {
                continue;
            }
            states.list.push(at);
            match self.0.get(at) {
                Some(Step::Star) => pending.push(at + 1),
                Some(Step::Split(to)) => pending.extend(to),
                Some(Step::Jump(to)) => pending.push(*to),
                _ => (),
            }
        }
    }
}

/// The steps at which a match may be.
struct States {
    holds: Vec<bool>,
    list: Vec<usize>,
}

impl States {
    fn new(steps: usize) -> States {
        States { holds: vec![false; steps + 1], list: Vec::new() }
    }

    fn clear(&mut self) {
        self.list.drain(..).for_each(|at| self.holds[at] = false);
    }
}

fn is_in(ranges: &[(u8, u8)], byte: u8) -> bool {
    ranges.iter().any(|(low, high)| (*low..=*high).contains(&byte))
}

fn class<'a>(rest: &'a [u8], steps: &mut Vec<Step>) -> Option<&'a [u8]> {
    let end = rest.iter().position(|byte| *byte == b']')?;
    let (inside, negated) = match rest[..end].split_first() {
        Some((b'!', inside)) => (inside, true),
        _ => (&rest[..end], false),
    };
    let mut ranges = Vec::new();
    let mut inside = inside;
    while let Some((low, tail)) = inside.split_first() {
        (ranges, inside) = match tail {
            [b'-', high, tail @ ..] => (with(ranges, (*low, *high)), tail),
            _ => (with(ranges, (*low, *low)), tail),
        };
    }
    steps.push(Step::Class { ranges, negated });
    Some(&rest[end + 1..])
}

fn with(mut ranges: Vec<(u8, u8)>, range: (u8, u8)) -> Vec<(u8, u8)> {
    ranges.push(range);
    ranges
}

fn alternatives<'a>(rest: &'a [u8], steps: &mut Vec<Step>) -> Option<&'a [u8]> {
    let end = rest.iter().position(|byte| *byte == b'}')?;
    if rest[..end].iter().any(|byte| SPECIAL.contains(byte)) {
        return None;
    }
    let choices: Vec<&[u8]> = rest[..end].split(|byte| *byte == b',').collect();
    // The split, and behind each choice a jump to the end.
    let first = steps.len() + 1;
    let after = first + choices.iter().map(|choice| choice.len() + 1).sum::<usize>();
    let mut starts = Vec::with_capacity(choices.len());
    let mut body = Vec::new();
    for choice in choices {
        starts.push(first + body.len());
        body.extend(choice.iter().map(|byte| Step::Byte(*byte)));
        body.push(Step::Jump(after));
    }
    steps.push(Step::Split(starts));
    steps.append(&mut body);
    Some(&rest[end + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, address: &str) -> bool {
        Pattern::parse(pattern).expect(pattern).matches(address)
    }

    #[test]
    fn patterns_match_as_the_specification_says() {
        for (pattern, address, expected) in [
            ("/live/clip/get/*", "/live/clip/get/name", true),
            ("/live/clip/get/*", "/live/clip/get/notes/all", false),
            ("/live/*/get/name", "/live/track/get/name", true),
            ("/live/clip/get/loop_*", "/live/clip/get/loop_start", true),
            ("/live/clip/get/loop_*", "/live/clip/get/length", false),
            ("/a/*b*c", "/a/xxbxxbyc", true),
            ("/a/?", "/a/b", true),
            ("/a/?", "/a/", false),
            ("/a/[a-c]x", "/a/bx", true),
            ("/a/[a-c]x", "/a/dx", false),
            ("/a/[!a-c]x", "/a/dx", true),
            ("/a/[!a-c]x", "/a/bx", false),
            ("/a/[-b]", "/a/-", true),
            ("/a/{mute,solo,}", "/a/solo", true),
            ("/a/{mute,solo,}", "/a/", true),
            ("/a/{mute,solo}d", "/a/soloed", false),
            ("/a/{mute,solo}*", "/a/soloed", true),
        ] {
            assert_eq!(matches(pattern, address), expected, "{pattern} {address}");
        }
        for broken in ["/a/[b", "/a/{b", "/a]", "/a}", "/{a{b,c},d}"] {
            assert!(Pattern::parse(broken).is_none(), "{broken}");
        }
    }

    #[test]
    fn a_hostile_pattern_takes_no_longer() {
        let pattern = format!("/{}b", "*a".repeat(120));
        let address = format!("/{}", "a".repeat(250));
        assert!(!matches(&pattern, &address));
    }
}
