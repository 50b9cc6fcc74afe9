//! Settings of the search for other programs that control Live without the gateway.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::Deserialize;

use super::error::{Error, Result, refused};

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OtherPrograms {
    /// Ports on which such programs are known to listen: "tcp PORT PROGRAM" or "udp PORT PROGRAM"; nothing is sent to them.
    pub ports: Vec<KnownPort>,
    /// Live's User Library, in which other Remote Scripts are looked for; empty: Live's default.
    pub live_dir: PathBuf,
    /// Interval between looks.
    pub check_s: u64,
}

/// A port on which a program is known to control Live, as `PROTOCOL PORT PROGRAM`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct KnownPort {
    /// The transport on which it listens.
    pub protocol: IpProtocol,
    /// 1 to 65535.
    pub port: u16,
    /// Its name for people, of at most 64 characters.
    pub program: String,
}

/// A transport of the Internet Protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IpProtocol {
    /// `tcp`
    Tcp,
    /// `udp`
    Udp,
}

const PORTS_MAX: usize = 64;
const PROGRAM_CHARS_MAX: usize = 64;

const KNOWN: [(IpProtocol, u16, &str); 14] = [
    (IpProtocol::Tcp, 9877, "AbletonMCP"),
    (IpProtocol::Tcp, 9878, "AbletonMCP for Max"),
    (IpProtocol::Udp, 9878, "AbletonMCP Extended"),
    (IpProtocol::Tcp, 9004, "ALiveMCP"),
    (IpProtocol::Tcp, 39001, "Ableton.js"),
    (IpProtocol::Tcp, 39031, "Ableton.js"),
    (IpProtocol::Udp, 39031, "Ableton.js"),
    (IpProtocol::Udp, 39051, "AbleSet"),
    (IpProtocol::Tcp, 8722, "Ableton Live MCP"),
    (IpProtocol::Tcp, 20808, "a remote script"),
    (IpProtocol::Tcp, 3349, "Producer Pal"),
    (IpProtocol::Tcp, 3350, "Producer Pal"),
    (IpProtocol::Tcp, 16619, "AbletonLiveMCP"),
    (IpProtocol::Udp, 11000, "AbletonOSC"),
];

impl Default for OtherPrograms {
    fn default() -> OtherPrograms {
        let known = |(protocol, port, program): (_, _, &str)| KnownPort { protocol, port, program: program.to_owned() };
        OtherPrograms { ports: KNOWN.map(known).to_vec(), live_dir: PathBuf::new(), check_s: 60 }
    }
}

impl OtherPrograms {
    pub(super) fn check(&self) -> Result<()> {
        let count = self.ports.len();
        if count > PORTS_MAX {
            return Err(refused(format!("other_programs.ports has {count} entries; it must have at most {PORTS_MAX}")));
        }
        Ok(())
    }
}

impl TryFrom<String> for KnownPort {
    type Error = Error;

    fn try_from(text: String) -> Result<KnownPort> {
        text.parse()
    }
}

impl FromStr for KnownPort {
    type Err = Error;

    fn from_str(text: &str) -> Result<KnownPort> {
        let mut words = text.splitn(3, ' ');
        let protocol = match words.next() {
            Some("tcp") => Some(IpProtocol::Tcp),
            Some("udp") => Some(IpProtocol::Udp),
            _ => None,
        };
        let port = words.next().and_then(|port| port.parse::<u16>().ok()).filter(|port| *port != 0);
        let program = words.next().map(str::trim).filter(|program| !program.is_empty());
        let (Some(protocol), Some(port), Some(program)) = (protocol, port, program) else {
            return Err(refused(format!("{text:?} is not \"tcp PORT PROGRAM\" or \"udp PORT PROGRAM\"")));
        };
        let is_long = program.chars().count() > PROGRAM_CHARS_MAX || program.chars().any(char::is_control);
        if is_long {
            let allowed = format!("the name of a program has at most {PROGRAM_CHARS_MAX} characters, got {program:?}");
            return Err(refused(allowed));
        }
        Ok(KnownPort { protocol, port, program: program.to_owned() })
    }
}

impl IpProtocol {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            IpProtocol::Tcp => "tcp",
            IpProtocol::Udp => "udp",
        }
    }
}

impl fmt::Display for IpProtocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_port_is_protocol_port_and_program() {
        let known: KnownPort = "udp 11000 Ableton OSC".parse().expect("a port");
        assert_eq!(known, KnownPort { protocol: IpProtocol::Udp, port: 11_000, program: "Ableton OSC".into() });
        for wrong in ["", "tcp", "tcp 0 A", "tcp 70000 A", "tcp 80", "tcp 80  ", "sctp 80 A", "tcp 80 a\u{7}"] {
            assert!(wrong.parse::<KnownPort>().is_err(), "{wrong:?}");
        }
    }
}
