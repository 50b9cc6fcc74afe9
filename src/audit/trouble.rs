//! Why the trail could not be written, in words that name no path: what `status` and the trail itself say.

use rusqlite::ErrorCode;

use crate::platform::Moved;
use crate::storage::Cut;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    Full,
    ReadOnly,
    Gone,
    Replaced,
    Cut,
    Disk,
    Locked,
    Damaged,
    Other,
}

impl Trouble {
    pub fn of(error: &anyhow::Error) -> Trouble {
        if let Some(moved) = error.downcast_ref::<Moved>() {
            return match moved {
                Moved::Gone => Trouble::Gone,
                Moved::Replaced => Trouble::Replaced,
            };
        }
        if error.is::<Cut>() {
            return Trouble::Cut;
        }
        match error.chain().find_map(|cause| cause.downcast_ref::<rusqlite::Error>()?.sqlite_error_code()) {
            Some(ErrorCode::DiskFull) => Trouble::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Trouble::ReadOnly,
            Some(ErrorCode::SystemIoFailure) => Trouble::Disk,
            Some(ErrorCode::CannotOpen) => Trouble::Gone,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Trouble::Locked,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Trouble::Damaged,
            _ => Trouble::Other,
        }
    }

    pub const fn reason(self) -> &'static str {
        match self {
            Trouble::Full => {
                "there is no room for it: the disk is full, or it has grown to trail.file_bytes_max; make room, or raise that and run livegate audit prune"
            }
            Trouble::ReadOnly => "its file may not be written",
            Trouble::Gone => {
                "its file, its -wal or -shm, or the state folder's lock, is gone from its place; put it back, or restart the gateway"
            }
            Trouble::Replaced => "another file is in the place of its own; restart the gateway",
            Trouble::Cut => {
                "another program has emptied or overwritten its file, or the -wal beside it; restart the gateway"
            }
            Trouble::Disk => "the disk reports errors",
            Trouble::Locked => "another program keeps its file locked",
            Trouble::Damaged => "its file is damaged",
            Trouble::Other => "the gateway's log says why",
        }
    }
}
