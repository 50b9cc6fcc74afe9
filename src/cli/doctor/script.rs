//! Checks the script in Live's folder: its files, and that its settings and key match the gateway's.

use std::path::Path;

use super::Findings;
use crate::cli::live_folder::LiveArgs;
use crate::cli::remote_script::{Contents, Found, RemoteScript, source_sha256};
use crate::cli::script_settings::ScriptSettings;
use crate::cli::{bridge_key, embedded};
use crate::config::Config;
use crate::gateway::relay::Key;
use crate::platform;

const INSTALL: &str = "run livegate install, then restart Live";

/// Returns the key, if it is valid.
pub fn examine(live: &LiveArgs, state_dir: &Path, config: &Config, findings: &mut Findings) -> Option<Key> {
    let settings = match live.remote_scripts() {
        Ok(folder) => {
            let script = RemoteScript::below(&folder);
            is_there(&script, findings).and_then(|contents| {
                is_unchanged(&contents, findings);
                settings(&script, config, findings)
            })
        }
        Err(error) => {
            findings.fail("script", format!("{error:#}"), "without that folder the script cannot be checked");
            None
        }
    };
    key(&bridge_key::file(state_dir, &config.bridge), settings.as_ref(), findings)
}

fn is_there(script: &RemoteScript, findings: &mut Findings) -> Option<Contents> {
    let folder = script.folder.display();
    match script.inspect() {
        Ok(Found::Ours(contents)) => {
            findings.ok("script", folder.to_string());
            return Some(contents);
        }
        Ok(Found::Nothing) => findings.fail("script", format!("{folder} does not exist"), INSTALL),
        Ok(Found::Foreign) => findings.fail(
            "script",
            format!("{folder} was not created by livegate"),
            "move it away, run livegate install, then restart Live",
        ),
        Err(error) => findings.fail("script", format!("{error:#}"), "give this user read permission"),
    }
    None
}

/// The script in Live's folder, if livegate created it.
pub fn ours(folder: &Path) -> Option<(RemoteScript, Contents)> {
    let script = RemoteScript::below(folder);
    match script.inspect() {
        Ok(Found::Ours(contents)) => Some((script, contents)),
        Ok(Found::Nothing | Found::Foreign) | Err(_) => None,
    }
}

pub fn is_unchanged(contents: &Contents, findings: &mut Findings) {
    if contents.source_sha256() == source_sha256(&embedded::remote_script()) {
        return findings.ok("source", "the script matches this livegate");
    }
    let foreign = contents.foreign();
    let changed = contents.changed();
    let missing = contents.missing();
    if !foreign.is_empty() {
        let message = format!("the script's folder has foreign files: {}", foreign.join(", "));
        findings.fail("source", message, "move them elsewhere, run livegate install, then restart Live");
    } else if !changed.is_empty() {
        let message = format!("files of the script were changed: {}", changed.join(", "));
        findings.fail("source", message, "move the changed files elsewhere, run livegate install, then restart Live");
    } else if !missing.is_empty() {
        findings.fail("source", format!("files of the script are missing: {}", missing.join(", ")), INSTALL);
    } else {
        findings.fail("source", "the script is of another version than this livegate", INSTALL);
    }
}

fn settings(script: &RemoteScript, config: &Config, findings: &mut Findings) -> Option<ScriptSettings> {
    let settings = match ScriptSettings::read(&script.settings_file()) {
        Ok(settings) => settings,
        Err(error) => {
            let is_there = platform::is_there(&script.settings_file());
            let remedy =
                if is_there { "correct or remove it, run livegate install, then restart Live" } else { INSTALL };
            findings.fail("settings", format!("{error:#}"), remedy);
            return None;
        }
    };
    let gateway_port = config.bridge.address.port();
    // Port 0 is a free port, which `livegate demo --port 0` chooses.
    let port = if settings.port == 0 { gateway_port } else { settings.port };
    if port != gateway_port {
        let message = format!("settings.json has port {port}, but the gateway connects to port {gateway_port}");
        findings.fail("settings", message, INSTALL);
    } else if settings.key_file.is_none() {
        findings.fail(
            "settings",
            "settings.json names no key, so the script serves any program on this machine",
            INSTALL,
        );
    } else {
        findings.ok("settings", format!("port {port}, with a key"));
    }
    Some(settings)
}

/// The gateway's key is valid, and the script uses the same file.
fn key(file: &Path, settings: Option<&ScriptSettings>, findings: &mut Findings) -> Option<Key> {
    let key = match bridge_key::read(file) {
        Ok(key) => key,
        Err(_) if !platform::is_there(file) => {
            findings.fail("key", format!("{} does not exist", file.display()), INSTALL);
            return None;
        }
        Err(error) => {
            let remedy = "correct it; or remove it, run livegate install, and restart Live and the gateway";
            findings.fail("key", format!("{error:#}"), remedy);
            return None;
        }
    };
    match settings.and_then(|settings| settings.key_file.as_deref()) {
        Some(scripts) if !is_same(scripts, file) => {
            let message =
                format!("the script's key file {} is not the gateway's, {}", scripts.display(), file.display());
            findings.fail("key", message, INSTALL);
        }
        _ => findings.ok("key", format!("{}, readable by its owner only", file.display())),
    }
    Some(key)
}

fn is_same(scripts: &Path, gateways: &Path) -> bool {
    scripts == gateways
        || matches!((scripts.canonicalize(), gateways.canonicalize()), (Ok(one), Ok(other)) if one == other)
}
