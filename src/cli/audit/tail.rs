//! `livegate audit tail`: the newest rows, and those that come.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use clap::Args;

use super::super::{Outcome, State};
use super::list::rows;
use super::open_review;
use super::shown::show;
use super::which::Which;
use crate::audit::{self, Listed, Reader};
use crate::platform;
use crate::platform::clock;
use crate::review::{Filter, Page, Place, Review};

/// Show the newest rows, and with -f those that come, until interrupted. Example: livegate audit tail -f --caller mia
#[derive(Args)]
pub struct Tail {
    #[command(flatten)]
    state: State,
    #[command(flatten)]
    which: Which,
    /// Go on with what comes
    #[arg(short, long)]
    follow: bool,
    /// How many of those that are there already
    #[arg(long, default_value_t = 10)]
    last: u32,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

const POLL: Duration = Duration::from_millis(200);
/// How long a row that is shown as it comes waits for its outcome.
const PATIENCE_US: i64 = 2_000_000;
const PAGE: u32 = 500;

impl Tail {
    pub async fn run(self) -> Result<Outcome> {
        let (state_dir, filter) = (self.state.dir()?, self.which.filter()?);
        if !self.follow {
            let page = Page::of(Place::Before(i64::MAX), self.last);
            rows(&state_dir, &filter, &page)?.iter().for_each(|row| show(row, self.json));
            return Ok(Outcome::Done);
        }
        let end = platform::shutdown_signal()?;
        tokio::pin!(end);
        let mut source = Source::open(&state_dir, filter.clone())?;
        let mut settled = source.settled_before()?;
        let mut coming = rows(&state_dir, &filter, &Page::of(Place::Before(settled), self.last))?;
        let mut after_seq = settled - 1;
        loop {
            for row in coming.iter().filter(|row| row.seq < settled) {
                after_seq = after_seq.max(row.seq);
                show(row, self.json);
            }
            tokio::select! {
                _ = tokio::time::sleep(POLL) => (),
                () = &mut end => return Ok(Outcome::Done),
            }
            settled = source.settled_before()?;
            coming = source.behind(after_seq)?;
        }
    }
}

fn may_end(row: &Listed) -> bool {
    row.is_unfinished() && row.time_us + PATIENCE_US > clock::unix_micros()
}

/// Where rows come from: the trail, or where only some are asked for, its index.
enum Source {
    Trail(Reader),
    Review(Box<Review>, Filter),
}

impl Source {
    fn open(state_dir: &Path, filter: Filter) -> Result<Source> {
        match filter.is_empty() {
            true => Ok(Source::Trail(Reader::open(&state_dir.join(audit::FILE))?)),
            false => Ok(Source::Review(Box::new(open_review(state_dir)?), filter)),
        }
    }

    /// What is still running is shown when it has ended, and what came after it, later: before this number all has ended.
    fn settled_before(&mut self) -> Result<i64> {
        match self {
            Source::Trail(trail) => {
                let newest = trail.list(&audit::Filter::after(trail.seq_before_last(i64::MAX, PAGE)?, PAGE))?;
                let running = newest.iter().find(|row| may_end(row)).map(|row| row.seq);
                Ok(running.or(newest.last().map(|row| row.seq + 1)).unwrap_or(1))
            }
            Source::Review(review, _) => {
                review.catch_up(|| false)?;
                let running = Filter::running_since(clock::unix_micros() - PATIENCE_US);
                let running = review.find(&running, Place::After(0), 1)?.first().copied();
                Ok(running.unwrap_or(review.trail().last_seq()? + 1))
            }
        }
    }

    fn behind(&mut self, after_seq: i64) -> Result<Vec<Listed>> {
        match self {
            Source::Trail(trail) => trail.list(&audit::Filter::after(after_seq, PAGE)),
            Source::Review(review, filter) => review.list(filter, &Page::of(Place::After(after_seq), PAGE)),
        }
    }
}
