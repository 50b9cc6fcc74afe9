//! `livegate audit replay`: does again, in another set or gateway, what the trail says was done.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::{Map, Value, json};

use super::plan::{Planner, Step};
use crate::audit::{self, Changes, Past, Reader};
use crate::cli::send::{To, is_ok};
use crate::cli::{Outcome, State, say};
use crate::client::Client;
use crate::platform::clock;
use crate::review::{printable, when};
use crate::wire::line;

/// Do again what the trail tells of: every change that was done, in its order, as whoever replays it.
///
/// Begin with the set that it began with. A change is only repeated while what it names is still called as it was; where the trail
/// has no names that is said. What cannot be done again is said with the reason, as is where the set may differ because it was
/// changed in Live itself.
///
/// Examples: livegate audit replay --since 2h --dry-run
///           livegate audit replay --since 2026-11-22T20:00:00Z --caller mia --to 127.0.0.1:9005
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Replay {
    #[command(flatten)]
    state: State,
    /// From when on: so long ago, as 2h or 7d, or a day or moment in UTC, as 2026-01-31 or 2026-01-31T18:30:00Z
    #[arg(long, value_name = "WHEN", value_parser = since)]
    since: i64,
    /// Only what is recorded behind this sequence number, to go on where a replay was interrupted
    #[arg(long, value_name = "SEQ", default_value_t = 0)]
    after: i64,
    /// Only what this caller did
    #[arg(long, value_name = "NAME")]
    caller: Option<String>,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    gateway: To,
}

/// How many requests from one word about the progress to the next.
const PROGRESS_EVERY: u64 = 100;
/// How often a request is sent again that was too much for the gateway's limits.
const TRIES_MAX: u32 = 20;

#[derive(Debug, Default)]
struct Tally {
    replayed: u64,
    instead: u64,
    skipped: u64,
    failed: u64,
    blind: u64,
    /// Commands whose row has no names to look at.
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
        let trail = self.state.dir()?.join(audit::FILE);
        let (until, gone) = (Reader::open(&trail)?.last_seq()?, Reader::open(&trail)?.pruned_seq()?);
        let walk = || Changes::open(&trail, self.since, self.after, until);
        let mut planner = self.planner();
        let mut total = 0;
        for past in walk()? {
            total += u64::from(matches!(planner.step(&past?), Step::Send { .. }));
        }
        let mut client = match self.dry_run {
            true => None,
            false => Some(self.sign_in().await?),
        };
        let (mut planner, mut tally, mut told) = (self.planner(), Tally::default(), 0);
        self.tell_what_was_removed(&trail, &mut tally)?;
        for past in walk()? {
            let past = past?;
            let step = planner.step(&past);
            self.carry_out(&past, step, client.as_mut(), &mut tally).await?;
            let done = tally.replayed + tally.failed;
            if client.is_some() && done >= told + PROGRESS_EVERY {
                told = done;
                eprintln!("{done} of {total}");
            }
        }
        if Reader::open(&trail)?.pruned_seq()? != gone {
            tally.blind += 1;
            eprintln!("retention has removed rows while they were replayed; some may have been left out");
        }
        self.sum_up(&tally);
        Ok(if tally.failed == 0 { Outcome::Done } else { Outcome::Refused })
    }

    fn planner(&self) -> Planner {
        Planner::new(self.caller.clone())
    }

    async fn sign_in(&self) -> Result<Client> {
        let mut client = self.gateway.connect().await?;
        if let Some(token) = self.gateway.token()? {
            let answer = client.authenticate(&token).await?;
            ensure!(is_ok(&answer), "the gateway does not let you in: {}", error_of(&answer));
        }
        Ok(client)
    }

    async fn carry_out(&self, past: &Past, step: Step, client: Option<&mut Client>, tally: &mut Tally) -> Result<()> {
        match step {
            Step::Nothing => (),
            Step::Skip(reason) => {
                tally.skipped += 1;
                self.tell(past, "skipped", Some(&reason));
            }
            Step::Blind(reason) => {
                tally.blind += 1;
                self.tell(past, "blind", Some(&reason));
            }
            Step::Send { mut request, note, unnamed } => {
                let remark = remark(note.as_deref(), unnamed);
                let Some(client) = client else {
                    tally.count_replayed(&note, unnamed);
                    self.tell(past, "would be replayed", remark.as_deref());
                    return Ok(());
                };
                request.insert("replays".into(), source(past));
                let answer = ask(client, request).await.with_context(|| interrupted(past))?;
                if is_ok(&answer) {
                    tally.count_replayed(&note, unnamed);
                    if remark.is_some() {
                        self.tell(past, "replayed", remark.as_deref());
                    }
                } else {
                    tally.failed += 1;
                    self.tell(past, "failed", Some(&error_of(&answer)));
                }
            }
        }
        Ok(())
    }

    fn tell_what_was_removed(&self, trail: &Path, tally: &mut Tally) -> Result<()> {
        let until = Reader::open(trail)?.removed_until_us()?;
        if let Some(until) = until.filter(|&until| self.since <= until) {
            tally.blind += 1;
            let time = clock::rfc3339(until / 1_000_000);
            let reason = "up to then retention has removed what was written";
            match self.json {
                true => say(&json!({"time": time, "replay": "blind", "reason": reason}).to_string()),
                false => say(&format!("{time} blind: {reason}")),
            }
        }
        Ok(())
    }

    fn tell(&self, past: &Past, what: &str, reason: Option<&str>) {
        let (seq, time_us, who, done) = described(past);
        let time = clock::rfc3339(time_us / 1_000_000);
        if self.json {
            let told = json!({"seq": seq, "time": time, "caller": who, "what": done, "replay": what, "reason": reason});
            say(&told.to_string());
            return;
        }
        let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
        say(&printable(&format!("{seq:>6} {time} {} {done} {what}{reason}", who.unwrap_or("-"))));
    }

    fn sum_up(&self, tally: &Tally) {
        let Tally { replayed, instead, skipped, failed, blind, unnamed } = tally;
        if self.json {
            let told = json!({
                "replayed": replayed, "instead": instead, "skipped": skipped, "failed": failed, "blind": blind, "unnamed": unnamed,
            });
            say(&told.to_string());
            return;
        }
        let verb = if self.dry_run { "would be replayed" } else { "were replayed" };
        say(&format!("changes that {verb}: {replayed}, of them otherwise than recorded: {instead}"));
        say(&format!(
            "changes that cannot be: {skipped}; that failed: {failed}; places where the set may differ: {blind}"
        ));
        if *unnamed > 0 {
            say(&format!("commands sent without looking at names, because the trail has none: {unnamed}"));
        }
    }
}

/// Which row is done again.
fn source(past: &Past) -> Value {
    let (seq, time_us, ..) = described(past);
    json!({"seq": seq, "time": time_us})
}

fn described(past: &Past) -> (i64, i64, Option<&str>, String) {
    match past {
        Past::Change(change) => {
            let done = format!("{} {}", change.action, line::ascii(&change.parameters));
            (change.seq, change.time_us, change.caller.as_deref(), done)
        }
        Past::Event(event) => (event.seq, event.time_us, None, event.kind.clone()),
    }
}

/// How what is sent differs from what was recorded, and what nobody looked at.
fn remark(note: Option<&str>, unnamed: usize) -> Option<String> {
    let unnamed = match unnamed {
        0 => None,
        1 => Some("sent without looking at names: the trail has none".to_owned()),
        _ => Some(format!("{unnamed} commands sent without looking at names: the trail has none")),
    };
    let parts: Vec<String> = note.map(str::to_owned).into_iter().chain(unnamed).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn interrupted(past: &Past) -> String {
    let (seq, ..) = described(past);
    format!("the replay ended at row {seq}, which may or may not have been done")
}

/// Ask, and wait where the gateway says how long.
async fn ask(client: &mut Client, request: Map<String, Value>) -> Result<Map<String, Value>> {
    let request = Value::Object(request);
    for _ in 0..TRIES_MAX {
        let answer = client.ask(request.clone()).await?;
        match answer.get("retry_after_ms").and_then(Value::as_u64) {
            Some(wait_ms) => tokio::time::sleep(Duration::from_millis(wait_ms)).await,
            None => return Ok(answer),
        }
    }
    client.ask(request).await
}

fn error_of(answer: &Map<String, Value>) -> String {
    answer.get("error").and_then(Value::as_str).unwrap_or("no reason was given").to_owned()
}

/// Unix time in microseconds.
fn since(text: &str) -> Result<i64, String> {
    when::parse(text, clock::unix_micros())
}
