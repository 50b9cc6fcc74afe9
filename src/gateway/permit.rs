//! Authorization: the verdict of the policy on the caller's role, within the scope of the sign-in.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::identify::{Caller, Role};
use super::interpret::{Refused, Request, Terms, batch};
use super::limit::{Admitted, Due, Rates};
use crate::audit::{Anchor, Event};
use crate::command::{Action, BridgeAction, Handler, catalogue, reading_right};
use crate::identity::Narrowing;
use crate::platform::clock;
use crate::policy::{Freeze, Guard, Policy, RuleName, Source, Verdict};
use crate::wire::refusal::{Code, Refusal};
use crate::wire::topic::Topic;

/// The policy in force, with its row in the trail.
#[derive(Debug)]
pub struct LoadedPolicy {
    pub policy: Arc<Policy>,
    pub anchor: Arc<Anchor>,
    pub freeze: Option<Arc<Freeze>>,
}

impl LoadedPolicy {
    /// A policy with its event, which is recorded before the first decision.
    pub fn of(policy: Policy, source: &Source, freeze: Option<Arc<Freeze>>) -> LoadedPolicy {
        let event = Event::new("policy").with("sha256", policy.digest.as_str()).with("source", source.name());
        LoadedPolicy { policy: Arc::new(policy), anchor: Arc::new(Anchor::new(event)), freeze }
    }

    /// The same policy with another freeze.
    pub fn with_freeze(&self, freeze: Option<Arc<Freeze>>) -> LoadedPolicy {
        LoadedPolicy { policy: self.policy.clone(), anchor: self.anchor.clone(), freeze }
    }
}

/// An admitted request that a rule allows, as far as the gateway can decide.
#[derive(Debug)]
pub struct Permitted {
    admitted: Admitted,
    rule: RuleName,
}

impl Permitted {
    /// The request within the limits of its caller.
    pub fn admitted(&self) -> &Admitted {
        &self.admitted
    }

    /// The rule that allows it.
    pub fn rule(&self) -> &RuleName {
        &self.rule
    }

    /// Refuse the request at a later stage.
    pub(super) fn refuse(self, refusal: Refusal) -> Box<Refused> {
        self.admitted.refuse(refusal)
    }

    pub(super) fn take_secret(&mut self) -> Option<secrecy::SecretString> {
        self.admitted.take_secret()
    }
}

/// The guards for the script: one for the request, or one for each command of a batch.
#[derive(Debug)]
pub enum Guards {
    One(Option<Guard>),
    Each(Vec<Option<Guard>>),
}

/// Permit or forbid an admitted request. A batch is permitted if each of its commands is.
pub fn permit(admitted: Admitted, policy: &LoadedPolicy) -> Result<Permitted, Box<Refused>> {
    let rights = Rights::of(policy, admitted.caller(), admitted.role());
    match rights.decide(admitted.request()) {
        Ok((rule, _)) => Ok(Permitted { admitted, rule }),
        Err((rule, refusal)) => Err(admitted.refuse(refusal).with_rule(rule)),
    }
}

/// Apply the rate limits of the role and of the rules that may allow the request.
pub fn within_rates(permitted: Permitted, policy: &Policy, rates: &Rates) -> Result<Permitted, Box<Refused>> {
    let admitted = permitted.admitted();
    let request = admitted.request();
    let now = clock::now();
    let mut due = Due::default();
    for (action, params) in request.commands() {
        due.add(policy.rates(admitted.role(), action, params, now));
    }
    match rates.spend(admitted.caller().name(), due) {
        Ok(()) => Ok(permitted),
        Err((rule, over)) => Err(permitted.refuse(over.into()).with_rule(rule)),
    }
}

/// The rights of a caller: the policy's verdicts on its role, within the scope of its sign-in.
pub struct Rights<'a> {
    policy: &'a Policy,
    freeze: Option<&'a Freeze>,
    role: &'a Role,
    ceiling: Option<&'a Role>,
    narrowing: Option<&'a Narrowing>,
    may_wait_for_approval: bool,
    /// The wall-clock time, for rules with hours.
    now: Timestamp,
}

/// The action whose right covers reading the state of the whole set.
const SET_STATE: &str = "get_session_info";

type Decided<T> = Result<T, (RuleName, Refusal)>;

impl<'a> Rights<'a> {
    pub fn of(loaded: &'a LoadedPolicy, caller: &'a Caller, role: &'a Role) -> Rights<'a> {
        let may_wait_for_approval = caller.may_wait_for_approval();
        let rights = Rights::within(loaded, role, caller.narrowing(), clock::now()).under(caller.ceiling());
        Rights { may_wait_for_approval, ..rights }
    }

    /// The rights of a role within a scope, at a time.
    pub fn within(
        loaded: &'a LoadedPolicy,
        role: &'a Role,
        narrowing: Option<&'a Narrowing>,
        now: Timestamp,
    ) -> Rights<'a> {
        let policy = &*loaded.policy;
        let freeze = loaded.freeze.as_deref();
        Rights { policy, freeze, role, ceiling: None, narrowing, may_wait_for_approval: true, now }
    }

    /// The same, bounded by another role.
    pub fn under(self, ceiling: Option<&'a Role>) -> Rights<'a> {
        Rights { ceiling, ..self }
    }

    /// Check a permitted request again; returns its guards.
    pub fn still_allow(&self, request: &Request) -> Result<Guards, Refusal> {
        self.decide(request).map(|(_, guards)| guards).map_err(|(_, refusal)| refusal)
    }

    /// A caller may subscribe to a topic if it may read the object without conditions.
    pub fn allow_subscription(&self, topic: &Topic) -> Decided<()> {
        for right in topic.rights() {
            let message = || {
                format!(
                    "you may not subscribe to {}, which needs the right to {right} without conditions",
                    topic.name()
                )
            };
            self.require_always(right, message)?;
        }
        Ok(())
    }

    /// Whether they permit deciding about another caller's request: about each of its commands.
    pub fn may_decide_about_all(&self, commands: &[(&Action, Map<String, Value>)]) -> bool {
        commands.iter().all(|(action, params)| self.may_decide_about(action, params))
    }

    /// Whether the caller may decide about another caller's request: it must be allowed the request itself, and to read its targets.
    pub fn may_decide_about(&self, action: &Action, params: &Map<String, Value>) -> bool {
        let may_do = matches!(self.verdict(action, params), Verdict::Allow(_));
        let to_read = rights_to_observe(action, &Terms::default(), true);
        may_do && to_read.into_iter().all(|right| self.require_always(right, String::new).is_ok())
    }

    /// Whether the caller could call `action` with some parameters in some set.
    pub fn could_allow(&self, action: &Action) -> bool {
        self.narrowing.is_none_or(|narrowing| narrowing.allows(action))
            && self.ceiling.is_none_or(|ceiling| self.policy.could_allow(ceiling, action))
            && self.policy.could_allow(self.role, action)
    }

    /// Whether some call of `action` by the caller needs a person's approval.
    pub fn could_ask(&self, action: &Action) -> bool {
        let asks = |role: &Role| self.policy.asks(role, action);
        self.may_wait_for_approval && (asks(self.role) || self.ceiling.is_some_and(asks))
    }

    /// The refusal of a request with invalid parameters, if the caller may never call its action.
    pub fn refuse_unreadable(&self, refused: &Refused) -> Option<(RuleName, Refusal)> {
        let part = refused.part().filter(|_| refused.refusal.code == Code::InvalidParams)?;
        let whole = part.action.and_then(|action| self.refuse_always(action));
        let of_command = || {
            let (index, action) = part.command?;
            self.refuse_always(action).map(|refused| in_place("commands", index, refused))
        };
        whole.or_else(of_command)
    }

    fn refuse_always(&self, action: &Action) -> Option<(RuleName, Refusal)> {
        match self.verdict(action, &Map::new()) {
            Verdict::Forbid(rule) if !self.could_allow(action) => Some((rule, self.refusal(action, &Map::new()))),
            _ => None,
        }
    }

    fn decide(&self, request: &Request) -> Decided<(RuleName, Guards)> {
        self.require_thawed(request)?;
        self.allow_observation(request.action, &request.terms, request.terms.dry_run)?;
        for (index, command) in request.batch().iter().enumerate() {
            let dry_run = command.terms.dry_run || request.terms.dry_run;
            let allowed = self.allow_observation(command.action, &command.terms, dry_run);
            allowed.map_err(|refused| in_place("commands", index, refused))?;
        }
        if request.action.handler == Handler::Bridge(BridgeAction::Subscribe) {
            for (index, topic) in request.topics().iter().enumerate() {
                self.allow_subscription(topic).map_err(|refused| in_place("topics", index, refused))?;
            }
        }
        let (rule, guard) = self.decide_one(request.action, &request.params)?;
        match request.batch() {
            [] => Ok((rule, Guards::One(guard))),
            _ => self.decide_batch(request),
        }
    }

    fn require_thawed(&self, request: &Request) -> Decided<()> {
        let Some(freeze) = self.freeze else { return Ok(()) };
        if request.commands().all(|(action, _)| !freeze.stops(self.role, action)) {
            return Ok(());
        }
        let message = "changes in Live are frozen until the owner runs thaw; reads and stops continue";
        Err(("frozen".into(), Refusal::new(Code::Frozen, message)))
    }

    /// Decide each command separately. The first forbidden one makes the batch forbidden.
    fn decide_batch(&self, request: &Request) -> Decided<(RuleName, Guards)> {
        let mut rules = BTreeSet::new();
        let mut guards = Vec::with_capacity(request.batch().len());
        for (index, (action, params)) in request.commands().enumerate() {
            let decided = self.decide_one(action, params);
            let (rule, guard) = decided.map_err(|refused| in_place("commands", index, refused))?;
            rules.insert(rule);
            guards.push(guard);
        }
        let names: Vec<&str> = rules.iter().map(AsRef::as_ref).collect();
        Ok((names.join(" and ").into(), Guards::Each(guards)))
    }

    /// A dry run or a precondition reveals what a read would, so it needs the right to read.
    fn allow_observation(&self, action: &Action, terms: &Terms, dry_run: bool) -> Decided<()> {
        for right in rights_to_observe(action, terms, dry_run) {
            let message = || {
                format!(
                    "expect and dry_run of {} reveal parts of the set, so they need the right to {right} without \
                     conditions; leave them out, or ask the owner",
                    action.name
                )
            };
            self.require_always(right, message)?;
        }
        Ok(())
    }

    /// Require a right without conditions on the set, because no guard would check them here.
    fn require_always(&self, right: &str, message: impl FnOnce() -> String) -> Decided<()> {
        let action = catalogue().find(right).expect("named in this file, or by a topic, which a test checks");
        match self.verdict(action, &Map::new()) {
            Verdict::Allow(_) => Ok(()),
            Verdict::Guarded(rule, _) | Verdict::Forbid(rule) => Err((rule, Refusal::new(Code::Forbidden, message()))),
        }
    }

    fn decide_one(&self, action: &Action, params: &Map<String, Value>) -> Decided<(RuleName, Option<Guard>)> {
        match self.verdict(action, params) {
            Verdict::Allow(rule) => Ok((rule, None)),
            Verdict::Guarded(rule, guard) => Ok((rule, Some(guard))),
            Verdict::Forbid(rule) => Err((rule, self.refusal(action, params))),
        }
    }

    /// Consult the scope of the sign-in, then the policy. Every verdict comes from here.
    pub fn verdict(&self, action: &Action, params: &Map<String, Value>) -> Verdict {
        match self.narrowing {
            Some(narrowing) if !narrowing.allows_with(action, params) => Verdict::Forbid("narrowed".into()),
            _ => match self.verdict_of_roles(action, params) {
                Verdict::Guarded(rule, guard) if !self.may_wait_for_approval => {
                    let guard = guard.without_asking();
                    match guard.denies_always() {
                        Some(deny) => Verdict::Forbid(deny.clone()),
                        None => Verdict::Guarded(rule, guard),
                    }
                }
                verdict => verdict,
            },
        }
    }

    fn verdict_of_roles(&self, action: &Action, params: &Map<String, Value>) -> Verdict {
        let verdict = self.policy.decide(self.role, action, params, self.now);
        match self.ceiling {
            Some(ceiling) => verdict.within(self.policy.decide(ceiling, action, params, self.now)),
            None => verdict,
        }
    }

    fn refusal(&self, action: &Action, params: &Map<String, Value>) -> Refusal {
        let name = &action.name;
        if action.overwrites(params) && self.could_allow(action) {
            let message = format!(
                "overwrite true needs the right to @destructive actions, which you do not have here; send overwrite false with {name}, or ask \
                 the owner"
            );
            return Refusal::new(Code::Forbidden, message);
        }
        let message = match self.narrowing {
            Some(narrowing) if !narrowing.allows(action) => {
                let only = narrowing.patterns().join(", ");
                if self.may_wait_for_approval {
                    format!("your token's scope is {only}, which excludes {name}; ask the owner for another token")
                } else {
                    format!("osc.tags allows only {only}, not {name}; the owner may add a tag in livegate.toml")
                }
            }
            _ => self.refusal_of_role(action),
        };
        Refusal::new(Code::Forbidden, message)
    }

    /// A refusal that names the role and, if it allows the action with other values, their bounds.
    fn refusal_of_role(&self, action: &Action) -> String {
        let role = self.role;
        let name = &action.name;
        match self.policy.bounds(role, action) {
            bounds if bounds.is_empty() || !self.could_allow(action) => {
                format!("role {role} does not allow {name}; ask the owner for another role")
            }
            bounds => {
                let bounds = bounds.join(", or ");
                format!(
                    "role {role} allows {name} only with {bounds}; use such a value, or ask the owner for another role"
                )
            }
        }
    }
}

/// The reading actions whose rights are needed to learn the outcome of a request with these terms.
fn rights_to_observe(action: &Action, terms: &Terms, dry_run: bool) -> BTreeSet<&'static str> {
    let mut rights = BTreeSet::new();
    if dry_run {
        rights.extend(action.shows.iter().map(|kind| reading_right(kind).name.as_str()));
    }
    if let Some(expect) = &terms.expect {
        rights.extend(expect.kinds().map(|kind| reading_right(kind).name.as_str()));
        rights.extend(expect.states().map(|state| if state == "armed" { "get_track_info" } else { SET_STATE }));
    }
    if rights.is_empty() && dry_run {
        rights.insert(SET_STATE);
    }
    rights
}

fn in_place(items: &str, index: usize, (rule, refusal): (RuleName, Refusal)) -> (RuleName, Refusal) {
    (rule, batch::of_item(items, index, refusal))
}

#[cfg(test)]
mod tests;
