//! SQLite databases on disk: opening, migration, and integrity checks of their files.

pub mod schema;
mod wal_files;

pub use wal_files::{Cut, Intact, IsSettled, leave_on_close, write_ahead_log};
