//! Reads a request's body within limits of size, time and total memory.

use std::sync::Arc;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config;
use crate::wire::refusal::{Code, Refusal};

/// A body, and its reservation of memory.
pub struct RequestBody {
    pub bytes: Bytes,
    _memory: Option<OwnedSemaphorePermit>,
}

/// The limits of a body.
pub struct Bounds {
    pub bytes_max: usize,
    pub ms: u64,
    pub memory: Arc<Semaphore>,
}

/// Read a whole body.
pub async fn read(body: Body, bounds: &Bounds) -> Result<RequestBody, Refusal> {
    let reading = collect(body, bounds);
    let late = || Refusal::new(Code::RequestTimeout, format!("the body must arrive within {} ms", bounds.ms));
    tokio::time::timeout(config::ms(bounds.ms), reading).await.unwrap_or_else(|_| Err(late()))
}

async fn collect(mut body: Body, bounds: &Bounds) -> Result<RequestBody, Refusal> {
    let mut bytes = BytesMut::new();
    let mut memory = None::<OwnedSemaphorePermit>;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Refusal::new(Code::InvalidJson, "the body ended early"))?;
        let Ok(chunk) = frame.into_data() else { continue };
        if bytes.len() + chunk.len() > bounds.bytes_max {
            let message = format!("a body has at most {} bytes here", bounds.bytes_max);
            return Err(Refusal::new(Code::LineTooLong, message));
        }
        let full = || Refusal::new(Code::Overloaded, "too many bodies are being read; retry later");
        let count = u32::try_from(chunk.len()).map_err(|_| full())?;
        let more = bounds.memory.clone().try_acquire_many_owned(count).map_err(|_| full())?;
        match &mut memory {
            Some(memory) => memory.merge(more),
            None => memory = Some(more),
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(RequestBody { bytes: bytes.freeze(), _memory: memory })
}
