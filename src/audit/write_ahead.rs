//! SQLite's write-ahead log: what commits have put there is moved to its place in the database beside the commits, which do not wait.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result};
use rusqlite::Connection;

use crate::storage::{Intact, leave_on_close, schema};

pub struct WriteAhead {
    intact: Arc<Intact>,
    /// From this on it is moved, by a thread with a connection of its own.
    pages_max: i32,
    /// From this on a commit moves it, so that it is empty and the next begins at its start: under load without a pause the thread never
    /// comes to its end.
    move_now_at: i32,
    mover: Option<(SyncSender<()>, JoinHandle<()>)>,
}

/// So many times its bound the log may have before a commit waits for it.
const PATIENCE: i32 = 8;

impl WriteAhead {
    /// Take over from SQLite, which would do it within a commit.
    pub fn tend(path: &Path, intact: Arc<Intact>, pages_max: u32) -> Result<WriteAhead> {
        let own = schema::open(path, schema::TRAIL)?;
        leave_on_close(&own)?;
        let (signal, signals) = sync_channel(1);
        let files = intact.clone();
        let work = move || {
            while signals.recv().is_ok() {
                if !files.may_be_moved() {
                    // The next commit says why.
                    continue;
                }
                if let Err(error) = move_pages(&own) {
                    tracing::warn!(%error, "the trail's write-ahead log could not be moved; it grows");
                }
            }
        };
        let thread = std::thread::Builder::new().name("write-ahead".into()).spawn(work).context("cannot start")?;
        let pages_max = i32::try_from(pages_max)?;
        let move_now_at = pages_max.saturating_mul(PATIENCE);
        Ok(WriteAhead { intact, pages_max, move_now_at, mover: Some((signal, thread)) })
    }

    /// How long the log is, in pages.
    pub fn pages(&self) -> u32 {
        self.intact.pages().unsigned_abs()
    }

    /// After a commit.
    pub fn committed(&mut self, db: &Connection) {
        let pages = self.intact.pages();
        if pages < self.pages_max {
            // It has begun anew.
            self.move_now_at = self.pages_max.saturating_mul(PATIENCE);
            return;
        }
        if let Some((signal, _)) = &self.mover {
            // If there is one already, that will do.
            let _ = signal.try_send(());
        }
        if pages >= self.move_now_at {
            // Somebody who reads for long keeps it from beginning anew; it is not tried for every commit then.
            self.move_now_at = pages.saturating_add(self.pages_max);
            if let Err(error) = move_pages(db) {
                tracing::warn!(%error, "the trail's write-ahead log could not be moved; it grows");
            }
        }
    }
}

impl Drop for WriteAhead {
    fn drop(&mut self) {
        if let Some((signal, thread)) = self.mover.take() {
            drop(signal);
            // It panicked, if it did, after everything had been committed.
            let _ = thread.join();
        }
    }
}

/// Move all of the log into the database, so that the next commit begins it anew. It waits for nobody; `false`: somebody reads it.
pub fn restart(db: &Connection) -> Result<bool> {
    let patience: u32 = db.pragma_query_value(None, "busy_timeout", |row| row.get(0))?;
    db.busy_timeout(Duration::ZERO)?;
    let busy = db.query_row("PRAGMA wal_checkpoint(RESTART)", [], |row| row.get::<_, bool>(0));
    db.busy_timeout(Duration::from_millis(patience.into()))?;
    Ok(!busy?)
}

/// Passive: it waits for nobody and nobody waits for it.
fn move_pages(db: &Connection) -> rusqlite::Result<()> {
    db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
}
