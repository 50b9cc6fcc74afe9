//! How many connections of each kind there may be: what is configured, as far as the system gives this process descriptors.

use crate::config::{self, Config};
use crate::platform;

/// What the door has slots for.
#[derive(Clone, Debug, PartialEq)]
pub struct Capacity {
    pub connections: config::Connections,
    pub strangers: config::Unauthenticated,
    /// On the listeners without sign-in.
    pub local: usize,
}

/// Descriptors that no connection gets: those of the trail, the state, keys, the bridge, consoles and what they ask.
const RESERVED_FILES: usize = 96;

impl Capacity {
    /// Raise the system's limit as far as it goes, and stay within it. Systems give a process few descriptors unless it asks, macOS 256.
    pub fn of_this_process(config: &Config) -> Capacity {
        let needed = sockets(config) + RESERVED_FILES;
        let allowed = platform::allow_open_files(needed as u64).unwrap_or_else(|error| {
            tracing::warn!(%error, "cannot tell how many files and sockets may be open");
            needed as u64
        });
        let allowed = usize::try_from(allowed).unwrap_or(usize::MAX);
        let capacity = Capacity::within(config, allowed);
        if allowed < needed {
            tracing::warn!(
                signed_in = capacity.connections.max,
                unauthenticated = capacity.strangers.drop_full,
                local = capacity.local,
                "the system allows {allowed} open files and sockets, and {needed} may be needed, so fewer connections are \
                 admitted; raise ulimit -n, or lower connections.max and unauthenticated.drop_full"
            );
        }
        capacity
    }

    /// Every kind keeps its share of what there is beside the reserve.
    fn within(config: &Config, allowed: usize) -> Capacity {
        let (needed, left) = (sockets(config), allowed.saturating_sub(RESERVED_FILES));
        let share = |count: usize| if left < needed { (count.saturating_mul(left) / needed).max(1) } else { count };
        let (mut connections, mut strangers) = (config.connections.clone(), config.unauthenticated.clone());
        connections.max = share(connections.max);
        strangers.drop_start = share(strangers.drop_start);
        strangers.drop_full = share(strangers.drop_full).max(strangers.drop_start);
        Capacity { connections, strangers, local: share(config.local.connections_max) }
    }
}

/// Evicted connections that have not closed yet count again.
fn sockets(config: &Config) -> usize {
    config.connections.max + 2 * config.unauthenticated.drop_full + config.local.connections_max
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(capacity: &Capacity) -> usize {
        capacity.connections.max + 2 * capacity.strangers.drop_full + capacity.local
    }

    #[test]
    fn enough_descriptors_change_nothing() {
        let config = Config::default();
        let capacity = Capacity::within(&config, sockets(&config) + RESERVED_FILES);
        assert_eq!((capacity.connections, capacity.strangers), (config.connections, config.unauthenticated));
        assert_eq!(capacity.local, config.local.connections_max);
    }

    /// Promise: Connections never use up the descriptors of the console, the trail and the keys
    #[test]
    fn too_few_descriptors_leave_the_reserve() {
        for allowed in [1_000, 512, 256, 128, 101] {
            let capacity = Capacity::within(&Config::default(), allowed);
            assert!(total(&capacity) + RESERVED_FILES <= allowed, "{allowed}: {capacity:?}");
            assert!(capacity.connections.max >= 1 && capacity.local >= 1 && capacity.strangers.drop_start >= 1);
        }
    }
}
