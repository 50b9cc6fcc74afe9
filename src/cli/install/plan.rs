//! Decides the ports of script and gateway, and whether livegate.toml must change.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use anyhow::{Result, bail};

use crate::cli::configuration::{ConfigFile, Line, in_sections};
use crate::config::{BridgeProtocol, Config};

/// The configuration for script and gateway.
pub struct Plan {
    pub file: ConfigFile,
    /// Whether the file must be written.
    pub is_new: bool,
}

/// The original script's port, which its clients have built in, and the script's port when the gateway listens there.
const ORIGINAL: SocketAddr = loopback(9004);
const ASIDE: SocketAddr = loopback(9014);

const fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

impl Plan {
    /// Keep what the file sets. Missing sections are added; existing ones are never changed, and the error shows the lines to add.
    pub fn make(state_dir: &Path, take_9004: bool) -> Result<Plan> {
        let file = ConfigFile::read(state_dir)?;
        let wanted = wanted(&file.config, take_9004);
        if wanted.is_empty() {
            return Ok(Plan { file, is_new: false });
        }
        let purpose = "livegate install --take-9004: the gateway serves programs with port 9004 built in.";
        let extended = if needs_trust(&file.config, take_9004) { None } else { file.extended(purpose, &wanted) };
        match extended {
            Some(file) if self::wanted(&file.config, take_9004).is_empty() => Ok(Plan { file, is_new: true }),
            _ => bail!(
                "{} contradicts this, so nothing was changed. To allow it, put these lines there, then run this again:\n\n{}",
                file.path.display(),
                in_sections(&wanted)
            ),
        }
    }
}

/// The lines that the configuration lacks.
fn wanted(config: &Config, take_9004: bool) -> Vec<Line> {
    let mut lines = Vec::new();
    if take_9004 && !config.local.listen.contains(&ORIGINAL) {
        let listen: Vec<String> =
            config.local.listen.iter().chain([&ORIGINAL]).map(|address| format!("\"{address}\"")).collect();
        lines.push(Line::new("local", format!("listen = [{}]", listen.join(", "))));
    }
    if needs_trust(config, take_9004) {
        lines.push(Line::new(
            "local",
            "trust = true  # programs on this machine need no sign-in, although other machines are served",
        ));
    }
    let address = config.bridge.address;
    if take_9004 && address == ORIGINAL {
        lines.push(Line::new("bridge", format!("address = \"{ASIDE}\"")));
    } else if address.ip() != ORIGINAL.ip() || address.port() == 0 {
        lines.push(Line::new("bridge", format!("address = \"{ORIGINAL}\"  # where the script can listen")));
    }
    if config.bridge.protocol == BridgeProtocol::Plain {
        lines.push(Line::new("bridge", "protocol = \"by_key\""));
    }
    lines
}

/// While other machines are served, only `local.trust` keeps the listener without sign-in on.
fn needs_trust(config: &Config, take_9004: bool) -> bool {
    take_9004 && config.serves_others() && !config.local.trust
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::CONFIG_FILE;

    fn plan(text: Option<&str>, take_9004: bool) -> Result<Plan> {
        let dir = tempfile::tempdir().expect("a temporary folder");
        if let Some(text) = text {
            std::fs::write(dir.path().join(CONFIG_FILE), text).expect("a file");
        }
        Plan::make(dir.path(), take_9004)
    }

    #[test]
    fn a_plan_only_adds_missing_sections() {
        for (text, take_9004, is_new, bridge, local) in [
            (None, false, false, 9004, vec![9005]),
            (Some("[bridge]\naddress = '127.0.0.1:7000'"), false, false, 7000, vec![9005]),
            (Some("[bridge]\naddress = '127.0.0.1:7000'"), true, true, 7000, vec![9005, 9004]),
            (None, true, true, 9014, vec![9005, 9004]),
            (Some("[tls]\nlisten = ['127.0.0.1:9443']"), true, true, 9014, vec![9005, 9004]),
        ] {
            let plan = plan(text, take_9004).expect("a plan");
            let config = &plan.file.config;
            let ports: Vec<u16> = config.local_listen().iter().map(SocketAddr::port).collect();
            assert_eq!((plan.is_new, config.bridge.address.port(), ports), (is_new, bridge, local), "{text:?}");
        }
    }

    /// Promise: Installation touches only livegate's own files
    #[test]
    fn a_contradicting_section_is_kept_and_shown() {
        for (text, take_9004, line) in [
            ("[local]\nrole = 'viewer'", true, "[local]\nlisten = [\"127.0.0.1:9005\", \"127.0.0.1:9004\"]"),
            ("[bridge]\nreconnect_ms = 100", true, "[bridge]\naddress = \"127.0.0.1:9014\""),
            ("[bridge]\nprotocol = 'plain'", false, "[bridge]\nprotocol = \"by_key\""),
            ("[bridge]\naddress = '[::1]:9004'", false, "[bridge]\naddress = \"127.0.0.1:9004\""),
            ("[tls]\nlisten = ['0.0.0.0:9443']", true, "trust = true"),
        ] {
            let error = plan(Some(text), take_9004).err().expect("a refusal").to_string();
            assert!(error.contains("nothing was changed") && error.contains(line), "{text}: {error}");
        }
    }
}
