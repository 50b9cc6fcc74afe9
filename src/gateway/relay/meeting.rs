//! Meeting the script without asking anything of it: the handshake, and what it tells. For `doctor`.

use std::time::{Duration, Instant};

use serde_json::{Map, Value};
use tokio::time::timeout;

use super::keyed::{self, Key};
use super::script_clock::ScriptClock;
use crate::config;
use crate::platform::clock::{Clock, Moment};

/// A handshake that both sides have passed. The connection is closed again.
#[derive(Debug)]
pub struct Meeting {
    /// What the script says of itself.
    pub hello: Map<String, Value>,
    /// From the first byte to the script's proof, which takes at least one of Live's ticks.
    pub took: Duration,
    clock: ScriptClock,
}

/// Why there was no meeting.
#[derive(Debug)]
pub enum Unmet {
    NobodyListens,
    /// Somebody listens and says nothing, or not in time.
    Silent,
    KeyRefused,
    /// What was said is not what a script says that has the key.
    Stranger(anyhow::Error),
}

/// Windows takes two seconds to say that nobody listens.
const CONNECT_WAIT: Duration = Duration::from_secs(5);

/// Shake hands and hang up. Nothing is asked that would need a row.
pub async fn meet(config: &config::Bridge, key: &Key) -> Result<Meeting, Unmet> {
    match timeout(CONNECT_WAIT, super::connect(config.address)).await {
        Ok(Ok(_)) => (),
        Ok(Err(_)) | Err(_) => return Err(Unmet::NobodyListens),
    }
    let started = Instant::now();
    match timeout(config::ms(config.handshake_ms), keyed::introduce(config, key, &Clock::system())).await {
        Ok(Ok(introduced)) => {
            Ok(Meeting { hello: introduced.hello, took: started.elapsed(), clock: introduced.script_clock })
        }
        Ok(Err(error)) if error.downcast_ref() == Some(&keyed::KEY_REFUSED) => Err(Unmet::KeyRefused),
        Ok(Err(error)) => Err(Unmet::Stranger(error)),
        Err(_) => Err(Unmet::Silent),
    }
}

impl Meeting {
    /// A text of the script's introduction.
    pub fn text(&self, key: &str) -> &str {
        self.hello.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// How far the script's clock went astray between this meeting and a later one, beyond what the handshakes leave open:
    /// each tells the script's time too low by at most what it took.
    pub fn clock_error_ms(&self, later: &Meeting) -> u64 {
        let now = Moment::now();
        let difference_ms = self.clock.at_ms(now).abs_diff(later.clock.at_ms(now));
        let open_ms = u64::try_from(self.took.max(later.took).as_millis()).unwrap_or(u64::MAX);
        difference_ms.saturating_sub(open_ms)
    }
}
