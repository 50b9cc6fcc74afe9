//! Policies and what they come to.

use super::*;
use crate::command::{Tag, Tags};

fn action(name: &str) -> &'static Action {
    catalogue().find(name).expect("an action of the catalogue")
}

fn may(policy: &Policy, role: &str, name: &str) -> bool {
    matches!(policy.decide(role, action(name)), Verdict::Allow(_))
}

fn parse(text: &str) -> Policy {
    Policy::parse(text).expect("a good policy")
}

fn refusal(text: &str) -> String {
    format!("{:#}", Policy::parse(text).expect_err("a policy that must not load"))
}

#[test]
fn deny_stands_above_allow_whatever_the_order_or_inheritance() {
    let policy = parse(
        "[roles.base]\ndeny = ['set_tempo']\n[roles.a]\nallow = ['set_tempo']\ninherits = ['base']\n\
         [[roles.b.rule]]\nallow = ['@transport']\n[[roles.b.rule]]\ndeny = ['set_*']",
    );
    assert_eq!(policy.decide("a", action("set_tempo")), Verdict::Forbid("base".into()));
    assert_eq!(policy.decide("b", action("set_tempo")), Verdict::Forbid("b.rule2".into()));
    assert_eq!(policy.decide("b", action("tap_tempo")), Verdict::Allow("b.rule1".into()));
}

#[test]
fn a_broad_pattern_does_not_grant_what_destroys() {
    let policy = parse(
        "[roles.tag]\nallow = ['@edit']\n[roles.glob]\nallow = ['*']\n[roles.split]\nallow = ['@edit']\n\
         [[roles.split.rule]]\nallow = ['delete_clip']\n[roles.named]\nallow = ['@edit', '@destructive']",
    );
    for role in ["tag", "glob", "split"] {
        assert!(may(&policy, role, "create_midi_track"), "{role}");
        assert!(!may(&policy, role, "delete_track"), "{role}");
    }
    assert!(may(&policy, "split", "delete_clip"));
    assert!(may(&policy, "named", "delete_track"));
}

#[test]
fn nobody_may_what_no_rule_grants_and_an_unknown_role_may_nothing() {
    let policy = parse("[roles.nothing]");
    for action in catalogue().actions() {
        let open = action.home == Home::Gateway && action.access.is_empty();
        for role in ["nothing", "no such role"] {
            assert_eq!(matches!(policy.decide(role, action), Verdict::Allow(_)), open, "{}", action.name);
        }
    }
}

#[test]
fn every_action_is_within_reach_of_a_shipped_role() {
    let policy = parse(SHIPPED);
    for action in catalogue().actions() {
        let reachable = policy.role_names().iter().any(|role| may(&policy, role, &action.name));
        assert!(reachable, "{}", action.name);
    }
}

#[test]
fn the_shipped_roles_are_what_their_names_say() {
    let policy = parse(SHIPPED);
    let roles = ["agent", "auditor", "engineer", "local", "mixer", "owner", "performer", "producer", "viewer"];
    assert_eq!(policy.role_names(), roles);
    for action in catalogue().actions().iter().filter(|action| !action.access.is_empty()) {
        let has = |tag| action.access.contains(tag);
        let over = has(Tag::Admin) || has(Tag::Review) || has(Tag::Approve);
        let seen = has(Tag::Read) && action.access.intersection(Tags::GUARDED).is_empty();
        assert_eq!(may(&policy, "viewer", &action.name), seen, "{}", action.name);
        assert_eq!(may(&policy, "local", &action.name), !over, "{}", action.name);
        assert!(may(&policy, "owner", &action.name), "{}", action.name);
    }
    assert!(may(&policy, "mixer", "set_track_volume") && !may(&policy, "mixer", "set_tempo"));
    assert!(may(&policy, "auditor", "audit_list") && !may(&policy, "auditor", "set_track_volume"));
    assert!(may(&policy, "agent", "add_notes") && !may(&policy, "agent", "delete_track"));
}

#[test]
fn what_is_unknown_or_not_supported_stops_the_load_and_is_named() {
    for (text, expected) in [
        ("[roles.a]\nallow = ['@reed']", "there is no tag @reed"),
        ("[roles.a]\nallow = ['set_temop']", "no action is called set_temop"),
        ("[roles.a]\nallow = ['bogus_*']", "no action is called bogus_*"),
        ("[roles.a]\ninherits = ['b']", "there is no role b to inherit from"),
        ("[roles.a]\ninherits = ['b']\n[roles.b]\ninherits = ['a']", "role a inherits from itself, by way of a, b"),
        ("[roles.a]\nalow = ['@read']", "unknown field `alow`"),
        ("[role.a]\nallow = ['@read']", "unknown field `role`"),
        ("[roles.a]\nlimit = { per_second = 5 }", "`limit` is not supported"),
        ("[[roles.a.rule]]\nask = ['undo']", "`ask` is not supported"),
        ("[[roles.a.rule]]\nallow = ['@mix']\nwhere = { track = ['A'] }", "`where` is not supported"),
        ("[[roles.a.rule]]\nallow = ['@mix']\nparams = { volume = { max = 1 } }", "`params` is not supported"),
        ("[[roles.a.rule]]\nallow = ['@mix']\nunless = ['recording']", "`unless` is not supported"),
    ] {
        assert!(refusal(text).contains(expected), "{text}: {}", refusal(text));
    }
}
