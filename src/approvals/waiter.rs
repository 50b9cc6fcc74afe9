//! A request whose answer waits for the decision.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::gateway::identify::Caller;
use crate::gateway::record::Recorded;
use crate::platform::clock::Moment;
use crate::replies::answers::AnswerSlot;
use crate::wire::refusal::{Code, Refusal};

/// The answer that a waiting request will get, and what it depends on.
pub(super) struct Waiter {
    slot: AnswerSlot,
    deadline: Moment,
    caller: Arc<Caller>,
}

impl Waiter {
    pub fn of(recorded: &mut Recorded) -> Waiter {
        Waiter {
            deadline: recorded.request().deadline,
            caller: recorded.permitted().admitted().caller().clone(),
            slot: recorded.withhold_answer(),
        }
    }

    /// Why the request is void; `None` if it is not.
    pub fn is_over(&self, now: Moment) -> Option<&'static str> {
        if self.slot.connection_handle().has_ended() {
            Some("its connection has ended")
        } else if self.caller.has_expired() {
            Some("its sign-in has expired")
        } else if self.deadline <= now {
            Some(PAST_DEADLINE)
        } else {
            None
        }
    }

    pub fn answer(self, body: Map<String, Value>) {
        self.slot.answer(body);
    }

    pub fn refuse(self, code: Code, reason: &str) {
        let code = if reason == PAST_DEADLINE { Code::Expired } else { code };
        self.slot.refuse(&Refusal::new(code, format!("{reason}; it did not run")));
    }
}

const PAST_DEADLINE: &str = "its deadline passed before a person decided";
