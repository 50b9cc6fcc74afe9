//! Random policies, requests and states of the set: the decision, `policy_explain`, the guard that travels to Live, and an evaluator written
//! from the documentation agree. The evaluator shares no code with the policy. The guards become cases for the script too.

mod reference;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{Subject, explanation};
use crate::command::{Action, catalogue};
use crate::gateway::identify::Role;
use crate::gateway::permit::{LoadedPolicy, Rights};
use crate::identity::Narrowing;
use crate::policy::condition::{Named, Situation};
use crate::policy::{Policy, Source, cases};
use reference::{Request, RoleModel, RuleModel};

const POLICIES: usize = 125;
const REQUESTS: usize = 800;
/// Guards for the script: enough to meet each kind of member in each kind of rule.
const GUARDS: usize = 240;
const GUARDS_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/guards_random.json");

/// A generator of numbers that is the same everywhere (splitmix64).
struct PseudoRandom(u64);

impl PseudoRandom {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % below as u64) as usize
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.roll(count) == 0
    }

    fn pick<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.roll(all.len())]
    }

    fn some<'a>(&mut self, all: &[&'a str], most: usize) -> Vec<&'a str> {
        (0..self.roll(most + 1)).map(|_| self.pick(all)).collect()
    }
}

const SAID: [&str; 22] = [
    "mute_track",
    "set_track_volume",
    "rename_track",
    "delete_track",
    "add_notes",
    "get_track_info",
    "set_tempo",
    "audit_list",
    "launch_clip",
    "@mix",
    "@read",
    "@edit",
    "@names",
    "@launch",
    "@destructive",
    "@review",
    "@costly",
    "@sensitive",
    "set_*",
    "*",
    "delete_?rack",
    "get_*",
];
const ASKED: [&str; 14] = [
    "mute_track",
    "set_track_volume",
    "rename_track",
    "delete_track",
    "add_notes",
    "get_track_info",
    "set_tempo",
    "audit_list",
    "launch_clip",
    "delete_clip",
    "batch",
    "whoami",
    "get_clip_info",
    "create_midi_track",
];
const NAMES: [&str; 6] = ["Drums", "Drums 2", "Bass", "Guitar", "", "*"];
const PATTERNS: [&str; 6] = ["Drums*", "Bass", "*", "G?itar", "?*", "Dru*2"];

fn rule(dice: &mut PseudoRandom, is_shorthand: bool) -> RuleModel {
    let mut rule = RuleModel {
        allow: dice.some(&SAID, 3),
        ask: if dice.one_in(3) { dice.some(&SAID, 2) } else { Vec::new() },
        deny: if dice.one_in(3) { dice.some(&SAID, 2) } else { Vec::new() },
        ..RuleModel::default()
    };
    if is_shorthand {
        return rule;
    }
    for kind in ["track", "clip", "scene"] {
        if dice.one_in(4) {
            let mut wanted: Vec<Value> = dice.some(&PATTERNS, 2).into_iter().map(Value::from).collect();
            wanted.extend((0..dice.roll(2)).map(|_| json!(dice.roll(3))));
            rule.when.insert(kind.into(), wanted.into());
        }
    }
    for member in ["exists", "absent"] {
        if dice.one_in(10) {
            rule.when.insert(member.into(), json!([dice.pick(&["track", "clip", "device"])]));
        }
    }
    for state in ["playing", "recording", "armed"] {
        if dice.one_in(5) {
            rule.when.insert(state.into(), dice.one_in(2).into());
        }
    }
    if dice.one_in(6) {
        rule.hours = Some((dice.roll(24), dice.roll(24)));
    }
    if dice.one_in(8) {
        rule.until = Some(1_798_400_000 + 10_000 * dice.roll(20) as i64);
    }
    if rule.deny.is_empty() && dice.one_in(3) {
        let demand = match dice.roll(6) {
            0 => ("volume", json!({"max": 0.9})),
            1 => ("volume", json!({"min": 0.2, "max": 0.9, "required": false})),
            2 => ("name", json!({"glob": [dice.pick(&PATTERNS), dice.pick(&PATTERNS)]})),
            3 => ("name", json!({"enum": ["Drums", "Bass"], "required": dice.one_in(2)})),
            4 => ("overwrite", json!({"forbidden": true})),
            _ => ("volume", json!({"required": true})),
        };
        rule.params.push((demand.0, demand.1));
    }
    rule
}

/// Roles that load. Each inherits from those before it.
fn roles(dice: &mut PseudoRandom) -> (Vec<RoleModel>, Policy) {
    loop {
        let roles: Vec<RoleModel> = (0..3)
            .map(|at| RoleModel {
                name: ["a", "b", "c"][at],
                inherits: (0..at).filter(|_| dice.one_in(2)).collect(),
                rules: (0..=dice.roll(4)).map(|index| rule(dice, index == 0)).collect(),
            })
            .collect();
        if let Ok(policy) = Policy::parse("roles.toml", &reference::to_toml(&roles)) {
            return (roles, policy);
        }
    }
}

fn situation(dice: &mut PseudoRandom) -> Situation {
    let mut situation = Situation::default();
    for kind in ["track", "clip", "scene", "device"] {
        let objects = (0..dice.roll(3)).map(|_| Named {
            name: dice.pick(&NAMES).to_owned(),
            index: [None, Some(-1), Some(0), Some(1), Some(2)][dice.roll(5)],
        });
        situation.names.insert(kind.into(), objects.collect());
    }
    for state in ["playing", "recording", "armed"] {
        situation.states.insert(state.into(), dice.one_in(2));
    }
    situation
}

fn params(dice: &mut PseudoRandom, action: &Action) -> Map<String, Value> {
    let values = [
        (
            "volume",
            [json!(0.1), json!(0.5), json!(1.0), json!([0.5, 0.95]), json!([]), json!("loud")][dice.roll(6)].clone(),
        ),
        ("name", json!(dice.pick(&NAMES))),
        ("overwrite", json!(dice.one_in(2))),
    ];
    let own = values.into_iter().filter(|(name, _)| action.param(name).is_some());
    own.filter(|_| !dice.one_in(4)).map(|(name, value)| (name.to_owned(), value)).collect()
}

fn narrowing(dice: &mut PseudoRandom) -> Option<(Vec<&'static str>, Narrowing)> {
    if !dice.one_in(5) {
        return None;
    }
    let patterns =
        dice.pick(&[&["@mix", "@read"][..], &["@edit"], &["@edit", "@destructive"], &["set_*", "get_track_info"]]);
    let parsed = Narrowing::parse(patterns.iter().map(|&text| text.to_owned()).collect()).expect("a scope");
    Some((patterns.to_vec(), parsed))
}

/// Promise: Access is denied by default
#[test]
fn four_ways_to_decide_agree() {
    let mut dice = PseudoRandom(18);
    let mut counts = [0; 3];
    let mut guards = Vec::new();
    for _ in 0..POLICIES {
        let (model, policy) = roles(&mut dice);
        let loaded = LoadedPolicy::of(policy, &Source::Shipped, None);
        for _ in 0..REQUESTS {
            let name = ["a", "b", "c"][dice.roll(3)];
            let action = match dice.roll(3) {
                0 => &catalogue().actions()[dice.roll(catalogue().actions().len())],
                _ => catalogue().find(dice.pick(&ASKED)).expect("in the catalogue"),
            };
            let params = params(&mut dice, action);
            let situation = situation(&mut dice);
            let scope = narrowing(&mut dice);
            let now = Timestamp::new(1_798_459_200 + 1_800 * dice.roll(96) as i64, 0).expect("a time");
            let request = Request { action, params: &params, situation: &situation, now };
            let described =
                || format!("{name} {} {params:?} {situation:?} at {now}\n{}", action.name, reference::to_toml(&model));

            let expected = reference::verdict(&model, name, &request);
            let subject = Subject { role: name.into(), ceiling: None };
            let explained = explanation(&loaded, &subject, action, &params, now);
            assert_eq!(reference::of_explanation(&explained, &situation), expected, "explain: {}", described());
            let (decided, _) = cases::resolve(loaded.policy.decide(name, action, &params, now), &situation);
            assert_eq!(decided.name(), expected, "decide: {}", described());

            let expected = match &scope {
                Some((patterns, _)) if !reference::is_in_scope(patterns, &request) => "deny",
                _ => expected,
            };
            let role = Role::from(name);
            let rights = Rights::within(&loaded, &role, scope.as_ref().map(|(_, scope)| scope), now);
            let (decided, rule) = cases::resolve(rights.verdict(action, &params), &situation);
            assert_eq!(decided.name(), expected, "within its scope: {}", described());
            counts[["allow", "ask", "deny"].iter().position(|word| *word == expected).expect("a verdict")] += 1;
            if guards.len() < GUARDS && scope.is_none() && explained.contains_key("guard") {
                let rule = Some(rule).filter(|rule| rule != "default");
                guards.push(reference::guard_case(guards.len(), &explained["guard"], &situation, (rule, expected)));
            }
        }
    }
    assert_eq!(counts.iter().sum::<usize>(), 100_000);
    assert!(counts.iter().all(|count| *count > 2_000), "{counts:?}");
    let about = "Random guards, and what an evaluator written from the documentation decides. The gateway writes them, both halves run them.";
    expect_fresh(&reference::guards_file(about, &guards));
}

/// The script's tests run the same file.
#[expect(clippy::disallowed_methods, reason = "a test's switch, not a setting")]
fn expect_fresh(text: &str) {
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(GUARDS_FILE, text).expect("written");
    }
    let kept = std::fs::read_to_string(GUARDS_FILE).unwrap_or_default().replace("\r\n", "\n");
    assert!(kept == text, "tests/guards_random.json is stale; run: BLESS=1 cargo test --lib agreement");
}

/// An automatic reload gives no role a right.
#[test]
fn without_a_gain_nothing_more_is_granted() {
    let mut dice = PseudoRandom(19);
    let mut without_gain = 0;
    let rank = |word: &str| ["deny", "ask", "allow"].iter().position(|known| *known == word).expect("a verdict");
    for _ in 0..80 {
        let (model, before) = roles(&mut dice);
        let mut changed = model.clone();
        let role = &mut changed[dice.roll(3)];
        match dice.roll(4) {
            0 => role.rules.truncate(1),
            1 => role.rules[0].deny.push("delete_track"),
            2 => role.rules[0].allow.truncate(1),
            _ => role.rules[0].ask.push("delete_track"),
        }
        let Ok(after) = Policy::parse("roles.toml", &reference::to_toml(&changed)) else { continue };
        if after.first_gain(&before).is_some() {
            continue;
        }
        without_gain += 1;
        for _ in 0..REQUESTS {
            let name = ["a", "b", "c"][dice.roll(3)];
            let action = catalogue().find(dice.pick(&ASKED)).expect("in the catalogue");
            let params = params(&mut dice, action);
            let situation = situation(&mut dice);
            let now = Timestamp::new(1_798_459_200 + 1_800 * dice.roll(96) as i64, 0).expect("a time");
            let request = Request { action, params: &params, situation: &situation, now };
            let was = reference::verdict(&model, name, &request);
            let is = reference::verdict(&changed, name, &request);
            assert!(
                rank(is) <= rank(was),
                "{name} {} {was} -> {is}\n{}\n{}",
                action.name,
                reference::to_toml(&model),
                reference::to_toml(&changed)
            );
        }
    }
    assert!(without_gain > 20, "{without_gain}");
}
