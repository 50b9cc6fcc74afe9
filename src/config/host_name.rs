//! The names and addresses of this machine that a certificate may carry (IDNA, UTS 46; RFC 5280, 4.2.1.6).

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};
use serde::Deserialize;

/// A name of the domain name system: in ASCII, lower case, without the dot at its end. A name with other letters is in Punycode.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HostName(String);

/// A name or address in a certificate, as `tls.names` and `init --name` take it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Subject {
    Host(HostName),
    Address(IpAddr),
}

/// Why a text is neither a name nor an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSubject {
    text: String,
    reason: &'static str,
}

impl HostName {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn read(text: &str) -> Result<HostName, &'static str> {
        let name = text.strip_suffix('.').unwrap_or(text);
        if name.is_empty() {
            return Err("it is empty; leave it out, or give a name such as studio.local");
        }
        if name.contains('*') {
            return Err("wildcards are not allowed; give each name, such as studio.local");
        }
        let ascii =
            Uts46::new().to_ascii(name.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify);
        let ascii = ascii.map_err(
            |_| "a name has letters, digits and hyphens, in parts of 1 to 63 between dots, such as mias-studio.local",
        )?;
        // Clients read a name that ends in a number as an address (WHATWG URL, 3.5), and accept no certificate for it.
        let last = ascii.rsplit('.').next().unwrap_or_default();
        if last.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(
                "its last part is a number, but it is not an address; an address has the form 192.168.1.20 or fd00::20",
            );
        }
        Ok(HostName(ascii.into_owned()))
    }
}

impl FromStr for HostName {
    type Err = NoSubject;

    fn from_str(text: &str) -> Result<HostName, NoSubject> {
        HostName::read(text).map_err(|reason| NoSubject { text: text.to_owned(), reason })
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Subject {
    type Err = NoSubject;

    fn from_str(text: &str) -> Result<Subject, NoSubject> {
        let address = text.split_once('%').map_or(text, |(address, _)| address).parse::<IpAddr>();
        let refuse = |reason| Err(NoSubject { text: text.to_owned(), reason });
        match address {
            Ok(_) if text.contains('%') => {
                refuse("a certificate has addresses without a zone; leave out % and what follows")
            }
            Ok(address) if address.is_unspecified() || address.is_multicast() => {
                refuse("no machine has this address; give one that clients can connect to")
            }
            Ok(address) => Ok(Subject::Address(address)),
            Err(_) => text.parse().map(Subject::Host),
        }
    }
}

impl TryFrom<String> for Subject {
    type Error = NoSubject;

    fn try_from(text: String) -> Result<Subject, NoSubject> {
        text.parse()
    }
}

impl fmt::Display for NoSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a certificate cannot be for {:?}: {}", self.text, self.reason)
    }
}

impl std::error::Error for NoSubject {}

#[cfg(test)]
mod tests {
    use rustls::pki_types::{DnsName, ServerName};

    use super::*;

    #[test]
    fn a_name_takes_the_form_of_certificates() {
        for (text, expected) in [
            ("studio.local", "studio.local"),
            ("Studio.LOCAL", "studio.local"),
            ("studio.local.", "studio.local"),
            ("Büro.local", "xn--bro-hoa.local"),
            ("xn--bro-hoa.local", "xn--bro-hoa.local"),
            ("faß。example", "xn--fa-hia.example"),
            ("b\u{75}\u{308}ro", "xn--bro-hoa"),
            ("localhost", "localhost"),
            ("r3---x.example", "r3---x.example"),
        ] {
            let read = text.parse::<Subject>().expect(text);
            assert_eq!(read, Subject::Host(HostName(expected.to_owned())), "{text}");
            assert!(DnsName::try_from(expected).is_ok(), "{expected}");
        }
    }

    #[test]
    fn an_address_is_read_as_one() {
        for text in ["192.168.1.20", "fd00::20", "fe80::1"] {
            let Ok(Subject::Address(address)) = text.parse() else { panic!("{text}") };
            assert_eq!(address.to_string(), text);
            assert!(matches!(ServerName::try_from(text), Ok(ServerName::IpAddress(_))));
        }
    }

    #[test]
    fn uncertifiable_names_are_refused_with_the_reason() {
        let long = ["a"; 64].concat();
        for (text, reason) in [
            ("", "it is empty"),
            (".", "it is empty"),
            ("*.local", "wildcards are not allowed"),
            ("a..b", "in parts of 1 to 63 between dots"),
            (".local", "in parts of 1 to 63"),
            ("studio..", "in parts of 1 to 63"),
            ("Mias Studio", "letters, digits and hyphens"),
            (" studio.local", "letters, digits and hyphens"),
            ("studio\n", "letters, digits and hyphens"),
            ("mia's.local", "letters, digits and hyphens"),
            ("mias_studio", "letters, digits and hyphens"),
            ("-studio", "letters, digits and hyphens"),
            ("studio:9443", "letters, digits and hyphens"),
            ("https://studio.local", "letters, digits and hyphens"),
            ("xn--\u{fc}", "letters, digits and hyphens"),
            (&long, "in parts of 1 to 63"),
            (&["abc."; 64].concat(), "in parts of 1 to 63"),
            ("192.168.1", "its last part is a number"),
            ("192.168.1.300", "its last part is a number"),
            ("fe80::1%wlan0", "without a zone"),
            ("0.0.0.0", "no machine has this address"),
            ("[fd00::20]", "letters, digits and hyphens"),
        ] {
            let error = text.parse::<Subject>().expect_err(text).to_string();
            assert!(error.contains(reason) && error.contains(&format!("{text:?}")), "{text}: {error}");
        }
    }
}
