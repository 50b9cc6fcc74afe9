//! Why a commit to the trail failed. The reasons name no path: `status`, refusals and the trail itself contain them.

use rusqlite::ErrorCode;

use crate::platform::Moved;
use crate::storage::LogDamaged;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteFailure {
    /// The disk is full, or the file has reached `trail.file_bytes_max`.
    Full,
    ReadOnly,
    /// A file is no longer at its path.
    Gone,
    /// Another file is at its path.
    Replaced,
    /// Another program has emptied, shortened or overwritten a file.
    LogDamaged,
    /// The operating system reports an I/O error.
    Disk,
    Locked,
    Damaged,
    /// Another cause, which the process log contains.
    Other,
}

impl WriteFailure {
    /// The failure that an error of [`super::Trail::append`] or [`super::Trail::prune`] has as its cause, by the types in its chain.
    pub fn of(error: &anyhow::Error) -> WriteFailure {
        if let Some(moved) = error.downcast_ref::<Moved>() {
            return match moved {
                Moved::Gone => WriteFailure::Gone,
                Moved::Replaced => WriteFailure::Replaced,
            };
        }
        if error.is::<LogDamaged>() {
            return WriteFailure::LogDamaged;
        }
        match error.chain().find_map(|cause| cause.downcast_ref::<rusqlite::Error>()?.sqlite_error_code()) {
            Some(ErrorCode::DiskFull) => WriteFailure::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => WriteFailure::ReadOnly,
            Some(ErrorCode::SystemIoFailure) => WriteFailure::Disk,
            Some(ErrorCode::CannotOpen) => WriteFailure::Gone,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => WriteFailure::Locked,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => WriteFailure::Damaged,
            _ => WriteFailure::Other,
        }
    }

    pub const fn reason(self) -> &'static str {
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
