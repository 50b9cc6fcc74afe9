//! The Remote Script in Live's folder: whether what lies there is ours, putting it there as a whole, taking it away.

mod contents;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Map, Value, json};

use super::embedded;
use super::script_settings::{self, ScriptSettings};
use crate::platform;
pub use contents::{Contents, source_sha256};

/// The folder's name, which is what Live lists.
pub const NAME: &str = "LiveGate";
/// What `install` put there: a digest for each file, by which changed and strange ones are known.
const MANIFEST: &str = "installed.json";

pub struct RemoteScript {
    pub folder: PathBuf,
}

/// What lies where the script goes.
pub enum Found {
    Nothing,
    Ours(Contents),
    Somebodys,
}

/// What putting it there came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    New,
    Replaced,
    /// The files were the same, the settings were not.
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

    /// A link is never followed: what is behind it was not put there by us.
    pub fn look(&self) -> Result<Found> {
        match fs::symlink_metadata(&self.folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Found::Nothing),
            Err(error) => return Err(error).with_context(|| format!("cannot look at {}", self.folder.display())),
            Ok(metadata) if !metadata.is_dir() => return Ok(Found::Somebodys),
            Ok(_) => (),
        }
        let contents = Contents::read(&self.folder)?;
        Ok(if contents.is_ours() { Found::Ours(contents) } else { Found::Somebodys })
    }

    /// The bounds in the settings that the next `put` replaces. What it would refuse is refused here.
    pub fn limits_to_keep(&self) -> Result<Map<String, Value>> {
        let last = match self.look_unchanged()? {
            Some(_) => self.settings_file(),
            None => {
                let old = self.beside("old");
                old.look_unchanged()?;
                old.settings_file()
            }
        };
        ScriptSettings::limits_to_keep(&last)
    }

    /// What lies there, if it may be replaced or removed: all of it is ours, and none of it its owner's work.
    fn look_unchanged(&self) -> Result<Option<Contents>> {
        let contents = self.look_to_replace()?;
        let changed: Vec<String> = contents.iter().flat_map(Contents::changed).collect();
        if !changed.is_empty() {
            bail!(
                "{} holds files that were changed since livegate put them there: {}; move them elsewhere, then run this again",
                self.folder.display(),
                changed.join(", ")
            );
        }
        Ok(contents)
    }

    /// What lies there, if all of it is ours.
    fn look_to_replace(&self) -> Result<Option<Contents>> {
        let folder = self.folder.display();
        let look = self.look().map_err(|error| anyhow!("{error:#}; let this user read it, then run this again"))?;
        match look {
            Found::Nothing => Ok(None),
            Found::Somebodys => bail!("{folder} was not made by livegate; move it away, then run this again"),
            Found::Ours(contents) => match contents.strange() {
                strange if strange.is_empty() => Ok(Some(contents)),
                strange => bail!(
                    "{folder} holds what livegate did not put there: {}; move it elsewhere, then run this again",
                    strange.join(", ")
                ),
            },
        }
    }

    /// Put the script of this build there, as a whole or not at all, in place of an older one of ours.
    pub fn put(&self, settings: &ScriptSettings) -> Result<Change> {
        let files = embedded::remote_script();
        let change = match self.look_unchanged()? {
            Some(contents) if contents.is_as_put(&files) => return self.put_settings(settings),
            None if !self.bring_back()? => Change::New,
            _ => Change::Replaced,
        };
        self.swap(&files, settings)?;
        Ok(change)
    }

    /// A swap that died between its renames left nothing here, and beside it the old script with the only settings. They are
    /// back before anything is cleared, so that a second death loses nothing either. Whether there was such a script.
    fn bring_back(&self) -> Result<bool> {
        let old = self.beside("old");
        if old.look_unchanged()?.is_none() {
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

    /// A new folder is written beside the old one and takes its name, so that Live never loads half a script.
    fn swap(&self, files: &Files, settings: &ScriptSettings) -> Result<()> {
        let (draft, old) = (self.beside("draft"), self.beside("old"));
        draft.clear()?;
        old.clear()?;
        // The manifest first: by it a draft that was left half-written is known to be ours.
        embedded::write(&draft.folder.join(MANIFEST), manifest(files).as_bytes())?;
        for (path, data) in files {
            embedded::write(&draft.folder.join(path), data)?;
        }
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

    /// Take away what `install` put there, and nothing else. Whether there was anything.
    pub fn remove(&self) -> Result<bool> {
        let Some(contents) = self.look_unchanged()? else { return Ok(false) };
        let folder = self.folder.display();
        if !contents.was_installed() {
            bail!("{folder} was copied there by hand; remove it by hand, or run livegate install first");
        }
        // Out of Live's sight first, so that it finds the whole script or none.
        let old = self.beside("old");
        old.clear()?;
        fs::rename(&self.folder, &old.folder).with_context(|| format!("cannot remove {folder}; close Live first"))?;
        old.clear()?;
        Ok(true)
    }

    /// Remove the folder, if it is there and all of it is ours.
    fn clear(&self) -> Result<()> {
        match self.look_to_replace()? {
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
