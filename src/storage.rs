//! The databases on disk: how they are opened and migrated, and whether they still hold what was committed.

mod intact;
pub mod schema;

pub use intact::{Cut, Intact, IsSettled, leave_on_close, write_ahead_log};
