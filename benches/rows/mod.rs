//! Rows as a gateway writes them, to fill a trail with.

use livegate::audit::{Keys, Row, Verdict};

/// The decision and the outcome of one `set_tempo` by a signed-in caller.
fn pair(seq: i64) -> [Row; 2] {
    let time = 1_790_000_000_000_000 + seq;
    let bpm = 60 + seq % 120;
    let decision = format!(
        r#"{{"action":"set_tempo","live":"12.3.6","parameters":{{"bpm":{bpm}.0}},"policy":3,"role":"producer","rule":"producer","session":17,"set_epoch":1,"time":{time},"verdict":"allow"}}"#
    );
    let outcome = format!(
        r#"{{"after":{{"tempo":{bpm}.0}},"before":{{"tempo":120.0}},"decision":{seq},"delivered":1,"duration_us":18234,"outcome":"ok","time":{time},"touched":{{"set":true}}}}"#
    );
    [
        Row { seq, bytes: decision, keys: Keys::Decision { once: None, verdict: Verdict::Allow } },
        Row { seq: seq + 1, bytes: outcome, keys: Keys::Outcome { decision: seq, item: None } },
    ]
}

/// So many rows after a seq.
pub fn rows(after_seq: i64, count: usize) -> Vec<Row> {
    (0..).step_by(2).flat_map(|step| pair(after_seq + 1 + step)).take(count).collect()
}
