//! `livegate serve`: runs the gateway until a shutdown signal.

use std::convert::Infallible;
use std::future::pending;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Args;
use tokio::sync::{Notify, watch};

use super::logging::log_as;
use super::{Outcome, StateFolder, load_config};
use crate::config::{self, Config};
use crate::doors;
use crate::doors::announce::Announcement;
use crate::doors::osc::OscSockets;
use crate::gateway::accept::Listeners;
use crate::gateway::{BridgeUse, End, Gateway};
use crate::platform::{self, Hangup, StateDir};
use crate::tls;
use crate::tls::Machine;

/// Run the gateway.
///
/// Without a configuration it serves this machine on 127.0.0.1:9005 and connects to the script on 127.0.0.1:9004.
///
/// Example: livegate serve
#[derive(Args)]
pub struct Serve {
    /// A configuration file [default: livegate.toml in the state folder, if there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    folder: StateFolder,
    /// Address of the listener without sign-in [default: local.listen]
    #[arg(long, value_name = "ADDR")]
    local: Option<SocketAddr>,
    /// Address of the plain HTTP listener [default: http.listen]
    #[arg(long, value_name = "ADDR")]
    http: Option<SocketAddr>,
    /// The Remote Script's address [default: bridge.address]
    #[arg(long, value_name = "ADDR")]
    bridge: Option<SocketAddr>,
    /// A log file, instead of log.file
    #[arg(long, value_name = "FILE")]
    log_file: Option<String>,
}

impl Serve {
    pub async fn run(self) -> Result<Outcome> {
        let state_dir = self.folder.dir()?;
        let mut config = load_config(self.config.as_deref(), &state_dir)?;
        if let Some(local) = self.local {
            config.local.listen = vec![local];
        }
        if let Some(http) = self.http {
            config.http.listen = vec![http];
        }
        if let Some(bridge) = self.bridge {
            config.bridge.address = bridge;
        }
        if let Some(file) = self.log_file {
            config.log.file = file;
        }
        log_as(&config.log, &state_dir)?;
        let hangups = Arc::new(Notify::new());
        let hangup = Hangup::NotifiesService(hangups.clone());
        let shutdown = platform::shutdown_signal(hangup).context("cannot catch signals")?;
        let state = StateDir::claim(&state_dir)?;
        let listeners = Listeners::bind(&config, &state).await?;
        warn_of_open_access(&config, platform::is_there(&state_dir.join(&config.bridge.key_file)));
        let announced = config.announce.clone();
        let certificate = config.tls.certificate.clone();
        let gateway = Gateway::start(config, state, BridgeUse::Connect).await?;
        for address in listeners.local_addresses() {
            tracing::info!(%address, "serving lines, without sign-in, for this machine");
        }
        for address in listeners.tls_addresses() {
            tracing::info!(%address, "serving lines over TLS, with sign-in; HTTP too, by ALPN");
        }
        for address in listeners.http_addresses() {
            tracing::info!(%address, "serving HTTP for this machine, with a token");
        }
        for address in listeners.http_tls_addresses() {
            tracing::info!(%address, "serving HTTP over TLS, with sign-in");
        }
        for address in gateway.osc().map(OscSockets::udp_addresses).unwrap_or_default() {
            tracing::info!(%address, "serving OSC over UDP");
        }
        for address in gateway.osc().map(OscSockets::tcp_addresses).unwrap_or_default() {
            tracing::info!(%address, "serving OSC over TCP");
        }
        let certificate = state_dir.join(certificate);
        let changes = gateway.context.shared.tls.changes();
        let reload = gateway.context.shared.hangups.clone();
        let announcement = announce(&listeners, &announced, &certificate);
        let end = tokio::select! {
            end = gateway.serve(listeners, shutdown) => end,
            never = pass_on(&hangups, &reload) => match never {},
            never = follow(announcement.as_ref(), changes, &certificate) => match never {},
        };
        if let Some(announcement) = announcement {
            announcement.end().await;
        }
        tracing::info!("shut down");
        match end {
            End::Requested => Ok(Outcome::Done),
            End::Broken => Ok(Outcome::Refused),
        }
    }
}

/// A hangup asks the gateway to read the roles again; one that came before it ran, too.
async fn pass_on(hangups: &Notify, reload: &Notify) -> Infallible {
    loop {
        hangups.notified().await;
        reload.notify_one();
    }
}

/// Announce the TLS listener by mDNS. A failure is logged only: clients can use the address.
fn announce(listeners: &Listeners, config: &config::Announce, certificate: &Path) -> Option<Announcement> {
    let addresses = listeners.tls_addresses();
    if addresses.is_empty() {
        return None;
    }
    let host = Machine::this().host;
    let shown = tls::shown(certificate).map_err(doors::Error::from);
    let begun = shown.and_then(|shown| Announcement::begin(config, &addresses, &host, shown.pin));
    match begun {
        Ok(announcement) => announcement
            .inspect(|announcement| tracing::info!(name = announcement.full_name(), "announced to the LAN by mDNS")),
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "cannot announce the gateway by mDNS");
            None
        }
    }
}

/// Announce the new pin after each change of the CA.
async fn follow(
    announcement: Option<&Announcement>,
    mut changes: watch::Receiver<()>,
    certificate: &Path,
) -> Infallible {
    let Some(announcement) = announcement else { return pending().await };
    while changes.changed().await.is_ok() {
        let certificate = certificate.to_owned();
        let shown = tokio::task::spawn_blocking(move || tls::shown(&certificate)).await;
        let announced = shown.map_err(anyhow::Error::from).and_then(|shown| Ok(announcement.announce_pin(shown?.pin)?));
        if let Err(error) = announced {
            tracing::warn!(
                error = format!("{error:#}"),
                "cannot announce the new pin by mDNS; the old one stays announced"
            );
        }
    }
    pending().await
}

fn warn_of_open_access(config: &Config, has_key: bool) {
    if !has_key {
        tracing::warn!(
            "the bridge has no key: any program on this machine can control Live past the gateway, unrecorded; livegate install creates one"
        );
    }
    if config.serves_others() && config.local_listen().is_empty() {
        tracing::info!(
            "other machines are served, so programs on this machine must sign in, too, and local.listen is off; livegate send \
             and shell use the control socket; local.trust = true keeps local.listen on"
        );
    }
}
