//! `livegate audit export`: writes rows as JSON lines, CSV or OCSF.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Args;

use super::super::progress::Progress;
use super::super::{Outcome, State};
use super::filter_args::FilterArgs;
use super::open_review;
use crate::review::{Format, Page, Position};

/// Export rows for other programs, oldest first.
///
/// Example: livegate audit export --format csv --since 7d --out week.csv
#[derive(Args)]
pub struct Export {
    #[command(flatten)]
    state: State,
    #[command(flatten)]
    filter: FilterArgs,
    /// jsonl (one JSON object a line), csv (a table), ocsf (events of the Open Cybersecurity Schema)
    #[arg(long, default_value = "jsonl", value_parser = clap::builder::PossibleValuesParser::new(Format::NAMES))]
    format: String,
    /// Only rows after this sequence number
    #[arg(long, value_name = "SEQ", default_value_t = 0)]
    after: i64,
    /// A new file [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

const PAGE: u32 = 1_000;

impl Export {
    pub fn run(self) -> Result<Outcome> {
        let filter = self.filter.read()?;
        let format = Format::from_name(&self.format).expect("clap has checked it");
        let review = open_review(&self.state.dir()?)?;
        let mut to: Box<dyn Write> = match &self.out {
            Some(path) => {
                let file = File::create_new(path).with_context(|| format!("cannot create {}", path.display()))?;
                Box::new(BufWriter::new(file))
            }
            None => Box::new(BufWriter::new(std::io::stdout().lock())),
        };
        // Rows written during the export are left to the next one.
        let until = review.trail().last_seq()?;
        let pruned = review.trail().pruned_seq()?;
        let mut after = self.after;
        let mut written = Ok(());
        let mut progress = Progress::new("exporting");
        if let Some(header) = format.header() {
            written = writeln!(to, "{header}");
        }
        while written.is_ok() {
            let rows = review.list(&filter, &Page::of(Position::After(after), PAGE))?;
            let Some(last) = rows.last() else { break };
            after = last.seq;
            if self.out.is_some() {
                progress.at(u64::try_from(after)?, u64::try_from(until)?);
            }
            written =
                rows.iter().filter(|row| row.seq <= until).try_for_each(|row| writeln!(to, "{}", format.line(row)));
        }
        match written.and_then(|()| to.flush()) {
            // A reader may close standard output early, as `head` does.
            Err(error) if self.out.is_none() && error.kind() == std::io::ErrorKind::BrokenPipe => Ok(Outcome::Done),
            written => {
                written.context("cannot write the export")?;
                let complete = review.trail().pruned_seq()? == pruned;
                ensure!(complete, "retention pruned rows during the export; some may be missing");
                Ok(Outcome::Done)
            }
        }
    }
}
