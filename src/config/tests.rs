//! The shipped file lists every default, and invalid settings are refused.

use super::*;

const SHIPPED: &str = include_str!("../../config/livegate.toml");

#[test]
fn the_shipped_file_states_every_default() {
    assert_eq!(Config::parse(SHIPPED).expect("the shipped file"), Config::default());
}

#[test]
fn the_shipped_file_names_every_key() {
    let shipped: toml::Table = toml::from_str(SHIPPED).expect("TOML");
    let debug = format!("{:?}", Config::default());
    let stated: usize = shipped.values().filter_map(|section| section.as_table()).map(toml::Table::len).sum();
    // `Debug` writes `key: ` for each field: for sections, for their fields, two for each rate, and three for each known port.
    let inner = 2 * debug.matches("Rate {").count() + 3 * debug.matches("KnownPort {").count();
    assert_eq!(debug.matches(": ").count(), stated + shipped.len() + inner);
}

/// Promise: Remote clients must sign in
#[test]
fn an_invalid_setting_is_refused_with_its_key() {
    for (text, expected) in [
        ("[bridge]\nadress = '127.0.0.1:1'", "unknown field `adress`"),
        ("[bridge]\naddress = '10.0.0.1:1'", "bridge.address is 10.0.0.1:1"),
        ("[local]\nlisten = ['0.0.0.0:9005']", "local.listen has 0.0.0.0:9005"),
        ("[tls]\nlisten = ['0.0.0.0:9443']\n[bridge]\nprotocol = 'plain'", "local.trust = true"),
        ("[bridge]\nqueue_max = 0", "bridge.queue_max is 0; it must be between 1 and"),
        ("[connections]\nidle_s = 99999999999", "connections.idle_s must be"),
        ("[sources]\nipv4_prefix = 33", "sources.ipv4_prefix is 33; it must be between 1 and 32"),
        ("[sources]\nexempt = ['10.0.0.0/99']", "exempt"),
        ("[penalties]\nmin_s = 700", "penalties.min_s is 700, which is more than penalties.max_s"),
        (
            "[announce]\nname = 'a name that no label of the domain name system has room for at all'",
            "announce.name has at most 63",
        ),
        ("[other_programs]\nports = ['9877 AbletonMCP']", "is not \"tcp PORT PROGRAM\""),
        ("[other_programs]\ncheck_s = 0", "other_programs.check_s must be"),
        ("[pairing]\ntries_max = 1000", "pairing.tries_max is 1000"),
        ("[tls]\nnames = ['studio.local', '']", "a certificate cannot be for \"\": it is empty"),
        ("[tls]\nnames = ['*.local']", "wildcards are not allowed"),
        ("[tls]\nnames = ['Mias Studio']", "a name has letters, digits and hyphens"),
        ("[limits]\nread = { per_second = 0, burst = 1 }", "nonzero"),
    ] {
        let error = format!("{:#}", Config::parse(text).expect_err(text));
        assert!(error.contains(expected), "{text}: {error}");
    }
}

/// A connection ends at `first_line_ms` without an answer.
#[test]
fn a_slow_body_is_answered_before_the_end() {
    let config = Config::default();
    assert!(config.http.body_ms < config.connections.first_line_ms);
}

/// Promise: Remote clients must sign in
#[test]
fn the_local_listener_is_off_in_lan_mode() {
    let parse = |text| Config::parse(text).expect("a good file");
    assert!(parse("[tls]\nlisten = ['0.0.0.0:9443']").local_listen().is_empty());
    assert!(!parse("[tls]\nlisten = ['127.0.0.1:9443']").local_listen().is_empty());
    assert!(!parse("[tls]\nlisten = ['0.0.0.0:9443']\n[local]\ntrust = true").local_listen().is_empty());
}
