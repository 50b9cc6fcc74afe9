//! Names of settings that have changed: the old name is an error that gives the new one.

use super::error::{Result, refused};

/// Old and new names; a name without a dot is a section's.
const RENAMED: [(&str, &str); 8] = [
    ("strangers", "unauthenticated"),
    ("penalties.nonsense_s", "penalties.invalid_request_s"),
    ("pairing.offer_s", "pairing.offer_ttl_s"),
    ("requests.bytes_under_way_max", "requests.bytes_in_flight_max"),
    ("retention.act_rows_max", "retention.transaction_rows_max"),
    ("retention.look_s", "retention.interval_s"),
    ("trail.strangers_refusals_per_second_max", "trail.unauthenticated_refusals_per_second_max"),
    ("trail.strangers_refused_bytes", "trail.unauthenticated_refused_bytes"),
];

/// Refuse settings under an old name. Text that is not TOML passes, because the parser reports it better.
pub(super) fn check(text: &str) -> Result<()> {
    let Ok(table) = text.parse::<toml::Table>() else { return Ok(()) };
    let is_set = |name: &str| match name.split_once('.') {
        None => table.contains_key(name),
        Some((section, key)) => table.get(section).and_then(|section| section.get(key)).is_some(),
    };
    for (old, new) in RENAMED {
        if is_set(old) {
            return Err(refused(format!("{old} is now called {new}; rename it")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn an_old_name_is_refused_naming_the_new() {
        for (old, new) in RENAMED {
            let text = match old.split_once('.') {
                None => format!("[{old}]\n"),
                Some((section, key)) => format!("[{section}]\n{key} = 1\n"),
            };
            let error = format!("{:#}", Config::parse(&text).expect_err(old));
            assert_eq!(error, format!("{old} is now called {new}; rename it"));
        }
    }

    #[test]
    fn every_new_name_is_a_setting() {
        let shipped: toml::Table = include_str!("../../config/livegate.toml").parse().expect("TOML");
        for (_, new) in RENAMED {
            let found = match new.split_once('.') {
                None => shipped.contains_key(new),
                Some((section, key)) => shipped[section].get(key).is_some(),
            };
            assert!(found, "{new}");
        }
    }
}
