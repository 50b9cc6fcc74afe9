//! Reading the trail.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{Answer, body, internal};
use crate::audit::{Filter, Reader};
use crate::gateway::Shared;

/// How much of the trail one answer may hold.
const LIST_BYTES_MAX: usize = 4 * 1024 * 1024;

pub async fn list(shared: &Arc<Shared>, params: &Map<String, Value>) -> Answer {
    let number = |key: &str| params.get(key).and_then(Value::as_i64).unwrap_or_default();
    let limit = u32::try_from(number("limit")).unwrap_or(1);
    let filter = Filter { after_seq: number("after_seq"), limit, bytes_max: LIST_BYTES_MAX };
    let file = shared.trail_file.clone();
    let read = move || Reader::open(&file)?.list(&filter);
    let rows = match tokio::task::spawn_blocking(read).await {
        Ok(Ok(rows)) => rows,
        Ok(Err(error)) => return Err(internal(&format!("cannot read the trail: {error:#}"))),
        Err(error) => return Err(internal(&format!("cannot read the trail: {error}"))),
    };
    let last_seq = rows.last().map_or_else(|| number("after_seq"), |row| row.seq);
    Ok(body(json!({"rows": rows, "last_seq": last_seq})))
}
