//! `livegate audit tail`: prints the newest rows, and follows new ones.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use clap::Args;

use super::super::{Outcome, State, say_raw};
use super::filter_args::FilterArgs;
use super::list::rows;
use super::print_row::print_json_row;
use super::table::{Table, TableStyle};
use super::{open_review, trail_file};
use crate::audit::{self, Listed, Reader};
use crate::platform::clock;
use crate::platform::{self, Hangup};
use crate::review::{Filter, Page, Position, Review};

/// Show the newest rows; with -f also new ones, until Ctrl-C.
///
/// Example: livegate audit tail -f --caller mia
#[derive(Args)]
pub struct Tail {
    #[command(flatten)]
    state: State,
    #[command(flatten)]
    filter: FilterArgs,
    /// Follow new rows
    #[arg(short, long)]
    follow: bool,
    /// Number of existing rows
    #[arg(long, default_value_t = 10)]
    last: u32,
    /// Show the role and rule that decided each request
    #[arg(long)]
    rules: bool,
    /// Print one JSON object per line
    #[arg(long)]
    json: bool,
}

const POLL: Duration = Duration::from_millis(200);
/// The longest time in microseconds to wait for a new row's outcome.
const OUTCOME_WAIT_US: i64 = 2_000_000;
const PAGE: u32 = 500;

impl Tail {
    pub async fn run(self) -> Result<Outcome> {
        let state_dir = self.state.dir()?;
        let filter = self.filter.read()?;
        if !self.follow {
            let page = Page::of(Position::Before(i64::MAX), self.last);
            self.print(&mut self.table(), &rows(&state_dir, &filter, &page)?);
            return Ok(Outcome::Done);
        }
        let end = platform::shutdown_signal(Hangup::ShutsDown)?;
        tokio::pin!(end);
        let mut source = Source::open(&state_dir, filter.clone())?;
        let mut settled = source.settled_before()?;
        let mut coming = rows(&state_dir, &filter, &Page::of(Position::Before(settled), self.last))?;
        let mut after_seq = settled - 1;
        let mut table = self.table();
        loop {
            coming.retain(|row| row.seq < settled);
            after_seq = coming.iter().map(|row| row.seq).fold(after_seq, i64::max);
            self.print(&mut table, &coming);
            tokio::select! {
                _ = tokio::time::sleep(POLL) => (),
                () = &mut end => return Ok(Outcome::Done),
            }
            settled = source.settled_before()?;
            coming = source.behind(after_seq)?;
        }
    }
}

impl Tail {
    /// A table in which each row has its own line at once.
    fn table(&self) -> Table {
        Table::new(TableStyle::of_stdout(self.filter.zone(), self.rules, true), &[])
    }

    fn print(&self, table: &mut Table, rows: &[Listed]) {
        for row in rows {
            if self.json {
                print_json_row(row);
            } else {
                table.lines(row).iter().for_each(|line| say_raw(line));
            }
        }
    }
}

fn may_end(row: &Listed) -> bool {
    row.is_unfinished() && row.time_us + OUTCOME_WAIT_US > clock::unix_micros()
}

/// The source of rows: the trail, or its index if there is a filter.
enum Source {
    Trail(Reader),
    Review(Box<Review>, Filter),
}

impl Source {
    fn open(state_dir: &Path, filter: Filter) -> Result<Source> {
        if filter.is_empty() {
            return Ok(Source::Trail(Reader::open(&trail_file(state_dir)?)?));
        }
        Ok(Source::Review(Box::new(open_review(state_dir)?), filter))
    }

    /// All rows before this sequence number have their outcome. Later ones are shown once it has moved on, which keeps their order.
    fn settled_before(&mut self) -> Result<i64> {
        match self {
            Source::Trail(trail) => {
                let newest = trail.list(&audit::Filter::after(trail.seq_before_last(i64::MAX, PAGE)?, PAGE))?;
                let running = newest.iter().find(|row| may_end(row)).map(|row| row.seq);
                Ok(running.or(newest.last().map(|row| row.seq + 1)).unwrap_or(1))
            }
            Source::Review(review, _) => {
                review.catch_up(|_, _| false)?;
                let running = Filter::running_since(clock::unix_micros() - OUTCOME_WAIT_US);
                let running = review.find(&running, Position::After(0), 1)?.first().copied();
                Ok(running.unwrap_or(review.trail().last_seq()? + 1))
            }
        }
    }

    fn behind(&mut self, after_seq: i64) -> Result<Vec<Listed>> {
        match self {
            Source::Trail(trail) => Ok(trail.list(&audit::Filter::after(after_seq, PAGE))?),
            Source::Review(review, filter) => Ok(review.list(filter, &Page::of(Position::After(after_seq), PAGE))?),
        }
    }
}
