//! Finds other programs on this machine that control Live without sign-in and without a row: known ports that are in use, and other Remote
//! Scripts in Live's folder. It only looks; it sends them nothing.

mod scripts;

use std::env::consts::OS;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::config::{IpProtocol, OtherPrograms};
use crate::platform::{self, Listening};
pub use scripts::other_scripts;

/// The folder in Live's User Library from which it loads Remote Scripts.
pub const REMOTE_SCRIPTS: &str = "Remote Scripts";
/// The folder of our script there, which Live shows as the control surface.
pub const OURS: &str = "LiveGate";

/// What to do about an open port.
pub const CLOSE_PORT: &str = "close that program, or take its script out of Live's Settings > Link, Tempo & MIDI > Control Surface; the gateway \
    serves its clients with sign-in and trail (docs/osc.md, docs/agents.md)";
/// What to do about another script.
pub const REMOVE_SCRIPT: &str = "take it out of Live's Settings > Link, Tempo & MIDI > Control Surface, and move its folder away if you do not \
    need it";

/// A known port that is in use. Another program than the known one may use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPort {
    pub program: String,
    pub protocol: IpProtocol,
    pub address: SocketAddr,
}

impl OpenPort {
    /// Who can use it.
    pub fn reach(&self) -> &'static str {
        if self.address.ip().to_canonical().is_loopback() {
            "any program on this machine"
        } else {
            "any machine on the network"
        }
    }
}

impl fmt::Display for OpenPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {} {}", self.program, self.protocol, self.address)
    }
}

/// What a search has found, each list up to its limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub open: Vec<OpenPort>,
    /// Remote Scripts in Live's folder that may open a port.
    pub scripts: Vec<String>,
}

/// The most ports and scripts of a search.
const FOUND_MAX: usize = 32;

impl Found {
    pub fn describe(&self) -> Value {
        let open = self.open.iter().map(|open| {
            json!({
                "program": open.program,
                "protocol": open.protocol.name(),
                "address": open.address.to_string(),
                "reach": open.reach(),
            })
        });
        json!({"open": open.collect::<Vec<_>>(), "scripts": self.scripts})
    }
}

/// In one line; `none` for nothing.
impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ports = self.open.iter().map(OpenPort::to_string);
        let scripts = self.scripts.iter().map(|name| format!("the Remote Script {name}"));
        let all: Vec<String> = ports.chain(scripts).collect();
        f.write_str(&if all.is_empty() { "none".to_owned() } else { all.join("; ") })
    }
}

/// Search once. `own` are the gateway's addresses.
pub async fn find(config: &OtherPrograms, own: &[SocketAddr]) -> io::Result<Found> {
    let mut open = open_ports(config, own).await?;
    let config = config.clone();
    let look = move || remote_scripts(&config).map(|folder| other_scripts(&folder)).unwrap_or_default();
    let mut scripts = tokio::task::spawn_blocking(look).await.map_err(io::Error::other)?.open_ports;
    open.truncate(FOUND_MAX);
    scripts.truncate(FOUND_MAX);
    Ok(Found { open, scripts })
}

/// The known ports that are in use, without the gateway's own.
pub async fn open_ports(config: &OtherPrograms, own: &[SocketAddr]) -> io::Result<Vec<OpenPort>> {
    let mut listening = platform::listening().await?;
    listening.sort_unstable();
    listening.dedup();
    let is_foreign = |socket: &&Listening| !own.contains(&socket.address);
    let of = |socket: &Listening| {
        let protocol = if socket.is_udp { IpProtocol::Udp } else { IpProtocol::Tcp };
        let known =
            config.ports.iter().find(|known| known.protocol == protocol && known.port == socket.address.port())?;
        Some(OpenPort { program: known.program.clone(), protocol, address: socket.address })
    };
    Ok(listening.iter().filter(is_foreign).filter_map(of).collect())
}

/// Live's folder of Remote Scripts: the configured one, or the default of Live on this system if it exists.
pub fn remote_scripts(config: &OtherPrograms) -> Option<PathBuf> {
    if config.live_dir.as_os_str().is_empty() {
        let libraries = platform::user_libraries(OS, &platform::home_dir().ok()?);
        return libraries.into_iter().find(|folder| folder.is_dir()).map(|library| library.join(REMOTE_SCRIPTS));
    }
    let is_itself = config.live_dir.file_name().is_some_and(|last| last.eq_ignore_ascii_case(REMOTE_SCRIPTS));
    Some(if is_itself { config.live_dir.clone() } else { config.live_dir.join(REMOTE_SCRIPTS) })
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, UdpSocket};

    use super::*;
    use crate::config::KnownPort;

    #[tokio::test]
    async fn a_known_port_in_use_is_named() {
        let tcp = TcpListener::bind("127.0.0.1:0").expect("a port");
        let udp = UdpSocket::bind("0.0.0.0:0").expect("a port");
        let tcp_address = tcp.local_addr().expect("one");
        let udp_address = udp.local_addr().expect("one");
        let known = |protocol, port| KnownPort { protocol, port, program: "Opener".into() };
        let config = OtherPrograms {
            ports: vec![known(IpProtocol::Tcp, tcp_address.port()), known(IpProtocol::Udp, udp_address.port())],
            ..OtherPrograms::default()
        };
        let of = |address: SocketAddr, open: &[OpenPort]| {
            open.iter().find(|open| open.address == address).map(|open| format!("{open}, {}", open.reach()))
        };
        let open = open_ports(&config, &[]).await.expect("sockets");
        let expected = format!("Opener at tcp {tcp_address}, any program on this machine");
        assert_eq!(of(tcp_address, &open), Some(expected));
        assert_eq!(of(udp_address, &open), Some(format!("Opener at udp {udp_address}, any machine on the network")));
        let open = open_ports(&config, &[udp_address]).await.expect("sockets");
        assert_eq!(of(udp_address, &open), None, "the gateway's own");
        drop(tcp);
        assert_eq!(of(tcp_address, &open_ports(&config, &[]).await.expect("sockets")), None);
    }
}
