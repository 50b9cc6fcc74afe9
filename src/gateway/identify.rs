//! Has a caller (authentication): who is at the other end, and what role that caller has at this moment.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Map, Value};

use super::interpret::Request;
use crate::clock;
use crate::identity::{Denied, Directory, SignIn};
use crate::refusal::{Code, Refusal};

/// Whoever is at the other end of a connection.
#[derive(Debug)]
pub struct Caller {
    name: Arc<str>,
    source: Source,
}

#[derive(Debug)]
enum Source {
    /// On this machine, through the listener without sign-in.
    Loopback {
        role: Role,
    },
    /// The owner, through the control socket.
    Console,
    SignedIn(SignIn),
}

pub type Role = Arc<str>;

/// Where a sign-in leads: the caller, and the answer to it.
pub struct Welcome {
    pub caller: Arc<Caller>,
    pub body: Map<String, Value>,
}

impl Caller {
    /// Whoever connects to the listener without sign-in.
    pub fn at_loopback(role: &str) -> Arc<Caller> {
        Arc::new(Caller { name: "local".into(), source: Source::Loopback { role: role.into() } })
    }

    /// Whoever connects to the control socket, which its owner alone can.
    pub fn at_console() -> Arc<Caller> {
        Arc::new(Caller { name: "console".into(), source: Source::Console })
    }

    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// The token that the caller signed in with.
    pub fn jti(&self) -> Option<&Arc<str>> {
        match &self.source {
            Source::SignedIn(sign_in) => Some(&sign_in.jti),
            _ => None,
        }
    }

    pub fn expires_at(&self) -> Option<i64> {
        match &self.source {
            Source::SignedIn(sign_in) => Some(sign_in.expires_at),
            _ => None,
        }
    }

    /// The role that the caller has now. It is looked up for every request, so a change takes effect at once.
    pub fn standing(&self, directory: &Directory) -> Result<Role, Lapsed> {
        match &self.source {
            Source::Loopback { role } => Ok(role.clone()),
            Source::Console => Ok("owner".into()),
            Source::SignedIn(sign_in) if sign_in.expires <= Instant::now() => Err(Lapsed::Expired),
            Source::SignedIn(sign_in) => directory.role_of_sign_in(sign_in).ok_or(Lapsed::Revoked),
        }
    }

    /// What `whoami` and a sign-in answer.
    pub fn describe(&self, role: &str) -> Map<String, Value> {
        let mut body = Map::new();
        body.insert("ok".into(), true.into());
        body.insert("caller".into(), self.name.as_ref().into());
        body.insert("role".into(), role.into());
        if let Some(expires_at) = self.expires_at() {
            body.insert("expires".into(), clock::rfc3339(expires_at).into());
        }
        body
    }
}

/// Why a caller that once signed in may not act now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lapsed {
    /// The connection may sign in again.
    Expired,
    /// The connection ends.
    Revoked,
}

impl Lapsed {
    pub fn refusal(self) -> Refusal {
        Refusal::new(
            Code::Unauthenticated,
            match self {
                Lapsed::Expired => "your sign-in has expired; authenticate again",
                Lapsed::Revoked => "your sign-in is no longer good; ask the owner for a new token",
            },
        )
    }
}

/// The two actions that make a caller.
pub fn is_sign_in(request: &Request) -> bool {
    matches!(request.action.name.as_str(), "authenticate" | "login")
}

/// Sign a caller in. Every refusal reads the same to the client; the reason is for the trail.
pub async fn sign_in(mut request: Request, directory: &Directory) -> Result<Welcome, Denied> {
    let secret = request.secret.take().unwrap_or_default();
    let user = request.params.get("user").and_then(Value::as_str);
    let (sign_in, token) = match user {
        Some(user) => {
            directory.sign_in_with_password(user, secret).await.map(|(sign_in, token)| (sign_in, Some(token)))?
        }
        None => (directory.sign_in_with_token(secret).await?, None),
    };
    let caller = Caller { name: sign_in.user.clone(), source: Source::SignedIn(sign_in) };
    let role = caller
        .standing(directory)
        .map_err(|_| Denied { reason: "an expired token", user: Some(caller.name.clone()) })?;
    let mut body = caller.describe(&role);
    body.insert("protocol".into(), 1.into());
    if let Some(token) = token {
        body.insert("token".into(), secrecy::ExposeSecret::expose_secret(&token).into());
    }
    Ok(Welcome { caller: Arc::new(caller), body })
}

/// What a client is told whose sign-in was refused, whatever the reason.
pub fn refused() -> Refusal {
    Refusal::new(Code::Unauthenticated, "this sign-in is not good; ask the owner for a token")
}

/// What a client is told that has not signed in.
pub fn required() -> Refusal {
    Refusal::new(Code::Unauthenticated, "sign in first: {\"action\": \"authenticate\", \"token\": \"…\"}")
}
