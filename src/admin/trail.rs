//! Reads the trail for clients. Queries run in the background, so that revocations do not wait for them.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Map, Value, json};
use tokio::sync::{OwnedMutexGuard, watch};

use super::{Answer, body, consistency, internal};
use crate::audit::{self, Listed, PruneReason, PruneUntil, Reader};
use crate::command::TrailQuery;
use crate::config;
use crate::gateway::record::{Health, Recorded};
use crate::platform::clock;
use crate::review::{self, Changed, ErrorKind, Filter, Format, Page, Position, Progress, Review, WriteLoad, when};
use crate::shared::Shared;
use crate::wire::refusal::{Code, Refusal};

type Params = Map<String, Value>;

/// The data needed to answer a query of the trail.
struct Question {
    shared: Arc<Shared>,
    health: Arc<Health>,
    params: Params,
    deadline: Instant,
}

pub async fn answer(shared: &Arc<Shared>, health: &Arc<Health>, query: TrailQuery, params: &Params) -> Answer {
    let deadline = Instant::now() + config::ms(shared.config.review.query_ms);
    let shared = shared.clone();
    let health = health.clone();
    let params = params.clone();
    let question = Question { shared, health, params, deadline };
    let answer = tokio::task::spawn_blocking(move || match query {
        TrailQuery::List => question.list(),
        TrailQuery::Consistency => consistency::prove(&question.shared.trail_file, &question.params),
        TrailQuery::Show => question.show(),
        TrailQuery::Stats => question.stats(),
        TrailQuery::Export => question.export(),
        TrailQuery::Diff => question.diff(),
    });
    answer.await.unwrap_or_else(|error| Err(internal(&format!("cannot read the trail: {error}"))))
}

/// Prune rows older than a moment, while the caller is still permitted to and the gateway is not shutting down.
pub async fn prune(
    shared: &Arc<Shared>,
    recorded: &Recorded,
    turn: OwnedMutexGuard<()>,
    shutdown: watch::Receiver<bool>,
) -> Answer {
    let before = recorded.request().params.get("before").and_then(Value::as_str).unwrap_or_default();
    let before_us = when::parse(before, clock::unix_micros())
        .map_err(|reason| Refusal::new(Code::InvalidParams, format!("before: {reason}")))?;
    if before_us > clock::unix_micros() {
        return Err(Refusal::new(Code::InvalidParams, "before is in the future; give a time in the past"));
    }
    let may_go_on = || !*shutdown.borrow() && shared.still_permits(recorded.permitted()).is_ok();
    match shared.retention.prune(turn, PruneUntil::Time(before_us), PruneReason::Asked, may_go_on).await {
        Ok(removed) => Ok(body(json!({"rows": removed.rows, "acts": removed.acts}))),
        Err(error) => Err(internal(&format!("cannot prune the trail: {error:#}"))),
    }
}

impl Question {
    fn list(&self) -> Answer {
        let (rows, last_seq) = self.rows()?;
        Ok(body(json!({"rows": rows, "last_seq": last_seq})))
    }

    fn export(&self) -> Answer {
        let format = self.params.get("format").and_then(Value::as_str).and_then(Format::from_name);
        let format = format.unwrap_or(Format::Jsonl);
        let (rows, last_seq) = self.rows()?;
        let lines: Vec<String> = rows.iter().map(|row| format.line(row)).collect();
        let mut answer = body(json!({"lines": lines, "last_seq": last_seq}));
        if let Some(header) = format.header() {
            answer.insert("header".into(), header.into());
        }
        Ok(answer)
    }

    fn show(&self) -> Answer {
        let seq = self.number("seq").unwrap_or_default();
        match review::whole(&self.trail()?, seq).map_err(failed)? {
            Some(whole) => Ok(body(Value::Object(whole))),
            None => Err(Refusal::new(Code::InvalidParams, format!("the trail has no row {seq}"))),
        }
    }

    fn stats(&self) -> Answer {
        let filter = self.filter()?;
        let stats = self.review()?.stats(&filter).map_err(failed)?;
        Ok(body(serde_json::to_value(stats).expect("counts serialise")))
    }

    fn diff(&self) -> Answer {
        let filter = self.filter()?;
        let found = self.review()?.difference(&filter, self.shared.config.review.targets_max).map_err(failed)?;
        let all = self.params.get("all") == Some(&Value::Bool(true));
        let changed = found.changed.iter().filter(|changed| all || !changed.is_same());
        let count = |key: &str| self.number(key).and_then(|number| usize::try_from(number).ok()).unwrap_or_default();
        let skip = count("skip");
        let limit = count("limit");
        let changed: Vec<&Changed> = changed.skip(skip).take(limit).collect();
        let mut answer =
            body(json!({"changed": changed, "sets_loaded": found.sets_loaded, "unheard": found.unwatched}));
        answer.insert("copies_put_back".into(), found.copies_put_back.into());
        if let Some(time) = found.removed_until {
            answer.insert("removed_until".into(), time.into());
        }
        Ok(answer)
    }

    /// A page of rows, and the position of the next page.
    fn rows(&self) -> Result<(Vec<Listed>, i64), Refusal> {
        let filter = self.filter()?;
        let page = self.page();
        let rows = match page.place {
            // The trail itself is in order of seq, so no index is needed.
            Position::After(after_seq) if filter.is_empty() => {
                let filter = audit::Filter { after_seq, limit: page.limit, bytes_max: page.bytes_max };
                self.trail()?.list(&filter).map_err(failed)?
            }
            _ => self.review()?.list(&filter, &page).map_err(failed)?,
        };
        let last_seq = rows.last().map_or(page.place.seq(), |row| row.seq);
        Ok((rows, last_seq))
    }

    fn number(&self, key: &str) -> Option<i64> {
        self.params.get(key).and_then(Value::as_i64)
    }

    fn filter(&self) -> Result<Filter, Refusal> {
        Filter::read(&self.params, clock::unix_micros()).map_err(|reason| Refusal::new(Code::InvalidParams, reason))
    }

    fn page(&self) -> Page {
        let place = match self.number("before_seq") {
            Some(seq) => Position::Before(seq),
            None => Position::After(self.number("after_seq").unwrap_or_default()),
        };
        let limit = self.number("limit").and_then(|limit| u32::try_from(limit).ok()).unwrap_or(1);
        Page { place, limit, bytes_max: self.shared.config.review.answer_bytes_max }
    }

    fn trail(&self) -> Result<Reader, Refusal> {
        Reader::open(&self.shared.trail_file).map_err(failed)
    }

    /// The index, updated with every row that is in the trail now, so that a caller finds its latest requests. While the trail's writer is busy with
    /// commands, the index is not updated for queries.
    fn review(&self) -> Result<Review, Refusal> {
        let folder = self.shared.trail_file.parent().unwrap_or(&self.shared.trail_file);
        let mut load = WriteLoad::new(|| self.health.rows_written());
        let enough = |_, _| self.deadline <= Instant::now() || load.is_heavy();
        let (mut review, progress) = Review::current(folder, enough).map_err(failed)?;
        if let Progress::UpTo { seq, last_seq } = progress {
            let message = format!("the index of the trail is being built (row {seq} of {last_seq}); retry in a moment");
            return Err(Refusal::new(Code::Overloaded, message));
        }
        review.end_questions_at(self.deadline).map_err(failed)?;
        Ok(review)
    }
}

fn failed(error: impl Into<review::Error>) -> Refusal {
    let error = error.into();
    if let ErrorKind::TooMuch(_) | ErrorKind::TooBroad(_) = error.kind() {
        return Refusal::new(Code::InvalidParams, error.to_string());
    }
    if error.kind().is_locked() {
        let message = "the index of the trail is being built; retry in a moment";
        return Refusal::new(Code::Overloaded, message);
    }
    if error.kind().took_too_long() {
        let message = "the query took too long; restrict it to a shorter time, a caller or an action";
        return Refusal::new(Code::Expired, message);
    }
    internal(&format!("cannot read the trail: {error:#}"))
}
