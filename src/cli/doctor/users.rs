//! The file of those who may sign in: whether it is there and whole, as the running gateway sees it or, where none runs, as it lies.

use std::path::Path;

use super::Findings;
use super::gateway::Running;
use crate::cli::status::PUT_BACK;
use crate::platform;
use crate::{audit, identity};

pub fn examine(state_dir: &Path, running: Option<&Running>, findings: &mut Findings) {
    match running {
        Some(running) => match running.sign_in_trouble() {
            None => findings.ok("users", "the gateway reads and writes them"),
            Some(reason) => {
                let message = format!("{reason}, so nobody signs in and users stay as they are");
                findings.fail("users", message, PUT_BACK);
            }
        },
        None => as_it_lies(state_dir, findings),
    }
}

fn as_it_lies(state_dir: &Path, findings: &mut Findings) {
    let file = state_dir.join(identity::FILE);
    match (platform::is_there(&file), platform::is_there(&state_dir.join(audit::FILE))) {
        (true, _) => match identity::count_users(&file) {
            Ok(count) => findings.ok("users", format!("{} has {count} users", identity::FILE)),
            Err(error) => findings.fail("users", format!("{error:#}"), PUT_BACK),
        },
        (false, false) => findings.ok("users", "none yet; the gateway makes their file"),
        (false, true) => {
            let message = format!("{} is not there, though a gateway has run here", identity::FILE);
            findings.fail("users", message, PUT_BACK);
        }
    }
}
