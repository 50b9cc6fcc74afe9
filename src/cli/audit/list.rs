//! `livegate audit list`: prints a page of rows.

use std::path::Path;

use anyhow::Result;
use clap::Args;

use super::super::pager::page;
use super::super::{Outcome, State};
use super::filter_args::FilterArgs;
use super::print_row::print_json_row;
use super::table::{Table, TableStyle};
use super::{open_review, report_pruned, trail_file};
use crate::audit::{self, Listed, Reader};
use crate::platform;
use crate::review::{Filter, Page, Position};

/// List the newest rows, oldest first
///
/// Examples: livegate audit list --last 20
///           livegate audit list --track Vocals --action '*mute*' --since 16h
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct List {
    #[command(flatten)]
    state: State,
    #[command(flatten)]
    filter: FilterArgs,
    /// Number of rows
    #[arg(long, default_value_t = 100, conflicts_with = "after")]
    last: u32,
    /// Only rows before this sequence number
    #[arg(long, value_name = "SEQ", conflicts_with = "after")]
    before: Option<i64>,
    /// Only rows after this sequence number, oldest first
    #[arg(long, value_name = "SEQ")]
    after: Option<i64>,
    /// Maximum number of rows with --after
    #[arg(long, default_value_t = 1000)]
    limit: u32,
    /// Also list sessions and reads one by one, which are folded on a terminal
    #[arg(long)]
    all: bool,
    /// Show the role and rule that decided each request
    #[arg(long)]
    rules: bool,
    /// Print one JSON object per line
    #[arg(long)]
    json: bool,
}

impl List {
    pub async fn run(self) -> Result<Outcome> {
        let state_dir = self.state.dir()?;
        let section = match self.after {
            Some(after) => Page::of(Position::After(after), self.limit),
            None => Page::of(Position::Before(self.before.unwrap_or(i64::MAX)), self.last),
        };
        let filter = self.filter.read()?;
        let rows = rows(&state_dir, &filter, &section)?;
        // Without a running gateway, a missing outcome stays missing.
        let interrupted = rows.iter().any(Listed::is_unfinished)
            && platform::connect_own(&state_dir, platform::End::Control).await.is_err();
        let rows: Vec<Listed> =
            if interrupted { rows.into_iter().map(Listed::interrupted_if_unfinished).collect() } else { rows };
        if self.json {
            rows.iter().for_each(print_json_row);
        } else {
            let look = TableStyle::of_stdout(self.filter.zone(), self.rules, self.all || self.filter.names_kinds());
            let mut table = Table::new(look, &rows);
            let mut lines: Vec<String> = rows.iter().flat_map(|row| table.lines(row)).collect();
            lines.extend(table.rest());
            page(&lines);
        }
        if rows.is_empty() && !self.json {
            eprintln!("(no rows match)");
        }
        if rows.is_empty() || filter.since_us.is_some() {
            report_pruned(&state_dir, &filter)?;
        }
        if let (Some(first), Some(last), false) = (rows.first(), rows.last(), self.json)
            && rows.len() >= section.limit as usize
        {
            match section.place {
                Position::Before(_) => eprintln!("(older rows: --before {})", first.seq),
                Position::After(_) => eprintln!("(more rows: --after {})", last.seq),
            }
        }
        Ok(Outcome::Done)
    }
}

/// A page of rows, oldest first.
pub fn rows(state_dir: &Path, filter: &Filter, page: &Page) -> Result<Vec<Listed>> {
    if filter.is_empty() {
        // Without a filter no index is needed: the trail is in this order.
        let trail = Reader::open(&trail_file(state_dir)?)?;
        let after_seq = match page.place {
            Position::After(seq) => seq,
            Position::Before(seq) => trail.seq_before_last(seq, page.limit)?,
        };
        let mut rows = trail.list(&audit::Filter::after(after_seq, page.limit))?;
        if let Position::Before(seq) = page.place {
            rows.retain(|row| row.seq < seq);
        }
        return Ok(rows);
    }
    let mut rows = open_review(state_dir)?.list(filter, page)?;
    if let Position::Before(_) = page.place {
        rows.reverse();
    }
    Ok(rows)
}
