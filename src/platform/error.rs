//! Why a file or folder of this machine cannot be used.

use std::borrow::Cow;
use std::io;

use super::system;
use crate::failure::{Cause, Failure};

pub type Error = Failure<ErrorKind>;
pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum ErrorKind {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Moved(#[from] Moved),
    #[error(transparent)]
    NoHome(#[from] etcetera::HomeDirError),
    /// It is there and may not be used; the sentence says why and what to do.
    #[error("{0}")]
    Unfit(Cow<'static, str>),
}

impl Cause for ErrorKind {}
impl Cause for Moved {}

impl ErrorKind {
    /// Whether the process or the system has no file descriptor left. The file itself may be fine.
    pub fn is_out_of_files(&self) -> bool {
        matches!(self, ErrorKind::Io(error) if system::is_out_of_files(error))
    }
}

/// What happened to a watched file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Moved {
    #[error("it is missing")]
    Gone,
    #[error("it was replaced")]
    Replaced,
}

pub(super) fn unfit(why: String) -> Error {
    ErrorKind::Unfit(why.into()).into()
}
