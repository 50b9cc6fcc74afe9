//! The Remote Script and the simulated Live, as they were when this binary was built.

use std::path::Path;

use anyhow::{Context, Result};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "script/"]
#[include = "LiveGate/*"]
#[include = "livesim/*"]
#[exclude = "*/__pycache__/*"]
#[exclude = "*/settings.json"]
struct Script;

/// Unpack both below `dir`, in place of what may lie there from an earlier build.
pub fn unpack(dir: &Path) -> Result<()> {
    if dir.exists() {
        std::fs::remove_dir_all(dir).with_context(|| format!("cannot replace {}", dir.display()))?;
    }
    for name in Script::iter() {
        let file = Script::get(&name).expect("a name that the embedding lists");
        let path = dir.join(&*name);
        let folder = path.parent().expect("a file below a folder");
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&path, &file.data))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unpacked_is_complete_and_replaces_what_was_there() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let script = dir.path().join("script");
        std::fs::create_dir_all(script.join("LiveGate")).expect("a folder");
        std::fs::write(script.join("LiveGate/old.py"), "").expect("a file");
        unpack(&script).expect("unpacking");
        assert!(!script.join("LiveGate/old.py").exists());
        for name in ["LiveGate/__init__.py", "LiveGate/catalog.json", "LiveGate/actions/song.py", "livesim/__main__.py"]
        {
            assert!(script.join(name).is_file(), "{name}");
        }
    }
}
