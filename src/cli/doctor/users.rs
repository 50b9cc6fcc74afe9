//! Checks the users' file, state.db: through the running gateway, or directly if none runs.

use std::path::Path;

use super::Findings;
use super::gateway::Running;
use crate::cli::counted;
use crate::cli::status::RESTORE_USERS;
use crate::platform;
use crate::{audit, identity};

pub fn examine(state_dir: &Path, running: Option<&Running>, findings: &mut Findings) {
    match running {
        Some(running) => match running.sign_in_failure() {
            None => findings.ok("users", "the gateway reads and writes state.db"),
            Some(reason) => {
                let message = format!("{reason}, so sign-in and changes of users are refused");
                findings.fail("users", message, RESTORE_USERS);
            }
        },
        None => without_gateway(state_dir, findings),
    }
}

fn without_gateway(state_dir: &Path, findings: &mut Findings) {
    let file = state_dir.join(identity::FILE);
    match (platform::is_there(&file), platform::is_there(&state_dir.join(audit::FILE))) {
        (true, _) => match identity::count_users(&file) {
            Ok(count) => findings.ok("users", format!("{} has {}", identity::FILE, counted(count, "user"))),
            Err(error) => findings.fail("users", format!("{error:#}"), RESTORE_USERS),
        },
        (false, false) => findings.ok("users", "none yet; the gateway creates state.db"),
        (false, true) => {
            let message = format!("{} does not exist, although a gateway has run here", identity::FILE);
            findings.fail("users", message, RESTORE_USERS);
        }
    }
}
