//! The trail (audit log): what was asked, by whom, what was decided, and what became of it. Only this module knows its SQL.

mod changes;
mod detail;
mod flood;
mod reader;
mod row;
mod scan;
mod seal;
mod trail;

pub use changes::{Change, Changes, End, Happening, Past};
pub use detail::Detail;
pub use flood::{Flood, Refused};
pub use reader::{Filter, Listed, Reader};
pub use row::{Anchor, Decision, Event, Outcome, OutcomeKind, Row, Table, Verdict};
pub use scan::Written;
pub use seal::Seal;
pub use trail::{Earlier, Trail};

/// The trail's file in a state folder.
pub const FILE: &str = "trail.db";
