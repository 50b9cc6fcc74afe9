//! OSC over UDP: one task per socket receives datagrams and hands each to its sender.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rosc::{OscMessage, OscPacket, encoder};
use tokio::net::UdpSocket;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::listeners::STARTUP;
use super::reply_sender::ReplySender;
use super::sender::{self, Identity};
use super::waiting::Waiting;
use super::{Accepted, OscDoor, pairing};
use crate::audit::Event;
use crate::config::Reply;
use crate::session::connection::Transport;

const DATAGRAM_BYTES_MAX: usize = 65_536;
/// So many datagrams are taken before other tasks run.
const AT_A_TIME: usize = 128;
/// Interval of the rows that count dropped packets.
const DROPPED_INTERVAL: Duration = Duration::from_secs(1);

/// Senders of one socket.
struct Senders {
    door: Arc<OscDoor>,
    socket: Arc<UdpSocket>,
    local: SocketAddr,
    open: HashMap<SocketAddr, Handle>,
    dropped: Dropped,
}

struct Handle {
    packets: Waiting,
    last_packet: Instant,
}

/// Packets dropped since the last row.
#[derive(Default)]
struct Dropped {
    count: u64,
    last: Option<(SocketAddr, &'static str)>,
}

/// Receive datagrams until the task is dropped.
pub async fn serve(door: Arc<OscDoor>, socket: UdpSocket) {
    let Ok(local) = socket.local_addr() else { return };
    let mut senders =
        Senders { door, socket: Arc::new(socket), local, open: HashMap::new(), dropped: Dropped::default() };
    senders.announce().await;
    let socket = senders.socket.clone();
    let mut rows = interval(DROPPED_INTERVAL);
    rows.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
    loop {
        tokio::select! {
            received = socket.recv_from(&mut buffer) => match received {
                Ok((length, from)) => {
                    senders.take(&buffer[..length], from);
                    senders.take_waiting(&socket, &mut buffer);
                }
                // Windows reports an undelivered earlier reply here.
                Err(error) => tracing::debug!(%error, "a datagram could not be received"),
            },
            _ = rows.tick() => senders.record_dropped(),
        }
    }
}

impl Senders {
    /// Notify the usual client on this machine that the gateway has started, as AbletonOSC does.
    async fn announce(&self) {
        let Reply::Port(port) = self.door.context.shared.config.osc.reply else { return };
        if !self.local.ip().is_loopback() {
            return;
        }
        let startup = OscMessage { addr: STARTUP.to_owned(), args: Vec::new() };
        if let Ok(bytes) = encoder::encode(&OscPacket::Message(startup)) {
            let _ = self.socket.send_to(&bytes, SocketAddr::new(self.local.ip(), port)).await;
        }
    }

    /// Take the datagrams that are there already, so that the system's buffer is free for the next ones.
    fn take_waiting(&mut self, socket: &UdpSocket, buffer: &mut [u8]) {
        for _ in 0..AT_A_TIME {
            let Ok((length, from)) = socket.try_recv_from(buffer) else { return };
            self.take(&buffer[..length], from);
        }
    }

    fn take(&mut self, datagram: &[u8], from: SocketAddr) {
        let reply_to = match self.door.context.shared.config.osc.reply {
            Reply::Port(port) => SocketAddr::new(from.ip(), port),
            Reply::Own(_) => from,
        };
        let Some(handle) = self.sender(reply_to, from) else {
            let tried = pairing::digits(datagram).ok_or("it is not paired");
            let tried = tried.and_then(|digits| pairing::try_digits(&self.door.context, digits, from));
            return tried.unwrap_or_else(|reason| self.dropped.add(from, reason));
        };
        handle.last_packet = Instant::now();
        if !handle.packets.try_put(datagram) {
            self.dropped.add(from, "too many of its packets wait");
        }
    }

    /// The sender with a reply address. Clients that send from changing ports are one sender if their reply address is the same.
    fn sender(&mut self, reply_to: SocketAddr, from: SocketAddr) -> Option<&mut Handle> {
        let accepted = self.door.accepted_from(self.local, from)?;
        if self.open.get(&reply_to).is_none_or(|handle| handle.packets.is_closed()) {
            let Accepted { caller, binding } = accepted;
            self.make_place();
            let (packets, received) = Waiting::open(&self.door.context.shared.config.osc);
            let output = ReplySender::Datagrams { socket: self.socket.clone(), to: reply_to };
            let transport = self.local.ip().is_loopback().then_some(Transport::Loopback);
            let identity = Identity { caller, transport, address: from, output, binding };
            tokio::spawn(sender::serve(self.door.context.clone(), identity, received));
            self.open.insert(reply_to, Handle { packets, last_packet: Instant::now() });
        }
        self.open.get_mut(&reply_to)
    }

    /// Remove the sender that was silent longest, for a new one.
    fn make_place(&mut self) {
        self.open.retain(|_, handle| !handle.packets.is_closed());
        if self.open.len() < self.door.context.shared.config.osc.senders_max {
            return;
        }
        let silent = self.open.iter().min_by_key(|(_, handle)| handle.last_packet).map(|(address, _)| *address);
        silent.map(|address| self.open.remove(&address));
    }

    fn record_dropped(&mut self) {
        let Dropped { count, last } = std::mem::take(&mut self.dropped);
        let Some((address, reason)) = last else { return };
        let event = Event::new("osc_dropped")
            .with("packets", count)
            .with("address", address.to_string())
            .with("reason", reason);
        self.door.context.recorder.note(event);
    }
}

impl Dropped {
    fn add(&mut self, from: SocketAddr, reason: &'static str) {
        self.count += 1;
        self.last = Some((from, reason));
    }
}
