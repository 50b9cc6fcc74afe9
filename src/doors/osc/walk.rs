//! Walks through a packet without recursion, before anything decodes it: bundles (OSC 1.0) within bounds, and each message's header.
//!
//! A decoder that recurses can be made to overflow its stack by one datagram of nested bundles. Here depth, messages and arguments are
//! bounded first, and the decoder gets single messages, never bundles.

use crate::config;

/// The limits of one packet.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub messages_max: usize,
    pub depth_max: usize,
    pub arguments_max: usize,
}

impl Bounds {
    pub fn of(config: &config::Osc) -> Bounds {
        let config::Osc { fan_out_max: messages_max, depth_max, arguments_max, .. } = *config;
        Bounds { messages_max, depth_max, arguments_max }
    }
}

/// A time tag: seconds since 1900 and their fraction, each in 32 bits (RFC 5905).
pub type TimeTag = u64;

/// The time tag "at once".
pub const AT_ONCE: TimeTag = 1;

/// A message in a packet: when it is due, and its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found<'a> {
    pub due: TimeTag,
    pub bytes: &'a [u8],
}

const BUNDLE: &[u8; 8] = b"#bundle\0";
const ADDRESS_BYTES_MAX: usize = 256;

/// Every message of a packet, in order. `Err`: why the whole packet is refused.
pub fn walk(packet: &[u8], bounds: Bounds) -> Result<Vec<Found<'_>>, &'static str> {
    let mut found = Vec::new();
    // The unread part of each open bundle, innermost last, and its time tag.
    let mut open: Vec<(&[u8], TimeTag)> = Vec::new();
    enter(packet, AT_ONCE, bounds, &mut open, &mut found)?;
    while let Some((rest, due)) = open.pop() {
        if rest.is_empty() {
            continue;
        }
        let (size, rest) = rest.split_first_chunk::<4>().ok_or("a bundle ends within an element's size")?;
        let size = u32::from_be_bytes(*size) as usize;
        let (element, rest) = rest.split_at_checked(size).ok_or("an element is longer than its bundle")?;
        open.push((rest, due));
        enter(element, due, bounds, &mut open, &mut found)?;
    }
    Ok(found)
}

/// Handle an element: a message, or a bundle to open.
fn enter<'a>(
    element: &'a [u8],
    due: TimeTag,
    bounds: Bounds,
    open: &mut Vec<(&'a [u8], TimeTag)>,
    found: &mut Vec<Found<'a>>,
) -> Result<(), &'static str> {
    if element.is_empty() || !element.len().is_multiple_of(4) {
        return Err("a packet or element is empty, or its length is no multiple of four");
    }
    if let Some(rest) = element.strip_prefix(BUNDLE) {
        if open.len() >= bounds.depth_max {
            return Err("bundles are nested too deep");
        }
        let (tag, rest) = rest.split_first_chunk::<8>().ok_or("a bundle has no time tag")?;
        // An inner bundle is due no earlier than the one around it.
        open.push((rest, u64::from_be_bytes(*tag).max(due)));
        return Ok(());
    }
    check_message(element, bounds.arguments_max)?;
    if found.len() >= bounds.messages_max {
        return Err("there are too many messages");
    }
    found.push(Found { due, bytes: element });
    Ok(())
}

/// A message has an address and type tags within bounds, and no arrays, which no address takes.
fn check_message(message: &[u8], arguments_max: usize) -> Result<(), &'static str> {
    let (address, rest) = split_string(message).ok_or("a message has no address")?;
    let is_address = address.first() == Some(&b'/') && address.iter().all(|byte| (0x20..0x7f).contains(byte));
    if !is_address || address.len() > ADDRESS_BYTES_MAX {
        return Err("an address is malformed or too long");
    }
    if rest.is_empty() {
        return Ok(());
    }
    let (tags, _) = split_string(rest).ok_or("type tags have no end")?;
    match tags.split_first() {
        Some((b',', tags)) if tags.len() > arguments_max => Err("a message has too many arguments"),
        Some((b',', tags)) if tags.iter().all(|tag| b"ifsbhtdcrmTFNI".contains(tag)) => Ok(()),
        _ => Err("a type tag is unknown"),
    }
}

/// A string of OSC and what follows its padding.
pub fn split_string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = bytes.iter().position(|byte| *byte == 0)?;
    let padded = (length + 4) & !3;
    Some((&bytes[..length], bytes.get(padded..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { messages_max: 4, depth_max: 8, arguments_max: 3 };

    fn message(address: &str) -> Vec<u8> {
        let mut bytes = address.as_bytes().to_vec();
        bytes.resize((bytes.len() + 4) & !3, 0);
        bytes.extend(b",\0\0\0");
        bytes
    }

    fn bundle(due: TimeTag, elements: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = BUNDLE.to_vec();
        bytes.extend(due.to_be_bytes());
        for element in elements {
            bytes.extend((element.len() as u32).to_be_bytes());
            bytes.extend(element);
        }
        bytes
    }

    #[test]
    fn messages_come_in_their_order() {
        let a = message("/a");
        let b = message("/bbbb");
        let c = message("/c");
        let packet = bundle(5, &[a.clone(), bundle(3, std::slice::from_ref(&b)), bundle(9, &[]), c.clone()]);
        let found = walk(&packet, BOUNDS).expect("a good packet");
        let expected = [&a, &b, &c].map(|bytes| Found { due: 5, bytes });
        assert_eq!(found, expected);
        assert_eq!(walk(&a, BOUNDS), Ok(vec![Found { due: AT_ONCE, bytes: &a }]));
    }

    /// Promise: OSC packets are bounded before they are decoded
    #[test]
    fn nesting_is_bounded_without_recursion() {
        let mut packet = message("/a");
        for depth in 1..=2_500 {
            packet = bundle(AT_ONCE, &[packet]);
            assert_eq!(walk(&packet, BOUNDS).is_ok(), depth <= 8, "{depth}");
        }
    }

    #[test]
    fn what_is_no_packet_is_refused() {
        let many = bundle(AT_ONCE, &vec![message("/a"); 5]);
        let cut = &bundle(AT_ONCE, &[message("/a")])[..22];
        let mut too_long = bundle(AT_ONCE, &[message("/a")]);
        too_long[19] = 0xff;
        let array = b"/a\0\0,[[\0".to_vec();
        let tags = b"/a\0\0,iii".to_vec();
        let four = b"/a\0\0,TTTT\0\0\0".to_vec();
        let binary = vec![1, 2, 3, 4];
        let none = Vec::new();
        let long = message(&format!("/{}", "a".repeat(300)));
        for packet in [&many, &cut.to_vec(), &too_long, &array, &tags, &four, &binary, &none, &long, &b"/a\0".to_vec()]
        {
            assert!(walk(packet, BOUNDS).is_err(), "{packet:?}");
        }
    }
}
