//! The expected length of an answer, so that its bytes are reserved before it is made. The first answers of a kind may be longer: see
//! `UnderWay::read`.

use std::collections::HashMap;

use crate::gateway::interpret::Request;

/// Learned from earlier answers.
#[derive(Debug, Default)]
pub struct Expected {
    /// By the action's index in the catalogue.
    bytes: HashMap<usize, usize>,
}

/// For an action without an earlier answer. Most answers are shorter.
const BYTES_MIN: usize = 1024;
/// The longest answer that the script makes of a deep snapshot.
const HEAVY_BYTES: usize = 3 * 1024 * 1024;
/// Each shorter answer lowers the expectation by this fraction.
const FORGOTTEN: usize = 8;

impl Expected {
    pub fn of(&self, request: &Request) -> usize {
        let is_heavy = request.commands().any(|(action, params)| action.is_heavy(params));
        let least = if is_heavy { HEAVY_BYTES } else { BYTES_MIN };
        self.bytes.get(&request.action.index).copied().unwrap_or_default().max(least)
    }

    /// Learn the length of an answer.
    pub fn learn(&mut self, action: usize, bytes: usize) {
        let known = self.bytes.entry(action).or_default();
        *known = bytes.max(*known - *known / FORGOTTEN);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_answer_raises_the_next_expectation() {
        let mut expected = Expected::default();
        for (bytes, known) in [(800, 800), (100, 700), (100, 613), (900, 900)] {
            expected.learn(1, bytes);
            assert_eq!(expected.bytes[&1], known);
        }
    }
}
