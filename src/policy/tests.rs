//! Tests of policies and their verdicts.

use super::*;
use crate::command::{Tag, Tags};

/// A Monday, at noon.
const NOW: Timestamp = Timestamp::constant(1_798_459_200, 0);

fn action(name: &str) -> &'static Action {
    catalogue().find(name).expect("an action of the catalogue")
}

fn may(policy: &Policy, role: &str, name: &str) -> bool {
    matches!(verdict(policy, role, name), Verdict::Allow(_))
}

fn verdict(policy: &Policy, role: &str, name: &str) -> Verdict {
    policy.decide(role, action(name), &Map::new(), NOW)
}

fn parse(text: &str) -> Policy {
    Policy::parse("roles.toml", text).expect("a good policy")
}

fn refusal(text: &str) -> String {
    Policy::parse("roles.toml", text).expect_err("a policy that must not load").to_string()
}

/// Promise: Access is denied by default
#[test]
fn deny_overrides_allow_in_any_order() {
    let policy = parse(
        "[roles.base]\ndeny = ['set_tempo']\n[roles.a]\nallow = ['set_tempo']\ninherits = ['base']\n\
         [[roles.b.rule]]\nallow = ['@transport']\n[[roles.b.rule]]\ndeny = ['set_*']",
    );
    assert_eq!(verdict(&policy, "a", "set_tempo"), Verdict::Forbid("base".into()));
    assert_eq!(verdict(&policy, "b", "set_tempo"), Verdict::Forbid("b.rule2".into()));
    assert_eq!(verdict(&policy, "b", "tap_tempo"), Verdict::Allow("b.rule1".into()));
}

/// Promise: Access is denied by default
#[test]
fn a_broad_pattern_grants_no_destructive_action() {
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

/// Promise: `*` grants no administration
#[test]
fn a_star_grants_no_administration() {
    let policy = parse(
        "[roles.star]\nallow = ['*', '@sensitive', '@destructive', '@costly']\n[roles.glob]\nallow = ['*_*']\n\
         [[roles.split.rule]]\nallow = ['*']\n[[roles.split.rule]]\nallow = ['token_list']\n\
         [roles.named]\nallow = ['*', '@admin', '@review', '@approve', '@system']",
    );
    let over = |action: &&Action| {
        [Tag::Admin, Tag::Review, Tag::Approve, Tag::System].iter().any(|tag| action.access.contains(*tag))
    };
    for action in catalogue().actions().iter().filter(over) {
        for role in ["star", "glob"] {
            assert!(!policy.could_allow(role, action), "{role} {}", action.name);
        }
        assert_eq!(policy.could_allow("split", action), action.name == "token_list", "{}", action.name);
        assert!(policy.could_allow("named", action), "{}", action.name);
    }
}

/// Promise: Access is denied by default
#[test]
fn without_a_rule_nothing_is_allowed() {
    let policy = parse("[roles.nothing]");
    for action in catalogue().actions() {
        let open = action.access.is_empty();
        for role in ["nothing", "no such role"] {
            assert_eq!(may(&policy, role, &action.name), open, "{}", action.name);
        }
    }
}

#[test]
fn every_action_is_allowed_to_some_role() {
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

/// Promise: A policy is loaded completely or not at all
#[test]
fn unknown_keys_stop_the_load_by_name() {
    for (text, expected) in [
        ("[roles.a]\nallow = ['@reed']", "roles.toml:2:10: there is no tag @reed; did you mean @read?"),
        ("[roles.a]\nallow = ['set_temop']", "no action is called set_temop; did you mean set_tempo?"),
        ("[roles.a]\nallow = ['bogus_*']", "no action is called bogus_*"),
        ("[roles.a]\ninherits = ['b']", "there is no role b to inherit from"),
        ("[roles.a]\ninherits = ['b']\n[roles.b]\ninherits = ['a']", "role a inherits from itself, through a, b"),
        ("[roles.a]\nalow = ['@read']", "unknown field `alow`, expected one of `replace`"),
        ("[roles.a]\nalow = ['@read']", "did you mean allow?"),
        ("[role.a]\nallow = ['@read']", "unknown field `role`, expected `roles`; did you mean roles?"),
        ("[roles.a]\nlimit = { per_second = 0 }", "roles.toml:2:9: per_second must be at least 1"),
        ("[[roles.a.rule]]\nask = ['status']", "`ask` is for actions on Live; status is not one"),
        ("[[roles.a.rule]]\nwhere = { track = ['A'] }", "roles.toml:1:1: a.rule1 has no effect; give it `allow`"),
        ("[[roles.a.rule]]\nallow = ['@mix']\nunless = ['playing']\nwhile = ['playing']", "in both `while` and"),
        ("[[roles.a.rule]]\nallow = ['@mix']\nuntil = 2027-01-01", "until must be a date and time with an offset"),
        ("[[roles.a.rule]]\nallow = ['@mix']\nhours = { from = '9', to = '10:00', zone = 'UTC' }", "9 is not a time"),
        ("[roles.a]\ndeny = ['undo']\n[[roles.a.rule]]\nallow = ['undo']", "a.rule1 can never decide"),
        ("[[roles.a.rule]]\nallow = ['audit_list']\nunless = ['playing']", "a.rule1 can never decide"),
        ("[[roles.a.rule]]\nallow = ['@mix']\nwhere = { trakc = ['A'] }", "recording, armed; did you mean track?"),
        ("[[roles.a.rule]]\nallow = ['@mix']\nwhere = { track = [] }", "a.rule1: `where` lists nothing for track"),
        ("[[roles.a.rule]]\nallow = ['@mix']\nwhere = { track = 'A' }", "invalid type"),
        ("[[roles.a.rule]]\nallow = ['@mix']\nwhere = { track = [-1] }", "indexes (integers from 0), got -1"),
        ("[[roles.a.rule]]\nallow = ['@mix']\nunless = ['sleeping']", "is not a condition"),
        ("[[roles.a.rule]]\nallow = ['@mix']\nparams = { volme = { max = 1 } }", "has a parameter volme"),
        (
            "[[roles.a.rule]]\nallow = ['launch_clip']\nparams = { clip_index = { max = 1 } }",
            "clip_index is another name of scene_index",
        ),
        ("[[roles.a.rule]]\nallow = ['@mix']\nparams = { volume = {} }", "volume needs `min`, `max`, `enum`"),
        ("[[roles.a.rule]]\ndeny = ['@mix']\nparams = { volume = { max = 1 } }", "a rule with `deny` has none"),
    ] {
        assert!(refusal(text).contains(expected), "{text}: {}", refusal(text));
    }
}

fn params(value: serde_json::Value) -> Map<String, Value> {
    value.as_object().expect("an object").clone()
}

#[test]
fn a_bound_applies_to_actions_with_its_parameter() {
    let policy = parse("[[roles.a.rule]]\nallow = ['@mix']\nparams = { volume = { max = 0.9 } }");
    let volume = |volume: f64| {
        policy.decide(
            "a",
            action("set_track_volume"),
            &params(serde_json::json!({"track_index": 0, "volume": volume})),
            NOW,
        )
    };
    assert_eq!(volume(0.9), Verdict::Allow("a.rule1".into()));
    assert_eq!(volume(0.91), Verdict::Forbid("a.rule1".into()));
    assert!(may(&policy, "a", "set_track_pan"));
    assert_eq!(verdict(&policy, "a", "set_track_volume"), Verdict::Forbid("a.rule1".into()));
}

#[test]
fn another_rule_may_exceed_a_rules_bound() {
    let policy = parse(
        "[[roles.a.rule]]\nallow = ['@mix']\nparams = { volume = { max = 0.9 } }\n\
         [[roles.a.rule]]\nallow = ['set_track_volume']\nwhere = { track = ['Drums*'] }",
    );
    let loud = params(serde_json::json!({"track_index": 0, "volume": 1.0}));
    let Verdict::Guarded(rule, guard) = policy.decide("a", action("set_track_volume"), &loud, NOW) else {
        panic!("a guard")
    };
    assert_eq!(rule.as_ref(), "a.rule2");
    let when = serde_json::json!([{"rule": "a.rule2", "verdict": "allow", "when": {"track": ["Drums*"]}}]);
    assert_eq!(guard.to_value(), when);
}

/// Promise: Conditions are checked in Live when the command runs
#[test]
fn conditional_denies_are_sent_before_grants() {
    let policy = parse(
        "[roles.a]\nallow = ['@mix']\n[[roles.a.rule]]\ndeny = ['set_track_volume']\n\
         where = { track = ['Vocals'] }\nunless = ['recording']",
    );
    let Verdict::Guarded(rule, guard) = verdict(&policy, "a", "set_track_volume") else { panic!("a guard") };
    assert_eq!(rule.as_ref(), "a");
    let rules = serde_json::json!([
        {"rule": "a.rule1", "verdict": "deny", "when": {"recording": false, "track": ["Vocals"]}},
        {"rule": "a", "verdict": "allow"},
    ]);
    assert_eq!(guard.to_value(), rules);
    assert!(may(&policy, "a", "set_track_pan"));
}

#[test]
fn default_grants_can_be_denied() {
    let policy = parse("[roles.a]\ndeny = ['batch', 'subscribe']");
    assert_eq!(verdict(&policy, "a", "batch"), Verdict::Forbid("a".into()));
    assert_eq!(verdict(&policy, "a", "cancel"), Verdict::Allow("everybody".into()));
}

#[test]
fn conditions_never_grant_admin_actions() {
    let policy = parse(
        "[[roles.a.rule]]\nallow = ['audit_list', 'set_tempo']\nunless = ['playing']\n\
         [roles.b]\nallow = ['audit_list']\n[[roles.b.rule]]\ndeny = ['audit_list']\nunless = ['playing']",
    );
    assert_eq!(verdict(&policy, "a", "audit_list"), Verdict::Forbid("default".into()));
    assert_eq!(verdict(&policy, "b", "audit_list"), Verdict::Forbid("b.rule1".into()));
    assert!(!policy.could_allow("a", action("audit_list")));
}

#[test]
fn refusals_list_the_bounds_of_each_rule() {
    let text = "[roles.dj]\n[[roles.dj.rule]]\nallow = [\"set_tempo\"]\nparams = { bpm = { min = 60, max = 130 } }\n\
        [[roles.dj.rule]]\nallow = [\"set_tempo\"]\nparams = { bpm = { min = 170 } }\n";
    let policy = parse(text);
    assert_eq!(policy.bounds("dj", action("set_tempo")), ["bpm between 60 and 130", "bpm at least 170"]);
    assert!(policy.bounds("dj", action("undo")).is_empty() && policy.bounds("ghost", action("undo")).is_empty());
}

#[test]
fn asking_stands_between_denying_and_allowing() {
    let policy = parse(
        "[roles.a]\nallow = ['@edit', '@destructive']\n[[roles.a.rule]]\nask = ['delete_clip']\nwhere = { track = ['Drums*'] }\n\
         [roles.b]\nask = ['delete_clip']\n[[roles.b.rule]]\ndeny = ['delete_clip']\nunless = ['playing']",
    );
    let Verdict::Guarded(rule, guard) = verdict(&policy, "a", "delete_clip") else { panic!("a guard") };
    assert_eq!(rule.as_ref(), "a.rule1 or a");
    let rules = serde_json::json!([
        {"rule": "a.rule1", "verdict": "ask", "when": {"track": ["Drums*"]}},
        {"rule": "a", "verdict": "allow"},
    ]);
    assert_eq!(guard.to_value(), rules);
    let Verdict::Guarded(_, guard) = verdict(&policy, "b", "delete_clip") else { panic!("a guard") };
    let rules = serde_json::json!([
        {"rule": "b.rule1", "verdict": "deny", "when": {"playing": false}},
        {"rule": "b", "verdict": "ask"},
    ]);
    assert_eq!(guard.to_value(), rules);
}

#[test]
fn only_actions_that_ask_are_marked() {
    let policy = Policy::shipped();
    let agent = catalogue().actions().iter().filter(|action| policy.could_allow("agent", action));
    for action in agent {
        let replaces = action.access.contains(Tag::Destructive) || action.param("overwrite").is_some();
        assert_eq!(policy.asks("agent", action), replaces, "{}", action.name);
    }
}

#[test]
fn a_rule_asking_about_parts_does_not_grant() {
    let policy = parse(
        "[roles.a]\nallow = ['@mix']\n[[roles.a.rule]]\nask = ['set_track_volume']\nparams = { volume = { min = 0.9 } }",
    );
    let volume = |value: serde_json::Value| {
        policy.decide("a", action("set_track_volume"), &params(serde_json::json!({"volume": value})), NOW)
    };
    assert_eq!(volume(serde_json::json!(0.5)), Verdict::Allow("a".into()));
    let Verdict::Guarded(_, guard) = volume(serde_json::json!(0.95)) else { panic!("a guard") };
    assert_eq!(guard.to_value()[0], serde_json::json!({"rule": "a.rule1", "verdict": "ask"}));
    let Verdict::Guarded(_, guard) = volume(serde_json::json!([0.5, 0.95])) else { panic!("a guard") };
    assert_eq!(guard.to_value()[0], serde_json::json!({"rule": "a.rule1", "verdict": "ask", "grants": false}));
}

#[test]
fn a_rule_applies_only_within_its_hours() {
    let policy = parse(
        "[[roles.a.rule]]\nallow = ['set_tempo']\nhours = { from = '18:00', to = '23:00', zone = 'Europe/Berlin' }\n\
         [roles.b]\nallow = ['set_tempo']\n[[roles.b.rule]]\ndeny = ['set_tempo']\nuntil = 2027-01-01T00:00:00Z",
    );
    let at =
        |role: &str, time: &str| policy.decide(role, action("set_tempo"), &Map::new(), time.parse().expect("a time"));
    assert_eq!(at("a", "2026-11-30T17:00:00Z"), Verdict::Allow("a.rule1".into()));
    assert_eq!(at("a", "2026-11-30T16:59:59Z"), Verdict::Forbid("a.rule1".into()));
    assert_eq!(at("b", "2026-12-31T23:59:59Z"), Verdict::Forbid("b.rule1".into()));
    assert_eq!(at("b", "2027-01-01T00:00:00Z"), Verdict::Allow("b".into()));
}

#[test]
fn ended_rules_and_missing_roles_are_warned_of() {
    let text =
        "[roles.deejay]\nallow = ['@read']\n[[roles.deejay.rule]]\nallow = ['set_tempo']\nuntil = 2026-01-01T00:00:00Z";
    let policy = Policy::beside_shipped("roles.toml", text).expect("a good policy");
    let users = [("deejya", "user mia".to_owned()), ("viewer", "user leo".to_owned())];
    let expected = [
        "roles.toml:5:9: deejay.rule1 has ended, 2026-01-01T00:00:00Z; it decides nothing",
        "there is no role deejya, so user mia may do nothing; was it renamed to deejay?",
    ];
    assert_eq!(policy.warnings(NOW, users), expected);
    assert_eq!(policy.warnings("2025-12-31T00:00:00Z".parse().expect("a time"), []), Vec::<String>::new());
}

#[test]
fn guards_that_cost_too_much_are_refused() {
    let patterns = |letter: &str| format!("where = {{ track = ['{}'] }}", letter.repeat(256));
    let rule = |role: &str, letter: &str| format!("[[roles.{role}.rule]]\nallow = ['@mix']\n{}\n", patterns(letter));
    let text = format!("{}[roles.b]\ninherits = ['a']\n{}", rule("a", "x"), rule("b", "y"));
    let policy = Policy::beside_shipped("roles.toml", &text).expect("a good policy");
    assert!(policy.check_cost(512).is_ok());
    let refusal = policy.check_cost(511).expect_err("b has 512").to_string();
    assert!(refusal.contains("role b has patterns of 512 characters in `where`"), "{refusal}");
    let rules = |count: usize| {
        let rule = "[[roles.a.rule]]\nallow = ['@mix']\nwhile = ['playing']\n";
        Policy::beside_shipped("roles.toml", &rule.repeat(count)).expect("a good policy").check_cost(4096)
    };
    assert!(rules(256).is_ok());
    assert!(rules(257).expect_err("one too many").to_string().contains("has 257 rules for one action"));
}

#[test]
fn own_roles_stand_beside_the_shipped_ones() {
    let load = |text: &str| Policy::beside_shipped("roles.toml", text);
    let policy = load("[roles.dj]\ninherits = ['mixer']\nallow = ['set_tempo']").expect("a good policy");
    assert!(may(&policy, "dj", "set_track_volume") && may(&policy, "owner", "user_add"));
    let refusal = load("[roles.mixer]\nallow = ['@mix']").expect_err("a shipped name").to_string();
    assert!(refusal.contains("roles.toml:1:8: role mixer ships with livegate"), "{refusal}");
    let replaced = load("[roles.mixer]\nreplace = true\nallow = ['set_tempo']").expect("a good policy");
    assert!(!may(&replaced, "mixer", "set_track_volume"));
    assert!(may(&replaced, "producer", "set_track_volume"), "shipped roles inherit shipped roles");
    let refusal = load("[roles.mixr]\nreplace = true").expect_err("no shipped name").to_string();
    assert!(refusal.contains("role mixr replaces nothing"), "{refusal}");
    assert_ne!(policy.digest, Policy::shipped().digest);
}

#[test]
fn names_that_a_deny_hides_guard_the_answer() {
    let policy = parse(
        "[roles.a]\nallow = ['@read']\n[[roles.a.rule]]\ndeny = ['get_track_info']\nwhere = { track = ['Secret*'] }",
    );
    assert!(action("get_snapshot").shows.iter().any(|kind| reading_right(kind).name == "get_track_info"));
    for (name, is_guarded) in [("get_snapshot", true), ("get_track_info", true), ("get_application_version", false)] {
        let guarded = matches!(verdict(&policy, "a", name), Verdict::Guarded(..));
        assert_eq!(guarded, is_guarded, "{name}");
    }
}

#[test]
fn the_matrix_has_each_effect() {
    let policy = parse(
        "[roles.a]\nallow = ['set_tempo']\nask = ['undo']\n[[roles.a.rule]]\nallow = ['mute_track']\nwhere = { track = ['A*'] }\n\
         [roles.b]\nallow = ['tap_tempo']",
    );
    let matrix = policy.matrix(NOW);
    let of =
        |name: &str| matrix.get(name).map(|cells| cells.iter().map(|(role, word)| format!("{role} {word}")).collect());
    assert_eq!(of("set_tempo"), Some(vec!["a allow".to_owned()]));
    assert_eq!(of("undo"), Some(vec!["a ask".to_owned()]));
    assert_eq!(of("mute_track"), Some(vec!["a depends".to_owned()]));
    assert_eq!(of("tap_tempo"), Some(vec!["b allow".to_owned()]));
    assert_eq!(of("delete_track"), None);
}

#[test]
fn a_digest_distinguishes_texts() {
    assert_ne!(digest_of(&["ab", "c"]), digest_of(&["a", "bc"]));
    assert_eq!(digest_of(&["abc"]), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[test]
fn rates_come_from_role_and_granting_rules() {
    let policy = parse(
        "[roles.base]\nlimit = { per_second = 50, burst = 100 }\n[roles.a]\ninherits = ['base']\n\
         [[roles.a.rule]]\nallow = ['set_tempo']\nlimit = { per_second = 2 }",
    );
    let rates = |name: &str| {
        let rates = policy.rates("a", action(name), &Map::new(), NOW).into_iter();
        rates.map(|(rule, rate)| (rule.to_string(), rate.per_second.get(), rate.burst.get())).collect::<Vec<_>>()
    };
    assert_eq!(rates("set_tempo"), [("base".to_owned(), 50, 100), ("a.rule1".to_owned(), 2, 2)]);
    assert_eq!(rates("tap_tempo"), [("base".to_owned(), 50, 100)]);
}

/// Promise: An agent has fewer rights than its user
#[test]
fn two_roles_allow_what_both_allow() {
    let allow = || Verdict::Allow("one".into());
    let guarded = || Verdict::Guarded("guarded".into(), Guard(Vec::new()));
    let forbid = || Verdict::Forbid("none".into());
    assert_eq!(allow().within(allow()), allow());
    assert_eq!(guarded().within(allow()), guarded());
    assert_eq!(allow().within(guarded()), guarded());
    for (verdict, ceiling) in [(forbid(), allow()), (allow(), forbid()), (guarded(), forbid()), (forbid(), guarded())] {
        assert_eq!(verdict.within(ceiling), forbid());
    }
    assert_eq!(guarded().within(guarded()), Verdict::Forbid("guarded".into()));
}
