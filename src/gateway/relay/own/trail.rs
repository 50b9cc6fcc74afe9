//! Reading the trail over the wire. It takes its time, so nobody's revocation waits behind it.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Map, Value, json};

use super::{Answer, body, consistency, internal};
use crate::audit::{self, Reader};
use crate::clock;
use crate::config;
use crate::gateway::Shared;
use crate::refusal::{Code, Refusal};
use crate::review::{self, Filter, Page, Place, Progress, Review};

type Params = Map<String, Value>;

/// What a question about the trail is answered from.
struct Question {
    shared: Arc<Shared>,
    params: Params,
    deadline: Instant,
}

/// Whether it is one of these.
pub fn is_question(action: &str) -> bool {
    matches!(action, "audit_list" | "audit_consistency")
}

pub async fn answer(shared: &Arc<Shared>, action: &'static str, params: &Params) -> Answer {
    let deadline = Instant::now() + config::ms(shared.config.review.query_ms);
    let question = Question { shared: shared.clone(), params: params.clone(), deadline };
    let answer = tokio::task::spawn_blocking(move || match action {
        "audit_list" => question.list(),
        "audit_consistency" => consistency::prove(&question.shared.trail_file, &question.params),
        other => Err(internal(&format!("the gateway does not know how to answer {other}"))),
    });
    answer.await.unwrap_or_else(|error| Err(internal(&format!("cannot read the trail: {error}"))))
}

impl Question {
    fn list(&self) -> Answer {
        let (filter, page) = (self.filter()?, self.page());
        let rows = match page.place {
            // The trail itself is in this order, and needs no index for it.
            Place::After(after_seq) if filter.is_empty() => {
                let filter = audit::Filter { after_seq, limit: page.limit, bytes_max: page.bytes_max };
                self.trail()?.list(&filter).map_err(failed)?
            }
            _ => self.review()?.list(&filter, &page).map_err(failed)?,
        };
        let last_seq = rows.last().map_or(page.place.seq(), |row| row.seq);
        Ok(body(json!({"rows": rows, "last_seq": last_seq})))
    }

    fn filter(&self) -> Result<Filter, Refusal> {
        Filter::read(&self.params, clock::unix_micros()).map_err(|reason| Refusal::new(Code::InvalidParams, reason))
    }

    fn page(&self) -> Page {
        let number = |key: &str| self.params.get(key).and_then(Value::as_i64);
        let place = match number("before_seq") {
            Some(seq) => Place::Before(seq),
            None => Place::After(number("after_seq").unwrap_or_default()),
        };
        let limit = number("limit").and_then(|limit| u32::try_from(limit).ok()).unwrap_or(1);
        Page { place, limit, bytes_max: self.shared.config.review.answer_bytes_max }
    }

    fn trail(&self) -> Result<Reader, Refusal> {
        Reader::open(&self.shared.trail_file).map_err(failed)
    }

    /// With everything that is in the trail now: what a caller has just done is found.
    fn review(&self) -> Result<Review, Refusal> {
        let folder = self.shared.trail_file.parent().unwrap_or(&self.shared.trail_file);
        let (mut review, progress) = Review::current(folder, || self.deadline <= Instant::now()).map_err(failed)?;
        if let Progress::UpTo { seq, last_seq } = progress {
            let message = format!(
                "the index of the trail is being built, and has come to row {seq} of {last_seq}; try again in a moment"
            );
            return Err(Refusal::new(Code::Overloaded, message));
        }
        review.end_questions_at(self.deadline).map_err(failed)?;
        Ok(review)
    }
}

fn failed(error: anyhow::Error) -> Refusal {
    if review::took_too_long(&error) {
        let message = "it took too long; ask for less: a shorter time, a caller, an action";
        return Refusal::new(Code::Expired, message);
    }
    internal(&format!("cannot read the trail: {error:#}"))
}
