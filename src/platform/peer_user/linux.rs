//! Linux: the user at the other end of a loopback connection, by one lookup in the kernel's table of sockets (sock_diag(7)).

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;

use rustix::io::Errno;
use rustix::net::netlink::{self, SocketAddrNetlink};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, sendto, socket_with};
use rustix::process::geteuid;

use super::PeerUser;

/// Looks up the user of a loopback connection. The kernel finds the socket by its addresses while the query is sent, so nothing waits, and a large
/// table of sockets costs no more than a small one.
pub struct PeerUsers {
    /// `None`: this kernel does not support the lookup.
    socket: Option<OwnedFd>,
    asked: u32,
}

const HEADER_BYTES: usize = 16;
const QUESTION_BYTES: usize = HEADER_BYTES + 56;
/// `SOCK_DIAG_BY_FAMILY`, the type of queries and answers.
const BY_FAMILY: u16 = 20;
const REQUEST: u16 = 1;
const TCP: u8 = 6;
/// Offsets in the answer, after the header.
const STATE_AT: usize = HEADER_BYTES + 1;
const PORTS_AT: usize = HEADER_BYTES + 4;
const UID_AT: usize = HEADER_BYTES + 64;
const INODE_AT: usize = HEADER_BYTES + 68;
const ANSWER_BYTES: usize = HEADER_BYTES + 72;
const LISTENING: u8 = 10;
/// The most unread answers to earlier queries.
const STALE_MAX: usize = 4;

impl PeerUsers {
    /// Looks up a connection of this process first. A kernel without the table reports every connection as closed.
    pub fn begin() -> PeerUsers {
        let mut users = PeerUsers { socket: netlink_socket().ok(), asked: 0 };
        if !matches!(users.of_ourselves(), Ok(PeerUser::Own)) {
            users.socket = None;
        }
        users
    }

    pub fn is_available(&self) -> bool {
        self.socket.is_some()
    }

    /// The user of the socket at `peer`, which is connected to `local`. A failed lookup counts as a closed connection.
    pub fn of(&mut self, peer: SocketAddr, local: SocketAddr) -> PeerUser {
        if self.socket.is_none() {
            return PeerUser::Unknown;
        }
        self.look_up(peer, local).unwrap_or(PeerUser::Gone)
    }

    #[expect(clippy::disallowed_methods, reason = "to a listener of this function")]
    fn of_ourselves(&mut self) -> io::Result<PeerUser> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let ours = TcpStream::connect(listener.local_addr()?)?;
        self.look_up(ours.local_addr()?, ours.peer_addr()?)
    }

    fn look_up(&mut self, peer: SocketAddr, local: SocketAddr) -> io::Result<PeerUser> {
        let Some(socket) = &self.socket else { return Ok(PeerUser::Unknown) };
        self.asked = self.asked.wrapping_add(1);
        sendto(socket, &question(self.asked, peer, local), SendFlags::DONTWAIT, &SocketAddrNetlink::new(0, 0))?;
        for _ in 0..=STALE_MAX {
            let mut answer = [0; 512];
            let (_, length) = recv(socket, &mut answer[..], RecvFlags::DONTWAIT)?;
            if length >= HEADER_BYTES && answer[8..12] == self.asked.to_ne_bytes() {
                return Ok(read(&answer[..length.min(answer.len())], peer, local));
            }
        }
        Err(Errno::PROTO.into())
    }
}

fn netlink_socket() -> rustix::io::Result<OwnedFd> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    socket_with(AddressFamily::NETLINK, SocketType::DGRAM, flags, Some(netlink::SOCK_DIAG))
}

/// `nlmsghdr` and `inet_diag_req_v2`: a query for the socket with these two ends, in any state.
fn question(number: u32, peer: SocketAddr, local: SocketAddr) -> [u8; QUESTION_BYTES] {
    let (family, from, to) = match (peer.ip().to_canonical(), local.ip().to_canonical()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => (AddressFamily::INET, first_four(from), first_four(to)),
        (from, to) => (AddressFamily::INET6, all_sixteen(from), all_sixteen(to)),
    };
    let mut question = [0; QUESTION_BYTES];
    let mut at = 0;
    let mut put = |bytes: &[u8]| {
        question[at..at + bytes.len()].copy_from_slice(bytes);
        at += bytes.len();
    };
    put(&(QUESTION_BYTES as u32).to_ne_bytes());
    put(&BY_FAMILY.to_ne_bytes());
    put(&REQUEST.to_ne_bytes());
    put(&number.to_ne_bytes());
    put(&0_u32.to_ne_bytes());
    put(&[family.as_raw() as u8, TCP, 0, 0]);
    put(&u32::MAX.to_ne_bytes());
    put(&peer.port().to_be_bytes());
    put(&local.port().to_be_bytes());
    put(&from);
    put(&to);
    put(&0_u32.to_ne_bytes());
    put(&u64::MAX.to_ne_bytes());
    question
}

fn first_four(address: Ipv4Addr) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&address.octets());
    bytes
}

fn all_sixteen(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
        IpAddr::V6(v6) => v6.octets(),
    }
}

/// `inet_diag_msg`, or an error. A socket that its program has closed has no inode, and the kernel reports root as its user.
fn read(answer: &[u8], peer: SocketAddr, local: SocketAddr) -> PeerUser {
    let ports = [peer.port().to_be_bytes(), local.port().to_be_bytes()].concat();
    let number = |at: usize| u32::from_ne_bytes(answer[at..at + 4].try_into().expect("four bytes"));
    let is_answer = answer[4..6] == BY_FAMILY.to_ne_bytes() && answer.len() >= ANSWER_BYTES;
    if !is_answer || answer[STATE_AT] == LISTENING || answer[PORTS_AT..PORTS_AT + 4] != ports || number(INODE_AT) == 0 {
        return PeerUser::Gone;
    }
    match number(UID_AT) {
        uid if uid == geteuid().as_raw() => PeerUser::Own,
        uid => PeerUser::Other(uid),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The users reported for a connection to a listener here: while it is open, and after its program has closed it.
    fn users_of(listen: &str) -> (PeerUser, PeerUser) {
        let mut users = PeerUsers::begin();
        let listener = TcpListener::bind(listen).expect("a free port");
        let to = listener.local_addr().expect("an address");
        let ours = connect(to);
        let (theirs, peer) = listener.accept().expect("a connection");
        let local = theirs.local_addr().expect("an address");
        let standing = users.of(peer, local);
        drop(ours);
        (standing, users.of(peer, local))
    }

    #[expect(clippy::disallowed_methods, reason = "a test's own listener")]
    fn connect(to: SocketAddr) -> TcpStream {
        TcpStream::connect(to).expect("a listener")
    }

    #[test]
    fn an_own_connection_is_known_until_closed() {
        for listen in ["127.0.0.1:0", "[::1]:0"] {
            assert_eq!(users_of(listen), (PeerUser::Own, PeerUser::Gone), "{listen}");
        }
    }

    #[test]
    fn a_listener_is_not_taken_for_a_peer() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        assert_eq!(PeerUsers::begin().of(address, SocketAddr::from(([127, 0, 0, 1], 1))), PeerUser::Gone);
    }
}
