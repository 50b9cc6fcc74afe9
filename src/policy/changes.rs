//! The differences between two policies: for each role and action the verdict before and after.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use super::verdict::Decided;
use super::{Policy, Role};
use crate::command::{Action, catalogue};

/// A right that a role has gained or lost, or has on other conditions.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    pub role: String,
    pub action: &'static str,
    /// Whether it concerns requests with `overwrite`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub overwrite: bool,
    /// `allow`, `ask`, `depends` or `deny`.
    pub before: &'static str,
    pub after: &'static str,
    /// Whether the role may do more than before. Where two rules differ at all, it may.
    pub gains: bool,
}

impl Policy {
    /// What differs from `before`, by action, then by role.
    pub fn changes_since(&self, before: &Policy, now: Timestamp) -> Vec<Change> {
        let nothing = Role::without_rules();
        let names: BTreeSet<&str> = before.role_names().into_iter().chain(self.role_names()).collect();
        let mut changes = Vec::new();
        for action in catalogue().actions() {
            for name in &names {
                let was = before.roles.get(*name).unwrap_or(&nothing);
                let is = self.roles.get(*name).unwrap_or(&nothing);
                changes.extend(is.changes_since(was, name, action, now));
            }
        }
        changes
    }
}

impl Role {
    /// What has changed for an action, and apart from that for overwriting by it.
    fn changes_since(&self, before: &Role, name: &str, action: &'static Action, now: Timestamp) -> Vec<Change> {
        let change = |overwrite: bool, after: &Decided, before: &Decided| {
            let gains = !after.is_within(before);
            let was = before.word(now);
            let is = after.word(now);
            let has_changed = was != is || gains || !before.is_within(after);
            has_changed.then(|| Change {
                role: name.to_owned(),
                action: action.name.as_str(),
                overwrite,
                before: was,
                after: is,
                gains,
            })
        };
        let plain = change(false, &self.plain[action.index], &before.plain[action.index]);
        let overwriting = || change(true, &self.overwriting[action.index], &before.overwriting[action.index]);
        let overwriting = action.param("overwrite").and_then(|_| overwriting());
        plain.into_iter().chain(overwriting).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_790_000_000, 0);

    #[test]
    fn a_diff_shows_each_gain_and_loss() {
        let policy = |text: &str| Policy::parse("roles.toml", text).expect("a good policy");
        let diff = |before: &str, after: &str| {
            let changes = policy(after).changes_since(&policy(before), NOW);
            changes
                .into_iter()
                .map(|change| {
                    let overwrite = ["", " over"][usize::from(change.overwrite)];
                    let gains = change.gains;
                    let Change { role, action, before, after, .. } = change;
                    format!("{role} {action}{overwrite} {before} {after} {gains}")
                })
                .collect::<Vec<_>>()
        };
        let tempo =
            |max: u8| format!("[[roles.a.rule]]\nallow = ['set_tempo']\nparams = {{ bpm = {{ max = {max} }} }}");
        assert_eq!(diff(&tempo(130), &tempo(130)), Vec::<String>::new());
        assert_eq!(diff(&tempo(130), &tempo(140)), ["a set_tempo depends depends true"]);
        assert_eq!(diff("[roles.a]", "[roles.a]\nallow = ['undo']"), ["a undo deny allow true"]);
        assert_eq!(diff("[roles.a]\nallow = ['undo']", "[roles.b]"), ["a undo allow deny false"]);
        assert_eq!(diff("[roles.a]\nallow = ['undo']", "[roles.a]\nask = ['undo']"), ["a undo allow ask false"]);
        let notes = "[roles.a]\nallow = ['add_notes'";
        let overwriting =
            diff(&format!("{notes}]"), &format!("{notes}, '@destructive']\ndeny = ['delete_*', 'clear_*']"));
        assert!(overwriting.contains(&"a add_notes over deny allow true".to_owned()), "{overwriting:?}");
        assert!(!overwriting.iter().any(|change| change.starts_with("a add_notes deny")), "{overwriting:?}");
    }
}
