//! A copy of the trail as it is at one moment, while a gateway writes it or not: whole, verified, one file.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::FILE;
use super::checkpoint::Verifier;
use super::verify::{Report, verify};
use crate::platform::{self, StateDir, random};
use crate::storage::schema;

/// A copy that is being made, in a folder of its own beside the file that it is to be. The folder goes away with it.
pub struct Backup {
    to: PathBuf,
    folder: StateDir,
}

/// The end of that folder's name; before it stand the file's name and something random.
const DRAFT: &str = "draft";

impl Backup {
    /// Begin a copy to a new file. What an earlier one that was killed has left beside it is removed.
    pub fn begin(to: &Path) -> Result<Backup> {
        refuse_if_there(to)?;
        remove_left_over(to);
        let mut name = to.as_os_str().to_owned();
        name.push(format!(".{}.{DRAFT}", hex::encode(random::bytes::<4>())));
        let folder = StateDir::claim(Path::new(&name)).with_context(|| format!("cannot write {}", to.display()))?;
        Ok(Backup { to: to.to_owned(), folder })
    }

    /// The folder in which it is made.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Copy a trail, and verify the copy by the log's key. When this fails, nothing is left behind.
    pub fn make(self, trail: &Path, key: &Verifier) -> Result<Report> {
        let (draft, to) = (self.folder.path().join(FILE), &self.to);
        let context = || format!("cannot write {}", to.display());
        platform::keep_private(&draft)?;
        copy(trail, &draft).with_context(context)?;
        let report = verify(&draft, key, &[])?;
        if let Some(problem) = report.problems.first() {
            bail!("nothing is kept, because the copy does not fit what was signed: {problem}");
        }
        if !platform::rename_to_new(&draft, to).with_context(context)? {
            // Somebody has put a file there meanwhile.
            bail!("{} is there already; name a new file", to.display());
        }
        platform::sync_folder(to)?;
        Ok(report)
    }
}

impl Drop for Backup {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(self.folder.path());
    }
}

fn refuse_if_there(to: &Path) -> Result<()> {
    if platform::is_there(to) {
        bail!("{} is there already; name a new file", to.display());
    }
    Ok(())
}

/// Folders of earlier copies to this file that nobody is making any more: the lock of one that is being made is held.
fn remove_left_over(to: &Path) {
    let (Some(parent), Some(name)) = (to.parent(), to.file_name().and_then(|name| name.to_str())) else { return };
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let found = entry.file_name();
        let random = found.to_str().and_then(|found| found.strip_prefix(name)?.strip_prefix('.')?.split_once('.'));
        let is_draft = random.is_some_and(|(random, end)| random.len() == 8 && end == DRAFT);
        let is_locked_once = is_draft && entry.path().join(platform::LOCK).is_file();
        if is_locked_once && let Ok(folder) = StateDir::claim(&entry.path()) {
            let _ = fs::remove_dir_all(folder.path());
        }
    }
}

/// SQLite's own copy, from a snapshot for which no commit waits. It has no write-ahead log, so whoever reads it makes nothing beside it.
fn copy(trail: &Path, to: &Path) -> Result<()> {
    let name = to.to_str().context("its name is not UTF-8")?;
    schema::open_read_only(trail, schema::TRAIL)?.execute("VACUUM INTO ?1", [name])?;
    Ok(OpenOptions::new().write(true).open(to)?.sync_all()?)
}
