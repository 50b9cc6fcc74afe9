//! `livegate audit replay`: sends the recorded changes again, to another set or gateway.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Map, Value, json};

use super::super::progress::Progress;
use super::plan::{Planner, Step};
use super::trail_file;
use crate::audit::{Changes, HistoryItem, Reader};
use crate::cli::gateway_args::{GatewayArgs, SignedIn};
use crate::cli::send::is_ok;
use crate::cli::{Outcome, State, counted, say};
use crate::client::Client;
use crate::client::known_trails::Contradiction;
use crate::platform::clock;
use crate::review::{printable, when};
use crate::wire::line;

/// Replay the recorded changes in their order, with the rights of the caller who replays them
///
/// Start from the set in which they were made. A change is sent only while its tracks, clips and devices have their recorded
/// names; changes without recorded names are marked. Skipped changes are listed with the reason, and so are the places where
/// the set may differ because of changes made in Live itself.
///
/// Examples: livegate audit replay --since 2h --dry-run
///           livegate audit replay --since 2026-11-22T20:00:00Z --caller mia --to 127.0.0.1:9005
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Replay {
    #[command(flatten)]
    state: State,
    /// Start: an age such as 2h or 7d, or a day or time in UTC such as 2026-01-31 or 2026-01-31T18:30:00Z
    #[arg(long, value_name = "WHEN", value_parser = since)]
    since: i64,
    /// Only rows after this sequence number, to continue an interrupted replay
    #[arg(long, value_name = "SEQ", default_value_t = 0)]
    after: i64,
    /// Only this caller's changes
    #[arg(long, value_name = "NAME")]
    caller: Option<String>,
    /// Print the plan and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON object per line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    gateway: GatewayArgs,
}

/// Retries of a request that the gateway's rate limit refused.
const TRIES_MAX: u32 = 20;

#[derive(Debug, Default)]
struct Tally {
    replayed: u64,
    instead: u64,
    skipped: u64,
    failed: u64,
    blind: u64,
    /// Commands sent without an expectation, because their row has no names.
    unnamed: usize,
}

impl Tally {
    fn count_replayed(&mut self, note: &Option<String>, unnamed: usize) {
        self.replayed += 1;
        self.instead += u64::from(note.is_some());
        self.unnamed += unnamed;
    }
}

impl Replay {
    pub async fn run(self) -> Result<Outcome> {
        let trail = trail_file(&self.state.dir()?)?;
        let until = Reader::open(&trail)?.last_seq()?;
        let pruned = Reader::open(&trail)?.pruned_seq()?;
        let walk = || Changes::open(&trail, self.since, self.after, until);
        let mut planner = self.planner();
        let mut total = 0;
        for past in walk()? {
            total += u64::from(matches!(planner.step(&past?), Step::Send { .. }));
        }
        let mut client = if self.dry_run { None } else { Some(self.sign_in().await?) };
        let mut planner = self.planner();
        let mut tally = Tally::default();
        let mut progress = Progress::new("replaying");
        self.report_pruned(&trail, &mut tally)?;
        for past in walk()? {
            let past = past?;
            let step = planner.step(&past);
            self.carry_out(&past, step, client.as_mut(), &mut tally).await?;
            if client.is_some() {
                progress.at(tally.replayed + tally.failed, total);
            }
        }
        if Reader::open(&trail)?.pruned_seq()? != pruned {
            tally.blind += 1;
            eprintln!("retention pruned rows during the replay; some changes may be missing");
        }
        self.sum_up(&tally);
        Ok(if tally.failed == 0 { Outcome::Done } else { Outcome::Refused })
    }

    fn planner(&self) -> Planner {
        Planner::new(self.caller.clone())
    }

    async fn sign_in(&self) -> Result<Client> {
        match self.gateway.target(&self.state).await?.sign_in(Contradiction::Report).await? {
            SignedIn::Yes(client) => Ok(*client),
            SignedIn::No(answer) => bail!("the gateway refused the sign-in: {}", error_of(&answer)),
        }
    }

    async fn carry_out(
        &self,
        past: &HistoryItem,
        step: Step,
        client: Option<&mut Client>,
        tally: &mut Tally,
    ) -> Result<()> {
        match step {
            Step::Nothing => (),
            Step::Skip(reason) => {
                tally.skipped += 1;
                self.report(past, "skipped", Some(&reason));
            }
            Step::Blind(reason) => {
                tally.blind += 1;
                self.report(past, "blind", Some(&reason));
            }
            Step::Send { mut request, note, unnamed } => {
                let remark = remark(note.as_deref(), unnamed);
                let Some(client) = client else {
                    tally.count_replayed(&note, unnamed);
                    self.report(past, "would be replayed", remark.as_deref());
                    return Ok(());
                };
                request.insert("replays".into(), source(past));
                let answer = ask(client, request).await.with_context(|| interrupted(past))?;
                if is_ok(&answer) {
                    tally.count_replayed(&note, unnamed);
                    if remark.is_some() {
                        self.report(past, "replayed", remark.as_deref());
                    }
                } else {
                    tally.failed += 1;
                    self.report(past, "failed", Some(&error_of(&answer)));
                }
            }
        }
        Ok(())
    }

    fn report_pruned(&self, trail: &Path, tally: &mut Tally) -> Result<()> {
        let until = Reader::open(trail)?.removed_until_us()?;
        if let Some(until) = until.filter(|&until| self.since <= until) {
            tally.blind += 1;
            let time = clock::rfc3339(until / 1_000_000);
            let reason = "retention has pruned the rows up to here";
            if self.json {
                say(&json!({"time": time, "replay": "blind", "reason": reason}).to_string());
            } else {
                say(&format!("{time} the set may differ: {reason}"));
            }
        }
        Ok(())
    }

    fn report(&self, past: &HistoryItem, what: &str, reason: Option<&str>) {
        let (seq, time_us, who, done) = described(past);
        let time = clock::rfc3339(time_us / 1_000_000);
        if self.json {
            let facts =
                json!({"seq": seq, "time": time, "caller": who, "what": done, "replay": what, "reason": reason});
            say(&facts.to_string());
            return;
        }
        let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
        let what = if what == "blind" { "the set may differ" } else { what };
        say(&printable(&format!("{seq:>6} {time} {} {done} {what}{reason}", who.unwrap_or("-"))));
    }

    fn sum_up(&self, tally: &Tally) {
        let Tally { replayed, instead, skipped, failed, blind, unnamed } = tally;
        if self.json {
            let facts = json!({
                "replayed": replayed, "instead": instead, "skipped": skipped, "failed": failed, "blind": blind, "unnamed": unnamed,
            });
            say(&facts.to_string());
            return;
        }
        let verb = if self.dry_run { "to replay" } else { "replayed" };
        say(&format!("changes {verb}: {replayed}, {instead} of them by an equivalent request"));
        say(&format!("skipped: {skipped}; failed: {failed}; the set may differ at {}", counted(blind, "place")));
        if *unnamed > 0 {
            say(&format!("commands sent without a check of names, because the trail has none: {unnamed}"));
        }
    }
}

/// The row that is replayed.
fn source(past: &HistoryItem) -> Value {
    let (seq, time_us, ..) = described(past);
    json!({"seq": seq, "time": time_us})
}

fn described(past: &HistoryItem) -> (i64, i64, Option<&str>, String) {
    match past {
        HistoryItem::Change(change) => {
            let done = format!("{} {}", change.action, line::ascii(&change.parameters));
            (change.seq, change.time_us, change.caller.as_deref(), done)
        }
        HistoryItem::Event(event) => (event.seq, event.time_us, None, event.kind.clone()),
    }
}

/// How the request differs from the recorded one, and how many of its commands have no expectation.
fn remark(note: Option<&str>, unnamed: usize) -> Option<String> {
    let unnamed = match unnamed {
        0 => None,
        1 => Some("no check of names: the trail has none".to_owned()),
        _ => Some(format!("{unnamed} commands without a check of names: the trail has none")),
    };
    let parts: Vec<String> = note.map(str::to_owned).into_iter().chain(unnamed).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn interrupted(past: &HistoryItem) -> String {
    let (seq, ..) = described(past);
    format!("the replay stopped at row {seq}, whose outcome is unknown; continue with --after {seq} or repeat it")
}

/// Send a request, and retry after the wait that the gateway demands.
async fn ask(client: &mut Client, request: Map<String, Value>) -> Result<Map<String, Value>> {
    let request = Value::Object(request);
    for _ in 0..TRIES_MAX {
        let answer = client.ask(request.clone()).await?;
        match answer.get("retry_after_ms").and_then(Value::as_u64) {
            Some(wait_ms) => tokio::time::sleep(Duration::from_millis(wait_ms)).await,
            None => return Ok(answer),
        }
    }
    Ok(client.ask(request).await?)
}

fn error_of(answer: &Map<String, Value>) -> String {
    answer.get("error").and_then(Value::as_str).unwrap_or("the gateway gave no reason").to_owned()
}

/// Unix time in microseconds.
fn since(text: &str) -> Result<i64, String> {
    when::parse(text, clock::unix_micros())
}
