//! Authentication: the caller of a connection, and its current role.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use crate::command::SignInMethod;
use crate::identity::{Denied, Directory, Fault, Grant, Narrowing, Proof, SignIn, Token, WeakHash};
use crate::platform::clock;
use crate::wire::refusal::{Code, Refusal};

/// The authenticated identity at the other end of a connection.
#[derive(Debug)]
pub struct Caller {
    name: Arc<str>,
    source: Source,
}

#[derive(Debug)]
enum Source {
    /// A program on this machine, over a listener without sign-in.
    Loopback {
        role: Role,
        /// The role that bounds the other: what it may not do, the caller may not do either.
        ceiling: Option<Role>,
    },
    /// Known by the address that its datagrams come from, which they cannot prove.
    Datagrams {
        /// `None`: the user's, at each request.
        role: Option<Role>,
        scope: Arc<Narrowing>,
    },
    /// The owner, over the control socket.
    Console,
    SignedIn(SignIn),
}

/// The name of a role.
pub type Role = Arc<str>;

impl Caller {
    /// The caller of a connection to a listener without sign-in.
    pub fn at_loopback(role: &str) -> Arc<Caller> {
        Arc::new(Caller { name: "local".into(), source: Source::Loopback { role: role.into(), ceiling: None } })
    }

    /// An agent on this machine. It may do what `role` may, as far as the programs of this machine's user may do it.
    pub fn agent(role: &str, ceiling: &str) -> Arc<Caller> {
        let ceiling = (role != ceiling).then(|| ceiling.into());
        Arc::new(Caller { name: "agent".into(), source: Source::Loopback { role: role.into(), ceiling } })
    }

    /// The caller of datagrams from this machine, where no sign-in is needed. `scope` is what it may do at most.
    pub fn by_datagram_at_loopback(role: &str, scope: Arc<Narrowing>) -> Arc<Caller> {
        Arc::new(Caller { name: "local".into(), source: Source::Datagrams { role: Some(role.into()), scope } })
    }

    /// A user whose datagrams are known by the address that they come from.
    pub fn by_address(user: &Arc<str>, scope: Arc<Narrowing>) -> Arc<Caller> {
        Arc::new(Caller { name: user.clone(), source: Source::Datagrams { role: None, scope } })
    }

    /// What the caller is known by, where it is no secret.
    pub fn proof(&self) -> Option<&'static str> {
        matches!(self.source, Source::Datagrams { role: None, .. }).then_some("address")
    }

    /// The caller of a connection to the control socket, which only its owner can open.
    pub fn at_console() -> Arc<Caller> {
        Arc::new(Caller { name: "console".into(), source: Source::Console })
    }

    /// The caller with this registered key, which the handshake has proved; `None` if no user has it.
    pub async fn by_key(key: &[u8; 32], directory: &Directory) -> Result<Arc<Caller>, Denied> {
        let sign_in = directory.sign_in_with_key(key).await?;
        Ok(Arc::new(Caller { name: sign_in.user.clone(), source: Source::SignedIn(sign_in) }))
    }

    pub(crate) fn is_console(&self) -> bool {
        matches!(self.source, Source::Console)
    }

    /// The user's name, or `local`, `agent` or `console` for callers without sign-in.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// How the caller signed in, if a sign-in was needed.
    pub fn sign_in(&self) -> Option<&SignIn> {
        match &self.source {
            Source::SignedIn(sign_in) => Some(sign_in),
            _ => None,
        }
    }

    /// The token that the caller signed in with.
    pub fn jti(&self) -> Option<&Arc<str>> {
        match &self.sign_in()?.proof {
            Proof::Token(jti) => Some(jti),
            Proof::Key(_) => None,
        }
    }

    /// The key of the client certificate that the caller signed in with.
    pub fn key(&self) -> Option<&Arc<str>> {
        match &self.sign_in()?.proof {
            Proof::Key(key) => Some(key),
            Proof::Token(_) => None,
        }
    }

    /// Whether another caller is the same one. A user may have the name of a caller without a user, if it is older than the name's reservation.
    pub fn is_same(&self, other: &Caller) -> bool {
        self.name == other.name && self.sign_in().is_some() == other.sign_in().is_some()
    }

    /// Whether a user issued the credential that the caller signed in with, or one that led to it.
    pub fn has_issuer(&self, user: &str) -> bool {
        self.sign_in().is_some_and(|sign_in| sign_in.issuers.iter().any(|issuer| **issuer == *user))
    }

    /// Whether the sign-in has expired.
    pub fn has_expired(&self) -> bool {
        self.sign_in().is_some_and(SignIn::has_expired)
    }

    /// Unix time in seconds at which the sign-in ends; `None` for callers without sign-in.
    pub fn expires_at(&self) -> Option<i64> {
        self.sign_in().map(|sign_in| sign_in.expires_at)
    }

    /// The scope of the sign-in: the part of the role's rights that it may use. `None`: all of them.
    pub fn narrowing(&self) -> Option<&Narrowing> {
        match &self.source {
            Source::Datagrams { scope, .. } => Some(scope),
            _ => self.sign_in()?.narrowing.as_deref(),
        }
    }

    /// Whether a person may be asked about its requests: not where an answer could not be waited for.
    pub fn may_wait_for_approval(&self) -> bool {
        !matches!(self.source, Source::Datagrams { .. })
    }

    /// A role that bounds the caller's own.
    pub fn ceiling(&self) -> Option<&Role> {
        match &self.source {
            Source::Loopback { ceiling, .. } => ceiling.as_ref(),
            Source::Datagrams { .. } | Source::Console | Source::SignedIn(_) => None,
        }
    }

    /// The caller's current role. It is looked up for every request, so that changes take effect at once.
    pub fn current_role(&self, directory: &Directory) -> Result<Role, SignInEnd> {
        match &self.source {
            Source::Loopback { role, .. } | Source::Datagrams { role: Some(role), .. } => Ok(role.clone()),
            Source::Datagrams { role: None, .. } => directory.role_of(&self.name).ok_or(SignInEnd::Revoked),
            Source::Console => Ok("owner".into()),
            Source::SignedIn(sign_in) => match directory.role_of_sign_in(sign_in) {
                None => Err(SignInEnd::Revoked),
                Some(_) if sign_in.has_expired() => Err(SignInEnd::Expired),
                Some(role) => Ok(role),
            },
        }
    }

    /// The fields of the answers to `whoami` and to a sign-in.
    pub fn describe(&self, role: &str) -> Map<String, Value> {
        let mut body = Map::new();
        body.insert("ok".into(), true.into());
        body.insert("caller".into(), self.name.as_ref().into());
        body.insert("role".into(), role.into());
        if let Some(narrowing) = self.narrowing() {
            body.insert("only".into(), narrowing.patterns().into());
        }
        if let Some(expires_at) = self.expires_at() {
            body.insert("expires".into(), clock::rfc3339(expires_at).into());
        }
        body
    }
}

/// Why a former caller may no longer act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInEnd {
    /// The connection may sign in again.
    Expired,
    /// The connection is closed.
    Revoked,
}

impl SignInEnd {
    pub(crate) fn refusal(self) -> Refusal {
        Refusal::new(
            Code::Unauthenticated,
            match self {
                SignInEnd::Expired => "your sign-in has expired; authenticate again",
                SignInEnd::Revoked => "your sign-in was revoked; ask the owner for a new token",
            },
        )
    }
}

/// An authenticated user before the sign-in is recorded.
pub struct Recognised {
    caller: Arc<Caller>,
    role: Role,
    /// For a sign-in by password: the tokens to grant once the sign-in is recorded.
    grant: Option<Grant>,
}

impl Recognised {
    pub(crate) fn caller(&self) -> &Arc<Caller> {
        &self.caller
    }

    pub(crate) fn role(&self) -> &Role {
        &self.role
    }

    /// The token granted for a sign-in by password, with its family.
    pub fn granted_token(&self) -> Option<&Token> {
        self.grant.as_ref().map(Grant::token)
    }

    /// A password whose hash must be renewed, which happens after the answer.
    pub fn take_weak_hash(&mut self) -> Option<WeakHash> {
        self.grant.as_mut()?.take_weak_hash()
    }

    /// The answer to the sign-in, once it is recorded.
    pub async fn welcome(self, directory: &Directory) -> Result<Map<String, Value>, Denied> {
        let mut body = self.caller.describe(&self.role);
        body.insert("protocol".into(), 1.into());
        if let Some(grant) = self.grant {
            let refresh_expires = clock::rfc3339(grant.family_expires_at());
            let granted = directory.grant(grant).await?;
            body.insert("token".into(), granted.token.expose_secret().into());
            body.insert("refresh_token".into(), granted.refresh.expose_secret().into());
            body.insert("refresh_expires".into(), refresh_expires.into());
        }
        Ok(body)
    }
}

/// A credential that a client presents.
pub struct Credential {
    pub(crate) method: SignInMethod,
    /// The user, for a sign-in by password.
    pub user: Option<String>,
    pub(crate) secret: SecretString,
}

/// Check a credential. The client gets the same refusal for every reason; the trail gets the reason.
pub async fn recognise(credential: Credential, directory: &Directory) -> Result<Recognised, Denied> {
    let Credential { method, user, secret } = credential;
    let granted = |grant: Grant| (SignIn::with(grant.token()), Some(grant));
    let (sign_in, grant) = match method {
        SignInMethod::Token => (directory.sign_in_with_token(secret).await?, None),
        SignInMethod::Password => granted(directory.check_password(&user.unwrap_or_default(), secret).await?),
        SignInMethod::RefreshToken => granted(directory.check_refresh(secret).await?),
    };
    let role = directory.role_of(&sign_in.user).filter(|_| !sign_in.has_expired());
    let name = sign_in.user.clone();
    let denied =
        || Denied { reason: "an expired token", user: Some(name.clone()), fault: Fault::Outdated, ended: None };
    let role = role.ok_or_else(denied)?;
    Ok(Recognised { caller: Arc::new(Caller { name, source: Source::SignedIn(sign_in) }), role, grant })
}

/// The answer to a refused sign-in. It is the same for all credentials, so that it reveals nothing about them.
pub fn refusal(denied: &Denied) -> Refusal {
    match denied.fault {
        Fault::TooManyCallers => {
            Refusal::new(Code::Overloaded, "too many passwords wait to be checked; retry in a moment")
        }
        _ => refused(),
    }
}

fn refused() -> Refusal {
    Refusal::new(Code::Unauthenticated, "this credential is not valid; ask the owner for a token")
}

/// The refusal of a request before sign-in.
pub fn required() -> Refusal {
    Refusal::new(Code::Unauthenticated, "sign in first: {\"action\": \"authenticate\", \"token\": \"…\"}")
}
