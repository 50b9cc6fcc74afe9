//! Checks the configured ports: the running gateway serves them, or they are free for it.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::Findings;
use super::gateway::{ANSWER_WAIT, RESTART, ask};
use crate::client::{self, Client};
use crate::config::Config;
use crate::tls::{self, Trust};

pub async fn examine(state_dir: &Path, config: &Config, gateway_runs: bool, findings: &mut Findings) {
    for &address in config.local_listen() {
        if gateway_runs {
            report_served("local", address, answers_lines(address).await, findings);
        } else {
            report_free("local", address, findings);
        }
    }
    if gateway_runs {
        for &address in &config.http.listen {
            report_served("http", address, answers_http(address).await, findings);
        }
    }
    for (kind, addresses) in [("UDP", &config.osc.listen), ("TCP", &config.osc.tcp_listen)] {
        for &address in addresses {
            let bound =
                if kind == "UDP" { UdpSocket::bind(address).map(drop) } else { TcpListener::bind(address).map(drop) };
            report_osc(kind, address, bound, gateway_runs, findings);
        }
    }
    for &address in &config.tls.listen {
        if gateway_runs {
            report_served("tls", address, answers_tls(address, state_dir, config).await, findings);
        } else {
            report_free("tls", address, findings);
        }
    }
}

/// Whether a gateway answers there by HTTP.
async fn answers_http(address: SocketAddr) -> Result<()> {
    let is_gateway = timeout(ANSWER_WAIT, client::answers_health(address)).await??;
    is_gateway.then_some(()).context("the program there is not a gateway")
}

/// Whether a gateway answers there.
async fn answers_lines(address: SocketAddr) -> Result<()> {
    let mut client = timeout(ANSWER_WAIT, Client::connect_plain(&address.to_string())).await??;
    let answer = ask(&mut client, json!({"action": "whoami"})).await?;
    answer.get("caller").and_then(Value::as_str).context("the program there is not a gateway").map(|_| ())
}

/// Whether a server with our certificate answers there.
async fn answers_tls(address: SocketAddr, state_dir: &Path, config: &Config) -> Result<()> {
    let file = state_dir.join(&config.tls.certificate);
    let names = tls::certificates(&file)?.into_iter().next().map(|leaf| leaf.names).unwrap_or_default();
    let name = names.iter().find(|name| *name == "localhost").or(names.first());
    let name = name.context("its certificate has no name")?;
    timeout(ANSWER_WAIT, Client::connect_tls(&reachable(address).to_string(), Some(name), &Trust::Authority(file)))
        .await??;
    Ok(())
}

/// An address of this machine for a listener on all addresses.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

fn report_served(check: &'static str, address: SocketAddr, answers: Result<()>, findings: &mut Findings) {
    match answers {
        _ if address.port() == 0 => findings.unknown(check, "port 0 is a different port at each start"),
        Ok(()) => findings.ok(check, format!("the gateway serves {address}")),
        Err(error) => {
            let remedy = format!("{RESTART}; if its log says that the port is taken, close the other program");
            findings.fail(check, format!("the gateway does not serve {address} ({error:#})"), remedy);
        }
    }
}

/// An OSC listener does not say whose it is. The gateway does not start without its own.
fn report_osc(kind: &str, address: SocketAddr, bound: io::Result<()>, gateway_runs: bool, findings: &mut Findings) {
    let is_taken = bound.as_ref().is_err_and(|error| error.kind() == ErrorKind::AddrInUse);
    match bound {
        _ if address.port() == 0 => findings.unknown("osc", "port 0 is a different port at each start"),
        Err(_) if is_taken && gateway_runs => findings.ok("osc", format!("{kind} {address} is served")),
        Err(_) if is_taken => {
            let remedy =
                "remove AbletonOSC in Live's settings if it is there, or set another osc.listen in livegate.toml";
            findings.fail("osc", format!("another program listens on {kind} {address}"), remedy.to_owned());
        }
        Err(error) => {
            let remedy = "set another address in [osc] in livegate.toml".to_owned();
            findings.fail("osc", format!("cannot listen on {kind} {address} ({error})"), remedy);
        }
        Ok(()) if gateway_runs => {
            findings.fail("osc", format!("the gateway does not serve {kind} {address}"), RESTART.to_owned());
        }
        Ok(()) => findings.ok("osc", format!("{kind} {address} is free for the gateway")),
    }
}

fn report_free(check: &'static str, address: SocketAddr, findings: &mut Findings) {
    match TcpListener::bind(address) {
        Ok(_) => findings.ok(check, format!("{address} is free for the gateway")),
        Err(error) => {
            let message = match error.kind() {
                ErrorKind::AddrInUse => format!("another program listens on {address}"),
                _ => format!("cannot listen on {address} ({error})"),
            };
            findings.fail(check, message, format!("close it, or set another {check}.listen in livegate.toml"));
        }
    }
}
