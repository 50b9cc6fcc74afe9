//! Estimates the length of an answer, so that memory is reserved before the answer arrives. The first answers of an action may be longer; see
//! `InFlightCommand::read`.

use std::collections::HashMap;

use crate::gateway::interpret::Request;

/// Estimates learned from earlier answers.
#[derive(Debug, Default)]
pub struct Expected {
    /// By the action's index in the catalogue.
    bytes: HashMap<usize, usize>,
}

/// The estimate for an action without an earlier answer, in bytes. Most answers are shorter.
const BYTES_MIN: usize = 1024;
/// The longest answer of the script, a deep snapshot, in bytes.
const HEAVY_BYTES: usize = 3 * 1024 * 1024;
/// Each shorter answer lowers the estimate by this fraction.
const FORGOTTEN: usize = 8;

impl Expected {
    pub fn of(&self, request: &Request) -> usize {
        let is_heavy = request.commands().any(|(action, params)| action.is_heavy(params));
        let least = if is_heavy { HEAVY_BYTES } else { BYTES_MIN };
        self.bytes.get(&request.action.index).copied().unwrap_or_default().max(least)
    }

    /// Update the estimate with the length of an answer.
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
