//! Finds the folder from which Live loads Remote Scripts, in the User Library; Live's settings may have moved it.

use std::env::consts::OS;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;

use super::remote_script::NAME;
use crate::other_programs::REMOTE_SCRIPTS as FOLDER;
use crate::platform;

/// The option that names Live's folder.
#[derive(Args)]
pub struct LiveArgs {
    /// Live's User Library, or its folder "Remote Scripts" [default: Live's own default on macOS and Windows]
    #[arg(long, value_name = "PATH")]
    pub live_dir: Option<PathBuf>,
}

impl LiveArgs {
    /// The folder "Remote Scripts", whether it exists or not.
    pub fn remote_scripts(&self) -> Result<PathBuf> {
        match &self.live_dir {
            Some(live_dir) => named(&std::path::absolute(live_dir)?),
            None => in_default_library(&platform::user_libraries(OS, &platform::home_dir()?)),
        }
    }
}

fn named(live_dir: &Path) -> Result<PathBuf> {
    if !live_dir.is_dir() {
        bail!("{} is not a folder; {WHERE}", live_dir.display());
    }
    let is = |name: &str| live_dir.file_name().is_some_and(|last| last.eq_ignore_ascii_case(name));
    if is(NAME) {
        bail!("{} is the script's own folder; name the User Library above it", live_dir.display());
    }
    Ok(if is(FOLDER) { live_dir.to_owned() } else { live_dir.join(FOLDER) })
}

fn in_default_library(candidates: &[PathBuf]) -> Result<PathBuf> {
    let Some(usual) = candidates.first() else {
        bail!("Live has no default User Library on this system; name it with --live-dir");
    };
    match candidates.iter().find(|folder| folder.is_dir()) {
        Some(library) => Ok(library.join(FOLDER)),
        None => bail!("{} does not exist; {WHERE}", usual.display()),
    }
}

const WHERE: &str = "name Live's User Library with --live-dir (Live shows its path under Settings > Library)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_system_has_its_default_library() {
        let home = tempfile::tempdir().expect("a temporary folder");
        for (system, library) in [
            ("macos", "Music/Ableton/User Library"),
            ("windows", "Documents/Ableton/User Library"),
            ("windows", "OneDrive/Documents/Ableton/User Library"),
        ] {
            let candidates = platform::user_libraries(system, home.path());
            let library = home.path().join(library);
            std::fs::create_dir_all(&library).expect("a folder");
            assert_eq!(in_default_library(&candidates).expect("found"), library.join("Remote Scripts"));
            std::fs::remove_dir_all(&library).expect("a folder to remove");
            let moved = in_default_library(&candidates).expect_err("gone").to_string();
            assert!(moved.contains("does not exist; name Live's User Library with --live-dir"), "{moved}");
        }
        let elsewhere = in_default_library(&platform::user_libraries("linux", home.path())).expect_err("no Live");
        assert!(elsewhere.to_string().contains("--live-dir"));
    }
}
