//! Skips a test on a machine that lacks what it needs. Each skip is printed with a running count.

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

use livegate::config;

static SKIPPED: AtomicUsize = AtomicUsize::new(0);

/// Something that could be installed or permitted is missing. Fails with `LIVEGATE_REQUIRE_ALL`.
pub fn skip(reason: &str) {
    assert!(!config::requires_all(), "skipped with LIVEGATE_REQUIRE_ALL set: {reason}");
    skip_elsewhere(reason);
}

/// The test applies to another system or user. Never a failure.
pub fn skip_elsewhere(reason: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    let count = SKIPPED.fetch_add(1, Ordering::Relaxed) + 1;
    // Not `eprintln`: the test harness shows its output for failed tests only.
    let _ = writeln!(std::io::stderr(), "skipped {count}: {test}: {reason}");
}

/// The number of skipped tests in a report of Python's unittest, if any.
pub fn skipped_by_unittest(report: &str) -> Option<&str> {
    let (_, count) = report.split_once("skipped=")?;
    count.split(|letter: char| !letter.is_ascii_digit()).next()
}
