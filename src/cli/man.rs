//! `livegate man`: the manual pages, one for each command.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, CommandFactory};
use clap_mangen::Man as Page;

use super::{Cli, NAME, Outcome, say, say_raw};

/// Print a manual page, or write all of them
///
/// Examples: livegate man serve | man -l -
///           livegate man --dir ~/.local/share/man/man1
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Man {
    /// The command, such as "audit list" [default: the page of livegate itself]
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
    /// Write all pages into this folder instead
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    dir: Option<PathBuf>,
}

impl Man {
    pub fn run(self) -> Result<Outcome> {
        let Some(dir) = self.dir else {
            say_raw(page(&find(&self.command)?)?.trim_end());
            return Ok(Outcome::Done);
        };
        std::fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
        let count = write_all(&root(), &dir)?;
        say(&format!("{count} pages are in {}", dir.display()));
        Ok(Outcome::Done)
    }
}

/// The command with its subcommands, each called by its whole name, as in `livegate-audit-list`.
fn root() -> clap::Command {
    let mut root = Cli::command().disable_help_subcommand(true);
    root.build();
    root
}

fn find(names: &[String]) -> Result<clap::Command> {
    let mut command = root();
    for name in names {
        let Some(below) = command.find_subcommand(name) else {
            bail!("{} has no command {name}; `livegate --help` lists them", command.get_display_name().unwrap_or(NAME));
        };
        command = below.clone();
    }
    Ok(command)
}

/// Write the page of a command and of each below it; returns their number.
fn write_all(command: &clap::Command, dir: &Path) -> Result<usize> {
    let path = dir.join(format!("{}.1", command.get_display_name().unwrap_or(NAME)));
    std::fs::write(&path, page(command)?).with_context(|| format!("cannot write {}", path.display()))?;
    command.get_subcommands().try_fold(1, |count, below| Ok(count + write_all(below, dir)?))
}

fn page(command: &clap::Command) -> Result<String> {
    let mut text = Vec::new();
    Page::new(command.clone()).render(&mut text).context("cannot make the page")?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_page_names_options_and_example() {
        let text = page(&find(&names(&["audit", "list"])).expect("a command")).expect("a page");
        for part in [".TH livegate-audit-list 1", "OPTIONS", "Example"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let error = find(&names(&["audit", "lisst"])).expect_err("a refusal").to_string();
        assert_eq!(error, "livegate-audit has no command lisst; `livegate --help` lists them");
    }

    #[test]
    fn every_command_has_its_page() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let count = write_all(&root(), dir.path()).expect("pages");
        for name in ["livegate.1", "livegate-serve.1", "livegate-audit-list.1"] {
            assert!(dir.path().join(name).is_file(), "{name}");
        }
        assert_eq!(std::fs::read_dir(dir.path()).expect("a folder").count(), count);
    }
}
