//! What each source may do before there is a caller: connect so often, and fail so often.

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use governor::{DefaultKeyedRateLimiter, RateLimiter};

use super::penalty::{Bounds, Penalties};
use super::quota;
use super::source::{Source, is_within};
use crate::audit::Event;
use crate::clock;
use crate::config::{self, Config};

/// How a connection can fail before there is a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// TLS did not come about.
    Handshake,
    /// Nothing was said in time.
    Silence,
    /// What was said is no request.
    Nonsense,
    /// A sign-in was refused that may have been a guess.
    SignIn,
}

impl Failure {
    const fn name(self) -> &'static str {
        match self {
            Failure::Handshake => "failed handshakes",
            Failure::Silence => "silence",
            Failure::Nonsense => "what is no request",
            Failure::SignIn => "refused sign-ins",
        }
    }
}

/// Of both families apart, because IPv6 has sources in abundance: nobody can make us forget IPv4's with them.
pub struct Sources {
    config: config::Sources,
    costs: config::Penalties,
    connections: [DefaultKeyedRateLimiter<Source>; 2],
    /// Locked when a connection comes, fails, or is counted; never per command.
    penalties: [Mutex<Penalties<Source>>; 2],
}

impl Sources {
    pub fn new(config: &Config) -> Sources {
        let (sources, costs) = (config.sources.clone(), config.penalties.clone());
        let bounds = Bounds {
            min: Duration::from_secs(costs.min_s),
            max: Duration::from_secs(costs.max_s),
            entries_max: sources.remembered_max,
        };
        let connections = [(), ()].map(|()| RateLimiter::keyed(quota(sources.connections)));
        let penalties = [(), ()].map(|()| Mutex::new(Penalties::new(bounds)));
        Sources { config: sources, costs, connections, penalties }
    }

    pub fn of(&self, address: IpAddr) -> Source {
        Source::of(address, &self.config)
    }

    pub fn is_exempt(&self, address: IpAddr) -> bool {
        is_within(address, &self.config.exempt)
    }

    /// Whether a source may have one more connection now. Those that are too many to be remembered share one allowance.
    pub fn admit_connection(&self, address: IpAddr) -> bool {
        if self.is_exempt(address) {
            return true;
        }
        let source = self.of(address);
        let connections = &self.connections[usize::from(source.is_ipv4())];
        if connections.len() >= self.config.remembered_max {
            connections.retain_recent();
        }
        let is_full = connections.len() >= self.config.remembered_max;
        let source = if is_full { Source::any(source.is_ipv4()) } else { source };
        connections.check_key(&source).is_ok()
    }

    /// Count a failure. What comes back is for the trail: from now on the source is not let in.
    pub fn penalise(&self, address: IpAddr, failure: Failure, now: Instant) -> Option<Event> {
        if self.is_exempt(address) {
            return None;
        }
        let source = self.of(address);
        let until = self.penalties_of(&source).add(&source, self.cost(failure), now)?;
        tracing::info!(%source, reason = failure.name(), seconds = (until - now).as_secs(), "a penalty is in force");
        let until = clock::rfc3339(clock::unix_seconds() + (until - now).as_secs() as i64);
        let event = Event::new("penalty").with("address", source.to_string()).with("reason", failure.name());
        Some(event.with("until", until))
    }

    /// Whether an address is not let in now.
    pub fn is_penalised(&self, address: IpAddr, now: Instant) -> bool {
        let source = self.of(address);
        !self.is_exempt(address) && self.penalties_of(&source).in_force(&source, now).is_some()
    }

    /// How many sources are not let in now.
    pub fn penalised(&self, now: Instant) -> usize {
        self.penalties.iter().map(|penalties| lock(penalties).count(now)).sum()
    }

    fn cost(&self, failure: Failure) -> Duration {
        Duration::from_secs(match failure {
            Failure::Handshake => self.costs.handshake_s,
            Failure::Silence => self.costs.silence_s,
            Failure::Nonsense => self.costs.nonsense_s,
            Failure::SignIn => self.costs.sign_in_s,
        })
    }

    fn penalties_of(&self, source: &Source) -> MutexGuard<'_, Penalties<Source>> {
        lock(&self.penalties[usize::from(source.is_ipv4())])
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
