//! Pairing over datagrams: the one message that is read from an address that is not bound, and the end of bindings.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::audit::Event;
use crate::gateway::accept::Failure;
use crate::platform::shutdown::shutdown_requested;
use crate::session::SessionContext;
use crate::session::connection::Door;
use crate::tls::Machine;

/// `/livegate/pair` and one string of eight digits, as the only way to write it: nothing is decoded for it.
const HEAD: &[u8] = b"/livegate/pair\0\0,s\0\0";
const DIGITS: usize = 8;
const MESSAGE_BYTES: usize = HEAD.len() + DIGITS + 4;

/// Interval between checks for bindings that are over.
const SWEEP: Duration = Duration::from_secs(2);

/// The digits of a pairing message, if a packet is one.
pub fn digits(packet: &[u8]) -> Option<&str> {
    let (digits, padding) = packet.strip_prefix(HEAD)?.split_at_checked(DIGITS)?;
    let is_message = packet.len() == MESSAGE_BYTES && padding == [0; 4] && digits.iter().all(u8::is_ascii_digit);
    is_message.then(|| std::str::from_utf8(digits).ok()).flatten()
}

/// Try digits that came from an address. Nothing is replied: the owner sees it. `Err`: why nothing came of them.
pub fn try_digits(context: &SessionContext, digits: &str, from: SocketAddr) -> Result<(), &'static str> {
    let shared = &context.shared;
    let ip = from.ip().to_canonical();
    if shared.limits.sources.is_penalised(ip) {
        return Err("too many failures of its source");
    }
    if let Err(denied) = shared.osc_pairing.try_code(digits, ip, shared.clock.now()) {
        let event = Event::new("pairing_refused")
            .with("reason", denied.reason)
            .with("channel", Door::Osc.name())
            .with("address", from.to_string());
        context.recorder.note(event);
        let penalty = shared.limits.sources.penalise(ip, Failure::SignIn);
        if let Some(event) = penalty {
            context.recorder.note(event);
        }
    }
    Ok(())
}

/// End bindings by time, by silence, and when this machine's addresses change.
pub async fn sweep(mut context: SessionContext) {
    let silence = Duration::from_secs(context.shared.config.osc.idle_s);
    let mut network = addresses();
    let mut ticks = interval(SWEEP);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => (),
            () = shutdown_requested(&mut context.shutdown) => return,
        }
        let now = addresses();
        let moved = now != network;
        network = now;
        let shared = &context.shared;
        for (binding, reason) in shared.osc_pairing.sweep(shared.clock.now(), silence, moved) {
            let event = Event::new("osc_unpaired")
                .with("caller", binding.user.as_ref())
                .with("address", binding.address.to_string())
                .with("reason", reason);
            context.recorder.event(event).await;
        }
    }
}

/// This machine's addresses, which distinguish one network from another.
fn addresses() -> Vec<IpAddr> {
    let mut addresses = Machine::this().addresses;
    addresses.sort();
    addresses
}

#[cfg(test)]
mod tests {
    use rosc::{OscMessage, OscPacket, OscType, encoder};

    use super::*;

    fn message(address: &str, args: Vec<OscType>) -> Vec<u8> {
        encoder::encode(&OscPacket::Message(OscMessage { addr: address.to_owned(), args })).expect("a message")
    }

    /// Promise: OSC accepts only this machine and paired senders
    #[test]
    fn only_the_exact_message_has_digits() {
        let text = |text: &str| OscType::String(text.to_owned());
        assert_eq!(digits(&message("/livegate/pair", vec![text("12345678")])), Some("12345678"));
        for packet in [
            message("/livegate/pair", vec![text("1234567")]),
            message("/livegate/pair", vec![text("123456789")]),
            message("/livegate/pair", vec![text("1234567x")]),
            message("/livegate/pair", vec![OscType::Int(12_345_678)]),
            message("/livegate/pair", vec![text("12345678"), OscType::Int(1)]),
            message("/livegate/pairs", vec![text("12345678")]),
            message("/live/test", vec![]),
            [&message("/livegate/pair", vec![text("12345678")])[..], &[0; 4]].concat(),
            Vec::new(),
        ] {
            assert_eq!(digits(&packet), None, "{packet:?}");
        }
    }
}
