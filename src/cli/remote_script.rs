//! The Remote Script in Live's folder: identifies, installs and removes it atomically, and never touches foreign files.

mod contents;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Map, Value, json};

use super::embedded;
use super::progress::Progress;
use super::script_settings::{self, ScriptSettings};
pub use crate::other_programs::OURS as NAME;
use crate::platform;
pub use contents::{Contents, source_sha256};

/// The installed files with their digests; other files are foreign, other digests are changes.
const MANIFEST: &str = "installed.json";

pub struct RemoteScript {
    pub folder: PathBuf,
}

/// The state of the script's folder.
pub enum Found {
    Nothing,
    Ours(Contents),
    Foreign,
}

/// The effect of an installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    New,
    Replaced,
    /// Only the settings changed.
    Settings,
    Nothing,
}

type Files = BTreeMap<String, Cow<'static, [u8]>>;

impl RemoteScript {
    pub fn below(remote_scripts: &Path) -> RemoteScript {
        RemoteScript { folder: remote_scripts.join(NAME) }
    }

    pub fn settings_file(&self) -> PathBuf {
        self.folder.join(script_settings::FILE)
    }

    /// Inspect the folder. A symbolic link is foreign and never followed.
    pub fn inspect(&self) -> Result<Found> {
        match fs::symlink_metadata(&self.folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Found::Nothing),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", self.folder.display())),
            Ok(metadata) if !metadata.is_dir() => return Ok(Found::Foreign),
            Ok(_) => (),
        }
        let contents = Contents::read(&self.folder)?;
        Ok(if contents.is_ours() { Found::Ours(contents) } else { Found::Foreign })
    }

    /// The owner's limits in the settings that the next `put` replaces. Fails where `put` would.
    pub fn limits_to_keep(&self) -> Result<Map<String, Value>> {
        let last = match self.inspect_unchanged()? {
            Some(_) => self.settings_file(),
            None => {
                let old = self.beside("old");
                old.inspect_unchanged()?;
                old.settings_file()
            }
        };
        ScriptSettings::limits_to_keep(&last)
    }

    /// The contents, if they may be replaced or removed: only our files, unchanged.
    fn inspect_unchanged(&self) -> Result<Option<Contents>> {
        let contents = self.inspect_to_replace()?;
        let changed: Vec<String> = contents.iter().flat_map(Contents::changed).collect();
        if !changed.is_empty() {
            bail!(
                "{} has files that were changed after their installation: {}; move them elsewhere, then run this again",
                self.folder.display(),
                changed.join(", ")
            );
        }
        Ok(contents)
    }

    /// The contents, if all files are ours.
    fn inspect_to_replace(&self) -> Result<Option<Contents>> {
        let folder = self.folder.display();
        let found = self
            .inspect()
            .map_err(|error| anyhow!("{error:#}; give this user read permission, then run this again"))?;
        match found {
            Found::Nothing => Ok(None),
            Found::Foreign => bail!("{folder} was not created by livegate; move it away, then run this again"),
            Found::Ours(contents) => match contents.foreign() {
                foreign if foreign.is_empty() => Ok(Some(contents)),
                foreign => bail!(
                    "{folder} has files that livegate did not install: {}; move them elsewhere, then run this again",
                    foreign.join(", ")
                ),
            },
        }
    }

    /// Install this build's script atomically, replacing an older one of ours.
    pub fn put(&self, settings: &ScriptSettings) -> Result<Change> {
        let files = embedded::remote_script();
        let change = match self.inspect_unchanged()? {
            Some(contents) if contents.is_as_put(&files) => return self.put_settings(settings),
            None if !self.recover()? => Change::New,
            _ => Change::Replaced,
        };
        self.swap(&files, settings)?;
        Ok(change)
    }

    /// Recover from a swap that was interrupted between its renames: the old script, with the only settings, is still beside the
    /// folder. Rename it back before anything is deleted. Returns whether there was one.
    fn recover(&self) -> Result<bool> {
        let old = self.beside("old");
        if old.inspect_unchanged()?.is_none() {
            return Ok(false);
        }
        fs::rename(&old.folder, &self.folder).with_context(|| format!("cannot move {}", old.folder.display()))?;
        Ok(true)
    }

    fn put_settings(&self, settings: &ScriptSettings) -> Result<Change> {
        let path = self.settings_file();
        if ScriptSettings::read(&path).is_ok_and(|there| there == *settings) {
            return Ok(Change::Nothing);
        }
        platform::write_private(&path, &settings.text()?)?;
        Ok(Change::Settings)
    }

    /// Write a new folder beside the old one and rename it, so that Live never loads half a script.
    fn swap(&self, files: &Files, settings: &ScriptSettings) -> Result<()> {
        let draft = self.beside("draft");
        let old = self.beside("old");
        draft.clear()?;
        old.clear()?;
        // The manifest first: it identifies an interrupted draft as ours.
        embedded::write(&draft.folder.join(MANIFEST), manifest(files).as_bytes())?;
        let mut progress = Progress::new("installing");
        let total = files.len() as u64;
        for ((path, data), done) in files.iter().zip(0..) {
            progress.at(done, total);
            embedded::write(&draft.folder.join(path), data)?;
        }
        drop(progress);
        platform::write_private(&draft.settings_file(), &settings.text()?)?;
        let context = || format!("cannot replace {}; close Live, then run this again", self.folder.display());
        let has_old = platform::is_there(&self.folder);
        if has_old {
            fs::rename(&self.folder, &old.folder).with_context(context)?;
        }
        if let Err(error) = fs::rename(&draft.folder, &self.folder) {
            if has_old {
                fs::rename(&old.folder, &self.folder).with_context(context)?;
            }
            return Err(error).with_context(context);
        }
        old.clear()
    }

    /// Remove what `install` put there, and nothing else. Returns whether there was anything.
    pub fn remove(&self) -> Result<bool> {
        let Some(contents) = self.inspect_unchanged()? else { return Ok(false) };
        let folder = self.folder.display();
        if !contents.was_installed() {
            bail!("{folder} was copied by hand; remove it by hand, or run livegate install first");
        }
        // Rename first, so that Live finds the whole script or none.
        let old = self.beside("old");
        old.clear()?;
        fs::rename(&self.folder, &old.folder).with_context(|| format!("cannot remove {folder}; close Live first"))?;
        old.clear()?;
        Ok(true)
    }

    /// Remove the folder if it exists and all files are ours.
    fn clear(&self) -> Result<()> {
        match self.inspect_to_replace()? {
            None => Ok(()),
            Some(_) => {
                fs::remove_dir_all(&self.folder).with_context(|| format!("cannot remove {}", self.folder.display()))
            }
        }
    }

    fn beside(&self, ending: &str) -> RemoteScript {
        RemoteScript { folder: self.folder.with_extension(ending) }
    }
}

fn manifest(files: &Files) -> String {
    let digests: BTreeMap<&String, String> = files.iter().map(|(path, data)| (path, contents::sha256(data))).collect();
    let manifest = json!({"livegate": env!("CARGO_PKG_VERSION"), "files": digests});
    format!("{manifest:#}\n")
}
