//! Looks for other programs that control Live past the gateway: known ports in use, and other Remote Scripts.

use std::net::SocketAddr;

use super::Findings;
use super::gateway::Running;
use crate::cli::live_folder::LiveArgs;
use crate::config::Config;
use crate::other_programs::{CLOSE_PORT, REMOVE_SCRIPT, open_ports, other_scripts};

const CHECK: &str = "others";

pub async fn examine(live: &LiveArgs, config: &Config, running: Option<&Running>, findings: &mut Findings) {
    let reported = match running.and_then(Running::open_ports) {
        Some(reported) => Ok(reported),
        None => open_ports(&config.other_programs, &own_addresses(config)).await.map(|open| {
            open.iter().map(|open| (open.to_string(), open.reach().to_owned())).collect::<Vec<(String, String)>>()
        }),
    };
    match reported {
        Ok(open) => {
            for (open, reach) in &open {
                let message = format!("{open} is open: it lets {reach} control Live without sign-in and without a row");
                findings.warn(CHECK, message, CLOSE_PORT);
            }
            if open.is_empty() {
                findings.ok(CHECK, "no known port of another program that controls Live is open");
            }
        }
        Err(error) => findings.unknown(CHECK, format!("cannot list the sockets of this machine ({error})")),
    }
    if let Ok(folder) = live.remote_scripts() {
        for name in other_scripts(&folder).open_ports {
            let message = format!("{} may open a port: it controls Live without a row", folder.join(name).display());
            findings.warn(CHECK, message, REMOVE_SCRIPT);
        }
    }
}

/// The addresses that are the gateway's by its configuration.
fn own_addresses(config: &Config) -> Vec<SocketAddr> {
    let http = &config.http;
    let osc = &config.osc;
    let lists =
        [config.local_listen(), &config.tls.listen, &http.listen, &http.tls_listen, &osc.listen, &osc.tcp_listen];
    lists.into_iter().flatten().copied().chain([config.bridge.address]).collect()
}
