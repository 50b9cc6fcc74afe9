//! Where the system has no table of sockets that can be asked without `unsafe`: nothing is told of a loopback connection's user.

use std::net::SocketAddr;

use super::PeerUser;

pub struct PeerUsers;

impl PeerUsers {
    pub fn begin() -> PeerUsers {
        PeerUsers
    }

    pub fn are_told(&self) -> bool {
        false
    }

    pub fn of(&mut self, _peer: SocketAddr, _local: SocketAddr) -> PeerUser {
        PeerUser::Untold
    }
}
