//! Commands in flight: sent to the script, not yet answered.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Map, Value};

use super::answer_lines::LineError;
use super::cancelling::Cancelling;
use super::queue::Queued;
use super::slots::{Slots, TakenSlot};
use super::{Reply, script_answer};
use crate::audit::OutcomeKind;
use crate::config;
use crate::gateway::limit::unread;
use crate::gateway::record::Recorded;

pub struct InFlightCommand {
    pub recorded: Recorded,
    /// When to stop waiting for the answer, on the clock that stops during sleep, because the script sleeps when the gateway does.
    pub overdue: Instant,
    /// The progress, if this is a cancel request.
    pub cancelling: Option<Cancelling>,
}

impl InFlightCommand {
    /// Turn the script's answer into a reply. An answer that is longer than estimated is dropped if its caller has too much unread.
    pub fn read(&mut self, body: Map<String, Value>, bytes: usize, detail_bytes_max: usize) -> Reply {
        if self.recorded.request().action.is_read() && !self.recorded.may_be_unread(bytes) {
            return Reply::refusal(OutcomeKind::Error, unread());
        }
        self.recorded.count_unread(bytes);
        let reply = match (self.cancelling, self.recorded.request().batch().len()) {
            (Some(cancelling), _) => Some(cancelling.reply_after(&body)),
            (None, 0) => script_answer::read(body, detail_bytes_max),
            (None, commands) => script_answer::read_batch(body, commands, detail_bytes_max),
        };
        reply.unwrap_or_else(Reply::unknown)
    }

    /// The reply if the answer cannot be read.
    pub fn unreadable(&self, flaw: LineError) -> Reply {
        match self.cancelling {
            Some(cancelling) => cancelling.reply_after(&Map::new()),
            None => script_answer::unreadable(self.recorded.request().action.is_read(), flaw),
        }
    }
}

/// All commands in flight, and the slots that they use.
pub struct InFlight {
    /// Commands by id. A cancel request takes no slot.
    commands: HashMap<u64, (InFlightCommand, Option<TakenSlot>)>,
    slots: Slots,
}

impl InFlight {
    pub fn new(bridge: &config::Bridge) -> InFlight {
        InFlight { commands: HashMap::new(), slots: Slots::new(bridge) }
    }

    pub fn len(&self) -> usize {
        self.commands.len()
    }

    pub fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }

    /// Whether a command may be sent now.
    pub fn has_slot_for(&self, recorded: &Recorded) -> bool {
        self.slots.are_free_for(recorded.caller(), recorded.is_stop())
    }

    pub fn insert(&mut self, id: u64, under_way: InFlightCommand) {
        let recorded = &under_way.recorded;
        let is_command = under_way.cancelling.is_none();
        let taken = is_command.then(|| self.slots.take(recorded.caller(), recorded.is_stop()));
        self.commands.insert(id, (under_way, taken));
    }

    pub fn get(&mut self, id: u64) -> Option<&mut InFlightCommand> {
        self.commands.get_mut(&id).map(|(under_way, _)| under_way)
    }

    pub fn remove(&mut self, id: u64) -> Option<InFlightCommand> {
        let (under_way, taken) = self.commands.remove(&id)?;
        if let Some(taken) = taken {
            let caller: &Arc<str> = under_way.recorded.caller();
            self.slots.give_back(caller, taken);
        }
        Some(under_way)
    }

    /// The ids of the commands for which `is_meant` returns true.
    pub fn ids(&self, is_meant: impl Fn(&InFlightCommand) -> bool) -> Vec<u64> {
        self.commands.iter().filter(|(_, (under_way, _))| is_meant(under_way)).map(|(id, _)| *id).collect()
    }

    pub fn take_all(&mut self) -> Vec<(u64, InFlightCommand)> {
        let ids = self.ids(|_| true);
        ids.into_iter().filter_map(|id| Some((id, self.remove(id)?))).collect()
    }
}
