//! Why a commit to the trail failed. The reasons name no path: `status`, refusals and the trail itself contain them.

use rusqlite::ErrorCode;

use crate::platform::{self, Moved};
use crate::storage::ErrorKind;

/// Why the trail cannot be written. While it lasts, the gateway refuses requests with `unrecorded`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteFailure {
    /// The disk is full, or the file has reached `trail.file_bytes_max`.
    Full,
    /// The file or its folder does not allow writing.
    ReadOnly,
    /// A file is no longer at its path.
    Gone,
    /// Another file is at its path.
    Replaced,
    /// Another program has emptied, shortened or overwritten a file.
    LogDamaged,
    /// The operating system reports an I/O error.
    Disk,
    /// Another process holds SQLite's write lock.
    Locked,
    /// SQLite found the file inconsistent.
    Damaged,
    /// Another cause, which the process log contains.
    Other,
}

impl WriteFailure {
    /// The failure that a kind of error of [`super::Trail::append`] or [`super::Trail::prune`] has as its cause.
    pub fn of(kind: &super::ErrorKind) -> WriteFailure {
        let super::ErrorKind::Storage(kind) = kind else { return WriteFailure::Other };
        match kind {
            ErrorKind::File(platform::ErrorKind::Moved(Moved::Gone)) => return WriteFailure::Gone,
            ErrorKind::File(platform::ErrorKind::Moved(Moved::Replaced)) => return WriteFailure::Replaced,
            ErrorKind::LogDamaged(_) => return WriteFailure::LogDamaged,
            _ => (),
        }
        match kind.code() {
            Some(ErrorCode::DiskFull) => WriteFailure::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => WriteFailure::ReadOnly,
            Some(ErrorCode::SystemIoFailure) => WriteFailure::Disk,
            Some(ErrorCode::CannotOpen) => WriteFailure::Gone,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => WriteFailure::Locked,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => WriteFailure::Damaged,
            _ => WriteFailure::Other,
        }
    }

    pub(crate) const fn reason(self) -> &'static str {
        match self {
            WriteFailure::Full => {
                "its disk is full, or its file has reached trail.file_bytes_max; free space, or raise the limit and run livegate audit prune"
            }
            WriteFailure::ReadOnly => "its file is read-only",
            WriteFailure::Gone => {
                "its file, its -wal or -shm, or the lock of the state folder is missing; put it back, or restart the gateway"
            }
            WriteFailure::Replaced => "its file was replaced by another; restart the gateway",
            WriteFailure::LogDamaged => {
                "another program has emptied or overwritten its file, or the -wal beside it; restart the gateway"
            }
            WriteFailure::Disk => "the disk reports errors",
            WriteFailure::Locked => "another program has locked its file",
            WriteFailure::Damaged => "its file is damaged",
            WriteFailure::Other => "the gateway's log has the cause",
        }
    }
}
