//! SQLite databases on disk: opening, migration, and integrity checks of their files.

mod intact;
pub mod schema;

pub use intact::{Cut, Intact, IsSettled, leave_on_close, write_ahead_log};
