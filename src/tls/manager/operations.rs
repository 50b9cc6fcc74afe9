//! Operations for the owner: setting up, renewing, rotating the CA, issuing client certificates, and describing them.

use serde_json::{Map, Value, json};

use super::{CertificateManager, FOREIGN_KEY, LastCheck, renewed_event};
use crate::audit::Event;
use crate::platform;
use crate::platform::clock;
use crate::tls;
use crate::tls::authority::{Authority, ClientCertificate, Files, create_authority};
use crate::tls::certificates::Certificate;
use crate::tls::error::ManagerError;
use crate::tls::error::{Result, unusable};
use crate::tls::machine::Machine;

/// Whether the CA may be replaced while clients of the former CA are still accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// Refuse to rotate while the former CA's signature of the current one is valid.
    Graceful,
    /// Rotate; clients that know only the former CA must be given the new pin.
    Forced,
}

const STILL_FOLLOWED: &str = "the CA was replaced less than 30 days ago, and clients that know only the former one still \
    follow; with --force they no longer do, and need the new pin";
const NO_AUTHORITY: &str =
    "this installation has no CA to issue it: livegate init --lan creates one, and its key must be in tls/authority";
const NONE_YET: &str = "there is no certificate yet: livegate init --lan creates one";
const NOT_OURS: &str =
    "the certificate was not issued by this installation's CA: replace the file, and the gateway loads it";

impl CertificateManager {
    /// Creates the CA and a leaf, unless the CA exists. The owner's own certificate stays.
    pub fn set_up(&self, now: i64, machine: &Machine) -> Result<Files> {
        let files = Files::in_dir(&self.dir);
        if Authority::open(&self.dir)?.is_none() {
            let taken = [&files.authority, &files.ca, &files.certificate, &files.key];
            if let Some(file) = taken.into_iter().find(|file| platform::is_there(file)) {
                return Err(unusable(format!(
                    "{} exists already and is not overwritten; move it away, then run this again",
                    file.display()
                )));
            }
            return create_authority(&self.dir, &machine.names(&self.config));
        }
        self.begin(now, machine)?;
        self.authority_of_leaf()?.ok_or_else(|| unusable(NOT_OURS))?.publish()?;
        Ok(files)
    }

    /// Issues a new leaf now and loads it.
    pub fn renew(&self, now: i64, machine: &Machine) -> Result<(Certificate, Event), ManagerError> {
        let mut seen = self.seen();
        let authority = self.authority(&seen)?;
        let leaf = self.issue(&authority, &machine.names(&self.config), now)?;
        self.reload(&mut seen)?;
        let event = renewed_event(&leaf, "the owner requested it");
        Ok((leaf, event))
    }

    /// Replaces the CA and loads a leaf of the new one.
    pub fn rotate(&self, now: i64, machine: &Machine, rotation: Rotation) -> Result<Event, ManagerError> {
        let mut seen = self.seen();
        let authority = self.authority(&seen)?;
        if rotation == Rotation::Graceful && authority.followed_until(now).is_some() {
            return Err(ManagerError::Refused(STILL_FOLLOWED));
        }
        let before = authority.certificate()?.key;
        let next = authority.rotate(&machine.names(&self.config), now)?;
        self.reload(&mut seen)?;
        let key = next.certificate()?.key;
        let until = next.followed_until(now).map(clock::rfc3339);
        tracing::warn!(
            pin = hex::encode(key),
            until,
            "the CA was rotated; clients that know the former one are accepted until then"
        );
        Ok(Event::new("ca_rotated")
            .with("key", hex::encode(key))
            .with("key_before", hex::encode(before))
            .with_some("followed_until", until))
    }

    /// Issues a certificate for a client's public key. It needs the CA's key, also when the server has the owner's own certificate.
    pub fn issue_client(&self, public_key: &str, user: &str, until: i64) -> Result<ClientCertificate, ManagerError> {
        let _one_at_a_time = self.seen();
        let authority = self.authority_for_clients()?;
        authority.issue_client(public_key, user, until, clock::unix_seconds())
    }

    /// Whether certificates can be issued to clients.
    pub fn check_issues_to_clients(&self) -> Result<(), ManagerError> {
        let _one_at_a_time = self.seen();
        self.authority_for_clients().map(drop)
    }

    fn authority_for_clients(&self) -> Result<Authority, ManagerError> {
        Authority::open(&self.dir)?.ok_or(ManagerError::Refused(NO_AUTHORITY))
    }

    /// The certificates of the server, with pin, renewal and the former CA.
    pub fn describe(&self, now: i64) -> Result<Map<String, Value>, ManagerError> {
        let _one_at_a_time = self.seen();
        if !platform::is_there(&self.certificate) {
            return Err(ManagerError::Refused(NONE_YET));
        }
        let certificates = tls::certificates(&self.certificate)?;
        let authority = self.authority_of_leaf()?;
        let mut description = Map::new();
        if authority.is_some() {
            description.insert("renewal".into(), clock::rfc3339(certificates[0].renewal_at()).into());
        }
        let ca = tls::certificates(&Files::in_dir(&self.dir).ca).ok();
        let ca = ca.as_ref().and_then(|ca| certificates.iter().find(|shown| shown.key == ca[0].key));
        description.extend(ca.map(|ca| ("pin".into(), hex::encode(ca.key).into())));
        if let Some(authority) = authority {
            let before = authority.followed_until(now).zip(authority.followed_key());
            let before = before.map(|(until, key)| json!({"pin": hex::encode(key), "until": clock::rfc3339(until)}));
            description.extend(before.map(|before| ("before".into(), before)));
        }
        description.insert("certificates".into(), json!(certificates));
        Ok(description)
    }

    /// The CA, if the leaf on disk may be replaced by one of its own.
    fn authority(&self, seen: &LastCheck) -> Result<Authority, ManagerError> {
        match self.authority_of_leaf()? {
            Some(authority) => {
                self.complete_renewal(&authority)?;
                if self.key_is_ours(seen)? { Ok(authority) } else { Err(ManagerError::Refused(FOREIGN_KEY)) }
            }
            None if Authority::open(&self.dir)?.is_some() => Err(ManagerError::Refused(NOT_OURS)),
            None => Err(ManagerError::Refused(NO_AUTHORITY)),
        }
    }
}
