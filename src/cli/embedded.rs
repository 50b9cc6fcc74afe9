//! The Remote Script and the simulated Live, embedded in the binary.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use rust_embed::RustEmbed;

use crate::platform;

#[derive(RustEmbed)]
#[folder = "script/"]
#[include = "LiveGate/*"]
#[include = "livesim/*"]
#[exclude = "*/__pycache__/*"]
#[exclude = "*/settings.json"]
struct Script;

/// The Remote Script's files by their paths in its folder, `/` between the names.
pub fn remote_script() -> BTreeMap<String, Cow<'static, [u8]>> {
    let file = |name: Cow<'static, str>| {
        let path = name.strip_prefix("LiveGate/")?.to_owned();
        Some((path, Script::get(&name).expect("a listed name").data))
    };
    Script::iter().filter_map(file).collect()
}

/// Marks a folder as unpacked by livegate; no other folder is ever replaced.
const MARKER: &str = "unpacked-by-livegate";

/// Unpack both below `dir`, replacing what an earlier build unpacked there.
pub fn unpack(dir: &Path) -> Result<()> {
    if platform::is_there(dir) {
        if !platform::is_there(&dir.join(MARKER)) {
            bail!("{} exists and was not created by livegate; move it away, or use --state-dir", dir.display());
        }
        std::fs::remove_dir_all(dir).with_context(|| format!("cannot replace {}", dir.display()))?;
    }
    write(&dir.join(MARKER), b"livegate replaces this folder at its next demo.\n")?;
    for name in Script::iter() {
        let file = Script::get(&name).expect("a listed name");
        write(&dir.join(&*name), &file.data)?;
    }
    Ok(())
}

pub fn write(path: &Path, data: &[u8]) -> Result<()> {
    let folder = path.parent().expect("a file below a folder");
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, data))
        .with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unpacking_is_complete_and_replaces_an_earlier_build() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let script = dir.path().join("script");
        unpack(&script).expect("unpacking");
        std::fs::write(script.join("LiveGate/old.py"), "").expect("a file");
        unpack(&script).expect("unpacking");
        assert!(!script.join("LiveGate/old.py").exists());
        for name in ["LiveGate/__init__.py", "LiveGate/catalog.json", "LiveGate/actions/song.py", "livesim/__main__.py"]
        {
            assert!(script.join(name).is_file(), "{name}");
        }
    }

    #[test]
    fn a_foreign_folder_is_not_replaced() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(dir.path().join("mine.py"), "").expect("a file");
        assert!(unpack(dir.path()).is_err());
        assert!(dir.path().join("mine.py").exists());
    }
}
