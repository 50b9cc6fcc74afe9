//! OSC over TCP: each connection is a sender, and its replies use the same connection.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

use super::framing::{Deframer, frame};
use super::reply_sender::ReplySender;
use super::sender::{self, Identity};
use super::waiting::Waiting;
use super::walk::{self, Bounds};
use super::{Accepted, OscDoor};
use crate::config::{self, Framing};
use crate::gateway::accept::refused_connection;
use crate::platform::{PeerUser, PeerUsers};
use crate::session::connection::Transport;

/// The most replies of one connection that wait to be written.
const REPLIES_MAX: usize = 256;
const READ_BYTES: usize = 16 * 1024;
/// The pause after a failure to accept, most likely because no descriptor is free.
const FAILURE_PAUSE: Duration = Duration::from_millis(50);

/// Accept connections until the task is dropped.
pub async fn serve(door: Arc<OscDoor>, listener: TcpListener) {
    let Ok(local) = listener.local_addr() else { return };
    let mut users = PeerUsers::begin();
    let places = Arc::new(Semaphore::new(door.context.shared.config.osc.connections_max));
    loop {
        let (stream, from) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::debug!(%error, "an OSC connection could not be accepted");
                tokio::time::sleep(FAILURE_PAUSE).await;
                continue;
            }
        };
        // Dual-stack sockets report IPv4-mapped IPv6; canonicalise.
        let from = SocketAddr::new(from.ip().to_canonical(), from.port());
        let refused = match (users_of(&mut users, from, &stream, local), places.clone().try_acquire_owned()) {
            (Some(reason), _) => reason,
            (None, Err(_)) => "too many OSC connections at once".to_owned(),
            (None, Ok(place)) => {
                let door = door.clone();
                tokio::spawn(async move {
                    if let Err(reason) = connection(&door, stream, local, from).await {
                        door.context.recorder.note(refused_connection(from, reason));
                    }
                    drop(place);
                });
                continue;
            }
        };
        door.context.recorder.note(refused_connection(from, &refused));
    }
}

/// The reason to refuse a loopback connection of another user; `None` if it is this user's.
fn users_of(users: &mut PeerUsers, from: SocketAddr, stream: &TcpStream, local: SocketAddr) -> Option<String> {
    if !local.ip().is_loopback() {
        return None;
    }
    match stream.local_addr().map_or(PeerUser::Gone, |local| users.of(from, local)) {
        PeerUser::Own | PeerUser::Unknown => None,
        PeerUser::Other(uid) => Some(format!("uid {uid} is another user of this machine")),
        PeerUser::Gone => Some("it was closed before its user could be determined".to_owned()),
    }
}

/// Serve a connection until it ends. `Err`: why it is closed.
async fn connection(
    door: &Arc<OscDoor>,
    stream: TcpStream,
    local: SocketAddr,
    from: SocketAddr,
) -> Result<(), &'static str> {
    let Accepted { caller, binding } = door.accepted_from(local, from).ok_or("it is not paired for OSC")?;
    let config = &door.context.shared.config;
    let _ = stream.set_nodelay(true);
    let (mut reading, writing) = stream.into_split();
    let mut frames = Deframer::new(config.osc.framing, config.osc.frame_bytes_max);
    let first = timeout(config::ms(config.connections.first_line_ms), next(&mut reading, &mut frames)).await;
    let Some(first) = first.map_err(|_| "it sent no packet in time")?? else { return Ok(()) };
    let bounds = Bounds::of(&config.osc);
    walk::walk(&first, bounds)?;
    let (replies, written) = mpsc::channel(REPLIES_MAX);
    tokio::spawn(write(writing, written, config.osc.framing, config::ms(config.connections.unread_answer_ms)));
    let (packets, received) = Waiting::open(&config.osc);
    let transport = local.ip().is_loopback().then_some(Transport::Loopback);
    let identity = Identity { caller, transport, address: from, output: ReplySender::Stream(replies), binding };
    let serving = tokio::spawn(sender::serve(door.context.clone(), identity, received));
    let mut packet = Some(first);
    while let Some(bytes) = packet {
        if !packets.put(bytes).await {
            break;
        }
        packet = tokio::select! {
            packet = next(&mut reading, &mut frames) => packet?,
            () = packets.closed() => None,
        };
    }
    drop(packets);
    let _ = serving.await;
    Ok(())
}

/// The next packet; `None` at the end of the stream.
async fn next(reading: &mut OwnedReadHalf, frames: &mut Deframer) -> Result<Option<Vec<u8>>, &'static str> {
    let mut buffer = vec![0; READ_BYTES];
    loop {
        if let Some(packet) = frames.next()? {
            return Ok(Some(packet));
        }
        match reading.read(&mut buffer).await {
            Ok(0) | Err(_) => return Ok(None),
            Ok(length) => frames.extend(&buffer[..length]),
        }
    }
}

/// Write replies until no sender remains or the client reads nothing for too long.
async fn write(
    mut writing: OwnedWriteHalf,
    mut replies: mpsc::Receiver<Vec<u8>>,
    framing: Framing,
    wait_max: Duration,
) {
    while let Some(packet) = replies.recv().await {
        let written = timeout(wait_max, writing.write_all(&frame(framing, &packet))).await;
        if !matches!(written, Ok(Ok(()))) {
            break;
        }
    }
}
