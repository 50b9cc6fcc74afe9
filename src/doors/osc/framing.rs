//! Packets in a byte stream: a length before each (OSC 1.0), or SLIP (RFC 1055, with an END before each packet too, as OSC 1.1 asks).

use crate::config::Framing;

/// Splits received bytes into packets.
pub struct Deframer {
    framing: Framing,
    bytes_max: usize,
    buffer: Vec<u8>,
    /// Of SLIP: the packet so far.
    packet: Vec<u8>,
    is_escaped: bool,
    has_begun: bool,
}

const END: u8 = 0xc0;
const ESC: u8 = 0xdb;
const ESC_END: u8 = 0xdc;
const ESC_ESC: u8 = 0xdd;

impl Deframer {
    pub fn new(framing: Framing, bytes_max: usize) -> Deframer {
        Deframer { framing, bytes_max, buffer: Vec::new(), packet: Vec::new(), is_escaped: false, has_begun: false }
    }

    /// Add received bytes.
    pub fn extend(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole packet. `Err`: the bytes are not packets; a web page can send anything to loopback.
    pub fn next(&mut self) -> Result<Option<Vec<u8>>, &'static str> {
        let Some(first) = self.buffer.first() else { return Ok(None) };
        if !self.has_begun {
            let expected = match self.framing {
                Framing::Length => 0,
                Framing::Slip => END,
            };
            if *first != expected {
                return Err("its first bytes are not those of an OSC packet");
            }
            self.has_begun = true;
        }
        match self.framing {
            Framing::Length => self.next_by_length(),
            Framing::Slip => self.next_by_slip(),
        }
    }

    fn next_by_length(&mut self) -> Result<Option<Vec<u8>>, &'static str> {
        let Some((length, rest)) = self.buffer.split_first_chunk::<4>() else { return Ok(None) };
        let length = u32::from_be_bytes(*length) as usize;
        if length == 0 || length > self.bytes_max {
            return Err("a packet is empty or too long");
        }
        let Some(packet) = rest.get(..length).map(<[u8]>::to_vec) else { return Ok(None) };
        self.buffer.drain(..4 + length);
        Ok(Some(packet))
    }

    fn next_by_slip(&mut self) -> Result<Option<Vec<u8>>, &'static str> {
        for (at, byte) in self.buffer.iter().enumerate() {
            match (std::mem::take(&mut self.is_escaped), *byte) {
                (true, ESC_END) => self.packet.push(END),
                (true, ESC_ESC) => self.packet.push(ESC),
                (true, _) => return Err("a SLIP escape is invalid"),
                (false, ESC) => self.is_escaped = true,
                // An END at the beginning ends nothing.
                (false, END) if self.packet.is_empty() => (),
                (false, END) => {
                    self.buffer.drain(..=at);
                    return Ok(Some(std::mem::take(&mut self.packet)));
                }
                (false, byte) => self.packet.push(byte),
            }
            if self.packet.len() > self.bytes_max {
                return Err("a packet is too long");
            }
        }
        self.buffer.clear();
        Ok(None)
    }
}

/// A packet as it goes into the stream.
pub fn frame(framing: Framing, packet: &[u8]) -> Vec<u8> {
    match framing {
        Framing::Length => {
            let length = u32::try_from(packet.len()).expect("replies are shorter than 4 GiB");
            [&length.to_be_bytes(), packet].concat()
        }
        Framing::Slip => {
            let mut framed = vec![END];
            for byte in packet {
                match *byte {
                    END => framed.extend([ESC, ESC_END]),
                    ESC => framed.extend([ESC, ESC_ESC]),
                    byte => framed.push(byte),
                }
            }
            framed.push(END);
            framed
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_survive_both_framings_in_any_pieces() {
        let packets = [b"/a\0\0".to_vec(), vec![END, ESC, 0, 1], vec![0xdc; 40]];
        for framing in [Framing::Length, Framing::Slip] {
            let stream: Vec<u8> = packets.iter().flat_map(|packet| frame(framing, packet)).collect();
            for piece in [1, 3, 7, 1_000] {
                let mut deframer = Deframer::new(framing, 64);
                let mut received = Vec::new();
                for bytes in stream.chunks(piece) {
                    deframer.extend(bytes);
                    while let Some(packet) = deframer.next().expect("good frames") {
                        received.push(packet);
                    }
                }
                assert_eq!(received, packets, "{framing:?} {piece}");
            }
        }
    }

    /// Promise: OSC packets are bounded before they are decoded
    #[test]
    fn what_is_no_packet_is_an_error() {
        for (framing, bytes) in [
            (Framing::Length, &b"GET / HTTP/1.1\r\n"[..]),
            (Framing::Slip, b"GET / HTTP/1.1\r\n"),
            (Framing::Length, &[0, 0, 0, 0]),
            (Framing::Length, &[0, 1, 0, 0]),
            (Framing::Slip, &[END, ESC, 7]),
            (Framing::Slip, &[&[END][..], &[1; 80][..]].concat()),
        ] {
            let mut deframer = Deframer::new(framing, 64);
            deframer.extend(bytes);
            assert!(deframer.next().is_err(), "{framing:?} {bytes:?}");
        }
    }
}
