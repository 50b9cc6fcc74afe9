//! The credential of a request: a bearer token, or the client certificate of its connection.

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use secrecy::{ExposeSecret, SecretString};

use super::HttpDoor;
use super::link::Link;
use crate::doors::exchange::Unread;
use crate::doors::sessions::{Credential, Requester, Sessions};
use crate::gateway::identify::Caller;
use crate::session::connection::Door;
use crate::wire::message::Message;
use crate::wire::refusal::{Code, Refusal};

/// A longer token was not issued by this gateway.
const TOKEN_BYTES_MAX: usize = 8 * 1024;

impl HttpDoor {
    /// The sender of a request. `Err`: it has more than one credential, or one that is not a bearer token.
    pub(super) fn requester(&self, door: Door, link: &Link, headers: &HeaderMap) -> Result<Requester, Refusal> {
        let credential = self.credential(door, link, headers)?;
        Ok(Requester { door, transport: Some(link.transport), address: Some(link.address), credential })
    }

    fn credential(&self, door: Door, link: &Link, headers: &HeaderMap) -> Result<Credential, Refusal> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let token = match (values.next(), values.next(), &link.caller) {
            (None, _, Some(caller)) => return Ok(Credential::Caller(caller.clone())),
            (None, _, None) => return Ok(Credential::None),
            (Some(value), None, None) => value.to_str().ok().and_then(bearer),
            _ => {
                return Err(unauthenticated(
                    "the request has more than one credential; send either a bearer token or a client certificate",
                ));
            }
        };
        let token = token.ok_or_else(|| unauthenticated("Authorization must be Bearer TOKEN"))?;
        if self.local_token.as_ref().is_some_and(|own| is_equal(own, &token)) && link.address.ip().is_loopback() {
            let config = &self.context.shared.config;
            return Ok(Credential::Caller(match door {
                Door::Mcp => Caller::agent(&config.mcp.local_role, &config.local.role),
                _ => Caller::at_loopback(&config.local.role),
            }));
        }
        Ok(Credential::Token(token))
    }

    /// Check the credential before anything else of the request. `Err`: the refusal, which is recorded.
    pub(super) async fn sign_in(&self, link: &Arc<Link>, requester: &Requester) -> Result<(), Unread> {
        if matches!(requester.credential, Credential::None) {
            let required = unauthenticated("the request needs a credential: Authorization: Bearer TOKEN");
            let answer =
                self.sessions_of(requester).ask(requester, Message::refused(None, bytes::Bytes::new(), required)).await;
            self.failed(link);
            return Err(answer);
        }
        match self.sessions_of(requester).signed_in(requester).await {
            Ok(_) => link.recognised().map_err(|full| Unread::refusal_of(&Refusal::new(Code::Overloaded, full))),
            Err(refused) => {
                self.failed(link);
                Err(refused)
            }
        }
    }

    fn sessions_of(&self, requester: &Requester) -> &Arc<Sessions> {
        if requester.door == Door::Mcp { &self.mcp.sessions } else { &self.sessions }
    }

    /// Count a refused credential. A connection without an accepted one closes, so that the penalty applies to the next connection.
    pub(super) fn failed(&self, link: &Link) {
        let shared = &self.context.shared;
        let is_over = link.failed() >= shared.config.connections.sign_in_failures_max;
        if is_over || shared.limits.sources.is_penalised(link.address.ip()) {
            link.last_response.notify_one();
        }
    }
}

fn bearer(value: &str) -> Option<SecretString> {
    let (scheme, token) = value.split_once(' ')?;
    let is_bearer = scheme.eq_ignore_ascii_case("bearer") && token.len() <= TOKEN_BYTES_MAX;
    is_bearer.then(|| token.trim().into())
}

fn is_equal(own: &SecretString, token: &SecretString) -> bool {
    verify_slices_are_equal(own.expose_secret().as_bytes(), token.expose_secret().as_bytes()).is_ok()
}

fn unauthenticated(message: &'static str) -> Refusal {
    Refusal::new(Code::Unauthenticated, message)
}
