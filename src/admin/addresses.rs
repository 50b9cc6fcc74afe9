//! Offers to devices that are known by their address (OSC): made, confirmed, withdrawn.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;

use super::pairing::{MARGIN, invalid, no_such_offer, still_permits, user_and_role};
use super::{AdminRequest, Answer, body, internal};
use crate::audit::Event;
use crate::gateway::record::Recorded;
use crate::identity::ChangeError;
use crate::identity::pairing::by_address::{AddressGrant, AddressProgress, AddressTerms};
use crate::platform::clock;
use crate::platform::shutdown::shutdown_requested;
use crate::shared::Shared;

/// Make an offer in the place of any other of its kind.
pub fn offer(request: &AdminRequest<'_>) -> Answer {
    let shared = request.shared;
    let bounds = &request.shared.config.pairing;
    if shared.config.osc.listen.is_empty() && shared.config.osc.tcp_listen.is_empty() {
        return Err(invalid(
            "the gateway does not listen for OSC; set osc.listen in livegate.toml, and start it again".into(),
        ));
    }
    let (user, role) = user_and_role(request)?;
    // The catalogue bounds it.
    let ttl_s = request.param("ttl_s").and_then(Value::as_u64).unwrap_or_default();
    let by = request.admitted.caller().name().clone();
    let grant = AddressGrant { user, role, ttl: Duration::from_secs(ttl_s), by };
    let role = shared.directory.role_of(&grant.user).or(grant.role.clone());
    let valid = Duration::from_secs(bounds.offer_ttl_s);
    let still_permits = still_permits(shared, request.admitted.caller().clone());
    let terms = AddressTerms { tries_max: bounds.tries_max, until: shared.clock.now() + valid, still_permits };
    let mut answer = body(json!({
        "user": grant.user, "role": role, "label": grant.user, "tries_left": bounds.tries_max,
        "expires": clock::rfc3339(clock::unix_seconds() + i64::try_from(bounds.offer_ttl_s).unwrap_or(i64::MAX)),
    }));
    let (id, code, progress) = shared.osc_pairing.offer(grant, terms);
    end_with(request, &id, progress);
    answer.insert("offer".into(), id.as_ref().into());
    answer.insert("code".into(), code.into());
    Ok(answer)
}

/// An offer ends with the connection on which it was made.
fn end_with(request: &AdminRequest<'_>, id: &Arc<str>, mut progress: watch::Receiver<AddressProgress>) {
    let connection = request.connection_handle.clone();
    let shared = Arc::downgrade(request.shared);
    let id = id.clone();
    tokio::spawn(async move {
        let is_over =
            |progress: &AddressProgress| matches!(progress, AddressProgress::Paired(_) | AddressProgress::Over(_));
        tokio::select! {
            () = connection.ended() => (),
            _ = progress.wait_for(is_over) => return,
        }
        if let Some(shared) = shared.upgrade() {
            shared.osc_pairing.withdraw(&id, "its creator has disconnected");
        }
    });
}

/// The state of an offer, once it differs from the one that the caller has; `None`: it is no offer to a sender of OSC.
pub async fn wait(shared: &Shared, recorded: &Recorded, shutdown: &mut watch::Receiver<bool>) -> Option<Answer> {
    let request = recorded.request();
    let id = request.params.get("offer").and_then(Value::as_str).unwrap_or_default();
    let seen = request.params.get("tries_left").and_then(Value::as_u64);
    let (mut progress, until) = shared.osc_pairing.follow(id)?;
    let wait_until = (request.deadline - MARGIN).min(until);
    let is_news = |progress: &AddressProgress| match progress {
        AddressProgress::Open { tries_left } => seen.is_some_and(|seen| seen != u64::from(*tries_left)),
        _ => true,
    };
    tokio::select! {
        _ = progress.wait_for(is_news) => (),
        () = shared.clock.sleep_until(wait_until) => (),
        () = shutdown_requested(shutdown) => return Some(Err(super::shutting_down())),
    }
    let state = progress.borrow().clone();
    Some(Ok(body(match state {
        AddressProgress::Open { tries_left } => json!({"state": "open", "tries_left": tries_left}),
        AddressProgress::Asks(address) => json!({"state": "confirm", "address": address}),
        AddressProgress::Paired(address) => json!({"state": "paired", "address": address}),
        AddressProgress::Over(reason) => json!({"state": "over", "reason": reason}),
    })))
}

/// Bind the address that sent the digits. Recorded first, then bound.
pub async fn confirm(request: &AdminRequest<'_>) -> Answer {
    let shared = request.shared;
    let id = request.text("offer");
    let (grant, address) = shared.osc_pairing.asking(id, shared.clock.now()).ok_or_else(no_such_offer)?;
    let wanted = request.text("address").parse::<IpAddr>().ok();
    if wanted != Some(address) {
        return Err(invalid(format!("the digits came from {address}; confirm that address, or withdraw the offer")));
    }
    let event = Event::new("paired")
        .with("caller", grant.user.as_ref())
        .with_some("role", grant.role.as_deref())
        .with("offered_by", grant.by.as_ref())
        .with("way", "osc")
        .with("proof", "address")
        .with("address", address.to_string());
    request.recorder.anchor(event).await?;
    if let Some(role) = &grant.role {
        match shared.directory.add_user(&grant.user, role, None).await {
            Ok(_) => (),
            Err(ChangeError::Invalid(message)) => return Err(invalid(message)),
            Err(ChangeError::Failed(error)) => {
                return Err(internal(&format!("cannot add the device's user: {error:#}")));
            }
        }
    }
    if !shared.osc_pairing.bind(id, shared.clock.now()) {
        return Err(no_such_offer());
    }
    Ok(body(json!({"user": grant.user, "address": address.to_string()})))
}
