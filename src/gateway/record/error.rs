//! Why rows are not written or pruned, or a checkpoint does not reach its witness.

use std::borrow::Cow;
use std::io;

use crate::audit;
use crate::failure::{Failure, convert};

pub type Error = Failure<ErrorKind>;
pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum ErrorKind {
    #[error(transparent)]
    Trail(#[from] audit::ErrorKind),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Ended(#[from] tokio::task::JoinError),
    #[error(transparent)]
    Unanswered(#[from] tokio::sync::oneshot::error::RecvError),
    #[error(transparent)]
    TooLate(#[from] tokio::time::error::Elapsed),
    #[error("the gateway is shutting down")]
    ShuttingDown,
    /// The writer, a witness or the clock; the sentence says how it failed.
    #[error("{0}")]
    Failed(Cow<'static, str>),
}

convert! {
    ErrorKind {} failures audit::Error
}

pub(super) fn failed(why: impl Into<Cow<'static, str>>) -> Error {
    ErrorKind::Failed(why.into()).into()
}
