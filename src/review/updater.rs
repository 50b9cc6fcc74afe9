//! Background job of the gateway that updates the search index, so that searches need not wait for it. It yields to commands.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::error::Result;
use super::{FILE, Review};
use crate::failure::Context;
use crate::platform::WatchedFile;
use crate::platform::own_thread::{self, Urgency};

/// An open index, valid while its file is at its path.
struct OpenReview {
    review: Review,
    file: WatchedFile,
}

/// Above this many rows a second the trail's writer is under load, and the index waits for its end. Indexing so many takes a few percent of
/// one processor.
const LOAD_ROWS_PER_SECOND: f64 = 1_000.0;
/// Pause between two steps.
const GAP: Duration = Duration::from_millis(10);
/// The shortest time over which the rate of rows is measured.
const RATE_WINDOW: Duration = Duration::from_millis(50);

/// Update the index every `every` until the gateway shuts down, on a thread in the background. `rows_written` counts the trail's rows.
/// Failures are retried; repeated failures are logged once.
pub fn keep(
    state_dir: PathBuf,
    every: Duration,
    rows_written: impl Fn() -> u64 + Send + 'static,
    shutdown: watch::Receiver<bool>,
) -> Result<impl Future<Output = ()>> {
    let task = move || run(state_dir, every, WriteLoad::new(rows_written), shutdown);
    Ok(own_thread::spawn("review", Urgency::Background, task).context("cannot start the index of the trail")?)
}

async fn run(
    state_dir: PathBuf,
    every: Duration,
    mut load: WriteLoad<impl Fn() -> u64>,
    mut shutdown: watch::Receiver<bool>,
) {
    let mut kept = None;
    let mut succeeded = true;
    while tokio::time::timeout(every, shutdown.wait_for(|&down| down)).await.is_err() {
        if load.is_heavy() {
            continue;
        }
        let mut enough = |_, _| {
            // Queries wait for the index's lock by polling.
            std::thread::park_timeout(GAP);
            *shutdown.borrow() || shutdown.has_changed().is_err() || load.is_heavy()
        };
        let built = OpenReview::caught_up(kept, &state_dir, &mut enough);
        if let Err(error) = &built
            && succeeded
        {
            tracing::warn!(error = format!("{error:#}"), "the index of the trail cannot be built; reviewing may fail");
        }
        succeeded = built.is_ok();
        kept = built.ok();
    }
}

impl OpenReview {
    fn caught_up(
        kept: Option<OpenReview>,
        state_dir: &Path,
        mut enough: impl FnMut(i64, i64) -> bool,
    ) -> Result<OpenReview> {
        if let Some(mut kept) = kept.filter(|kept| kept.file.check().is_ok())
            && kept.review.catch_up(&mut enough).is_ok()
        {
            return Ok(kept);
        }
        let (review, _) = Review::current(state_dir, enough)?;
        let file = WatchedFile::new(state_dir.join(FILE))?;
        Ok(OpenReview { review, file })
    }
}

/// How fast the trail grows, so that work that is not a command's own can yield.
pub struct WriteLoad<F> {
    rows_written: F,
    /// When the window began, and the rows before it.
    since: Instant,
    before: u64,
    is_heavy: bool,
}

impl<F: Fn() -> u64> WriteLoad<F> {
    /// `rows_written` counts the trail's rows.
    pub fn new(rows_written: F) -> WriteLoad<F> {
        let before = rows_written();
        WriteLoad { rows_written, since: Instant::now(), before, is_heavy: false }
    }

    /// Whether the rows of the last window came at a higher rate than the index keeps up with unnoticed.
    pub fn is_heavy(&mut self) -> bool {
        let elapsed = self.since.elapsed();
        if elapsed >= RATE_WINDOW {
            let rows = (self.rows_written)();
            self.is_heavy = (rows - self.before) as f64 > LOAD_ROWS_PER_SECOND * elapsed.as_secs_f64();
            self.since = Instant::now();
            self.before = rows;
        }
        self.is_heavy
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn many_rows_in_a_window_are_load() {
        let rows = Cell::new(0);
        let mut load = WriteLoad::new(|| rows.get());
        let mut after = |more: u64| {
            rows.set(rows.get() + more);
            load.since = load.since.checked_sub(Duration::from_secs(1)).expect("a machine that runs for a second");
            load.is_heavy()
        };
        assert!(!after(10));
        assert!(after(10_000));
        assert!(!after(10));
    }
}
