//! Limits of a source before sign-in: the rate of connections, and penalties for failures.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governor::RateLimiter;

use super::familiar::FamiliarAddresses;
use super::limiter::{KeyedLimiter, LimitClock, quota};
use super::penalty::{Bounds, Penalties};
use super::source::{Source, is_within};
use crate::audit::Event;
use crate::config::{self, Config};
use crate::platform::clock::{self, Clock};

/// A failure before sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The TLS handshake failed.
    Handshake,
    /// Nothing was sent in time.
    Silence,
    /// The data sent is not a request.
    InvalidRequest,
    /// A sign-in was refused that may have been a guess.
    SignIn,
}

impl Failure {
    const fn name(self) -> &'static str {
        match self {
            Failure::Handshake => "failed handshakes",
            Failure::Silence => "silence",
            Failure::InvalidRequest => "invalid requests",
            Failure::SignIn => "refused sign-ins",
        }
    }
}

/// Sources of IPv4 and IPv6 have separate tables, so that an attacker with many IPv6 networks cannot displace entries for IPv4.
pub struct Sources<C: LimitClock = Clock> {
    clock: C,
    config: config::Sources,
    costs: config::Penalties,
    connections: [KeyedLimiter<Source, C>; 2],
    /// Locked when a connection is admitted, fails or is counted; never for a command.
    penalties: [Mutex<Penalties<Source, C>>; 2],
    /// Penalties of existing users by name; at most as many as there are users.
    accounts: Mutex<Penalties<Arc<str>, C>>,
    familiar: Mutex<FamiliarAddresses>,
}

impl<C: LimitClock> Sources<C> {
    pub fn new(config: &Config, clock: C) -> Sources<C> {
        let sources = config.sources.clone();
        let costs = config.penalties.clone();
        let bounds = |min_s, max_s| Bounds {
            min: Duration::from_secs(min_s),
            max: Duration::from_secs(max_s),
            entries_max: sources.remembered_max,
        };
        let connections = [(), ()].map(|()| RateLimiter::dashmap_with_clock(quota(sources.connections), clock.clone()));
        let penalties = [(), ()].map(|()| Mutex::new(Penalties::new(bounds(costs.min_s, costs.max_s), clock.clone())));
        let accounts = Mutex::new(Penalties::new(bounds(costs.account_min_s, costs.account_max_s), clock.clone()));
        let familiar = Mutex::new(FamiliarAddresses::new(sources.remembered_max));
        Sources { clock, config: sources, costs, connections, penalties, accounts, familiar }
    }

    /// The source of an address. A familiar address counts by itself: in IPv6 a guest shares the network with everyone in the studio, and could
    /// otherwise block them by failing.
    pub fn of(&self, address: IpAddr) -> Source {
        if lock(&self.familiar).knows(address) { Source::alone(address) } else { Source::of(address, &self.config) }
    }

    /// Note a successful sign-in from an address.
    pub fn remember(&self, address: IpAddr, user: &Arc<str>) {
        lock(&self.familiar).remember(address, user, self.clock.now());
    }

    pub fn is_exempt(&self, address: IpAddr) -> bool {
        is_within(address, &self.config.exempt)
    }

    /// Whether a source may open another connection now. Sources beyond the table's capacity share one allowance.
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

    /// Count a failure. Returns an event for the trail if the penalty comes into force.
    pub fn penalise(&self, address: IpAddr, failure: Failure) -> Option<Event> {
        if self.is_exempt(address) {
            return None;
        }
        let source = self.of(address);
        let left = self.penalties_of(&source).add(&source, self.cost(failure))?;
        tracing::info!(%source, reason = failure.name(), seconds = left.as_secs(), "a penalty is in force");
        let event = Event::new("penalty").with("address", source.to_string()).with("reason", failure.name());
        Some(event.with("until", rfc3339_after(left)))
    }

    /// Count a wrong password for a user, from any source. Returns an event for the trail if password sign-in is suspended, which does not apply to
    /// familiar addresses.
    pub fn penalise_account(&self, user: &Arc<str>) -> Option<Event> {
        let cost = Duration::from_secs(self.costs.password_s);
        let left = lock(&self.accounts).add(user, cost)?;
        tracing::info!(%user, seconds = left.as_secs(), "password sign-in of an account is suspended");
        let event = Event::new("penalty").with("account", user.as_ref()).with("reason", "wrong passwords");
        Some(event.with("until", rfc3339_after(left)))
    }

    /// Whether password sign-in of a user is suspended for an address.
    pub fn is_slowed(&self, user: &Arc<str>, address: Option<IpAddr>) -> bool {
        // Exempt addresses are not penalised, so they can guess without limit: there, familiarity proves nothing.
        let knows = |address| !self.is_exempt(address) && lock(&self.familiar).knows_user(address, user);
        let is_familiar = address.is_none_or(knows);
        !is_familiar && lock(&self.accounts).in_force(user).is_some()
    }

    /// The number of accounts whose password sign-in is suspended.
    pub fn slowed(&self) -> usize {
        lock(&self.accounts).count()
    }

    /// Whether an address is refused because of a penalty.
    pub fn is_penalised(&self, address: IpAddr) -> bool {
        let source = self.of(address);
        !self.is_exempt(address) && self.penalties_of(&source).in_force(&source).is_some()
    }

    /// The number of sources with a penalty in force.
    pub fn penalised(&self) -> usize {
        self.penalties.iter().map(|penalties| lock(penalties).count()).sum()
    }

    fn cost(&self, failure: Failure) -> Duration {
        Duration::from_secs(match failure {
            Failure::Handshake => self.costs.handshake_s,
            Failure::Silence => self.costs.silence_s,
            Failure::InvalidRequest => self.costs.invalid_request_s,
            Failure::SignIn => self.costs.sign_in_s,
        })
    }

    fn penalties_of(&self, source: &Source) -> MutexGuard<'_, Penalties<Source, C>> {
        lock(&self.penalties[usize::from(source.is_ipv4())])
    }
}

/// The wall-clock time after a duration.
fn rfc3339_after(left: Duration) -> String {
    clock::rfc3339(clock::unix_seconds() + i64::try_from(left.as_secs()).unwrap_or(i64::MAX / 2))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::limit::tests::ManualClock;

    fn sources(config: &Config) -> Sources<ManualClock> {
        Sources::new(config, ManualClock::default())
    }

    /// Promise: Failures penalise their source
    #[test]
    fn failures_in_a_network_spare_a_familiar_address() {
        let in_network = sources(&Config::default());
        let [tablet, guest, other] =
            ["2001:db8::7", "2001:db8::666", "2001:db8::8"].map(|text| text.parse().expect("an address"));
        in_network.remember(tablet, &"mia".into());
        for _ in 0..10 {
            in_network.penalise(guest, Failure::SignIn);
        }
        assert_eq!([guest, other, tablet].map(|address| in_network.is_penalised(address)), [true, true, false]);
        // Failures of the familiar address count only against itself.
        let sources = sources(&Config::default());
        sources.remember(tablet, &"mia".into());
        for _ in 0..10 {
            sources.penalise(tablet, Failure::SignIn);
        }
        assert_eq!([guest, tablet].map(|address| sources.is_penalised(address)), [false, true]);
    }

    /// Promise: Password guessing is limited per account
    #[test]
    fn an_account_is_slowed_from_exempt_addresses_too() {
        let sources = sources(&Config::default());
        let mia: Arc<str> = "mia".into();
        let [here, tablet] = ["127.0.0.1", "192.168.1.20"].map(|text| text.parse().expect("an address"));
        for address in [here, tablet] {
            sources.remember(address, &mia);
        }
        while sources.penalise_account(&mia).is_none() {}
        assert_eq!([here, tablet].map(|address| sources.is_slowed(&mia, Some(address))), [true, false]);
        assert!(!sources.is_slowed(&mia, None), "the console is exempt");
    }

    #[test]
    fn sources_beyond_the_table_share_one_allowance() {
        let mut config = Config::default();
        config.sources.remembered_max = 4;
        let sources = sources(&config);
        let burst = config.sources.connections.burst.get() as usize;
        let admitted = (0..2_000_u32)
            .filter(|number| sources.admit_connection(std::net::Ipv4Addr::from(0x0a00_0000 + number).into()))
            .count();
        assert!((burst..1_000).contains(&admitted), "{admitted} of 2,000 sources with one connection each");
    }
}
