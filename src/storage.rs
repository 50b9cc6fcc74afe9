//! The databases on disk: how they are opened and migrated.

pub mod schema;
