//! The catalogue: every action, its parameters, the objects that it may change, and its handler.
//!
//! Two files have one format: `script/LiveGate/catalog.json` is generated from the Remote Script's functions, and `src/command/gateway.json` lists
//! the gateway's actions.

pub(crate) mod decibels;
mod handler;
mod lenient;
mod named;
pub(crate) mod nearest;
mod param;
mod pattern;
mod schema;
mod sentence;
mod tag;

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{LazyLock, OnceLock};

use aws_lc_rs::digest::{SHA256, digest};
use serde::Deserialize;
use serde_json::{Map, Value};

pub use handler::Handler;
pub(crate) use handler::{
    AdminAction, BridgeAction, OrderedAction, PairingStep, SessionAction, SignInMethod, TrailQuery,
};
pub(crate) use lenient::{Adjusted, soften};
pub(crate) use named::reading_right;
pub(crate) use param::{Param, Presence, fill};
pub(crate) use pattern::{Patterns, UnknownPattern, glob_matches};
pub(crate) use sentence::{Facts, Sentence, Tense};
pub use tag::Tag;
pub(crate) use tag::Tags;

/// An action with its place in the catalogue. Actions live as long as the process.
#[derive(Debug)]
pub struct Action {
    /// The name that requests have in `action`.
    pub name: String,
    /// The tags by which roles allow or refuse it.
    pub access: Tags,
    /// The parameters that select the objects of Live that it changes.
    pub touches: Map<String, Value>,
    /// The kinds of objects whose names its answer may contain.
    pub shows: Vec<String>,
    /// Its parameters, in the order of the documentation.
    pub params: Vec<Param>,
    /// Its sentence for people.
    pub sentence: Sentence,
    /// Numeric parameters, each with the value from which the action counts as heavy.
    heavy: HashMap<String, f64>,
    /// The part of livegate that carries it out.
    pub handler: Handler,
    /// The action's index in [`Catalogue::actions`]; tables over all actions are indexed by it.
    pub index: usize,
    /// The first 16 hex digits of the SHA-256 of the entry's line, by which gateway and script compare catalogues.
    pub digest: String,
    /// The catalogue's entry as it is, for clients that ask for an action's parameters.
    pub entry: WholeEntry,
}

/// An entry of the catalogue, parsed when it is first read: parsed, all of them take megabytes, and few are ever read.
#[derive(Debug)]
pub struct WholeEntry {
    line: &'static str,
    parsed: OnceLock<Value>,
}

impl Deref for WholeEntry {
    type Target = Value;

    fn deref(&self) -> &Value {
        self.parsed.get_or_init(|| serde_json::from_str(self.line).expect("it was read with the catalogue"))
    }
}

const TARGET_SUFFIXES: [&str; 3] = ["_index", "_name", "_path"];

impl Action {
    /// Whether the action changes nothing.
    pub fn is_read(&self) -> bool {
        self.touches.is_empty()
    }

    /// Whether a person can approve it: it runs in Live, where its targets can be shown.
    pub fn is_askable(&self) -> bool {
        self.handler == Handler::Live
    }

    /// Whether it is heavy work for Live with these parameters.
    pub fn is_heavy(&self, params: &Map<String, Value>) -> bool {
        let number = |name: &String| params.get(name).and_then(Value::as_f64);
        self.heavy.iter().any(|(name, from)| number(name).is_some_and(|number| number >= *from))
    }

    /// Whether repeating it only repeats the last value: then a later command may supersede an earlier one.
    pub fn sets_a_value(&self) -> bool {
        self.name.starts_with("set_")
    }

    /// The parameters that identify the target of its value.
    pub fn target_params(&self) -> impl Iterator<Item = &Param> {
        self.params.iter().filter(|param| TARGET_SUFFIXES.iter().any(|suffix| param.name.ends_with(suffix)))
    }

    /// Whether it replaces existing objects with these parameters, which is destructive.
    pub fn overwrites(&self, params: &Map<String, Value>) -> bool {
        params.get("overwrite").is_some_and(|value| *value == Value::Bool(true)) && self.param("overwrite").is_some()
    }

    /// The parameter of this name.
    pub fn param(&self, name: &str) -> Option<&Param> {
        self.params.iter().find(|param| param.name == name)
    }

    /// The parameter with this name or alias.
    pub fn param_called(&self, name: &str) -> Option<&Param> {
        self.params.iter().find(|param| param.is_called(name))
    }

    /// The parameter whose value is a secret. No action has two.
    pub fn secret(&self) -> Option<&Param> {
        self.params.iter().find(|param| matches!(param.presence, Presence::Secret { .. }))
    }
}

/// All actions: those of the script (`script/LiveGate/catalog.json`) and the gateway's own (`gateway.json`).
pub struct Catalogue {
    actions: Vec<Action>,
    by_name: HashMap<String, usize>,
    /// The SHA-256 of the script's `catalog.json`, in hex.
    pub live_sha256: String,
}

impl Catalogue {
    /// The action of this name. Aliases are not looked up.
    pub fn find(&self, name: &str) -> Option<&Action> {
        self.by_name.get(name).map(|&index| &self.actions[index])
    }

    /// All actions, ordered by [`Action::index`].
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }
}

/// The catalogue that this gateway was built with.
pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
        let live = include_str!("../script/LiveGate/catalog.json");
        let gateway = include_str!("command/gateway.json");
        read(live, gateway).expect("tests read the embedded catalogues")
    });
    &CATALOGUE
}

fn read(live: &'static str, gateway: &'static str) -> Result<Catalogue, String> {
    let mut actions = Vec::new();
    let of_live: fn(&str) -> Option<Handler> = |_| Some(Handler::Live);
    for (text, handler_of) in [(live, of_live), (gateway, Handler::of_gateway_action)] {
        for line in text.lines().filter_map(entry_line) {
            let action = read_entry(line, handler_of, actions.len()).map_err(|error| format!("{line}: {error}"))?;
            actions.push(action);
        }
    }
    let by_name: HashMap<_, _> = actions.iter().map(|action| (action.name.clone(), action.index)).collect();
    if by_name.len() != actions.len() {
        return Err("the catalogue has two actions of one name".into());
    }
    Ok(Catalogue { actions, by_name, live_sha256: hex::encode(digest(&SHA256, live.as_bytes())) })
}

/// A catalogue has one entry per line, so that both sides can compare entries byte by byte.
fn entry_line(line: &'static str) -> Option<&'static str> {
    let line = line.trim_end_matches(',');
    (line.starts_with("{\"") && line.ends_with('}')).then_some(line)
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    access: Vec<String>,
    touches: Map<String, Value>,
    #[serde(default)]
    shows: Vec<String>,
    params: Vec<Map<String, Value>>,
    sentence: String,
    #[serde(default)]
    heavy: HashMap<String, f64>,
}

fn read_entry(line: &'static str, handler_of: fn(&str) -> Option<Handler>, index: usize) -> Result<Action, String> {
    let parts: Entry = serde_json::from_str(line).map_err(|error| error.to_string())?;
    if let Some(unknown) = parts.shows.iter().find(|kind| !named::is_kind(kind)) {
        return Err(format!("there is no kind {unknown}"));
    }
    let handler = handler_of(&parts.name).ok_or("nothing in command/handler.rs carries it out")?;
    let access = parts.access.iter().map(|name| Tag::from_name(name).ok_or(format!("there is no tag {name}")));
    Ok(Action {
        name: parts.name,
        access: access.collect::<Result<Tags, String>>()?,
        touches: parts.touches,
        shows: parts.shows,
        params: parts.params.iter().map(Param::read).collect::<Result<_, _>>()?,
        sentence: Sentence::parse(&parts.sentence)?,
        heavy: parts.heavy,
        handler,
        index,
        digest: hex::encode(digest(&SHA256, line.as_bytes()))[..16].to_owned(),
        entry: WholeEntry { line, parsed: OnceLock::new() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_catalogues_are_read_whole() {
        let of_live = catalogue().actions().iter().filter(|action| action.handler == Handler::Live).count();
        let entries = |text: &str| text.lines().filter(|line| line.starts_with("{\"access\"")).count();
        assert_eq!(of_live, entries(include_str!("../script/LiveGate/catalog.json")));
        assert_eq!(catalogue().actions().len() - of_live, entries(include_str!("command/gateway.json")));
    }

    #[test]
    fn only_these_admin_actions_are_reads() {
        let over =
            |action: &&Action| [Tag::Admin, Tag::Review, Tag::Approve].iter().any(|tag| action.access.contains(*tag));
        let reads = catalogue().actions().iter().filter(over).filter(|action| action.is_read());
        let names: Vec<&str> = reads.map(|action| action.name.as_str()).collect();
        let known = [
            "status",
            "metrics",
            "user_list",
            "token_list",
            "certificate_show",
            "client_certificate_list",
            "pair_wait",
            "audit_list",
            "audit_show",
            "audit_stats",
            "audit_export",
            "audit_diff",
            "policy_explain",
            "policy_matrix",
            "policy_check",
            "policy_test",
            "policy_diff",
            "role_list",
            "approval_list",
            "approval_grants",
        ];
        assert_eq!(names, known);
    }

    #[test]
    fn only_a_deep_snapshot_is_heavy() {
        let snapshot = catalogue().find("get_snapshot").expect("an action");
        let depth = |depth: i64| Map::from_iter([("depth".to_owned(), Value::from(depth))]);
        assert!(!snapshot.is_heavy(&depth(1)));
        assert!(snapshot.is_heavy(&depth(2)));
        assert!(catalogue().actions().iter().all(|action| !action.is_heavy(&Map::new())));
    }

    #[test]
    fn every_change_declares_what_it_touches() {
        for action in catalogue().actions().iter().filter(|action| action.handler.is_in_live()) {
            assert_eq!(action.is_read(), action.access.contains(Tag::Read), "{}", action.name);
        }
    }
}
