//! Whether a policy grants more than another. It is decided by rules, without Live: where two rules differ at all, the answer is yes.

use super::verdict::{Clause, Decided, Depends};
use super::{Policy, Role};
use crate::command::catalogue;

impl Policy {
    /// The first right that a role has here and may not have had under `before`, as a sentence; `None` if no role gains any.
    pub fn first_gain(&self, before: &Policy) -> Option<String> {
        let nothing = Role::without_rules();
        self.role_names().into_iter().find_map(|name| {
            let after = &self.roles[name];
            let before = before.roles.get(name).unwrap_or(&nothing);
            let gained = after.first_gain(before)?;
            Some(format!("role {name} may gain {gained}"))
        })
    }
}

impl Role {
    pub(super) fn without_rules() -> Role {
        Role::of(super::ResolvedRole::default())
    }

    fn first_gain(&self, before: &Role) -> Option<String> {
        let uses = [(&self.plain, &before.plain), (&self.overwriting, &before.overwriting)];
        let gained = uses.into_iter().find_map(|(after, before)| {
            let index = after.iter().zip(before).position(|(after, before)| !after.is_within(before))?;
            Some(format!("the right to {}", catalogue().actions()[index].name))
        });
        gained.or_else(|| self.has_looser_rates(before).then(|| "a higher rate".to_owned()))
    }

    /// Whether a rate of `before` is missing or higher here.
    fn has_looser_rates(&self, before: &Role) -> bool {
        let is_held =
            |held: &super::Rate, rate: &super::Rate| held.per_second <= rate.per_second && held.burst <= rate.burst;
        let of_role = |(_, rate): &(_, super::Rate)| self.rates.iter().any(|(_, held)| is_held(held, rate));
        let of_rule =
            |(rule, rate): (_, &super::Rate)| self.rule_rates.get(rule).is_some_and(|held| is_held(held, rate));
        !before.rates.iter().all(of_role) || !before.rule_rates.iter().all(of_rule)
    }
}

impl Decided {
    /// Whether it grants nothing that `before` does not grant, in any state of the set, at any time.
    pub(super) fn is_within(&self, before: &Decided) -> bool {
        match (self, before) {
            (Decided::Forbid(_), _) | (_, Decided::Allow(_)) => true,
            (_, Decided::Forbid(_)) | (Decided::Allow(_), Decided::Depends(_)) => false,
            (Decided::Depends(after), Decided::Depends(before)) => after.is_within(before),
        }
    }
}

impl Depends {
    /// No deny and no ask is missing, and every grant was one before.
    fn is_within(&self, before: &Depends) -> bool {
        let is_among = |clause: &Clause, all: &[Clause]| all.iter().any(|other| clause.is_same(other));
        before.denies.iter().all(|deny| is_among(deny, &self.denies))
            && before.asks.iter().all(|ask| is_among(ask, &self.asks))
            && self.allows.iter().all(|allow| is_among(allow, &before.allows))
            && self.asks.iter().all(|ask| is_among(ask, &before.asks) || is_among(ask, &before.allows))
    }
}

impl Clause {
    /// Whether it applies exactly where another does.
    fn is_same(&self, other: &Clause) -> bool {
        self.guard.when == other.guard.when
            && self.guard.of_names == other.guard.of_names
            && self.demands == other.demands
            && self.schedule == other.schedule
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_or_wider_is_a_gain() {
        let policy = |text: &str| Policy::beside_shipped("roles.toml", text).expect("a good policy");
        let base = "[roles.a]\nallow = ['@mix']\nask = ['delete_clip']\nlimit = { per_second = 9 }\n\
                    [[roles.a.rule]]\ndeny = ['set_track_volume']\nwhere = { track = ['V*'] }\n\
                    [[roles.a.rule]]\nallow = ['set_tempo']\nparams = { bpm = { max = 130 } }\nwhile = ['playing']";
        for (from, to, gain) in [
            ("", "", None),
            ("'@mix'", "'mute_track'", None),
            ("allow = ['@mix']", "deny = ['undo']\nallow = ['@mix']", None),
            ("'@mix'", "'@mix', '@edit'", Some("the right to")),
            ("ask = ['delete_clip']\nlimit", "limit", None),
            ("['@mix']\nask =", "['@mix']\ndeny = ['solo_track']\nask =", None),
            ("'V*'", "'Vo*'", Some("the right to set_track_volume")),
            ("max = 130", "max = 131", Some("the right to set_tempo")),
            ("\nwhile = ['playing']", "", Some("the right to set_tempo")),
            ("per_second = 9", "per_second = 8", None),
            ("per_second = 9", "per_second = 10", Some("a higher rate")),
            ("per_second = 9", "per_second = 9, burst = 90", Some("a higher rate")),
            ("per_second = 9", "per_second = 8, burst = 90", Some("a higher rate")),
            ("[roles.a]", "[roles.b]\nallow = ['undo']\n[roles.a]", Some("role b may gain the right to undo")),
        ] {
            let before = policy(base);
            let after = policy(&base.replacen(from, to, 1));
            let found = after.first_gain(&before);
            match gain {
                None => assert_eq!(found, None, "{from} -> {to}"),
                Some(words) => {
                    assert!(found.as_deref().is_some_and(|found| found.contains(words)), "{from} -> {to}: {found:?}")
                }
            }
        }
    }
}
