//! Shows long output through the user's pager.

use std::io::Write;
use std::process::{Command, Stdio};

use console::Term;

use super::say_raw;
use crate::config;

/// For a user without `PAGER`; `less` ends at once if everything fits.
const DEFAULT: &str = "less";
const LESS_OPTIONS: &str = "FRX";

/// Print lines that are escaped already. On a terminal with fewer rows they go through `$PAGER`.
pub fn page(lines: &[String]) {
    let term = Term::stdout();
    let fits = !term.is_term() || lines.len() < usize::from(term.size().0);
    if fits || !is_shown_by_pager(lines) {
        lines.iter().for_each(|line| say_raw(line));
    }
}

/// Whether a pager took the lines.
fn is_shown_by_pager(lines: &[String]) -> bool {
    let (pager, has_less_options) = config::pager();
    let pager = pager.unwrap_or_else(|| DEFAULT.to_owned());
    let mut words = pager.split_whitespace();
    let Some(program) = words.next() else { return false };
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::piped());
    if !has_less_options {
        command.env("LESS", LESS_OPTIONS);
    }
    let Ok(mut child) = command.spawn() else { return false };
    if let Some(mut stdin) = child.stdin.take() {
        // A reader who has seen enough closes the pipe.
        let _ = stdin.write_all((lines.join("\n") + "\n").as_bytes());
    }
    let _ = child.wait();
    true
}
