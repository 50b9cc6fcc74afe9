//! Why a client has no answer, or cannot use what it knows of a gateway.

use std::borrow::Cow;
use std::io;

use crate::failure::{Failure, convert};
use crate::{audit, platform, tls};

pub type Error = Failure<ErrorKind>;
pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum ErrorKind {
    /// The connection, or a file.
    #[error(transparent)]
    File(#[from] platform::ErrorKind),
    #[error(transparent)]
    Tls(#[from] tls::ErrorKind),
    /// A checkpoint, or a key of a log.
    #[error(transparent)]
    Trail(#[from] audit::ErrorKind),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    #[error(transparent)]
    TomlWriting(#[from] toml::ser::Error),
    #[error(transparent)]
    TooLate(#[from] tokio::time::error::Elapsed),
    /// The sentence says what is wrong, and what to do.
    #[error("{0}")]
    Failed(Cow<'static, str>),
}

convert! {
    ErrorKind {
        File: io::Error;
    } failures platform::Error, tls::Error, audit::Error
}

impl ErrorKind {
    /// The kind of I/O error of the connection or of TLS on it.
    pub(super) fn io_kind(&self) -> Option<io::ErrorKind> {
        match self {
            ErrorKind::File(platform::ErrorKind::Io(error))
            | ErrorKind::Tls(tls::ErrorKind::File(platform::ErrorKind::Io(error))) => Some(error.kind()),
            _ => None,
        }
    }
}

pub(super) fn failed(why: impl Into<Cow<'static, str>>) -> Error {
    ErrorKind::Failed(why.into()).into()
}
