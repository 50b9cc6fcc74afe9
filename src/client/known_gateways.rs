//! The gateways that this user knows by name: `gateways.toml` in the state folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::destination::{Destination, Tls};
use super::error::{Result, failed};
use super::secret_file;
use crate::failure::Context;
use crate::platform;
use crate::tls::{Identity, Trust};

/// The known gateways, and the one that commands use unless another is named.
#[derive(Debug)]
pub struct KnownGateways {
    path: PathBuf,
    file: File,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<String>,
    gateways: BTreeMap<String, KnownGateway>,
}

/// How to reach one gateway. Secrets are in files of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KnownGateway {
    /// `HOST:PORT`. Without pin and CA, lines are plain, and only loopback addresses are allowed.
    pub address: String,
    /// The SHA-256 of the CA's public key in hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
    /// The CA's certificate, a PEM file; instead of a pin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_file: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_certificate: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_key: Option<PathBuf>,
    /// Its state folder, if it runs on this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_dir: Option<PathBuf>,
}

const FILE: &str = "gateways.toml";
const FILE_BYTES_MAX: u64 = 1 << 20;
const NAME_CHARS_MAX: usize = 64;
const HEAD: &str = "# Gateways that livegate knows by name; `livegate gateway` changes this file.\n\n";

impl KnownGateways {
    pub fn read(dir: &Path) -> Result<KnownGateways> {
        let path = dir.join(FILE);
        if !platform::is_there(&path) {
            return Ok(KnownGateways { path, file: File::default() });
        }
        let context = || format!("cannot read {}", path.display());
        if std::fs::metadata(&path).with_context(context)?.len() > FILE_BYTES_MAX {
            return Err(failed(format!("{} is longer than {FILE_BYTES_MAX} bytes", path.display())));
        }
        let text = std::fs::read_to_string(&path).with_context(context)?;
        let file = toml::from_str(&text).with_context(|| format!("cannot use {}", path.display()))?;
        Ok(KnownGateways { path, file })
    }

    pub fn find(&self, name: &str) -> Result<&KnownGateway> {
        self.file.gateways.get(name).ok_or_else(|| {
            failed(match self.names() {
                names if names.is_empty() => {
                    format!(
                        "no gateway is known by the name {name}; livegate gateway add {name} --to HOST:PORT adds it"
                    )
                }
                names => format!("no gateway is known by the name {name}; known are {}", names.join(", ")),
            })
        })
    }

    /// The gateway that commands use unless another is named.
    pub fn default(&self) -> Result<Option<(&str, &KnownGateway)>> {
        let Some(name) = self.file.default.as_deref() else { return Ok(None) };
        Ok(Some((name, self.find(name)?)))
    }

    pub fn all(&self) -> impl Iterator<Item = (&str, &KnownGateway)> {
        self.file.gateways.iter().map(|(name, gateway)| (name.as_str(), gateway))
    }

    fn names(&self) -> Vec<&str> {
        self.file.gateways.keys().map(String::as_str).collect()
    }

    /// The first of `name`, `name-2`, `name-3` … that is free or names the same gateway, by its pin.
    pub fn name_for(&self, name: &str, gateway: &KnownGateway) -> String {
        let is_same = |known: &KnownGateway| known.pin == gateway.pin && gateway.pin.is_some();
        let fits = |name: &String| self.file.gateways.get(name).is_none_or(is_same);
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        std::iter::once(name.to_owned()).chain(numbered).find(fits).expect("some number is free")
    }

    /// Add or replace one. The first one that is added becomes the default.
    pub fn put(&mut self, name: &str, gateway: KnownGateway) -> Result<()> {
        if !is_name(name) {
            return Err(failed(format!(
                "a gateway's name has up to {NAME_CHARS_MAX} of a-z, A-Z, 0-9, '.', '_' and '-', got {name:?}"
            )));
        }
        self.file.gateways.insert(name.to_owned(), gateway);
        self.file.default.get_or_insert_with(|| name.to_owned());
        self.write()
    }

    /// Add or replace several, none of which becomes the default, and remove others.
    pub fn put_beside(&mut self, added: Vec<(String, KnownGateway)>, removed: &[String]) -> Result<()> {
        for name in removed {
            self.forget(name);
        }
        self.file.gateways.extend(added);
        self.write()
    }

    pub fn use_by_default(&mut self, name: &str) -> Result<()> {
        self.find(name)?;
        self.file.default = Some(name.to_owned());
        self.write()
    }

    pub fn remove(&mut self, name: &str) -> Result<()> {
        self.find(name)?;
        self.forget(name);
        self.write()
    }

    fn forget(&mut self, name: &str) {
        self.file.gateways.remove(name);
        self.file.default.take_if(|default| default == name);
    }

    fn write(&self) -> Result<()> {
        platform::create_private_dir(self.path.parent().ok_or_else(|| failed("the file has no folder"))?)?;
        Ok(platform::write_private(&self.path, &format!("{HEAD}{}", toml::to_string(&self.file)?))?)
    }
}

impl KnownGateway {
    pub fn destination(&self) -> Result<Destination> {
        let trust = match (&self.pin, &self.ca) {
            (Some(pin), _) => Some(Trust::by_pin(pin)?),
            (None, ca) => ca.clone().map(Trust::Authority),
        };
        let pair = self.client_certificate.clone().zip(self.client_key.clone());
        let identity = pair.map(|(certificate, key)| Identity { certificate, key });
        let tls = trust.map(|trust| Tls { trust, server_name: self.server_name.clone(), identity });
        Ok(Destination { address: Some(self.address.clone()), state_dir: None, tls })
    }

    pub fn token(&self) -> Result<Option<SecretString>> {
        self.token_file.as_deref().map(secret_file::read).transpose()
    }
}

/// A name for the gateway at `host`: its first label, or the whole address.
pub fn name_of(host: &str) -> String {
    let is_address = host.parse::<std::net::IpAddr>().is_ok();
    let label = if is_address { host } else { host.split('.').next().unwrap_or(host) };
    let name = label.to_lowercase().replace(|character: char| !is_name_character(character), "-");
    if is_name(&name) { name } else { "studio".to_owned() }
}

fn is_name(name: &str) -> bool {
    (1..=NAME_CHARS_MAX).contains(&name.chars().count())
        && !name.starts_with(['-', '.'])
        && name.chars().all(is_name_character)
}

fn is_name_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "._-".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str, pin: &str) -> KnownGateway {
        KnownGateway { address: address.into(), pin: Some(pin.into()), ..KnownGateway::default() }
    }

    #[test]
    fn the_first_gateway_is_the_default() {
        let dir = tempfile::TempDir::new().expect("a folder");
        let mut known = KnownGateways::read(dir.path()).expect("no file");
        known.put("studio", at("studio.local:9443", "aa")).expect("a name");
        known.put("stage", at("stage.local:9443", "bb")).expect("a name");
        let known = KnownGateways::read(dir.path()).expect("the file");
        let default = known.default().expect("a known one").map(|(name, gateway)| (name, gateway.address.as_str()));
        assert_eq!(default, Some(("studio", "studio.local:9443")));
        let mut known = known;
        known.remove("studio").expect("it is known");
        assert_eq!(known.default().expect("none"), None);
        let error = format!("{:#}", known.find("studio").expect_err("it is removed"));
        assert_eq!(error, "no gateway is known by the name studio; known are stage");
    }

    #[test]
    fn another_gateway_never_takes_a_known_name() {
        let dir = tempfile::TempDir::new().expect("a folder");
        let mut known = KnownGateways::read(dir.path()).expect("no file");
        known.put("studio", at("studio.local:9443", "aa")).expect("a name");
        assert_eq!(known.name_for("studio", &at("192.168.1.20:9443", "aa")), "studio");
        assert_eq!(known.name_for("studio", &at("studio.local:9443", "bb")), "studio-2");
        for (host, name) in
            [("studio.local", "studio"), ("192.168.1.20", "192.168.1.20"), ("fe80::1", "fe80--1"), ("ä", "studio")]
        {
            assert_eq!(name_of(host), name);
        }
        assert!(known.put("../x", at("studio.local:9443", "aa")).is_err());
    }
}
