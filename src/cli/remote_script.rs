//! The Remote Script in Live's folder: whether what lies there is ours, putting it there as a whole, taking it away.

mod contents;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::json;

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

    /// What lies there, if it may be replaced or removed: all of it is ours.
    pub fn look_to_replace(&self) -> Result<Option<Contents>> {
        let folder = self.folder.display();
        match self.look()? {
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
        match self.look_to_replace()? {
            None => {
                self.swap(&files, settings)?;
                Ok(Change::New)
            }
            Some(contents) if contents.is_as_put(&files) => self.put_settings(settings),
            Some(_) => {
                self.swap(&files, settings)?;
                Ok(Change::Replaced)
            }
        }
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
        for left_over in [&draft, &old] {
            RemoteScript { folder: left_over.clone() }.clear()?;
        }
        // The manifest first: by it a draft that was left half-written is known to be ours.
        embedded::write(&draft.join(MANIFEST), manifest(files).as_bytes())?;
        for (path, data) in files {
            embedded::write(&draft.join(path), data)?;
        }
        platform::write_private(&draft.join(script_settings::FILE), &settings.text()?)?;
        let context = || format!("cannot replace {}; close Live, then run this again", self.folder.display());
        let has_old = self.folder.exists();
        if has_old {
            fs::rename(&self.folder, &old).with_context(context)?;
        }
        if let Err(error) = fs::rename(&draft, &self.folder) {
            if has_old {
                fs::rename(&old, &self.folder).with_context(context)?;
            }
            return Err(error).with_context(context);
        }
        RemoteScript { folder: old }.clear()
    }

    /// Take away what `install` put there, and nothing else. Whether there was anything.
    pub fn remove(&self) -> Result<bool> {
        let Some(contents) = self.look_to_replace()? else { return Ok(false) };
        let folder = self.folder.display();
        if !contents.was_installed() {
            bail!("{folder} was copied there by hand; remove it by hand, or run livegate install first");
        }
        let changed = contents.changed();
        if !changed.is_empty() {
            bail!(
                "{folder} holds files that were changed since livegate put them there: {}; move them elsewhere, then run this again",
                changed.join(", ")
            );
        }
        // Out of Live's sight first, so that it finds the whole script or none.
        let old = self.beside("old");
        RemoteScript { folder: old.clone() }.clear()?;
        fs::rename(&self.folder, &old).with_context(|| format!("cannot remove {folder}; close Live first"))?;
        RemoteScript { folder: old }.clear()?;
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

    fn beside(&self, ending: &str) -> PathBuf {
        self.folder.with_extension(ending)
    }
}

fn manifest(files: &Files) -> String {
    let digests: BTreeMap<&String, String> = files.iter().map(|(path, data)| (path, contents::sha256(data))).collect();
    let manifest = json!({"livegate": env!("CARGO_PKG_VERSION"), "files": digests});
    format!("{manifest:#}\n")
}
