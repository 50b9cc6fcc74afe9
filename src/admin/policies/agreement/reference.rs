//! What roles mean, written down from the documentation in the plainest way.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::command::{Action, Handler, Tag, reading_right};
use crate::policy::condition::{Named, Situation};

#[derive(Clone)]
pub struct RoleModel {
    pub name: &'static str,
    pub inherits: Vec<usize>,
    /// The first is the shorthand.
    pub rules: Vec<RuleModel>,
}

#[derive(Clone, Default)]
pub struct RuleModel {
    pub allow: Vec<&'static str>,
    pub ask: Vec<&'static str>,
    pub deny: Vec<&'static str>,
    pub when: Map<String, Value>,
    pub params: Vec<(&'static str, Value)>,
    /// From and to, UTC.
    pub hours: Option<(usize, usize)>,
    /// Unix time.
    pub until: Option<i64>,
}

pub struct Request<'a> {
    pub action: &'a Action,
    pub params: &'a Map<String, Value>,
    pub situation: &'a Situation,
    pub now: Timestamp,
}

/// The roles as `roles.toml` writes them.
pub fn to_toml(roles: &[RoleModel]) -> String {
    let mut text = String::new();
    for role in roles {
        let parents: Vec<&str> = role.inherits.iter().map(|at| roles[*at].name).collect();
        text += &format!("[roles.{}]\ninherits = {parents:?}\n", role.name);
        for (index, rule) in role.rules.iter().enumerate() {
            if index > 0 {
                text += &format!("[[roles.{}.rule]]\n", role.name);
            }
            text += &rule.to_toml();
        }
    }
    text
}

impl RuleModel {
    fn to_toml(&self) -> String {
        let mut text = String::new();
        for (key, actions) in [("allow", &self.allow), ("ask", &self.ask), ("deny", &self.deny)] {
            text += &format!("{key} = {actions:?}\n");
        }
        let states = |wanted: bool| -> Vec<&String> {
            self.when.iter().filter(|(_, value)| **value == wanted).map(|(state, _)| state).collect()
        };
        let named =
            self.when.iter().filter(|(_, value)| value.is_array()).map(|(kind, wanted)| format!("{kind} = {wanted}"));
        let named: Vec<String> = named.collect();
        if !self.when.is_empty() {
            text += &format!(
                "where = {{ {} }}\nwhile = {:?}\nunless = {:?}\n",
                named.join(", "),
                states(true),
                states(false)
            );
        }
        for (param, demand) in &self.params {
            let parts = demand.as_object().into_iter().flatten().map(|(key, value)| format!("{key} = {value}"));
            text += &format!("params = {{ {param} = {{ {} }} }}\n", parts.collect::<Vec<_>>().join(", "));
        }
        if let Some((from, to)) = self.hours {
            text += &format!("hours = {{ from = '{from:02}:00', to = '{to:02}:00', zone = 'UTC' }}\n");
        }
        if let Some(until) = self.until {
            text += &format!("until = {}\n", Timestamp::new(until, 0).expect("a time"));
        }
        text
    }

    fn is_in_force(&self, now: Timestamp) -> bool {
        let hour = (now.as_second() / 3600 % 24) as usize;
        let in_hours =
            |(from, to): (usize, usize)| if from < to { from <= hour && hour < to } else { hour >= from || hour < to };
        self.hours.is_none_or(in_hours) && self.until.is_none_or(|until| now.as_second() < until)
    }

    fn demands(&self, action: &Action) -> impl Iterator<Item = (&'static str, &Value)> {
        self.params.iter().filter(|(param, _)| action.param(param).is_some()).map(|(param, demand)| (*param, demand))
    }

    fn covers(&self, request: &Request<'_>) -> bool {
        self.demands(request.action).all(|(param, demand)| {
            let Some(value) = request.params.get(param) else {
                return demand["forbidden"] == true || demand["required"] == false;
            };
            let items = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
            demand["forbidden"] != true && items.iter().all(|item| meets(demand, item))
        })
    }

    fn may_touch(&self, request: &Request<'_>) -> bool {
        self.demands(request.action).all(|(param, demand)| {
            let Some(value) = request.params.get(param) else { return true };
            let items = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
            demand["forbidden"] != true
                && (items.is_empty() || items.iter().any(|item| !certainly_misses(demand, item)))
        })
    }

    fn holds(&self, situation: &Situation, of_all: bool) -> bool {
        holds(&self.when, situation, of_all)
    }
}

fn texts<'a>(demand: &'a Value, key: &str) -> Option<Vec<&'a str>> {
    Some(demand[key].as_array()?.iter().filter_map(Value::as_str).collect())
}

fn meets(demand: &Value, item: &Value) -> bool {
    let number = item.as_f64();
    let text = item.as_str();
    demand["min"].as_f64().is_none_or(|min| number.is_some_and(|number| number >= min))
        && demand["max"].as_f64().is_none_or(|max| number.is_some_and(|number| number <= max))
        && demand["enum"].as_array().is_none_or(|listed| listed.contains(item))
        && texts(demand, "glob")
            .is_none_or(|globs| text.is_some_and(|text| globs.iter().any(|glob| matches(glob, text))))
}

/// Only what can be compared can be known to lie outside.
fn certainly_misses(demand: &Value, item: &Value) -> bool {
    let number = item.as_f64();
    demand["min"].as_f64().is_some_and(|min| number.is_some_and(|number| number < min))
        || demand["max"].as_f64().is_some_and(|max| number.is_some_and(|number| number > max))
        || demand["enum"].as_array().is_some_and(|listed| !listed.contains(item))
        || texts(demand, "glob")
            .is_some_and(|globs| item.as_str().is_some_and(|text| !globs.iter().any(|glob| matches(glob, text))))
}

/// `*` is any run of characters, `?` is one.
fn matches(pattern: &str, text: &str) -> bool {
    let Some(first) = pattern.chars().next() else { return text.is_empty() };
    let rest = &pattern[first.len_utf8()..];
    let mut others = text.chars();
    match (first, others.next()) {
        ('*', None) => matches(rest, text),
        ('*', Some(_)) => matches(rest, text) || matches(pattern, others.as_str()),
        (_, None) => false,
        (wanted, Some(found)) => (wanted == '?' || wanted == found) && matches(rest, others.as_str()),
    }
}

/// Whether a condition holds of all objects, or of one of them.
fn holds(when: &Map<String, Value>, situation: &Situation, of_all: bool) -> bool {
    let there = |kind: &str| situation.names.get(kind).map(Vec::as_slice).unwrap_or_default();
    when.iter().all(|(member, wanted)| match wanted {
        Value::Bool(wanted) => situation.states.get(member) == Some(wanted),
        Value::Array(kinds) if member == "exists" => {
            kinds.iter().all(|kind| !there(kind.as_str().expect("a kind")).is_empty())
        }
        Value::Array(kinds) if member == "absent" => {
            kinds.iter().all(|kind| there(kind.as_str().expect("a kind")).is_empty())
        }
        Value::Array(wanted) if of_all => {
            !there(member).is_empty() && there(member).iter().all(|object| is_one_of(object, wanted))
        }
        Value::Array(wanted) => {
            let unknown = |object: &Named| object.index.is_none() && wanted.iter().any(Value::is_number);
            there(member).iter().any(|object| unknown(object) || is_one_of(object, wanted))
        }
        _ => panic!("no such condition"),
    })
}

fn is_one_of(object: &Named, wanted: &[Value]) -> bool {
    wanted.iter().any(|wanted| match wanted {
        Value::String(pattern) => matches(pattern, &object.name),
        index => object.index == index.as_i64(),
    })
}

fn says(pattern: &str, action: &Action) -> bool {
    match pattern.strip_prefix('@') {
        Some(tag) => Tag::from_name(tag).is_some_and(|tag| action.access.contains(tag)),
        None => matches(pattern, &action.name),
    }
}

/// What destroys, costs, is sensitive or administers is granted by its name, or with its tag beside.
fn grants(patterns: &[&str], action: &Action) -> bool {
    let guarded = ["sensitive", "destructive", "costly", "system", "review", "approve", "admin"];
    let named = |tag: &&str| patterns.contains(&format!("@{tag}").as_str());
    let is_broadly_granted = guarded.iter().filter(|tag| says(&format!("@{tag}"), action)).all(named);
    patterns.iter().any(|pattern| *pattern == action.name || is_broadly_granted && says(pattern, action))
}

fn grants_use(patterns: &[&str], request: &Request<'_>) -> bool {
    grants(patterns, request.action) && (!overwrites(request) || patterns.contains(&"@destructive"))
}

fn overwrites(request: &Request<'_>) -> bool {
    request.params.get("overwrite") == Some(&json!(true))
}

/// Deny stands above ask, ask above allow, and nothing is allowed by default.
pub fn verdict(roles: &[RoleModel], name: &str, request: &Request<'_>) -> &'static str {
    let action = request.action;
    let is_live = action.handler == Handler::Live;
    let is_in_live = matches!(action.handler, Handler::Live | Handler::Batch);
    let mut rules = Vec::new();
    collect(roles, roles.iter().position(|role| role.name == name).expect("a role"), &mut rules);
    rules.retain(|rule| rule.is_in_force(request.now));

    let holds_of_one = |rule: &RuleModel| rule.holds(request.situation, false);
    for rule in &rules {
        let denies = |action: &Action| rule.deny.iter().any(|pattern| says(pattern, action));
        let is_denied = denies(action) || overwrites(request) && rule.deny.contains(&"@destructive");
        let hides = !rule.when.is_empty() && is_live && action.shows.iter().any(|kind| denies(reading_right(kind)));
        if is_denied && (!is_live || holds_of_one(rule)) || !is_denied && hides && holds_of_one(rule) {
            return "deny";
        }
    }
    let asks = |rule: &RuleModel| match overwrites(request) {
        _ if !is_live => false,
        false => grants(&rule.ask, action),
        true => rule.ask.contains(&"@destructive") && (grants(&rule.ask, action) || grants(&rule.allow, action)),
    };
    let in_reach = |rule: &&&RuleModel| rule.when.is_empty() || is_in_live;
    let grants = |rule: &&RuleModel| {
        rule.holds(request.situation, true) && rule.covers(request) && (asks(rule) || grants_use(&rule.allow, request))
    };
    if !action.access.is_empty() && !rules.iter().filter(in_reach).any(grants) {
        return "deny";
    }
    let is_asked = |rule: &&RuleModel| asks(rule) && holds_of_one(rule) && rule.may_touch(request);
    if rules.iter().filter(in_reach).any(is_asked) { "ask" } else { "allow" }
}

fn collect<'a>(roles: &'a [RoleModel], at: usize, rules: &mut Vec<&'a RuleModel>) {
    rules.extend(&roles[at].rules);
    roles[at].inherits.iter().for_each(|parent| collect(roles, *parent, rules));
}

pub fn is_in_scope(patterns: &[&str], request: &Request<'_>) -> bool {
    request.action.access.is_empty() || grants_use(patterns, request)
}

/// What an explanation says happens in a situation.
pub fn of_explanation(explained: &Map<String, Value>, situation: &Situation) -> &'static str {
    let word = explained["verdict"].as_str().expect("a verdict");
    let Some(guard) = explained.get("guard").and_then(Value::as_array) else {
        return ["allow", "ask", "deny"]
            .into_iter()
            .find(|known| *known == word)
            .expect("without a guard it is decided");
    };
    let rules = |verdicts: &'static [&str], of_all: bool| {
        guard.iter().filter(move |rule| {
            let is_meant = verdicts.contains(&rule["verdict"].as_str().expect("a verdict"));
            is_meant && rule.get("when").and_then(Value::as_object).is_none_or(|when| holds(when, situation, of_all))
        })
    };
    let granting = rules(&["ask", "allow"], true).any(|rule| rule.get("grants") != Some(&json!(false)));
    let decided = if rules(&["deny"], false).next().is_some() || !granting {
        "deny"
    } else if rules(&["ask"], false).next().is_some() {
        "ask"
    } else {
        "allow"
    };
    assert!(word == "depends" || word == decided, "{explained:?}");
    decided
}

/// A case in the form of `tests/guards.json`. What rules show and what they change is one there.
pub fn guard_case(number: usize, guard: &Value, situation: &Situation, decides: (Option<String>, &str)) -> Value {
    let mut there: Map<String, Value> =
        situation.states.iter().map(|(state, is_so)| (state.clone(), json!(is_so))).collect();
    for (kind, objects) in &situation.names {
        let objects = objects.iter().map(|object| match object.index {
            None => json!(object.name),
            Some(index) => json!({"name": object.name, "index": index}),
        });
        there.insert(kind.clone(), objects.collect());
    }
    json!({"name": format!("random {number}"), "rules": guard, "situation": there, "decides": [decides.0, decides.1]})
}

/// One case a line.
pub fn guards_file(about: &str, cases: &[Value]) -> String {
    let cases: Vec<String> = cases.iter().map(|case| format!("  {case}")).collect();
    format!("{{\"about\": {},\n \"cases\": [\n{}\n ]}}\n", json!(about), cases.join(",\n"))
}
