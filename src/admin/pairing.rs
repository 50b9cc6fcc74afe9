//! Offers to pair a device: creating, waiting, withdrawing.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::certificates::beside;
use super::users::check_role;
use super::{AdminRequest, Answer, body, internal};
use crate::command::catalogue;
use crate::config::ClientCertificates;
use crate::gateway::identify::Caller;
use crate::gateway::permit::Rights;
use crate::gateway::record::Recorded;
use crate::identity::pairing::code::Code;
use crate::identity::pairing::link::{self, Link};
use crate::identity::pairing::pake::Record;
use crate::identity::pairing::{DeviceGrant, OfferProgress, Progress, StillPermits, Terms};
use crate::platform::clock;
use crate::platform::shutdown::shutdown_requested;
use crate::replies::answers::ConnectionHandle;
use crate::shared::Shared;
use crate::tls;
use crate::tls::{ListenerIdentity, Machine};
use crate::wire::refusal::{Code as RefusalCode, Refusal};

/// How long before its deadline a waiting request is answered.
pub(super) const MARGIN: Duration = Duration::from_millis(500);

const NO_AUTHORITY_SHOWN: &str = "the gateway presents a certificate of your own without its CA, and devices know a gateway by its CA: \
    append the CA's certificate to tls.certificate; or admit the device without pairing, with the CA's file and a token \
    (livegate user add, livegate token issue, livegate send --ca)";

/// Create an offer, which replaces any other.
pub async fn offer(request: &AdminRequest<'_>) -> Answer {
    let shared = request.shared;
    let bounds = &request.shared.config.pairing;
    let looking = shared.clone();
    let wanted = request.param("host").and_then(Value::as_str).map(str::to_owned);
    let endpoint = tokio::task::spawn_blocking(move || Endpoint::of(&looking, wanted.as_deref())).await;
    let endpoint = endpoint.map_err(|error| internal(&format!("cannot create an offer: {error}")))??;
    let grant = grant(request, hex::encode(endpoint.pin))?;
    if grant.certificate {
        beside(shared, |shared| shared.tls.check_issues_to_clients()).await?;
    }
    let code = Code::new();
    let in_halves = code.in_halves();
    let made = tokio::task::spawn_blocking(move || Record::of(&code)).await;
    let record = match made {
        Ok(Ok(record)) => record,
        Ok(Err(error)) => return Err(internal(&format!("{error:#}"))),
        Err(error) => return Err(internal(&format!("cannot create an offer: {error}"))),
    };
    let secret = link::new_secret();
    let link = endpoint.link(secret.clone());
    let valid = Duration::from_secs(bounds.offer_ttl_s);
    let answer = json!({
        "user": grant.user, "role": shared.directory.role_of(&grant.user).or(grant.role.clone()), "label": grant.label,
        "link": link.expose().expose_secret(), "code": in_halves, "pin": hex::encode(endpoint.pin),
        "address": link.address(), "tries_left": bounds.tries_max,
        "expires": clock::rfc3339(clock::unix_seconds() + i64::try_from(bounds.offer_ttl_s).unwrap_or(i64::MAX)),
    });
    let still_permits = still_permits(shared, request.admitted.caller().clone());
    let terms = Terms { secret, record, tries_max: bounds.tries_max, until: shared.clock.now() + valid, still_permits };
    let id = shared.pairing.offer(grant, terms);
    end_with(request.connection_handle, shared, &id);
    let mut answer = body(answer);
    answer.insert("offer".into(), id.as_ref().into());
    Ok(answer)
}

/// End an offer with the connection that created it: its owner could no longer see the offer.
fn end_with(connection_handle: &Arc<ConnectionHandle>, shared: &Arc<Shared>, id: &Arc<str>) {
    let Some(OfferProgress { mut progress, .. }) = shared.pairing.follow(id) else { return };
    let connection_handle = connection_handle.clone();
    let shared = Arc::downgrade(shared);
    let id = id.clone();
    tokio::spawn(async move {
        tokio::select! {
            () = connection_handle.ended() => (),
            _ = progress.wait_for(|progress| !matches!(progress, Progress::Open { .. })) => return,
        }
        if let Some(shared) = shared.upgrade() {
            shared.pairing.abandon(&id);
        }
    });
}

/// Check the caller's rights when a device accepts the offer.
pub(super) fn still_permits(shared: &Arc<Shared>, caller: Arc<Caller>) -> StillPermits {
    // A weak handle, because the gateway owns the offer.
    let shared = Arc::downgrade(shared);
    Box::new(move || {
        let (Some(shared), Some(action)) = (shared.upgrade(), catalogue().find("pair_offer")) else { return false };
        let policy = shared.policy.load();
        let role = caller.current_role(&shared.directory);
        role.is_ok_and(|role| Rights::of(&policy, &caller, &role).could_allow(action))
    })
}

/// What the device receives: a new user, or another token for an existing one.
fn grant(request: &AdminRequest<'_>, pin: String) -> Result<DeviceGrant, Refusal> {
    if request.shared.config.tls.client_certificates == ClientCertificates::Required {
        let message = "tls.client_certificates is \"required\": a device without a certificate cannot connect to accept an offer; set it to \
            \"optional\" and restart the gateway, or give the device a certificate (livegate cert issue-client)";
        return Err(invalid(message.into()));
    }
    let directory = &request.shared.directory;
    let (user, role) = user_and_role(request)?;
    let label = request.param("name").and_then(Value::as_str).map_or_else(|| user.clone(), Arc::from);
    let ttl = Duration::from_secs(request.param("ttl_s").and_then(Value::as_u64).unwrap_or_default());
    let certificate = request.param("certificate") == Some(&Value::Bool(true));
    if certificate && !request.shared.config.tls.asks_for_client_certificates() {
        let message =
            "the gateway requests no client certificates; set tls.client_certificates to \"optional\" and restart it";
        return Err(invalid(message.into()));
    }
    let grant = DeviceGrant {
        user,
        role,
        label,
        ttl,
        certificate,
        pin: pin.into(),
        by: request.admitted.caller().name().clone(),
        issuers: request.issuers(),
    };
    directory.check_grant(&grant).map_err(super::unchanged)?;
    Ok(grant)
}

/// The device's user, and the role if the user is new.
pub(super) fn user_and_role(request: &AdminRequest<'_>) -> Result<(Arc<str>, Option<Arc<str>>), Refusal> {
    let text = |key: &str| request.param(key).and_then(Value::as_str);
    match (text("user"), text("role")) {
        (Some(user), role) => {
            let has = request.shared.directory.role_of(user);
            match role.zip(has).filter(|(role, has)| *role != has.as_ref()) {
                None => Ok((user.into(), None)),
                Some((_, has)) => Err(invalid(format!("{user} has the role {has}; leave out role, or user"))),
            }
        }
        (None, Some(role)) => {
            check_role(request.shared, role)?;
            let generated = || format!("device-{}", hex::encode(crate::platform::random::bytes::<2>()));
            let name = text("name").map_or_else(generated, str::to_owned);
            Ok((name.into(), Some(Arc::from(role))))
        }
        (None, None) => Err(invalid("give role for a new user, or user for a device of an existing user".into())),
    }
}

/// The address at which a device finds the gateway, and the certificate by which it recognises it.
struct Endpoint {
    host: String,
    port: u16,
    pin: [u8; 32],
}

impl Endpoint {
    fn of(shared: &Shared, wanted: Option<&str>) -> Result<Endpoint, Refusal> {
        let no_tls = || invalid("the gateway does not serve TLS; run livegate init --lan, then livegate serve".into());
        let listens = shared.tls_addresses.get().and_then(|all| within_reach(all)).ok_or_else(no_tls)?;
        let certificates = tls::certificates(&shared.state.path().join(&shared.config.tls.certificate));
        let certificates = certificates.map_err(|error| internal(&format!("{error:#}")))?;
        let shown = ListenerIdentity::of(&certificates)
            .ok_or_else(|| Refusal::new(RefusalCode::PreconditionFailed, NO_AUTHORITY_SHOWN))?;
        let host = match wanted {
            Some(host) if shown.names.iter().any(|name| name == host) => host.to_owned(),
            Some(host) => {
                let names = shown.names.join(", ");
                return Err(invalid(format!("the certificate is not for {host}; it is for {names}")));
            }
            None => reachable(listens.ip(), &shown.names, &Machine::this().addresses).ok_or_else(|| {
                invalid("the certificate has no name that other machines can reach; give host".into())
            })?,
        };
        Ok(Endpoint { host, port: listens.port(), pin: shown.pin })
    }

    fn link(&self, secret: SecretString) -> Link {
        Link { host: self.host.clone(), port: self.port, pin: self.pin, secret }
    }
}

/// The listener that a device can reach: one that is not on loopback, if there is one.
fn within_reach(addresses: &[SocketAddr]) -> Option<&SocketAddr> {
    addresses.iter().find(|address| !address.ip().is_loopback()).or(addresses.first())
}

/// The name by which other machines most likely reach this one, if the certificate contains it: the address of the listener, else an address of this
/// machine, else a host name.
fn reachable(listens: IpAddr, names: &[String], own: &[IpAddr]) -> Option<String> {
    let is_named = |address: &&IpAddr| names.contains(&address.to_string());
    if !listens.is_unspecified() {
        return Some(listens).as_ref().filter(is_named).map(IpAddr::to_string).or_else(|| names.first().cloned());
    }
    // A link-local address needs a zone, which differs on each device.
    let needs_zone = |address: &IpAddr| matches!(address, IpAddr::V6(v6) if v6.is_unicast_link_local());
    let reaches = |address: &&IpAddr| !address.is_loopback() && !needs_zone(address);
    let address = own.iter().filter(reaches).find(is_named).map(IpAddr::to_string);
    let is_name = |name: &&String| *name != "localhost" && name.parse::<IpAddr>().is_err();
    address.or_else(|| names.iter().find(is_name).cloned())
}

/// Wait for progress of an offer.
pub async fn wait(shared: &Shared, recorded: &Recorded, mut shutdown: watch::Receiver<bool>) -> Answer {
    let request = recorded.request();
    let id = request.params.get("offer").and_then(Value::as_str).unwrap_or_default();
    let seen = request.params.get("tries_left").and_then(Value::as_u64);
    let mut followed = shared.pairing.follow(id).ok_or_else(no_such_offer)?;
    let until = (request.deadline - MARGIN).min(followed.until);
    let is_news = |progress: &Progress| match progress {
        Progress::Open { tries_left } => seen.is_some_and(|seen| seen != u64::from(*tries_left)),
        Progress::Taken => false,
        Progress::Paired { .. } | Progress::Over(_) => true,
    };
    let has_news = tokio::select! {
        has_news = followed.progress.wait_for(is_news) => has_news.is_ok(),
        () = shared.clock.sleep_until(until) => true,
        () = shutdown_requested(&mut shutdown) => return Err(super::shutting_down()),
    };
    shared.pairing.expire(shared.clock.now());
    let progress = followed.progress.borrow().clone();
    Ok(body(match progress {
        Progress::Open { tries_left } => json!({"state": "open", "tries_left": tries_left}),
        Progress::Taken if has_news => json!({"state": "open"}),
        Progress::Taken => json!({"state": "over", "reason": "the device disconnected"}),
        Progress::Paired { jti } => json!({"state": "paired", "jti": jti}),
        Progress::Over(reason) => json!({"state": "over", "reason": reason}),
    }))
}

pub fn withdraw(request: &AdminRequest<'_>) -> Answer {
    let shared = request.shared;
    let id = request.text("offer");
    if shared.pairing.withdraw(id) || shared.osc_pairing.withdraw(id, "it was withdrawn") {
        Ok(body(json!({"message": "withdrawn; it is no longer valid"})))
    } else {
        Err(no_such_offer())
    }
}

pub(super) fn no_such_offer() -> Refusal {
    invalid("that offer is not open; livegate pair creates a new one".into())
}

pub(super) fn invalid(message: String) -> Refusal {
    Refusal::new(RefusalCode::InvalidParams, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_offered_only_without_another_address() {
        let addresses: Vec<SocketAddr> =
            ["127.0.0.1:1", "192.168.1.20:2"].iter().map(|text| text.parse().expect("an address")).collect();
        assert_eq!(within_reach(&addresses), Some(&addresses[1]));
        assert_eq!(within_reach(&addresses[..1]), Some(&addresses[0]));
        assert_eq!(within_reach(&[]), None);
    }

    #[test]
    fn a_device_gets_a_certified_and_reachable_name() {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<String>>();
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        let any = ip("0.0.0.0");
        let own = [ip("fe80::20"), ip("192.168.1.20"), ip("fd00::20")];
        let all = names(&["localhost", "studio.local", "127.0.0.1", "192.168.1.20"]);
        for (listens, names, expected) in [
            (any, all.clone(), Some("192.168.1.20")),
            (any, names(&["fe80::20", "fd00::20"]), Some("fd00::20")),
            (ip("192.168.1.21"), names(&["localhost", "192.168.1.21"]), Some("192.168.1.21")),
            (any, names(&["localhost", "studio.local", "192.168.1.99"]), Some("studio.local")),
            (any, names(&["localhost", "127.0.0.1"]), None),
            (ip("127.0.0.1"), names(&["localhost"]), Some("localhost")),
        ] {
            assert_eq!(reachable(listens, &names, &own).as_deref(), expected, "{listens} {names:?}");
        }
    }
}
