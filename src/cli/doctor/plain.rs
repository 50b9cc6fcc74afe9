//! Checks a bridge without a key: a script of another program, or LiveGate before `livegate install`.

use std::path::Path;

use super::Findings;
use super::bridge::NEED_CONNECTION;
use super::gateway::Running;
use super::script::{is_unchanged, ours};
use crate::cli::bridge_key;
use crate::cli::live_folder::LiveArgs;
use crate::cli::script_settings::ScriptSettings;
use crate::config::{self, BridgeProtocol, Config};
use crate::gateway::relay::{self, Listener};
use crate::platform;

const AGREE: &str =
    "set the same port in settings.json and in bridge.address of livegate.toml, then restart Live and the gateway";

/// The program that listens, if the gateway uses a bridge without a key: by its configuration, or because a script without a key serves.
pub async fn is_used(state_dir: &Path, config: &Config) -> Option<Listener> {
    let may_be_plain = match config.bridge.protocol {
        BridgeProtocol::Plain => true,
        BridgeProtocol::ByKey => {
            !config.serves_others() && !platform::is_there(&bridge_key::file(state_dir, &config.bridge))
        }
        BridgeProtocol::Keyed => false,
    };
    if !may_be_plain {
        return None;
    }
    let listener = relay::listener_at(&config.bridge).await;
    (config.bridge.protocol == BridgeProtocol::Plain || listener == Listener::Silent).then_some(listener)
}

pub async fn examine(
    live: &LiveArgs,
    state_dir: &Path,
    config: &Config,
    listener: Listener,
    running: Option<&mut Running>,
    findings: &mut Findings,
) {
    script(live, &config.bridge, findings);
    key(state_dir, &config.bridge, findings);
    bridge(&config.bridge, listener, findings);
    NEED_CONNECTION.iter().for_each(|check| findings.unknown(check, "a script without a key does not report it"));
    match running {
        Some(running) => running.examine_plain(findings).await,
        None => super::gateway::miss(state_dir, None, findings),
    }
}

/// LiveGate may be installed without a key, or not at all.
fn script(live: &LiveArgs, config: &config::Bridge, findings: &mut Findings) {
    let Some((script, contents)) = live.remote_scripts().ok().and_then(|folder| ours(&folder)) else {
        let message = format!("LiveGate is not installed; another program's script serves {}", config.address);
        return findings.ok("script", message);
    };
    findings.ok("script", script.folder.display().to_string());
    is_unchanged(&contents, findings);
    let settings = match ScriptSettings::read(&script.settings_file()) {
        Ok(settings) => settings,
        Err(error) => {
            return findings.fail("settings", format!("{error:#}"), "correct or remove it, then restart Live");
        }
    };
    if settings.port != config.address.port() {
        let port = settings.port;
        let gateway_port = config.address.port();
        let message = format!("settings.json has port {port}, but the gateway connects to port {gateway_port}");
        findings.fail("settings", message, AGREE);
    } else if settings.key_file.is_some() {
        let message = "settings.json names a key, but the gateway uses none";
        findings.fail("settings", message, "remove bridge.protocol from livegate.toml, and run livegate install");
    } else {
        findings.ok("settings", format!("port {}, without a key", settings.port));
    }
}

fn key(state_dir: &Path, config: &config::Bridge, findings: &mut Findings) {
    let file = bridge_key::file(state_dir, config);
    if platform::is_there(&file) {
        let message = format!("bridge.protocol is plain, but there is a key in {}", file.display());
        findings.fail(
            "key",
            message,
            "remove bridge.protocol from livegate.toml to use the key; otherwise remove the key",
        );
    } else {
        let message = "none: programs on this machine can reach the script past the gateway, unrecorded";
        findings.warn("key", message, "livegate install replaces the script by LiveGate with a key");
    }
}

fn bridge(config: &config::Bridge, listener: Listener, findings: &mut Findings) {
    let address = config.address;
    match listener {
        Listener::Silent => findings.ok("bridge", format!("a program listens on {address}, without a key")),
        Listener::Absent => findings.fail(
            "bridge",
            format!("nothing listens on {address}: Live is not running, or the script is not chosen as a control surface"),
            "start Live, and choose the script under Settings > Link, Tempo & MIDI > Control Surface; if it listens elsewhere, \
             set bridge.address in livegate.toml",
        ),
        Listener::Keyed => findings.fail(
            "bridge",
            format!("the script on {address} expects a key, but bridge.protocol is plain"),
            "remove bridge.protocol from livegate.toml, run livegate install, and restart Live and the gateway",
        ),
    }
}
