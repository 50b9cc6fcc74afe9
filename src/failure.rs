//! The error of a layer: its kind, to which code reacts, and what was attempted, which people read.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

/// An error whose kinds are `K`. Each layer names its own: `type Error = Failure<ErrorKind>`.
///
/// `{}` writes the outermost attempt, or the kind if there is none. `{:#}` adds the causes, each after `: `.
#[derive(Debug)]
pub enum Failure<K> {
    Kind(K),
    /// What was attempted, as `cannot read x`, and why that failed.
    Attempt {
        attempt: Cow<'static, str>,
        cause: Box<Failure<K>>,
    },
}

impl<K> Failure<K> {
    /// The kind, whatever was attempted.
    pub fn kind(&self) -> &K {
        match self {
            Failure::Kind(kind) => kind,
            Failure::Attempt { cause, .. } => cause.kind(),
        }
    }

    /// This failure as the cause why an attempt failed.
    pub fn of_attempt(self, attempt: impl Into<Cow<'static, str>>) -> Failure<K> {
        Failure::Attempt { attempt: attempt.into(), cause: Box::new(self) }
    }
}

impl<K: Error + 'static> fmt::Display for Failure<K> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Kind(kind) => write!(out, "{kind}")?,
            Failure::Attempt { attempt, .. } => out.write_str(attempt)?,
        }
        let mut next = self.source().filter(|_| out.alternate());
        while let Some(cause) = next {
            write!(out, ": {cause}")?;
            next = cause.source();
        }
        Ok(())
    }
}

impl<K: Error + 'static> Error for Failure<K> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Failure::Kind(kind) => kind.source(),
            Failure::Attempt { cause, .. } => Some(cause.as_ref()),
        }
    }
}

/// An error that is a kind of failure, or becomes one: `?` converts it for every layer with a kind for it.
pub trait Cause: Error {}

impl Cause for aws_lc_rs::error::KeyRejected {}
impl Cause for base64::DecodeError {}
impl Cause for etcetera::HomeDirError {}
impl Cause for hex::FromHexError {}
impl Cause for jsonwebtoken::errors::Error {}
impl Cause for rcgen::Error {}
impl Cause for rusqlite::Error {}
impl Cause for rusqlite::types::FromSqlError {}
impl Cause for serde_json::Error {}
impl Cause for rustls::Error {}
impl Cause for rustls::pki_types::InvalidDnsNameError {}
impl Cause for rustls::pki_types::pem::Error {}
impl Cause for std::io::Error {}
impl Cause for std::num::ParseIntError {}
impl Cause for std::num::TryFromIntError {}
impl Cause for std::str::Utf8Error {}
impl Cause for time::error::ComponentRange {}
impl Cause for tokio::time::error::Elapsed {}
impl Cause for toml::de::Error {}
impl Cause for toml::ser::Error {}
impl Cause for tokio::sync::oneshot::error::RecvError {}
impl Cause for tokio::task::JoinError {}
impl Cause for x509_parser::error::X509Error {}
impl Cause for x509_parser::nom::Err<x509_parser::error::X509Error> {}

impl<K: From<C>, C: Cause> From<C> for Failure<K> {
    fn from(cause: C) -> Failure<K> {
        Failure::Kind(cause.into())
    }
}

/// What `?` converts into the failures of a layer, besides the causes that are kinds themselves (`#[from]`).
///
/// `Storage: io::Error;` makes a cause the kind `Storage`, through the kind of the layer below that it contains. After `failures`
/// are the errors of layers below; what they attempted is kept.
macro_rules! convert {
    ($kind:ident { $($variant:ident: $($cause:ty),+;)* } failures $($failure:ty),*) => {
        impl $crate::failure::Cause for $kind {}

        $($(impl From<$cause> for $kind {
            fn from(cause: $cause) -> $kind {
                $kind::$variant(cause.into())
            }
        })+)*

        $(impl From<$failure> for $crate::failure::Failure<$kind> {
            fn from(failure: $failure) -> $crate::failure::Failure<$kind> {
                $crate::failure::IntoFailure::into_failure(failure)
            }
        })*
    };
}
pub(crate) use convert;

/// A [`Cause`], or the failure of a layer below.
pub trait IntoFailure<K> {
    fn into_failure(self) -> Failure<K>;
}

impl<K: From<C>, C: Cause> IntoFailure<K> for C {
    fn into_failure(self) -> Failure<K> {
        self.into()
    }
}

impl<K: From<L>, L> IntoFailure<K> for Failure<L> {
    fn into_failure(self) -> Failure<K> {
        match self {
            Failure::Kind(kind) => Failure::Kind(kind.into()),
            Failure::Attempt { attempt, cause } => Failure::Attempt { attempt, cause: Box::new(cause.into_failure()) },
        }
    }
}

/// What was attempted, and why it failed. `?` makes it a failure of the function's layer.
#[derive(Debug)]
pub struct Attempted<C> {
    attempt: Cow<'static, str>,
    cause: C,
}

impl<K, C: IntoFailure<K>> From<Attempted<C>> for Failure<K> {
    fn from(attempted: Attempted<C>) -> Failure<K> {
        attempted.cause.into_failure().of_attempt(attempted.attempt)
    }
}

/// States what a result is of. Nothing is allocated unless the attempt fails.
pub trait Context<T, C> {
    fn context(self, attempt: &'static str) -> Result<T, Attempted<C>>;

    fn with_context(self, attempt: impl FnOnce() -> String) -> Result<T, Attempted<C>>;
}

impl<T, C> Context<T, C> for Result<T, C> {
    fn context(self, attempt: &'static str) -> Result<T, Attempted<C>> {
        self.map_err(|cause| Attempted { attempt: attempt.into(), cause })
    }

    fn with_context(self, attempt: impl FnOnce() -> String) -> Result<T, Attempted<C>> {
        self.map_err(|cause| Attempted { attempt: attempt().into(), cause })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    enum Low {
        #[error(transparent)]
        Io(#[from] std::io::Error),
    }

    #[derive(Debug, thiserror::Error)]
    enum High {
        #[error(transparent)]
        Low(#[from] Low),
    }

    fn read() -> Result<(), Failure<Low>> {
        Ok(Err(std::io::Error::other("no medium")).context("cannot read x")?)
    }

    fn start() -> Result<(), Failure<High>> {
        Ok(read().with_context(|| format!("cannot start {}", 1))?)
    }

    /// As `anyhow` writes them, into which the command line converts them.
    #[test]
    fn a_failure_is_written_with_its_causes() {
        let failure = start().expect_err("a failure");
        assert_eq!(failure.to_string(), "cannot start 1");
        assert_eq!(format!("{failure:#}"), "cannot start 1: cannot read x: no medium");
        assert!(matches!(failure.kind(), High::Low(Low::Io(_))));
        assert_eq!(format!("{:#}", anyhow::Error::from(failure)), "cannot start 1: cannot read x: no medium");
    }
}
