//! Where a sender's replies go.

use std::net::SocketAddr;
use std::sync::Arc;

use rosc::{OscMessage, OscPacket, OscType, encoder};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;

/// Sends messages back to one sender.
#[derive(Clone)]
pub enum ReplySender {
    Datagrams {
        socket: Arc<UdpSocket>,
        to: SocketAddr,
    },
    /// To the task that writes a TCP connection.
    Stream(mpsc::Sender<Vec<u8>>),
}

const ERROR: &str = "/live/error";
/// The longest payload of UDP over IPv4.
const DATAGRAM_BYTES_MAX: usize = 65_507;

impl ReplySender {
    pub async fn send(&self, address: &str, arguments: Vec<OscType>) {
        let Some(bytes) = encode(address, arguments) else { return };
        match self {
            ReplySender::Datagrams { .. } if bytes.len() > DATAGRAM_BYTES_MAX => {
                let text =
                    format!("{address}: the reply has {} bytes, more than a datagram; ask for less", bytes.len());
                Box::pin(self.error(&text)).await;
            }
            // A sender that is gone gets nothing.
            ReplySender::Datagrams { socket, to } => _ = socket.send_to(&bytes, to).await,
            ReplySender::Stream(frames) => _ = frames.send(bytes).await,
        }
    }

    pub async fn error(&self, text: &str) {
        self.send(ERROR, vec![OscType::String(text.to_owned())]).await;
    }
}

fn encode(address: &str, args: Vec<OscType>) -> Option<Vec<u8>> {
    encoder::encode(&OscPacket::Message(OscMessage { addr: address.to_owned(), args })).ok()
}
