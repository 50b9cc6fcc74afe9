//! Linux: the sockets that listen on this machine, from the kernel's tables (proc_pid_net(5)). Nothing is sent to them.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::Listening;

/// States in the tables: a TCP socket that listens, and a UDP socket that is not connected.
const TCP_LISTENS: &str = "0A";
const UDP_UNCONNECTED: &str = "07";

/// The sockets that wait for any peer. The tables of other network namespaces are not seen.
pub async fn listening() -> io::Result<Vec<Listening>> {
    tokio::task::spawn_blocking(read).await.map_err(io::Error::other)?
}

fn read() -> io::Result<Vec<Listening>> {
    let mut found = sockets(&fs::read_to_string("/proc/net/tcp")?, TCP_LISTENS, false);
    found.extend(sockets(&fs::read_to_string("/proc/net/udp")?, UDP_UNCONNECTED, true));
    // A kernel without IPv6 has no such tables.
    for (table, state, is_udp) in [("/proc/net/tcp6", TCP_LISTENS, false), ("/proc/net/udp6", UDP_UNCONNECTED, true)] {
        found.extend(sockets(&fs::read_to_string(table).unwrap_or_default(), state, is_udp));
    }
    Ok(found)
}

fn sockets(table: &str, state: &str, is_udp: bool) -> Vec<Listening> {
    let sockets = table.lines().skip(1).filter_map(|line| {
        let mut cells = line.split_ascii_whitespace().skip(1);
        let local = cells.next()?;
        let is_listening = cells.nth(1)? == state;
        is_listening.then(|| address(local)).flatten()
    });
    sockets.map(|address| Listening { is_udp, address }).collect()
}

/// `0100007F:2694`: words of 32 bits in the order of this machine, and the port.
fn address(cell: &str) -> Option<SocketAddr> {
    let (ip, port) = cell.split_once(':')?;
    let bytes = hex::decode(ip).ok()?;
    let words = bytes.chunks_exact(4).map(|word| u32::from_be_bytes([word[0], word[1], word[2], word[3]]));
    let bytes: Vec<u8> = words.flat_map(u32::to_ne_bytes).collect();
    let ip = match <[u8; 4]>::try_from(bytes.as_slice()) {
        Ok(four) => IpAddr::V4(Ipv4Addr::from(four)),
        Err(_) => IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(bytes.as_slice()).ok()?)),
    };
    Some(SocketAddr::new(ip, u16::from_str_radix(port, 16).ok()?))
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, UdpSocket};

    use super::*;

    #[tokio::test]
    async fn sockets_of_this_process_are_found() {
        for host in ["127.0.0.1:0", "0.0.0.0:0", "[::1]:0"] {
            let Ok(tcp) = TcpListener::bind(host) else { continue };
            let udp = UdpSocket::bind(host).expect("a socket");
            let addresses = [(false, tcp.local_addr()), (true, udp.local_addr())];
            let found = listening().await.expect("tables");
            for (is_udp, address) in addresses {
                let expected = Listening { is_udp, address: address.expect("an address") };
                assert!(found.contains(&expected), "{expected:?}");
            }
        }
    }

    #[test]
    fn connected_sockets_are_left_out() {
        let table = "  sl  local_address rem_address   st\n   0: 0100007F:2694 00000000:0000 0A 0:0\n   \
                     1: 0100007F:2695 0100007F:1000 01 0:0\n   2: torn\n";
        let addresses: Vec<String> =
            sockets(table, TCP_LISTENS, false).iter().map(|socket| socket.address.to_string()).collect();
        assert_eq!(addresses, ["127.0.0.1:9876"]);
    }
}
