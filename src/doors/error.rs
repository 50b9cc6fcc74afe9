//! Why a door cannot be opened.

use std::path::PathBuf;

use crate::failure::{Cause, Failure, convert};
use crate::{identity, platform, tls};

pub type Error = Failure<ErrorKind>;
pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum ErrorKind {
    /// An address is taken, or a file cannot be used.
    #[error(transparent)]
    File(#[from] platform::ErrorKind),
    #[error(transparent)]
    Tls(#[from] tls::ErrorKind),
    /// The settings name a scope that allows nothing.
    #[error(transparent)]
    Scope(#[from] identity::ErrorKind),
    #[error(transparent)]
    Mdns(#[from] mdns_sd::Error),
    #[error("{} is too short; remove it, and the gateway creates another at its next start", .0.display())]
    ShortCredential(PathBuf),
    #[error("there is no service to announce")]
    NothingToAnnounce,
}

convert! {
    ErrorKind {
        File: std::io::Error;
    } failures platform::Error, tls::Error
}

impl Cause for mdns_sd::Error {}
