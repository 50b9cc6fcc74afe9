//! SQLite databases on disk: opening, migration, and integrity checks of their files.

mod error;
pub mod schema;
mod wal_files;

use error::unfit;
pub use error::{Error, ErrorKind, LogDamaged, Result};
pub use wal_files::{IsSettled, WalFiles, leave_on_close, write_ahead_log};
