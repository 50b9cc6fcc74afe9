//! Familiar addresses: users have signed in from them, so failures of other addresses in the same network do not count against them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use crate::platform::clock::Moment;

/// Familiar addresses, bounded. The address with the oldest sign-in is dropped first. Only successful sign-ins add addresses, so unauthenticated
/// clients cannot displace any.
#[derive(Debug)]
pub struct FamiliarAddresses {
    addresses_max: usize,
    known: HashMap<IpAddr, FamiliarAddress>,
}

#[derive(Debug)]
struct FamiliarAddress {
    last: Moment,
    users: Vec<Arc<str>>,
}

/// An address that more users share does not count as familiar for any one of them.
const USERS_MAX: usize = 16;

impl FamiliarAddresses {
    pub fn new(addresses_max: usize) -> FamiliarAddresses {
        FamiliarAddresses { addresses_max, known: HashMap::new() }
    }

    /// Note a successful sign-in from an address.
    pub fn remember(&mut self, address: IpAddr, user: &Arc<str>, now: Moment) {
        if !self.known.contains_key(&address) && self.known.len() >= self.addresses_max {
            let oldest = self.known.iter().min_by_key(|(_, known)| known.last).map(|(address, _)| *address);
            oldest.and_then(|oldest| self.known.remove(&oldest));
        }
        let known = self.known.entry(address).or_insert_with(|| FamiliarAddress { last: now, users: Vec::new() });
        known.last = now;
        known.users.retain(|other| other != user);
        known.users.push(user.clone());
        if known.users.len() > USERS_MAX {
            known.users.remove(0);
        }
    }

    /// Whether a user has signed in from an address.
    pub fn knows(&self, address: IpAddr) -> bool {
        self.known.contains_key(&address)
    }

    /// Whether this user has signed in from an address.
    pub fn knows_user(&self, address: IpAddr, user: &str) -> bool {
        self.known.get(&address).is_some_and(|known| known.users.iter().any(|other| **other == *user))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_sign_in_is_forgotten_first() {
        let start = Moment::now();
        let mut familiar = FamiliarAddresses::new(2);
        let mia = Arc::<str>::from("mia");
        let address = |last| IpAddr::from([10, 0, 0, last]);
        for (at_s, last) in [(0, 1), (1, 2), (2, 1), (3, 3)] {
            familiar.remember(address(last), &mia, start + std::time::Duration::from_secs(at_s));
        }
        assert_eq!([1, 2, 3].map(|last| familiar.knows(address(last))), [true, false, true]);
        assert!(familiar.knows_user(address(1), "mia") && !familiar.knows_user(address(1), "zoe"));
    }

    #[test]
    fn an_address_keeps_its_latest_users() {
        let mut familiar = FamiliarAddresses::new(2);
        let address = IpAddr::from([10, 0, 0, 1]);
        let now = Moment::now();
        for number in 0..=USERS_MAX {
            familiar.remember(address, &number.to_string().into(), now);
        }
        assert!(!familiar.knows_user(address, "0") && familiar.knows_user(address, "1"));
    }
}
