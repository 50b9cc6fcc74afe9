//! Compares a script's folder with its manifest: installed, changed, missing and foreign files, by digest.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, io};

use anyhow::{Context, Result};
use aws_lc_rs::digest::{SHA256, digest};
use serde::Deserialize;

use super::{Files, MANIFEST};
use crate::cli::embedded;
use crate::cli::script_settings;

/// The files of a folder named LiveGate.
pub struct Contents {
    /// The SHA-256 of each file by its path, with `/` as separator. Anything but a regular file, such as a link, has none.
    there: BTreeMap<String, Option<String>>,
    /// The manifest's digests; `None` if `install` did not create the folder.
    put: Option<BTreeMap<String, String>>,
    is_signed: bool,
}

#[derive(Deserialize)]
struct Manifest {
    files: BTreeMap<String, String>,
}

/// The beginning of the script's `__init__.py` in every version.
const SIGNATURE: &[u8] = b"\"\"\"LiveGate: the Remote Script";
/// Files that Python and file managers create.
const LITTER: [&str; 4] = ["__pycache__", ".DS_Store", "desktop.ini", "Thumbs.db"];
/// Files that this command line writes beside the script's own.
const BESIDE: [&str; 3] = [MANIFEST, script_settings::FILE, "settings.draft"];

impl Contents {
    pub fn read(folder: &Path) -> Result<Contents> {
        let context = || format!("cannot read {}", folder.display());
        let mut there = BTreeMap::new();
        walk(folder, "", &mut there)?;
        let put = match fs::read(folder.join(MANIFEST)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            text => serde_json::from_slice(&text.with_context(context)?).ok().map(|manifest: Manifest| manifest.files),
        };
        let is_signed = fs::read(folder.join("__init__.py")).is_ok_and(|text| text.starts_with(SIGNATURE));
        Ok(Contents { there, put, is_signed })
    }

    /// Installed, or copied by hand, or an interrupted installation.
    pub fn is_ours(&self) -> bool {
        self.was_installed() || self.is_signed || self.there.keys().all(|path| BESIDE.contains(&path.as_str()))
    }

    pub fn was_installed(&self) -> bool {
        self.put.is_some()
    }

    /// Files that are neither the script's nor litter.
    pub fn foreign(&self) -> Vec<String> {
        let known: BTreeSet<String> = match &self.put {
            Some(put) => put.keys().cloned().collect(),
            None => embedded::remote_script().into_keys().collect(),
        };
        let is_foreign = |(path, digest): &(&String, &Option<String>)| {
            digest.is_none() || !(known.contains(*path) || BESIDE.contains(&path.as_str()))
        };
        self.there.iter().filter(is_foreign).map(|(path, _)| path.clone()).collect()
    }

    /// Installed files whose contents changed.
    pub fn changed(&self) -> Vec<String> {
        let put = self.put.iter().flatten();
        let is_there = |path: &String| self.there.get(path).cloned().flatten();
        put.filter(|(path, digest)| is_there(path).is_some_and(|there| there != **digest))
            .map(|(path, _)| path.clone())
            .collect()
    }

    /// Installed files that are missing.
    pub fn missing(&self) -> Vec<String> {
        let put = self.put.iter().flatten();
        put.filter(|(path, _)| !self.there.contains_key(*path)).map(|(path, _)| path.clone()).collect()
    }

    /// Whether exactly these files are installed and unchanged.
    pub fn is_as_put(&self, files: &Files) -> bool {
        let digests: BTreeMap<String, String> = files.iter().map(|(path, data)| (path.clone(), sha256(data))).collect();
        let is_there = |(path, digest): (&String, &String)| self.there.get(path) == Some(&Some(digest.clone()));
        digests.iter().all(is_there) && self.put.as_ref() == Some(&digests)
    }

    /// The digest of the Python source, computed as the script does.
    pub fn source_sha256(&self) -> String {
        let digests = self.there.iter().filter_map(|(path, digest)| Some((path.as_str(), digest.clone()?)));
        of_sources(digests)
    }
}

/// The digest of these files' Python source.
pub fn source_sha256(files: &Files) -> String {
    of_sources(files.iter().map(|(path, data)| (path.as_str(), sha256(data))))
}

/// The SHA-256 of the lines `<sha256 of the file>  <path>` of all Python files, sorted by path.
fn of_sources<'a>(digests: impl Iterator<Item = (&'a str, String)>) -> String {
    let sources = digests.filter(|(path, _)| path.ends_with(".py"));
    let lines: String = sources.map(|(path, digest)| format!("{digest}  {path}\n")).collect();
    sha256(lines.as_bytes())
}

pub fn sha256(data: &[u8]) -> String {
    hex::encode(digest(&SHA256, data))
}

fn walk(folder: &Path, prefix: &str, there: &mut BTreeMap<String, Option<String>>) -> Result<()> {
    let cannot_read = |path: &Path| format!("cannot read {}", path.display());
    for entry in fs::read_dir(folder).with_context(|| cannot_read(folder))? {
        let entry = entry.with_context(|| cannot_read(folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().with_context(|| cannot_read(folder))?;
        let path = format!("{prefix}{name}");
        if LITTER.contains(&name.as_str()) {
            continue;
        } else if kind.is_dir() {
            walk(&entry.path(), &format!("{path}/"), there)?;
        } else {
            let data = || fs::read(entry.path()).with_context(|| cannot_read(&entry.path()));
            let digest = if kind.is_file() { Some(sha256(&data()?)) } else { None };
            there.insert(path, digest);
        }
    }
    Ok(())
}
