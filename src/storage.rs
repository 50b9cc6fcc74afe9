//! SQLite databases on disk: opening, migration, and integrity checks of their files.

pub mod schema;
mod wal_files;

pub use wal_files::{IsSettled, LogDamaged, WalFiles, leave_on_close, write_ahead_log};
