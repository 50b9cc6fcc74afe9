//! Shows how far long work has come: a bar on a terminal, a line every few seconds elsewhere.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work that ends sooner shows nothing.
const SILENT: Duration = Duration::from_secs(1);
/// Between two lines where standard error is no terminal.
const EVERY: Duration = Duration::from_secs(10);

/// The progress of one piece of work, on standard error. Dropping it removes the bar.
pub struct Progress {
    what: &'static str,
    begun: Instant,
    shown: Option<Instant>,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// `what` is done, in the present participle: `verifying`.
    pub fn new(what: &'static str) -> Progress {
        Progress { what, begun: Instant::now(), shown: None, bar: None }
    }

    /// `done` of `total` rows or changes are done.
    pub fn at(&mut self, done: u64, total: u64) {
        let now = Instant::now();
        if console::Term::stderr().is_term() {
            self.draw(done, total, now);
        } else if let Some(line) = self.line(done, total, now) {
            eprintln!("{line}");
        }
    }

    fn draw(&mut self, done: u64, total: u64, now: Instant) {
        if now.duration_since(self.begun) >= SILENT {
            let what = self.what;
            let bar = self.bar.get_or_insert_with(|| bar(what));
            bar.set_length(total);
            bar.set_position(done);
        }
    }

    fn line(&mut self, done: u64, total: u64, now: Instant) -> Option<String> {
        let is_due = self.shown.map_or(self.begun + SILENT, |shown| shown + EVERY) <= now;
        is_due.then(|| {
            self.shown = Some(now);
            format!("livegate: {}: {done} of {total}", self.what)
        })
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} [{bar:30}] {pos} of {len}, {eta} left").expect("a valid template");
    let bar =
        ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr()).with_style(style.progress_chars("=> "));
    bar.with_message(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_seldom_and_only_if_long() {
        let mut progress = Progress::new("verifying");
        let begun = progress.begun;
        let mut lines = |after_s| progress.line(after_s, 60, begun + Duration::from_secs(after_s));
        let shown: Vec<String> = (0..30).filter_map(&mut lines).collect();
        assert_eq!(
            shown,
            ["verifying: 1", "verifying: 11", "verifying: 21"].map(|text| format!("livegate: {text} of 60"))
        );
    }
}
