//! The freeze: no change runs in Live while it lasts, except stops and the requests of exempt roles. It survives a restart.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::command::{Action, Tag};
use crate::platform;

/// The file in the state folder that exists while the gateway is frozen.
pub const FREEZE_FILE: &str = "frozen.json";

/// Who froze the gateway, when, and which roles are exempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    pub by: String,
    /// Unix time in seconds.
    pub since: i64,
    /// Roles that are exempt.
    pub except: Vec<String>,
}

impl Freeze {
    /// Whether the freeze stops `role` from calling `action`. Reads, stops and admin actions (`thaw` among them) continue.
    pub fn stops(&self, role: &str, action: &Action) -> bool {
        let changes_live = action.handler.is_in_live() && !action.is_read();
        changes_live && !action.access.contains(Tag::Stop) && !self.except.iter().any(|exempt| exempt == role)
    }

    /// The freeze left by an earlier run. An unreadable file stops every role.
    pub fn restore(state_dir: &Path) -> Option<Freeze> {
        let unreadable = || Freeze { by: "unknown".into(), since: 0, except: Vec::new() };
        match fs::read(path(state_dir)) {
            Ok(bytes) => Some(serde_json::from_slice(&bytes).unwrap_or_else(|_| unreadable())),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(_) => Some(unreadable()),
        }
    }

    pub fn keep(&self, state_dir: &Path) -> platform::Result<()> {
        let text = serde_json::to_vec(self).expect("names and a number serialise");
        platform::write_private_bytes(&path(state_dir), &text)
    }

    pub fn lift(state_dir: &Path) -> io::Result<()> {
        match fs::remove_file(path(state_dir)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

fn path(state_dir: &Path) -> PathBuf {
    state_dir.join(FREEZE_FILE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::catalogue;

    #[test]
    fn reads_stops_and_exempt_roles_go_on() {
        let freeze = Freeze { by: "console".into(), since: 0, except: vec!["producer".into()] };
        for (role, name, stops) in [
            ("agent", "set_tempo", true),
            ("agent", "batch", true),
            ("agent", "get_session_info", false),
            ("agent", "stop_playback", false),
            ("agent", "subscribe", false),
            ("owner", "thaw", false),
            ("owner", "set_tempo", true),
            ("producer", "set_tempo", false),
        ] {
            assert_eq!(freeze.stops(role, catalogue().find(name).expect("an action")), stops, "{role} {name}");
        }
    }

    #[test]
    fn a_freeze_that_cannot_be_read_stops_all() {
        let dir = tempfile::tempdir().expect("a folder");
        assert_eq!(Freeze::restore(dir.path()), None);
        let freeze = Freeze { by: "mia".into(), since: 7, except: vec!["owner".into()] };
        freeze.keep(dir.path()).expect("kept");
        assert_eq!(Freeze::restore(dir.path()), Some(freeze));
        fs::write(dir.path().join(FREEZE_FILE), "{").expect("written");
        assert_eq!(Freeze::restore(dir.path()).expect("a freeze").except, Vec::<String>::new());
        Freeze::lift(dir.path()).expect("lifted");
        assert_eq!(Freeze::restore(dir.path()), None);
        Freeze::lift(dir.path()).expect("nothing to lift");
        // A folder can be neither read nor removed as a file.
        fs::create_dir(dir.path().join(FREEZE_FILE)).expect("a folder");
        assert_eq!(Freeze::restore(dir.path()).expect("a freeze").except, Vec::<String>::new());
        Freeze::lift(dir.path()).expect_err("it is still there");
    }
}
