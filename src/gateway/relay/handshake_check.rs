//! Performs only the handshake with the script, for `doctor`.

use std::time::{Duration, Instant};

use serde_json::{Map, Value};
use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use super::error::ErrorKind;
use super::keyed::{self, Key};
use super::script_clock::ScriptClock;
use crate::config;
use crate::platform::clock::{Clock, Moment};

/// A completed handshake. The connection is closed.
#[derive(Debug)]
pub struct CompletedHandshake {
    /// The script's introduction.
    pub hello: Map<String, Value>,
    /// From the first byte sent to the script's proof; at least one of Live's ticks.
    pub took: Duration,
    clock: ScriptClock,
}

/// Why the handshake failed.
#[derive(Debug)]
pub enum HandshakeFailure {
    NotListening,
    /// A program listens and does not answer in time.
    Silent,
    KeyRefused,
    /// The answer is not that of a script with the key.
    NotTheScript(super::Error),
}

/// Windows takes two seconds to report that no program listens.
const CONNECT_WAIT: Duration = Duration::from_secs(5);

/// Perform the handshake and close. It needs no row, because it sends no request.
pub async fn complete_handshake(config: &config::Bridge, key: &Key) -> Result<CompletedHandshake, HandshakeFailure> {
    match timeout(CONNECT_WAIT, super::connect(config.address)).await {
        Ok(Ok(_)) => (),
        Ok(Err(_)) | Err(_) => return Err(HandshakeFailure::NotListening),
    }
    let started = Instant::now();
    match timeout(config::ms(config.handshake_ms), keyed::introduce(config, key, &Clock::system())).await {
        Ok(Ok(introduced)) => {
            Ok(CompletedHandshake { hello: introduced.hello, took: started.elapsed(), clock: introduced.script_clock })
        }
        Ok(Err(error)) if matches!(error.kind(), ErrorKind::KeyRefused(_)) => Err(HandshakeFailure::KeyRefused),
        Ok(Err(error)) => Err(HandshakeFailure::NotTheScript(error)),
        Err(_) => Err(HandshakeFailure::Silent),
    }
}

/// The program at the script's address, as far as it can be identified without a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listener {
    Absent,
    /// It greets as a script with a key does.
    Keyed,
    /// It waits for a line, as a script without a key does.
    Silent,
}

/// A script with a key greets in the tick that accepts the connection.
const GREETING_WAIT: Duration = Duration::from_millis(500);

/// Connect, and wait for a greeting. Nothing is sent.
pub async fn listener_at(config: &config::Bridge) -> Listener {
    let Ok(Ok(mut stream)) = timeout(CONNECT_WAIT, super::connect(config.address)).await else {
        return Listener::Absent;
    };
    match timeout(GREETING_WAIT, stream.read(&mut [0])).await {
        Ok(Ok(1)) => Listener::Keyed,
        Ok(Ok(_) | Err(_)) | Err(_) => Listener::Silent,
    }
}

impl CompletedHandshake {
    /// A text field of the script's introduction.
    pub fn text(&self, key: &str) -> &str {
        self.hello.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// How much the script's clock drifted between this handshake and a later one, beyond the uncertainty: each handshake reports the script's time
    /// too low by at most its own duration.
    pub fn clock_error_ms(&self, later: &CompletedHandshake) -> u64 {
        let now = Moment::now();
        let difference_ms = self.clock.at_ms(now).abs_diff(later.clock.at_ms(now));
        let open_ms = u64::try_from(self.took.max(later.took).as_millis()).unwrap_or(u64::MAX);
        difference_ms.saturating_sub(open_ms)
    }
}
