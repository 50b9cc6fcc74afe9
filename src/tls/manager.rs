//! The certificate manager: renews the server's certificate in time, and replaces it without interrupting connections.

mod operations;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwapOption;
use aws_lc_rs::digest;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use super::authority::{Authority, Files};
use super::certificates::Certificate;
use super::certified::{CertifiedKeyFiles, digest_of};
use super::error::{Error, ErrorKind, Result, unusable};
use super::machine::{Machine, Names};
use crate::audit::Event;
use crate::platform::clock;
use crate::platform::shutdown::shutdown_requested;
use crate::{config, platform};

pub use operations::Rotation;

/// The server's certificate: on disk, in the listeners, and its renewal.
pub struct CertificateManager {
    config: config::Tls,
    /// The folder of this installation's CA, if it has one.
    dir: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
    shown: Arc<ListenerIdentity>,
    changed: watch::Sender<()>,
    /// Locked during every operation, so that there is one at a time.
    seen: Mutex<LastCheck>,
}

/// The certificate of the next handshake.
#[derive(Debug, Default)]
struct ListenerIdentity(ArcSwapOption<CertifiedKey>);

impl ResolvesServerCert for ListenerIdentity {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.0.load_full()
    }
}

/// The result of the last check.
#[derive(Default)]
struct LastCheck {
    /// The digest of the certificate and key in use.
    shown: Option<digest::Digest>,
    /// The digest of the current key, if livegate wrote both it and the certificate.
    key: Option<digest::Digest>,
    /// The last reported failure, so that each is reported once.
    last_failure: Option<String>,
}

const FOREIGN_KEY: &str = "the server's key is not the one that livegate wrote last, so it is not overwritten: put its certificate beside it, \
    and the gateway loads both; or remove the key, and the gateway creates another";

impl CertificateManager {
    /// Manages the certificates in a state folder. Nothing is read or written yet.
    pub fn new(state_dir: &Path, config: &config::Tls) -> CertificateManager {
        CertificateManager {
            dir: state_dir.join("tls"),
            certificate: state_dir.join(&config.certificate),
            key: state_dir.join(&config.key),
            config: config.clone(),
            shown: Arc::default(),
            changed: watch::Sender::default(),
            seen: Mutex::default(),
        }
    }

    /// Resolves to the current certificate for each handshake.
    pub fn resolver(&self) -> Arc<dyn ResolvesServerCert> {
        self.shown.clone()
    }

    /// Changes when another certificate becomes the current one.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Loads the certificate, and renews it first if that is due. `now` is in Unix time.
    pub fn begin(&self, now: i64, machine: &Machine) -> Result<Vec<Event>> {
        let mut seen = self.seen();
        let renewed = self.renew_if_due(&seen, now, machine)?;
        let pair = CertifiedKeyFiles::read(&self.certificate, &self.key)?;
        let (certified, leaf) = pair.check()?;
        if let Some(reason) = out_of_date(&leaf, now) {
            tracing::warn!("the server's certificate {reason}: clients will refuse it");
        }
        self.show(&mut seen, &pair, certified);
        Ok(renewed.into_iter().collect())
    }

    /// Renews the leaf if that is due, and loads files that have changed. On a failure the current certificate stays in use.
    pub fn check(&self, now: i64, machine: &Machine) -> Vec<Event> {
        let mut seen = self.seen();
        let looked = self.renew_if_due(&seen, now, machine).and_then(|renewed| {
            let loaded = self.load_changes(&mut seen, now)?;
            Ok(renewed.or(loaded))
        });
        let event = match looked {
            Ok(event) => {
                seen.last_failure = None;
                event
            }
            Err(error) if matches!(error.kind(), ErrorKind::File(kind) if kind.is_out_of_files()) => {
                // This is no finding about the files: the next check may succeed.
                tracing::warn!(error = format!("{error:#}"), "cannot check the server's certificate now");
                None
            }
            Err(error) => report_once(&mut seen, &error),
        };
        event.into_iter().collect()
    }

    /// The CA, if it has issued the leaf or there is no leaf yet. The owner's own certificate is never replaced.
    fn authority_of_leaf(&self) -> Result<Option<Authority>> {
        let files = Files::in_dir(&self.dir);
        if self.certificate != files.certificate || self.key != files.key {
            return Ok(None);
        }
        let Some(authority) = Authority::open(&self.dir)? else { return Ok(None) };
        let is_ours = !platform::is_there(&self.certificate) || authority.has_issued(&self.leaf()?);
        Ok(is_ours.then_some(authority))
    }

    fn leaf(&self) -> Result<Certificate> {
        Ok(super::certificates(&self.certificate)?.swap_remove(0))
    }

    fn renew_if_due(&self, seen: &LastCheck, now: i64, machine: &Machine) -> Result<Option<Event>> {
        let Some(authority) = self.authority_of_leaf()? else { return Ok(None) };
        self.complete_renewal(&authority)?;
        let names = authority.permitted(&machine.names(&self.config), now)?;
        let Some(reason) = self.due(seen, &authority, &names, now)? else { return Ok(None) };
        let leaf = self.issue(&authority, &names, now)?;
        tracing::info!(reason, until = clock::rfc3339(leaf.not_after), "the server's certificate was renewed");
        Ok(Some(renewed_event(&leaf, &reason)))
    }

    /// Completes a renewal that was interrupted after the key was written and before the leaf was.
    fn complete_renewal(&self, authority: &Authority) -> Result<()> {
        let files = Files::in_dir(&self.dir);
        match CertifiedKeyFiles::read(&files.next, &self.key).and_then(|pair| pair.check()) {
            Ok((_, leaf)) if authority.has_issued(&leaf) && self.pair().is_err() => files.put_next_in_place(),
            _ => Ok(()),
        }
    }

    /// Why a new leaf is due, if it is. A key that does not match the leaf is not overwritten: the owner may be about to add their own
    /// certificate to it.
    fn due(&self, seen: &LastCheck, authority: &Authority, names: &Names, now: i64) -> Result<Option<String>> {
        if platform::is_there(&self.key) {
            // A key that others can read is an error for the owner to resolve, and no reason to replace it.
            platform::read_secret(&self.key)?;
        }
        let leaf = match self.pair() {
            Ok(leaf) => leaf,
            Err(_) if self.key_is_ours(seen)? => {
                return Ok(Some("certificate or key was missing".into()));
            }
            Err(error) => return Err(error.of_attempt(FOREIGN_KEY)),
        };
        if now < leaf.not_before {
            return Ok(Some("it was not valid yet".into()));
        }
        if now >= leaf.renewal_at() {
            return Ok(Some("two thirds of its lifetime have passed".into()));
        }
        if !authority.certificate().is_ok_and(|ca| ca.claims_to_have_issued(&leaf)) {
            return Ok(Some("its CA was replaced".into()));
        }
        let missing = names.all().find(|name| !leaf.names.contains(name));
        Ok(missing.map(|name| format!("this machine has the new name or address {name}")))
    }

    /// The leaf on disk, if its key matches.
    fn pair(&self) -> Result<Certificate> {
        Ok(CertifiedKeyFiles::read(&self.certificate, &self.key)?.check()?.1)
    }

    /// Whether livegate has written the key on disk, or there is none: it matches the leaf on disk, or is the key of the current leaf,
    /// which livegate issued. This holds for a key that others can read, too.
    fn key_is_ours(&self, seen: &LastCheck) -> Result<bool> {
        if !platform::is_there(&self.key) {
            return Ok(true);
        }
        let pair = CertifiedKeyFiles::read_even_if_public(&self.certificate, &self.key)?;
        let is_shown = seen.key.is_some_and(|shown| shown.as_ref() == digest_of(&pair.key).as_ref());
        Ok(is_shown || pair.check().is_ok())
    }

    fn issue(&self, authority: &Authority, names: &Names, now: i64) -> Result<Certificate> {
        authority.publish()?;
        authority.issue_leaf(names, now)?;
        self.leaf()
    }

    /// Loads the files if they have changed.
    fn load_changes(&self, seen: &mut LastCheck, now: i64) -> Result<Option<Event>> {
        let pair = CertifiedKeyFiles::read(&self.certificate, &self.key)?;
        if seen.shown.is_some_and(|shown| shown.as_ref() == pair.digest().as_ref()) {
            return Ok(None);
        }
        let (certified, leaf) = pair.check()?;
        if let Some(reason) = out_of_date(&leaf, now) {
            return Err(unusable(format!("the certificate {reason}")));
        }
        self.show(seen, &pair, certified);
        tracing::info!(until = clock::rfc3339(leaf.not_after), "the server's certificate has changed and was loaded");
        Ok(Some(about(Event::new("certificate_loaded"), &leaf)))
    }

    /// Loads what is on disk, unless there is no listener.
    fn reload(&self, seen: &mut LastCheck) -> Result<()> {
        if seen.shown.is_some() {
            let pair = CertifiedKeyFiles::read(&self.certificate, &self.key)?;
            let (certified, _) = pair.check()?;
            self.show(seen, &pair, certified);
        }
        Ok(())
    }

    fn show(&self, seen: &mut LastCheck, pair: &CertifiedKeyFiles, certified: CertifiedKey) {
        let is_ours = self.authority_of_leaf().is_ok_and(|authority| authority.is_some());
        self.shown.0.store(Some(Arc::new(certified)));
        seen.shown = Some(pair.digest());
        seen.key = is_ours.then(|| digest_of(&pair.key));
        self.changed.send_replace(());
    }

    fn seen(&self) -> MutexGuard<'_, LastCheck> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn out_of_date(leaf: &Certificate, now: i64) -> Option<String> {
    match now {
        now if now < leaf.not_before => Some(format!("is valid only from {}", clock::rfc3339(leaf.not_before))),
        now if now >= leaf.not_after => Some(format!("expired at {}", clock::rfc3339(leaf.not_after))),
        _ => None,
    }
}

/// Reports a failure once, until a check succeeds or fails for another reason.
fn report_once(seen: &mut LastCheck, error: &Error) -> Option<Event> {
    let reason = format!("{error:#}");
    if seen.last_failure.as_ref() == Some(&reason) {
        return None;
    }
    tracing::error!(reason, "the files of the server's certificate cannot be used; the current one stays in use");
    seen.last_failure = Some(reason.clone());
    Some(Event::new("certificate_refused").with("reason", reason))
}

fn renewed_event(leaf: &Certificate, reason: &str) -> Event {
    about(Event::new("certificate_renewed"), leaf).with("reason", reason)
}

fn about(event: Event, leaf: &Certificate) -> Event {
    event
        .with("key", hex::encode(leaf.key))
        .with("names", leaf.names.clone())
        .with("until", clock::rfc3339(leaf.not_after))
}

/// Checks every `tls.check_ms` until shutdown, and records what it did with `record`.
pub async fn run<F>(
    manager: Arc<CertificateManager>,
    record: impl Fn(Event) -> F + Send,
    mut shutdown: watch::Receiver<bool>,
) where
    F: Future<Output = ()> + Send,
{
    let mut interval = tokio::time::interval(config::ms(manager.config.check_ms));
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = interval.tick() => (),
            () = shutdown_requested(&mut shutdown) => return,
        }
        let checked = manager.clone();
        let check = move || checked.check(clock::unix_seconds(), &Machine::this());
        for event in tokio::task::spawn_blocking(check).await.unwrap_or_default() {
            record(event).await;
        }
    }
}
