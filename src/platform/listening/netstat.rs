//! macOS and Windows: the sockets that listen on this machine, as `netstat` lists them. Nothing is sent to them.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::Listening;

const WAIT: Duration = Duration::from_secs(10);

/// The sockets that wait for any peer.
pub async fn listening() -> io::Result<Vec<Listening>> {
    let mut command = Command::new("netstat");
    command.arg("-an").stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(WAIT, command.output()).await.map_err(|_| io::ErrorKind::TimedOut)??;
    Ok(sockets(&String::from_utf8_lossy(&output.stdout)))
}

/// Windows: `TCP 127.0.0.1:9877 0.0.0.0:0 LISTENING`. macOS: `tcp4 0 0 127.0.0.1.9877 *.* LISTEN`. The word for the state depends on
/// Windows' language; a socket that waits for any peer has no port at the other end.
fn sockets(list: &str) -> Vec<Listening> {
    let sockets = list.lines().filter_map(|line| {
        let cells: Vec<&str> = line.split_ascii_whitespace().collect();
        let protocol = cells.first()?.to_ascii_lowercase();
        let is_udp = protocol.starts_with("udp");
        if !is_udp && !protocol.starts_with("tcp") {
            return None;
        }
        let is_macos = cells.get(1)?.bytes().all(|byte| byte.is_ascii_digit());
        let (local, remote) = if is_macos { (cells.get(3)?, cells.get(4)?) } else { (cells.get(1)?, cells.get(2)?) };
        let is_open = matches!(*remote, "*.*" | "*:*" | "0.0.0.0:0" | "[::]:0");
        let is_v6 = protocol.ends_with('6');
        is_open.then(|| address(local, is_v6)).flatten().map(|address| Listening { is_udp, address })
    });
    sockets.collect()
}

fn address(cell: &str, is_v6: bool) -> Option<SocketAddr> {
    let (ip, port) = cell.rsplit_once([':', '.'])?;
    let ip = ip.trim_start_matches('[').trim_end_matches(']');
    let ip = ip.split('%').next().unwrap_or(ip);
    let ip = match ip {
        "*" if is_v6 => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        "*" => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        ip => ip.parse().ok()?,
    };
    Some(SocketAddr::new(ip, port.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_both_systems_are_read() {
        let list = "Active Connections\n  Proto  Local Address  Foreign Address  State\n  \
            TCP    0.0.0.0:9877   0.0.0.0:0    ABHÖREN\n  TCP    127.0.0.1:9878   127.0.0.1:50000   HERGESTELLT\n  \
            UDP    0.0.0.0:11000  *:*\n  UDP    [::1]:11000  *:*\n\
            tcp4       0      0  127.0.0.1.9877         *.*                    LISTEN\n\
            tcp4       0      0  127.0.0.1.9878         127.0.0.1.50000        ESTABLISHED\n\
            udp4       0      0  *.11000                *.*\n\
            tcp6       0      0  fe80::1%lo0.80         *.*                    LISTEN\n";
        let found: Vec<String> =
            sockets(list).iter().map(|socket| format!("{} {}", socket.is_udp, socket.address)).collect();
        let expected = [
            "false 0.0.0.0:9877",
            "true 0.0.0.0:11000",
            "true [::1]:11000",
            "false 127.0.0.1:9877",
            "true 0.0.0.0:11000",
            "false [fe80::1]:80",
        ];
        assert_eq!(found, expected);
    }
}
