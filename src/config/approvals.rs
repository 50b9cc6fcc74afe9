//! Settings for requests that wait for a person.

use serde::Deserialize;

use super::error::{Result, refused};

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Approvals {
    /// Pending requests; one caller may have a quarter.
    pub max: usize,
    /// Memory for them; one caller may use a quarter.
    pub bytes_max: usize,
    /// Longest description of the objects that a request is about.
    pub seen_bytes_max: usize,
    /// Longest wait for a decision; then the request is denied.
    pub ttl_s: u64,
    /// An approved request starts within this time, or never.
    pub start_within_s: u64,
    /// Grants for "the same for ten minutes" at once.
    pub grants_max: usize,
    /// Requests that one grant approves.
    pub grant_uses_max: u32,
    /// Whether callers on this machine may decide about requests from this machine: true, false, or "by_mode": only while no other machine is served.
    pub this_machine: ThisMachine,
}

/// Whether callers on this machine may decide about requests from this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum ThisMachine {
    /// `true` or `false`.
    Fixed(bool),
    /// `"by_mode"`.
    Mode(ByMode),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ByMode {
    /// Allowed in localhost mode; not allowed once other machines are served.
    ByMode,
}

impl Default for Approvals {
    fn default() -> Approvals {
        Approvals {
            max: 64,
            bytes_max: 512 * 1024,
            seen_bytes_max: 8 * 1024,
            ttl_s: 300,
            start_within_s: 10,
            grants_max: 64,
            grant_uses_max: 100,
            this_machine: ThisMachine::Mode(ByMode::ByMode),
        }
    }
}

impl Approvals {
    /// Whether this is allowed. `serves_others` says whether other machines are served.
    pub fn allows_this_machine(&self, serves_others: bool) -> bool {
        match self.this_machine {
            ThisMachine::Fixed(allowed) => allowed,
            ThisMachine::Mode(ByMode::ByMode) => !serves_others,
        }
    }

    pub(super) fn check(&self) -> Result<()> {
        if self.max < 4 {
            return Err(refused(format!("approvals.max must be at least 4, got {}", self.max)));
        }
        if !(1..=86_400).contains(&self.ttl_s) {
            return Err(refused(format!("approvals.ttl_s must be between 1 and 86400, got {}", self.ttl_s)));
        }
        if !(1..=60).contains(&self.start_within_s) {
            return Err(refused(format!(
                "approvals.start_within_s must be between 1 and 60, got {}",
                self.start_within_s
            )));
        }
        Ok(())
    }
}
