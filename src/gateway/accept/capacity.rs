//! The number of connections of each kind: the configured limits, reduced to the descriptors that the system allows this process.

use crate::config::{self, Config};
use crate::platform;

/// Slots for connections by kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Capacity {
    pub connections: config::Connections,
    pub unauthenticated: config::Unauthenticated,
    /// On the listeners without sign-in.
    pub local: usize,
}

/// Descriptors that no connection may use: those of the trail, the state, keys, the bridge, and consoles.
const RESERVED_FILES: usize = 96;

impl Capacity {
    /// Raise the system's limit on descriptors as far as possible, and stay within it. The default is often low: 256 on macOS.
    pub fn of_this_process(config: &Config) -> Capacity {
        let needed = sockets(config) + RESERVED_FILES;
        let allowed = platform::allow_open_files(needed as u64).unwrap_or_else(|error| {
            tracing::warn!(%error, "cannot read the limit on open files and sockets");
            needed as u64
        });
        let allowed = usize::try_from(allowed).unwrap_or(usize::MAX);
        let capacity = Capacity::within(config, allowed);
        if allowed < needed {
            tracing::warn!(
                signed_in = capacity.connections.max,
                unauthenticated = capacity.unauthenticated.drop_full,
                local = capacity.local,
                "the system allows {allowed} open files and sockets, and {needed} may be needed, so fewer connections are \
                 admitted; raise ulimit -n, or lower connections.max and unauthenticated.drop_full"
            );
        }
        capacity
    }

    /// Each kind gets the same share of the descriptors outside the reserve.
    fn within(config: &Config, allowed: usize) -> Capacity {
        let needed = sockets(config);
        let left = allowed.saturating_sub(RESERVED_FILES);
        let share = |count: usize| if left < needed { (count.saturating_mul(left) / needed).max(1) } else { count };
        let mut connections = config.connections.clone();
        let mut unauthenticated = config.unauthenticated.clone();
        connections.max = share(connections.max);
        unauthenticated.drop_start = share(unauthenticated.drop_start);
        unauthenticated.drop_full = share(unauthenticated.drop_full).max(unauthenticated.drop_start);
        Capacity { connections, unauthenticated, local: share(config.local.connections_max) }
    }
}

/// The sockets that the limits allow. Unauthenticated connections count twice: evicted ones may not have closed yet.
fn sockets(config: &Config) -> usize {
    config.connections.max + 2 * config.unauthenticated.drop_full + config.local.connections_max
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(capacity: &Capacity) -> usize {
        capacity.connections.max + 2 * capacity.unauthenticated.drop_full + capacity.local
    }

    #[test]
    fn enough_descriptors_change_nothing() {
        let config = Config::default();
        let capacity = Capacity::within(&config, sockets(&config) + RESERVED_FILES);
        assert_eq!((capacity.connections, capacity.unauthenticated), (config.connections, config.unauthenticated));
        assert_eq!(capacity.local, config.local.connections_max);
    }

    /// Promise: Connections leave descriptors for the console, the trail and the keys
    #[test]
    fn too_few_descriptors_leave_the_reserve() {
        for allowed in [1_000, 512, 256, 128, 101] {
            let capacity = Capacity::within(&Config::default(), allowed);
            assert!(total(&capacity) + RESERVED_FILES <= allowed, "{allowed}: {capacity:?}");
            assert!(capacity.connections.max >= 1 && capacity.local >= 1 && capacity.unauthenticated.drop_start >= 1);
        }
    }
}
