//! The pairing link in the QR code: the gateway's address, its pin, and a secret for one device.

use secrecy::{ExposeSecret, SecretString};

use crate::failure::Context;
use crate::identity::error::{Result, failed};
use crate::platform::random;

/// `livegate://HOST:PORT?pin=…&secret=…`
pub struct Link {
    /// A DNS name or an IP address, without brackets.
    pub host: String,
    /// The port of `tls.listen`.
    pub port: u16,
    /// The SHA-256 of the CA's public key (SubjectPublicKeyInfo).
    pub pin: [u8; 32],
    /// The secret of the offer; a device that sends it may claim the offer, once.
    pub secret: SecretString,
}

const SCHEME: &str = "livegate://";
const SECRET_BYTES: usize = 16;
const HOST_BYTES_MAX: usize = 253;

/// 128 random bits, in hex.
pub fn new_secret() -> SecretString {
    hex::encode(random::bytes::<SECRET_BYTES>()).into()
}

impl Link {
    /// Parses a link. Unknown keys are refused, because a later version may add a condition.
    pub fn read(text: &str) -> Result<Link> {
        let rest = text.trim().strip_prefix(SCHEME).ok_or_else(|| failed("a link begins with livegate://"))?;
        let (place, query) = rest.split_once('?').ok_or_else(|| failed("the link has no pin and no secret"))?;
        let (host, port) = place.rsplit_once(':').ok_or_else(|| failed("the link has no port"))?;
        let port = port.parse::<u16>().context("the link's port is not a port")?;
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-:".contains(&byte);
        if host.is_empty() || host.len() > HOST_BYTES_MAX || !host.bytes().all(is_host) {
            return Err(failed("the link's host is not a host name or address"));
        }
        let mut pin = None;
        let mut secret = None;
        for pair in query.split('&') {
            let (slot, value) = match pair.split_once('=') {
                Some(("pin", value)) => (&mut pin, value),
                Some(("secret", value)) => (&mut secret, value),
                _ => return Err(failed("the link has unknown parameters")),
            };
            if slot.replace(value).is_some() {
                return Err(failed("the link has a parameter twice"));
            }
        }
        let pin = pin
            .and_then(|pin| hex::decode(pin).ok()?.try_into().ok())
            .ok_or_else(|| failed("the link's pin is not valid"))?;
        let secret = secret.filter(|secret| hex::decode(secret).is_ok_and(|bytes| bytes.len() == SECRET_BYTES));
        let secret = secret.ok_or_else(|| failed("the link's secret is not valid"))?.to_owned().into();
        Ok(Link { host: host.to_owned(), port, pin, secret })
    }

    /// `HOST:PORT`, an IPv6 address in brackets.
    pub fn address(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    pub(crate) fn expose(&self) -> SecretString {
        let pin = hex::encode(self.pin);
        let secret = self.secret.expose_secret();
        format!("{SCHEME}{}?pin={pin}&secret={secret}", self.address()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(host: &str) -> Link {
        Link { host: host.into(), port: 9443, pin: [0xab; 32], secret: new_secret() }
    }

    #[test]
    fn a_written_link_is_read_back() {
        for host in ["studio.local", "192.168.1.20", "fd00::20"] {
            let written = link(host).expose();
            let read = Link::read(written.expose_secret()).expect(host);
            assert_eq!((read.host.as_str(), read.port, read.pin), (host, 9443, [0xab; 32]));
            assert_eq!(read.expose().expose_secret(), written.expose_secret());
        }
    }

    #[test]
    fn an_invalid_link_is_refused_with_the_reason() {
        let pin = "ab".repeat(32);
        let secret = "5a".repeat(16);
        for (text, reason) in [
            ("https://studio.local:9443?pin=1&secret=2".to_owned(), "begins with"),
            ("livegate://studio.local:9443".into(), "no pin and no secret"),
            (format!("livegate://studio.local?pin={pin}&secret={secret}"), "no port"),
            (format!("livegate://studio.local:99999?pin={pin}&secret={secret}"), "is not a port"),
            (format!("livegate://:9443?pin={pin}&secret={secret}"), "not a host name"),
            (format!("livegate://a@b:9443?pin={pin}&secret={secret}"), "not a host name"),
            (format!("livegate://studio.local:9443?pin={secret}&secret={secret}"), "pin is not valid"),
            (format!("livegate://studio.local:9443?secret={secret}"), "pin is not valid"),
            (format!("livegate://studio.local:9443?pin={pin}&secret=12345678"), "secret is not valid"),
            (format!("livegate://studio.local:9443?pin={pin}&secret={secret}&pin={pin}"), "twice"),
            (format!("livegate://studio.local:9443?pin={pin}&secret={secret}&user=x"), "unknown parameters"),
        ] {
            let error = Link::read(&text).err().unwrap_or_else(|| panic!("{text} was read"));
            assert!(format!("{error:#}").contains(reason), "{text}: {error:#}");
        }
    }
}
