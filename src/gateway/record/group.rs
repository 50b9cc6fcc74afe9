//! A group of entries that are committed together, and the actions that follow the commit.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;
use tokio::sync::oneshot;

use super::super::interpret::Request;
use super::commit::{CommitEnd, Committed, RowState};
use super::dispatch::NotDispatched;
use super::idempotency::Claimed;
use super::{Dispatch, Entry, Happened, LiveSet, Recorded, RefusedLine, unrecorded};
use crate::audit::{Anchor, Decision, Event, Excerpt, Row, Verdict, WriteFailure};
use crate::command::catalogue;
use crate::platform::clock;
use crate::replies::answers::AnswerSlot;
use crate::wire::refusal::Refusal;

pub struct Group {
    pub rows: Vec<Row>,
    afterwards: Vec<OnCommit>,
    early_reads: Vec<Recorded>,
    commit: CommitEnd,
    /// Anchors whose rows are in this group.
    anchors: Vec<Arc<Anchor>>,
    /// Connections with a change in this group. Their reads wait for the commit.
    changed: HashSet<u64>,
    next_seq: i64,
    /// Rows up to this seq are pruned. A pruned anchor is written again before a row refers to it.
    pruned_seq: i64,
    live_set: Option<LiveSet>,
    /// Outcomes and events. A failed commit does not undo them.
    happened: Happened,
    /// Bytes of the group's rows by caller.
    pub written: HashMap<Option<Arc<str>>, usize>,
}

/// What waits for the commit.
#[allow(clippy::large_enum_variant, reason = "the large one is usual")]
enum OnCommit {
    Relay(Recorded),
    Answer(AnswerSlot, Refusal),
    Notify(oneshot::Sender<()>),
}

impl Group {
    pub fn new(entries: Vec<Entry>, first_seq: i64, pruned_seq: i64, live_set: Option<LiveSet>) -> Group {
        let mut group = Group {
            rows: Vec::with_capacity(entries.len()),
            afterwards: Vec::with_capacity(entries.len()),
            early_reads: Vec::new(),
            commit: CommitEnd::begin(),
            anchors: Vec::new(),
            changed: HashSet::new(),
            next_seq: first_seq,
            pruned_seq,
            live_set,
            happened: Vec::new(),
            written: HashMap::new(),
        };
        for entry in entries {
            group.add(entry);
        }
        group
    }

    /// A group of entries that will not be committed.
    pub fn unnumbered(entries: Vec<Entry>) -> Group {
        Group::new(entries, 0, 0, None)
    }

    /// Reads that are handed on before the commit.
    pub fn take_early_reads(&mut self) -> Vec<Recorded> {
        std::mem::take(&mut self.early_reads)
    }

    /// The rows are durable: hand changes on, and answer refusals and waiting reads. Returns the outcomes of the reads, and of the requests whose
    /// output was full or closed.
    pub fn committed(self, onward: &Dispatch) -> Vec<Entry> {
        let waited = self.commit.end(Committed::Durable);
        let mut outcomes: Vec<Entry> =
            waited.into_iter().filter_map(|(recorded, reply)| reply.conclude(recorded)).collect();
        for afterwards in self.afterwards {
            match afterwards {
                OnCommit::Relay(recorded) => {
                    outcomes.extend(onward.carry(recorded).err().and_then(NotDispatched::conclude))
                }
                OnCommit::Answer(slot, refusal) => {
                    tracing::debug!(parent: slot.span(), "recorded");
                    slot.refuse(&refusal);
                }
                OnCommit::Notify(durable) => _ = durable.send(()),
            }
        }
        outcomes
    }

    /// The commit failed: hand nothing on, and refuse every request as `unrecorded`. Returns the entries that a failed commit does not undo.
    pub fn lost(self, failure: WriteFailure) -> Happened {
        for (read, reply) in self.commit.end(Committed::Lost(failure)) {
            // A refused request has no outcome.
            reply.conclude(read);
        }
        for anchor in &self.anchors {
            anchor.set_seq(None);
        }
        for afterwards in self.afterwards {
            match afterwards {
                OnCommit::Relay(recorded) => recorded.fail(failure),
                OnCommit::Answer(slot, _) => _ = slot.refuse(&unrecorded(failure)),
                OnCommit::Notify(durable) => drop(durable),
            }
        }
        for read in self.early_reads {
            read.fail(failure);
        }
        self.happened
    }

    fn add(&mut self, entry: Entry) {
        match entry {
            Entry::Permitted { claimed, session, policy, slot } => self.add_permitted(claimed, &session, &policy, slot),
            Entry::Refused { line, session, policy, slot } => self.add_refused(*line, &session, &policy, slot),
            Entry::RefusedEvent { event, answers } => {
                self.add_event(event);
                self.afterwards.extend(answers.into_iter().map(|(slot, refusal)| OnCommit::Answer(slot, refusal)));
            }
            Entry::Outcome(outcome) => {
                let seq = self.number();
                self.push(outcome.row(seq), outcome.caller.as_ref());
                self.happened.push(Entry::Outcome(outcome));
            }
            Entry::Outcomes(outcomes) => {
                for outcome in &outcomes {
                    let seq = self.number();
                    self.push(outcome.row(seq), outcome.caller.as_ref());
                }
                self.happened.push(Entry::Outcomes(outcomes));
            }
            Entry::Event(event) => self.add_event(event),
            Entry::Anchor { anchor, durable } => {
                self.seq_of(&anchor);
                self.afterwards.push(OnCommit::Notify(durable));
            }
        }
    }

    fn add_event(&mut self, event: Event) {
        let seq = self.number();
        self.push(event.row(seq), None);
        self.happened.push(Entry::Event(event));
    }

    fn add_permitted(&mut self, claimed: Claimed, session: &Arc<Anchor>, policy: &Arc<Anchor>, slot: AnswerSlot) {
        let session_seq = self.seq_of(session);
        let policy_seq = self.seq_of(policy);
        let seq = self.number();
        let permitted = claimed.permitted();
        let admitted = permitted.admitted();
        let request = admitted.request();
        let decision = Decision {
            time_us: clock::unix_micros(),
            session: session_seq,
            policy: Some(policy_seq),
            role: Some(admitted.role()),
            rule: Some(permitted.rule()),
            action: Some(&request.action.name),
            parameters: Some(&request.recorded_params()),
            terms: request.terms.to_map(),
            whole_parameters: None,
            whole_terms: None,
            once: request.terms.once.as_deref(),
            unreadable: None,
            live_set: self.live_set.as_ref().map(|set| (&*set.live, set.epoch)),
            names: self.names_in(request),
            verdict: Verdict::Allow,
        };
        let row = decision.row(seq);
        self.push(row, Some(admitted.caller().name()));
        let early = request.action.is_read() && !self.changed.contains(&slot.connection());
        if early {
            let row = self.commit.row();
            self.early_reads.push(Recorded { claimed, seq, row, slot });
        } else {
            self.changed.insert(slot.connection());
            self.afterwards.push(OnCommit::Relay(Recorded { claimed, seq, row: RowState::Durable, slot }));
        }
    }

    fn add_refused(&mut self, line: RefusedLine, session: &Arc<Anchor>, policy: &Arc<Anchor>, slot: AnswerSlot) {
        let caller = session.event.caller().map(Arc::from);
        let session = self.seq_of(session);
        let policy = self.seq_of(policy);
        let seq = self.number();
        let decision = Decision {
            time_us: clock::unix_micros(),
            session,
            policy: Some(policy),
            role: line.role.as_deref(),
            rule: line.rule.as_deref(),
            action: line.action.map(|action| action.name.as_str()),
            parameters: line.parameters.as_ref().map(|excerpt| &excerpt.kept),
            terms: line.terms.as_ref().map(|excerpt| excerpt.kept.clone()),
            whole_parameters: whole(line.parameters.as_ref()),
            whole_terms: whole(line.terms.as_ref()),
            once: line.once.as_deref(),
            unreadable: line.unreadable.as_ref().map(|(bytes, digest)| (*bytes, digest.as_str())),
            live_set: self.live_set.as_ref().map(|set| (&*set.live, set.epoch)),
            names: self.names_in_refused(&line),
            verdict: Verdict::Refuse(line.refusal.code.name()),
        };
        self.push(decision.row(seq), caller.as_ref());
        self.afterwards.push(OnCommit::Answer(slot, line.refusal));
    }

    /// The names of the objects that a request may change. Those of a redacted request would reveal its parameters.
    fn names_in(&self, request: &Request) -> Option<Value> {
        let names = &self.live_set.as_ref()?.names;
        let is_named = !request.is_redacted();
        names.of(request.commands().filter(|(action, _)| is_named && !action.is_read()))
    }

    fn names_in_refused(&self, line: &RefusedLine) -> Option<Value> {
        let names = &self.live_set.as_ref()?.names;
        let parameters = &line.parameters.as_ref()?.kept;
        let commands = parameters.get("commands").and_then(Value::as_array).into_iter().flatten();
        let commands = commands.filter_map(|command| {
            let command = command.as_object()?;
            Some((catalogue().find(command.get("action")?.as_str()?)?, command))
        });
        names.of(line.action.map(|action| (action, parameters)).into_iter().chain(commands))
    }

    /// The seq of an anchor. Its row is written first if it is missing or pruned.
    fn seq_of(&mut self, anchor: &Arc<Anchor>) -> i64 {
        if let Some(seq) = anchor.seq().filter(|&seq| seq > self.pruned_seq) {
            return seq;
        }
        let seq = self.number();
        let caller = anchor.event.caller().map(Arc::from);
        self.push(anchor.event.row(seq), caller.as_ref());
        anchor.set_seq(Some(seq));
        self.anchors.push(anchor.clone());
        seq
    }

    fn push(&mut self, row: Row, writer: Option<&Arc<str>>) {
        *self.written.entry(writer.cloned()).or_default() += row.size();
        self.rows.push(row);
    }

    fn number(&mut self) -> i64 {
        let seq = self.next_seq;
        self.next_seq += 1;
        seq
    }
}

/// The length and keyed digest of parameters or terms that are too long to store whole.
fn whole(excerpt: Option<&Excerpt>) -> Option<(usize, &str)> {
    excerpt?.whole.as_ref().map(|(bytes, hmac)| (*bytes, hmac.as_str()))
}
