//! The Remote Script and the simulated Live, as they were when this binary was built.

use crate::platform;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use rust_embed::RustEmbed;

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
        Some((path, Script::get(&name).expect("a name that the embedding lists").data))
    };
    Script::iter().filter_map(file).collect()
}

/// By this file a folder is known to have been unpacked here, so that nothing else is ever replaced.
const MARKER: &str = "unpacked-by-livegate";

/// Unpack both below `dir`, in place of what an earlier build unpacked there.
pub fn unpack(dir: &Path) -> Result<()> {
    if platform::is_there(dir) {
        if !platform::is_there(&dir.join(MARKER)) {
            bail!("{} is there and was not made by livegate; move it away, or use --state-dir", dir.display());
        }
        std::fs::remove_dir_all(dir).with_context(|| format!("cannot replace {}", dir.display()))?;
    }
    write(&dir.join(MARKER), b"livegate replaces this folder at its next demo.\n")?;
    for name in Script::iter() {
        let file = Script::get(&name).expect("a name that the embedding lists");
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
    fn what_is_unpacked_is_complete_and_replaces_what_was_there() {
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
    fn somebody_elses_folder_is_not_replaced() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(dir.path().join("mine.py"), "").expect("a file");
        assert!(unpack(dir.path()).is_err());
        assert!(dir.path().join("mine.py").exists());
    }
}
