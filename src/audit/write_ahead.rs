//! Checkpoints SQLite's write-ahead log: a thread moves its pages into the database, concurrently with commits.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use super::error::Result;
use crate::failure::Context;
use crate::storage::{WalFiles, leave_on_close, schema};

pub struct WriteAhead {
    intact: Arc<WalFiles>,
    /// The length in pages from which a thread with its own connection moves the log.
    pages_max: i32,
    /// The length in pages from which a commit moves the log, so that the next one restarts it. Under continuous load the thread never
    /// reaches the end of the log.
    move_now_at: i32,
    mover: Option<(SyncSender<()>, JoinHandle<()>)>,
}

/// The multiple of its limit from which a commit waits for the log to be moved.
const WAIT_FACTOR: i32 = 8;

impl WriteAhead {
    /// Replace SQLite's automatic checkpoints, which run within a commit.
    pub fn watch(path: &Path, intact: Arc<WalFiles>, pages_max: u32) -> Result<WriteAhead> {
        let own = schema::open(path, schema::TRAIL)?;
        leave_on_close(&own)?;
        let (signal, signals) = sync_channel(1);
        let files = intact.clone();
        let work = move || {
            while signals.recv().is_ok() {
                if !files.may_be_moved() {
                    // The next commit reports the cause.
                    continue;
                }
                if let Err(error) = move_pages(&own) {
                    tracing::warn!(%error, "the trail's write-ahead log could not be moved; it grows");
                }
            }
        };
        let thread = std::thread::Builder::new().name("write-ahead".into()).spawn(work).context("cannot start")?;
        let pages_max = i32::try_from(pages_max)?;
        let move_now_at = pages_max.saturating_mul(WAIT_FACTOR);
        Ok(WriteAhead { intact, pages_max, move_now_at, mover: Some((signal, thread)) })
    }

    /// The length of the log in pages.
    pub fn pages(&self) -> u32 {
        self.intact.pages().unsigned_abs()
    }

    /// Call after each commit.
    pub fn committed(&mut self, db: &Connection) {
        let pages = self.intact.pages();
        if pages < self.pages_max {
            // The log was restarted.
            self.move_now_at = self.pages_max.saturating_mul(WAIT_FACTOR);
            return;
        }
        if let Some((signal, _)) = &self.mover {
            // A request that is already queued suffices.
            let _ = signal.try_send(());
        }
        if pages >= self.move_now_at {
            // A long read prevents a restart. Do not retry at every commit.
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
            // A panic of the thread loses no data: everything was committed before.
            let _ = thread.join();
        }
    }
}

/// Move all of the log into the database, so that the next commit restarts it. Does not wait for readers; `false`: a reader prevents the
/// restart.
pub fn restart(db: &Connection) -> Result<bool> {
    let busy_timeout_ms: u32 = db.pragma_query_value(None, "busy_timeout", |row| row.get(0))?;
    db.busy_timeout(Duration::ZERO)?;
    let busy = db.query_row("PRAGMA wal_checkpoint(RESTART)", [], |row| row.get::<_, bool>(0));
    db.busy_timeout(Duration::from_millis(busy_timeout_ms.into()))?;
    Ok(!busy?)
}

/// Passive checkpoint: neither waits for other connections nor blocks them.
fn move_pages(db: &Connection) -> rusqlite::Result<()> {
    db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
}
