//! Successive logs in one trail. At each change of a checkpoint's origin, a `log_begun` row must account for the new log.

use rusqlite::Connection;

use super::error::Result;
use super::log_start::LogBegun;

/// The origins of valid checkpoints, in order.
#[derive(Default)]
pub struct Succession {
    latest: Option<(String, i64)>,
    changes: Vec<Change>,
}

/// A change of origin between two rows.
struct Change {
    after_seq: i64,
    until_seq: i64,
    before: String,
    origin: String,
}

impl Succession {
    /// Add the next checkpoint, with the last row that it covers.
    pub fn push(&mut self, origin: &str, until_seq: i64) {
        let latest = self.latest.replace((origin.to_owned(), until_seq));
        if let Some((before, after_seq)) = latest.filter(|(before, _)| before != origin) {
            self.changes.push(Change { after_seq, until_seq, before, origin: origin.to_owned() });
        }
    }

    /// The origin of the last checkpoint.
    pub fn newest(&self) -> Option<&str> {
        self.latest.as_ref().map(|(origin, _)| origin.as_str())
    }

    /// Whether any of the checkpoints has this origin.
    pub fn has(&self, origin: &str) -> bool {
        self.newest() == Some(origin) || self.changes.iter().any(|change| change.before == origin)
    }

    /// Changes of origin without a `log_begun` row, as sentences.
    pub fn unaccounted(&self, db: &Connection) -> Result<Vec<String>> {
        let mut unaccounted = Vec::new();
        for change in &self.changes {
            if !change.is_accounted_for(db)? {
                unaccounted.push(format!("no row records that {} follows {}", change.origin, change.before));
            }
        }
        Ok(unaccounted)
    }
}

impl Change {
    fn is_accounted_for(&self, db: &Connection) -> Result<bool> {
        let sql = "SELECT bytes FROM events WHERE seq > ?1 AND seq <= ?2 AND kind = 'log_begun'";
        let mut statement = db.prepare_cached(sql)?;
        let mut rows = statement.query([self.after_seq, self.until_seq])?;
        while let Some(row) = rows.next()? {
            let begun = LogBegun::read(&row.get::<_, String>(0)?);
            let follows =
                |begun: LogBegun| begun.previous.is_some_and(|previous| previous.checkpoint.origin == self.before);
            if begun.filter(|begun| begun.origin == self.origin).is_some_and(follows) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
