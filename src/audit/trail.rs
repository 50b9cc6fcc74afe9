//! The writer of `trail.db`: groups of rows, each group durable as a whole when `append` returns.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, params};
use serde_json::{Map, Value};

use super::checkpoint::{Signed, Verifier};
use super::error::{Result, invalid};
use super::leaves::Position;
use super::log::{self, Log, LogContinuation, Sign};
use super::log_start::LogStart;
use super::pruned::Pruned;
use super::retention::{Act, Plan, PruneReason};
use super::row::{Keys, Outcome, OutcomeKind, Row, Verdict};
use super::unfinished::{Unfinished, UnfinishedChange};
use super::write_ahead::WriteAhead;
use super::write_failure::WriteFailure;
use crate::config;
use crate::failure::Context;
use crate::platform::clock;
use crate::platform::{self, WatchedFile};
use crate::storage::{self, IsSettled, WalFiles, schema};

/// An earlier request with an idempotency key.
#[derive(Debug)]
pub struct Earlier {
    pub caller: String,
    pub once: String,
    pub action: String,
    pub parameters: Map<String, Value>,
    pub terms: Option<Map<String, Value>>,
    pub time_us: i64,
    pub outcome: OutcomeKind,
    pub code: Option<String>,
}

/// The only writer of the trail's database.
pub struct Trail {
    /// Its connection closes first and `db` last, which moves the write-ahead log into the database.
    write_ahead: WriteAhead,
    db: Connection,
    /// The database and the files beside it.
    intact: Arc<WalFiles>,
    /// The lock of the state folder. It prevents a second gateway from starting.
    lock: Option<WatchedFile>,
    log: Log,
    unfinished: Unfinished,
    /// What a failed commit wrote, which may have succeeded nevertheless.
    doubtful: Option<(Draft, Option<Signed>)>,
    /// The seq up to which rows are pruned, or may be.
    pruned_seq: i64,
}

/// What a transaction adds, until it is durable.
struct Draft {
    position: Position,
    change: UnfinishedChange,
}

impl Trail {
    /// Open the trail of a state folder, write the outcome `interrupted` for unfinished requests of an earlier gateway, and sign the rows.
    pub fn open(state_dir: &Path, config: &config::Trail) -> Result<Trail> {
        let opened = Trail::open_at(&state_dir.join(super::FILE), state_dir, config, LogContinuation::GoOn);
        let trail = opened.map_err(|error| match WriteFailure::of(error.kind()) {
            WriteFailure::Damaged => error.of_attempt(DAMAGED),
            _ => error,
        })?;
        platform::write_private(&state_dir.join(log::VERIFIER_FILE), &format!("{}\n", trail.verifier()))?;
        Ok(trail)
    }

    /// Open a copy of a trail that will replace it, and begin a new log in it.
    pub(super) fn begin_anew(
        path: &Path,
        state_dir: &Path,
        config: &config::Trail,
        beginning: LogStart,
    ) -> Result<Trail> {
        Trail::open_at(path, state_dir, config, LogContinuation::Begin(beginning))
    }

    fn open_at(path: &Path, state_dir: &Path, config: &config::Trail, take_up: LogContinuation) -> Result<Trail> {
        let mut db = schema::open(path, schema::TRAIL)?;
        if !schema::is_as_migrated(&db, schema::TRAIL)? {
            // A foreign trigger could delete rows.
            return Err(invalid(format!(
                "{} has tables, indexes or triggers that livegate did not create; restore it",
                path.display()
            )));
        }
        // Limit the wait for a file that another program locks.
        db.busy_timeout(config::ms(config.retry_ms))?;
        let page_bytes: u64 = db.pragma_query_value(None, "page_size", |row| row.get::<_, u32>(0)).map(u64::from)?;
        db.pragma_update(None, "max_page_count", (config.file_bytes_max / page_bytes).min(u64::from(u32::MAX)) as u32)?;
        // Reading creates the write-ahead log if it is missing.
        db.query_row("SELECT seq FROM last_seq", [], |_| Ok(()))?;
        let intact = Arc::new(WalFiles::watch(&mut db, path)?);
        let lock = Some(state_dir.join(platform::LOCK)).filter(|lock| platform::is_there(lock));
        let lock = lock.map(WatchedFile::new).transpose()?;
        let log = Log::open(&db, state_dir, config, take_up)?;
        let write_ahead = WriteAhead::watch(path, intact.clone(), config.write_ahead_pages)?;
        // Overwrite pruned rows, so that the file's free pages do not contain them.
        db.pragma_update(None, "secure_delete", true)?;
        let pruned_seq = Pruned::read(&db)?.map_or(0, |pruned| pruned.last_seq);
        db.set_prepared_statement_cache_capacity(STATEMENTS);
        enable_triggers(&db, false)?;
        let mut trail =
            Trail { write_ahead, db, intact, lock, log, unfinished: Unfinished::default(), doubtful: None, pruned_seq };
        trail.begin()?;
        Ok(trail)
    }

    /// The latest durable checkpoint.
    pub fn checkpoint(&self) -> Option<&Arc<Signed>> {
        self.log.latest()
    }

    /// The public key of the checkpoints.
    pub fn verifier(&self) -> Verifier {
        self.log.verifier()
    }

    /// The warning for the owner if a new log replaced the previous one, at this start or an earlier one.
    pub fn warning(&self) -> Option<&str> {
        self.log.warning()
    }

    /// Whether this start began a log.
    pub fn has_begun(&self) -> bool {
        self.log.beginning().is_some()
    }

    /// When the next checkpoint is due without further rows.
    pub fn checkpoint_due(&self) -> Option<Instant> {
        self.log.due()
    }

    /// The highest used seq.
    pub fn last_seq(&self) -> i64 {
        self.log.position().last_seq
    }

    /// The seq up to which retention pruned rows. Later rows must not refer to a pruned row.
    pub fn pruned_seq(&self) -> i64 {
        self.pruned_seq
    }

    /// The length of SQLite's write-ahead log in pages. Restarts the log if it reaches `pages_max` and no reader prevents it.
    pub fn write_ahead_pages(&mut self, pages_max: u32) -> Result<u32> {
        let pages = self.write_ahead.pages();
        if pages < pages_max || !self.intact.may_be_moved() || !super::write_ahead::restart(&self.db)? {
            return Ok(pages);
        }
        Ok(0)
    }

    /// The bytes in use in its file.
    pub fn used_bytes(&self) -> Result<u64> {
        super::used_bytes(&self.db)
    }

    /// Pass the allowed requests since `since_us` that had an idempotency key to `take`, with their outcomes; those of one key in order.
    pub fn requests_with_keys(&self, since_us: i64, mut take: impl FnMut(Earlier)) -> Result<()> {
        // The index is named explicitly: without it SQLite would scan every row to get this order.
        let sql = "SELECT session.bytes ->> 'caller', once, decision.bytes ->> 'action', decision.bytes -> 'parameters',
                decision.bytes -> 'terms', decision.bytes ->> 'time',
                (SELECT CASE
                    WHEN sum(outcome IN ('unknown', 'interrupted')) > 0 THEN 'unknown'
                    WHEN sum(outcome = 'ok') = count(*) THEN 'ok'
                    WHEN sum(outcome IN ('ok', 'error')) > 0 THEN 'error'
                    ELSE min(outcome) END FROM outcomes WHERE decision = decision.seq),
                (SELECT code FROM outcomes WHERE decision = decision.seq AND code IS NOT NULL ORDER BY item LIMIT 1)
            FROM decision INDEXED BY decision_by_once JOIN event AS session ON session.seq = decision.bytes ->> 'session'
            WHERE once IS NOT NULL AND decision.bytes ->> 'verdict' = 'allow' AND decision.bytes ->> 'time' >= ?1";
        let mut statement = self.db.prepare(sql)?;
        let mut rows = statement.query([since_us])?;
        while let Some(row) = rows.next()? {
            take(read_earlier(row)?);
        }
        Ok(())
    }

    /// Append a group in one transaction, with a checkpoint if one is due. On an error none of its rows is written.
    pub fn append(&mut self, rows: &[Row], sign: Sign) -> Result<()> {
        self.commit(sign, |group, draft| rows.iter().try_for_each(|row| insert(group, draft, row)))
    }

    /// Prune rows as planned, in one transaction with the `pruned` event, whose seq is `seq`, and a checkpoint that covers it.
    pub fn prune(&mut self, plan: &Plan, reason: PruneReason, seq: i64) -> Result<Act> {
        // A full file gets some extra pages: pruning needs them before it frees others.
        let pages_max: u32 = self.db.pragma_query_value(None, "max_page_count", |row| row.get(0))?;
        self.db.pragma_update(None, "max_page_count", pages_max.saturating_add(PRUNING_PAGES))?;
        // Assume that the rows are pruned until the outcome of the commit is certain.
        let pruned_seq = std::mem::replace(&mut self.pruned_seq, plan.last_seq());
        enable_triggers(&self.db, true)?;
        let act = self.commit(Sign::Now, |group, draft| {
            let act = plan.carry_out(group, seq)?;
            insert(group, draft, &act.event(reason).row(seq))?;
            Ok(act)
        });
        enable_triggers(&self.db, false)?;
        self.db.pragma_update(None, "max_page_count", pages_max)?;
        if act.is_err() && self.doubtful.is_none() {
            self.pruned_seq = pruned_seq;
        }
        act
    }

    /// Run one transaction, with a checkpoint if one is due. On an error nothing is written.
    fn commit<T>(&mut self, sign: Sign, write: impl FnOnce(&Connection, &mut Draft) -> Result<T>) -> Result<T> {
        self.check_files(WalFiles::check)?;
        self.resolve_doubtful_commit()?;
        let mut draft = Draft { position: self.log.position().clone(), change: UnfinishedChange::default() };
        self.db.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let filled = self.fill(&mut draft, sign, write);
        let (written, signed) = match filled {
            Ok(filled) => filled,
            Err(error) => {
                // Some errors end the transaction by themselves.
                if !self.db.is_autocommit() {
                    self.db.prepare_cached("ROLLBACK")?.execute([])?;
                }
                return Err(error);
            }
        };
        let committed = self.end_transaction();
        match committed.and_then(|()| self.check_files(WalFiles::check_commit)) {
            Ok(()) => {
                self.advance(draft, signed);
                self.write_ahead.committed(&self.db);
                Ok(written)
            }
            Err(error) => {
                self.doubtful = Some((draft, signed));
                Err(error)
            }
        }
    }

    /// Write a group and its checkpoint within the transaction.
    fn fill<T>(
        &self,
        draft: &mut Draft,
        sign: Sign,
        write: impl FnOnce(&Connection, &mut Draft) -> Result<T>,
    ) -> Result<(T, Option<Signed>)> {
        if last_seq(&self.db)? != draft.position.last_seq {
            return Err(invalid("another process has written to the trail; restart the gateway"));
        }
        let written = write(&self.db, draft)?;
        let Draft { position, change } = draft;
        let signed = self.log.checkpoint(position, sign);
        if let Some(signed) = &signed {
            log::write(&self.db, position, signed)?;
            self.unfinished.write(&self.db, change, position.last_seq + 1)?;
        }
        Ok((written, signed))
    }

    /// Continue from what is durable now.
    fn advance(&mut self, draft: Draft, signed: Option<Signed>) {
        self.unfinished.apply(draft.change);
        self.log.advance(draft.position, signed);
    }

    /// Commit. A commit that failed leaves no transaction open.
    fn end_transaction(&self) -> Result<()> {
        let committed = self.db.prepare_cached("COMMIT").and_then(|mut commit| commit.execute([]));
        if committed.is_err() && !self.db.is_autocommit() {
            self.db.prepare_cached("ROLLBACK")?.execute([])?;
        }
        Ok(committed.map(|_| ()).context("cannot commit to the trail")?)
    }

    /// Check with one of the checks of [`WalFiles`] whether the files hold everything that was committed.
    fn check_files(&self, check: impl FnOnce(&WalFiles, IsSettled<'_>) -> storage::Result<()>) -> Result<()> {
        self.lock.iter().try_for_each(WatchedFile::check)?;
        let is_settled = |settled: &Connection| -> Result<bool> { Ok(newest(settled)? == newest(&self.db)?) };
        Ok(check(&self.intact, &|settled| is_settled(settled).unwrap_or(false))?)
    }

    /// Resolve the outcome of a failed commit. If it succeeded nevertheless, its rows are part of the tree.
    fn resolve_doubtful_commit(&mut self) -> Result<()> {
        let Some((draft, _)) = &self.doubtful else { return Ok(()) };
        let is_written = last_seq(&self.db)? == draft.position.last_seq;
        // A commit without rows has only a checkpoint, which may be missing although all rows are present.
        let stored = log::read_latest(&self.db)?.map(|stored| stored.size);
        if let Some((draft, signed)) = self.doubtful.take()
            && is_written
        {
            self.advance(draft, signed.filter(|signed| stored == Some(signed.size())));
        }
        Ok(())
    }

    /// Write the first rows of this start: the beginning of the log, if it is new, and the outcomes of interrupted requests.
    fn begin(&mut self) -> Result<()> {
        let begun = self.log.beginning().map(|beginning| beginning.event(&self.verifier()));
        let mut rows: Vec<Row> = begun.map(|begun| begun.row(self.last_seq() + 1)).into_iter().collect();
        let next_seq = rows.last().map_or(self.last_seq(), |row| row.seq) + 1;
        rows.extend(self.interrupted(next_seq)?);
        self.append(&rows, Sign::Now)
    }

    /// The outcome `interrupted` for each unfinished request of an earlier gateway.
    fn interrupted(&self, first_seq: i64) -> Result<Vec<Row>> {
        let time_us = clock::unix_micros();
        let row = |(decision, seq)| Outcome::interrupted(time_us, decision).row(seq);
        Ok(Unfinished::left(&self.db)?.into_iter().zip(first_seq..).map(row).collect())
    }
}

impl Drop for Trail {
    fn drop(&mut self) {
        self.intact.settle_on_close(&self.db);
    }
}

/// Advice for a trail that cannot be opened.
const DAMAGED: &str = "the trail is damaged: run livegate audit restore with a copy of it; or move trail.db and its -wal and -shm \
    away, keep them as evidence, and restart the gateway to begin a new log";

/// Extra pages that an act of retention may use before it has freed others.
const PRUNING_PAGES: u32 = 1_024;

/// Statements that stay prepared.
const STATEMENTS: usize = 32;

/// Triggers keep other programs from rewriting rows. The writer checks the order of its rows itself, and every trigger costs each row.
fn enable_triggers(db: &Connection, enabled: bool) -> Result<()> {
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, enabled)?;
    Ok(())
}

fn insert(group: &Connection, draft: &mut Draft, row: &Row) -> Result<()> {
    let Draft { position, change } = draft;
    if row.seq <= position.last_seq {
        return Err(invalid(format!("row {} does not follow row {}", row.seq, position.last_seq)));
    }
    let Row { seq, bytes, keys } = row;
    let added = match keys {
        Keys::Decision { once, .. } => group
            .prepare_cached("INSERT INTO decision (seq, bytes, once) VALUES (?1, ?2, ?3)")?
            .execute(params![seq, bytes, once])?,
        // A commit may report an error and succeed nevertheless. Writing its rows again must not conflict with the existing ones.
        Keys::Outcome { decision, item } => group
            .prepare_cached(
                "INSERT INTO outcome (seq, bytes, decision, item) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            )?
            .execute(params![seq, bytes, decision, item])?,
        Keys::Event => {
            group.prepare_cached("INSERT INTO event (seq, bytes) VALUES (?1, ?2)")?.execute(params![seq, bytes])?
        }
    };
    match keys {
        Keys::Outcome { .. } if added == 0 => (),
        _ if added == 0 => {
            return Err(invalid("the trail has another row with this seq; run livegate audit verify"));
        }
        _ => position.push(row.table(), *seq, bytes.as_bytes()),
    }
    match keys {
        Keys::Decision { verdict: Verdict::Allow, .. } => change.begun.push(*seq),
        Keys::Outcome { decision, .. } => change.ended.push(*decision),
        Keys::Decision { .. } | Keys::Event => (),
    }
    Ok(())
}

/// The last row and its checkpoint, which the last commit wrote.
fn newest(db: &Connection) -> Result<(i64, Option<String>)> {
    Ok((last_seq(db)?, log::read_latest(db)?.map(|stored| stored.note)))
}

fn last_seq(db: &Connection) -> Result<i64> {
    Ok(db.prepare_cached("SELECT seq FROM last_seq")?.query_row([], |row| row.get(0))?)
}

fn read_earlier(row: &rusqlite::Row<'_>) -> rusqlite::Result<Earlier> {
    let json = |index| -> rusqlite::Result<Option<Map<String, Value>>> {
        let text: Option<String> = row.get(index)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    };
    let outcome: Option<String> = row.get(6)?;
    Ok(Earlier {
        caller: row.get(0)?,
        once: row.get(1)?,
        action: row.get(2)?,
        parameters: json(3)?.unwrap_or_default(),
        terms: json(4)?,
        time_us: row.get(5)?,
        outcome: outcome.as_deref().and_then(OutcomeKind::from_name).unwrap_or(OutcomeKind::Interrupted),
        code: row.get(7)?,
    })
}
