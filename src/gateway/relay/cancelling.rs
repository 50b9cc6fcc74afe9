//! Cancels commands of a connection that have not begun.

use serde_json::{Map, Value};

use super::Reply;
use crate::gateway::record::Recorded;
use crate::wire::id::Id;

/// The progress of a cancel request.
#[derive(Clone, Copy, Debug)]
pub struct Cancelling {
    pub taken: usize,
    /// The number of commands that the script was asked to cancel.
    pub under_way: usize,
}

impl Cancelling {
    /// The reply to the cancel request, once the script has answered how many commands it cancelled.
    pub fn reply_after(self, answer: &Map<String, Value>) -> Reply {
        let in_script = answer.get("cancelled").and_then(Value::as_array).map_or(0, Vec::len);
        let mut body = Map::from_iter([("ok".to_owned(), Value::Bool(true))]);
        body.insert("cancelled".into(), (self.taken + in_script).into());
        body.insert("under_way".into(), self.under_way.saturating_sub(in_script).into());
        Reply::ok(body)
    }
}

/// Whether a cancel request applies to a request: it is of the same connection, and its id is listed.
pub fn is_meant(cancel: &Recorded, recorded: &Recorded) -> bool {
    let ids = cancel.request().params.get("ids").and_then(Value::as_array);
    let id = recorded.request().id.as_ref().map(Id::to_value);
    recorded.connection() == cancel.connection()
        && recorded.request().action.handler.is_in_live()
        && ids.is_none_or(|ids| id.is_some_and(|id| ids.contains(&id)))
}
