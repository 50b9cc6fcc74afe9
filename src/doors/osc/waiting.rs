//! Packets of one sender that wait for their turn, bounded in number and in bytes.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use crate::config;

/// A received packet. Its memory is free again when it is dropped.
pub struct Packet {
    pub bytes: Bytes,
    _memory: OwnedSemaphorePermit,
}

/// The end at which packets are put.
pub struct Waiting {
    packets: mpsc::Sender<Packet>,
    memory: Arc<Semaphore>,
    bytes_max: usize,
}

impl Waiting {
    pub fn open(config: &config::Osc) -> (Waiting, mpsc::Receiver<Packet>) {
        let (packets, received) = mpsc::channel(config.waiting_max);
        let bytes_max = config.waiting_bytes_max;
        (Waiting { packets, memory: Arc::new(Semaphore::new(bytes_max)), bytes_max }, received)
    }

    /// Put a packet unless too many wait.
    pub fn try_put(&self, packet: &[u8]) -> bool {
        let Ok(memory) = self.memory.clone().try_acquire_many_owned(self.share(packet)) else { return false };
        self.packets.try_send(Packet { bytes: Bytes::copy_from_slice(packet), _memory: memory }).is_ok()
    }

    /// Put a packet once there is capacity. False: the sender's session has ended.
    pub async fn put(&self, packet: Vec<u8>) -> bool {
        let Ok(memory) = self.memory.clone().acquire_many_owned(self.share(&packet)).await else { return false };
        self.packets.send(Packet { bytes: packet.into(), _memory: memory }).await.is_ok()
    }

    pub fn is_closed(&self) -> bool {
        self.packets.is_closed()
    }

    pub async fn closed(&self) {
        self.packets.closed().await;
    }

    /// A packet longer than the limit may wait alone.
    fn share(&self, packet: &[u8]) -> u32 {
        u32::try_from(packet.len().min(self.bytes_max)).unwrap_or(u32::MAX)
    }
}
