//! Backup: a verified copy of the trail at one moment, in one file, also while a gateway writes the trail.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use super::FILE;
use super::checkpoint::Verifier;
use super::error::{Result, invalid};
use super::verify::{OnProgress, Report, verify_watched};
use crate::failure::Context;
use crate::platform::{self, StateDir, random};
use crate::storage::schema;

/// A backup in progress, in a temporary folder beside the target file. Dropping it removes the folder.
pub struct Backup {
    to: PathBuf,
    folder: StateDir,
}

/// Suffix of the folder's name, after the file's name and a random part.
const DRAFT: &str = "draft";

impl Backup {
    /// Begin a backup to a new file. Removes the folders of earlier backups to this file that were killed.
    pub fn begin(to: &Path) -> Result<Backup> {
        refuse_if_there(to)?;
        remove_left_over(to);
        let mut name = to.as_os_str().to_owned();
        name.push(format!(".{}.{DRAFT}", hex::encode(random::bytes::<4>())));
        let folder = StateDir::claim(Path::new(&name)).with_context(|| format!("cannot write {}", to.display()))?;
        Ok(Backup { to: to.to_owned(), folder })
    }

    /// The temporary folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Copy a trail and verify the copy with the log's key. On an error no file remains.
    pub fn make(self, trail: &Path, key: &Verifier, progress: OnProgress<'_>) -> Result<Report> {
        let draft = self.folder.path().join(FILE);
        let to = &self.to;
        let context = || format!("cannot write {}", to.display());
        platform::keep_private(&draft)?;
        copy(trail, &draft).with_context(context)?;
        let report = verify_watched(&draft, key, &[], progress)?;
        if let Some(problem) = report.problems.first() {
            return Err(invalid(format!(
                "the copy was removed, because it does not match the signed checkpoints: {problem}"
            )));
        }
        if !platform::rename_to_new(&draft, to).with_context(context)? {
            // Another program created the file meanwhile.
            return Err(invalid(format!("{} exists already; name a new file", to.display())));
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
        return Err(invalid(format!("{} exists already; name a new file", to.display())));
    }
    Ok(())
}

/// Remove the folders of interrupted backups to this file. A backup in progress holds a lock on its folder.
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

/// Copy with SQLite's backup from a snapshot that blocks no commit. The copy has no write-ahead log, so readers create no files beside it.
fn copy(trail: &Path, to: &Path) -> Result<()> {
    let name = to.to_str().ok_or_else(|| invalid("its name is not UTF-8"))?;
    schema::open_read_only(trail, schema::TRAIL)?.execute("VACUUM INTO ?1", [name])?;
    Ok(OpenOptions::new().write(true).open(to)?.sync_all()?)
}
