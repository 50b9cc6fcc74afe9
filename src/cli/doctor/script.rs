//! The script in Live's folder: whether it is there, ours and unchanged, and whether its settings and key are the gateway's.

use std::path::Path;

use super::Findings;
use crate::cli::remote_script::{Contents, Found, RemoteScript, source_sha256};
use crate::cli::script_settings::ScriptSettings;
use crate::cli::{bridge_key, embedded, live_folder};
use crate::config::Config;
use crate::gateway::relay::Key;
use crate::platform;

const INSTALL: &str = "run livegate install, then restart Live";

/// The key is handed on, if it is a good one.
pub fn examine(live_dir: Option<&Path>, state_dir: &Path, config: &Config, findings: &mut Findings) -> Option<Key> {
    let settings = match live_folder::remote_scripts(live_dir) {
        Ok(folder) => {
            let script = RemoteScript::below(&folder);
            is_there(&script, findings).and_then(|contents| {
                is_unchanged(&contents, findings);
                settings(&script, config, findings)
            })
        }
        Err(error) => {
            findings.fail("script", format!("{error:#}"), "without its folder the script cannot be looked at");
            None
        }
    };
    key(&bridge_key::file(state_dir, &config.bridge), settings.as_ref(), findings)
}

fn is_there(script: &RemoteScript, findings: &mut Findings) -> Option<Contents> {
    let folder = script.folder.display();
    match script.look() {
        Ok(Found::Ours(contents)) => {
            findings.ok("script", folder.to_string());
            return Some(contents);
        }
        Ok(Found::Nothing) => findings.fail("script", format!("{folder} is not there"), INSTALL),
        Ok(Found::Somebodys) => findings.fail(
            "script",
            format!("{folder} was not made by livegate"),
            "move it away, run livegate install, then restart Live",
        ),
        Err(error) => findings.fail("script", format!("{error:#}"), "see to it that this user can read it"),
    }
    None
}

fn is_unchanged(contents: &Contents, findings: &mut Findings) {
    if contents.source_sha256() == source_sha256(&embedded::remote_script()) {
        return findings.ok("source", "the script is this livegate's, unchanged");
    }
    let (strange, changed, missing) = (contents.strange(), contents.changed(), contents.missing());
    if !strange.is_empty() {
        let message = format!("the script's folder holds what is not of it: {}", strange.join(", "));
        findings.fail("source", message, "move it elsewhere, run livegate install, then restart Live");
    } else if !changed.is_empty() {
        let message = format!("the script has been changed: {}", changed.join(", "));
        findings.fail("source", message, "move what was changed elsewhere, run livegate install, then restart Live");
    } else if !missing.is_empty() {
        findings.fail("source", format!("files of the script are missing: {}", missing.join(", ")), INSTALL);
    } else {
        findings.fail("source", "the script is another version's than this livegate", INSTALL);
    }
}

fn settings(script: &RemoteScript, config: &Config, findings: &mut Findings) -> Option<ScriptSettings> {
    let settings = match ScriptSettings::read(&script.settings_file()) {
        Ok(settings) => settings,
        Err(error) => {
            let remedy = match platform::is_there(&script.settings_file()) {
                true => "correct or remove it, run livegate install, then restart Live",
                false => INSTALL,
            };
            findings.fail("settings", format!("{error:#}"), remedy);
            return None;
        }
    };
    let (port, gateways_port) = (settings.port, config.bridge.address.port());
    if port != gateways_port {
        let message = format!("settings.json has port {port}, the gateway looks on port {gateways_port}");
        findings.fail("settings", message, INSTALL);
    } else if settings.key_file.is_none() {
        findings.fail("settings", "settings.json names no key, so the script serves any program here", INSTALL);
    } else {
        findings.ok("settings", format!("port {port}, and a key"));
    }
    Some(settings)
}

/// One key for both: the gateway's file is a good one, and the script's, if it is another, holds the same.
fn key(file: &Path, settings: Option<&ScriptSettings>, findings: &mut Findings) -> Option<Key> {
    let key = match bridge_key::read(file) {
        Ok(key) => key,
        Err(_) if !platform::is_there(file) => {
            findings.fail("key", format!("{} is not there", file.display()), INSTALL);
            return None;
        }
        Err(error) => {
            let remedy = "if that cannot be put right, remove it, run livegate install, and restart Live and gateway";
            findings.fail("key", format!("{error:#}"), remedy);
            return None;
        }
    };
    match settings.and_then(|settings| settings.key_file.as_deref()) {
        Some(scripts) if !is_same(scripts, file) => {
            let message = format!("the script's key {} is not the gateway's {}", scripts.display(), file.display());
            findings.fail("key", message, INSTALL);
        }
        _ => findings.ok("key", format!("{}, private", file.display())),
    }
    Some(key)
}

fn is_same(scripts: &Path, gateways: &Path) -> bool {
    scripts == gateways
        || matches!((scripts.canonicalize(), gateways.canonicalize()), (Ok(one), Ok(other)) if one == other)
}
