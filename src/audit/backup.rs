//! A copy of the trail as it is at one moment, while a gateway writes it or not: whole, verified, one file.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::checkpoint::Verifier;
use super::verify::{Report, verify};
use crate::platform;
use crate::platform::random;
use crate::storage::schema;

/// Copy a trail to a new file, and verify the copy by the log's key. When this fails, nothing is left behind.
pub fn back_up(trail: &Path, to: &Path, key: &Verifier) -> Result<Report> {
    refuse_if_there(to)?;
    let draft = Draft::beside(to)?;
    copy(trail, &draft.0).with_context(|| format!("cannot write {}", to.display()))?;
    let report = verify(&draft.0, key, &[])?;
    if let Some(problem) = report.problems.first() {
        bail!("nothing is kept, because the copy does not fit what was signed: {problem}");
    }
    // Somebody may have put a file there meanwhile.
    refuse_if_there(to)?;
    fs::rename(&draft.0, to).with_context(|| format!("cannot write {}", to.display()))?;
    platform::sync_folder(to)?;
    Ok(report)
}

fn refuse_if_there(to: &Path) -> Result<()> {
    match to.symlink_metadata() {
        Ok(_) => bail!("{} is there already; name a new file", to.display()),
        Err(_) => Ok(()),
    }
}

/// SQLite's own copy, from a snapshot for which no commit waits. It has no write-ahead log, so whoever reads it makes nothing beside it.
fn copy(trail: &Path, to: &Path) -> Result<()> {
    let name = to.to_str().context("its name is not UTF-8")?;
    schema::open_read_only(trail, schema::TRAIL)?.execute("VACUUM INTO ?1", [name])?;
    Ok(OpenOptions::new().write(true).open(to)?.sync_all()?)
}

/// A file that is not yet what it is to be, and goes away if it never is.
struct Draft(PathBuf);

impl Draft {
    fn beside(file: &Path) -> Result<Draft> {
        let mut name = file.as_os_str().to_owned();
        name.push(format!(".{}.draft", hex::encode(random::bytes::<4>())));
        let draft = Draft(name.into());
        platform::keep_private(&draft.0)?;
        Ok(draft)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
