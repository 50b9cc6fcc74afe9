//! Where the roles come from: the shipped file, with or without an owner's file beside it.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{Mistake, Policy, cases};
use crate::config;

/// The source of a policy.
#[derive(Clone, Debug)]
pub enum Source {
    Shipped,
    File { path: PathBuf, bytes_max: usize, where_chars_max: usize },
}

/// Why a policy did not load.
#[derive(Debug)]
pub enum LoadError {
    Unreadable(PathBuf, io::Error),
    TooLong(PathBuf, usize),
    Mistake(Mistake),
    /// Its tests are malformed, or one fails.
    Cases(String),
}

impl Source {
    /// The source that the settings name. A relative path is resolved in the state folder.
    pub fn of(config: &config::Policy, state_dir: &Path) -> Source {
        if config.roles_file.as_os_str().is_empty() {
            return Source::Shipped;
        }
        Source::File {
            path: state_dir.join(&config.roles_file),
            bytes_max: config.roles_file_bytes_max,
            where_chars_max: config.where_chars_max,
        }
    }

    /// The name in the trail: `shipped`, or the path.
    pub fn name(&self) -> String {
        match self {
            Source::Shipped => "shipped".to_owned(),
            Source::File { path, .. } => path.display().to_string(),
        }
    }

    /// The file that the roles are read from.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Source::Shipped => None,
            Source::File { path, .. } => Some(path),
        }
    }

    /// Read the roles, and run their own tests. A policy that fails one is not used.
    pub fn load_tested(&self) -> Result<Policy, LoadError> {
        let policy = self.load()?;
        let Some(text) = self.cases()? else { return Ok(policy) };
        let report = cases::run(&policy, &text).map_err(LoadError::Cases)?;
        match report.failures.first() {
            None => Ok(policy),
            Some(first) => {
                let count = report.failures.len();
                Err(LoadError::Cases(format!("{count} of the policy's tests fail, the first: {first}")))
            }
        }
    }

    pub fn load(&self) -> Result<Policy, LoadError> {
        match self {
            Source::Shipped => Ok(Policy::shipped()),
            Source::File { path, bytes_max, where_chars_max } => {
                let text = read_bounded(path, *bytes_max)?;
                Policy::for_live(&self.name(), &text, *where_chars_max).map_err(LoadError::Mistake)
            }
        }
    }

    /// The policy's test cases: for `roles.toml` those in `roles.test.toml` beside it, if that file exists.
    pub fn cases(&self) -> Result<Option<String>, LoadError> {
        match self {
            Source::Shipped => Ok(None),
            Source::File { path, bytes_max, .. } => {
                let cases = path.with_extension("test.toml");
                if cases.exists() { read_bounded(&cases, *bytes_max).map(Some) } else { Ok(None) }
            }
        }
    }
}

fn read_bounded(path: &Path, bytes_max: usize) -> Result<String, LoadError> {
    let read = || {
        let mut text = String::new();
        File::open(path)?.take(bytes_max as u64 + 1).read_to_string(&mut text)?;
        Ok(text)
    };
    let text = read().map_err(|error| LoadError::Unreadable(path.to_owned(), error))?;
    if text.len() > bytes_max { Err(LoadError::TooLong(path.to_owned(), bytes_max)) } else { Ok(text) }
}

impl std::fmt::Display for LoadError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LoadError::Unreadable(path, error) => write!(out, "cannot read {}: {error}", path.display()),
            LoadError::TooLong(path, max) => {
                write!(out, "{} is longer than policy.roles_file_bytes_max, {max} bytes", path.display())
            }
            LoadError::Mistake(mistake) => mistake.fmt(out),
            LoadError::Cases(reason) => out.write_str(reason),
        }
    }
}

impl std::error::Error for LoadError {}
