//! How long an answer is expected to be, so that it counts before it is made. The first reads of a kind may be longer: see `UnderWay::read`.

use std::collections::HashMap;

use crate::gateway::interpret::Request;

/// By the answers that came before.
#[derive(Debug, Default)]
pub struct Expected {
    /// By the action's index in the catalogue.
    bytes: HashMap<usize, usize>,
}

/// Most answers are shorter.
const BYTES_MIN: usize = 1024;
/// What the script makes at most of a deep snapshot.
const HEAVY_BYTES: usize = 3 * 1024 * 1024;
/// The expectation falls by such a part with each answer that is shorter.
const FORGOTTEN: usize = 8;

impl Expected {
    pub fn of(&self, request: &Request) -> usize {
        let is_heavy = request.commands().any(|(action, params)| action.is_heavy(params));
        let least = if is_heavy { HEAVY_BYTES } else { BYTES_MIN };
        self.bytes.get(&request.action.index).copied().unwrap_or_default().max(least)
    }

    /// An answer to the action had so many bytes.
    pub fn learn(&mut self, action: usize, bytes: usize) {
        let known = self.bytes.entry(action).or_default();
        *known = bytes.max(*known - *known / FORGOTTEN);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_answer_is_expected_again_for_a_while() {
        let mut expected = Expected::default();
        for (bytes, known) in [(800, 800), (100, 700), (100, 613), (900, 900)] {
            expected.learn(1, bytes);
            assert_eq!(expected.bytes[&1], known);
        }
    }
}
