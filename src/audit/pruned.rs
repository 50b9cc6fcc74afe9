//! The pruned part of the tree: its last checkpoint, the retained rows, and the subtree hashes that replace the pruned rows.

use std::collections::BTreeMap;
use std::ops::Range;

use aws_lc_rs::digest::{SHA256, digest};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;

use super::error::{Result, invalid};
use super::leaves::Position;
use super::log::Stored;
use super::tree::{self, Frontier, Hash, proof};

/// The latest act of retention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pruned {
    /// Number of leaves up to its checkpoint, over all acts; retained rows included.
    pub size: u64,
    /// The seq of the last of these leaves.
    pub last_seq: i64,
    /// The seq of the act's `pruned` event.
    pub act: i64,
}

impl Pruned {
    pub fn read(db: &Connection) -> Result<Option<Pruned>> {
        let sql = "SELECT size, last_seq, act FROM pruned ORDER BY size DESC LIMIT 1";
        let read = |row: &rusqlite::Row<'_>| {
            Ok(Pruned { size: row.get::<_, i64>(0)?.cast_unsigned(), last_seq: row.get(1)?, act: row.get(2)? })
        };
        Ok(db.prepare_cached(sql)?.query_row([], read).optional()?)
    }

    /// The checkpoint up to which rows were pruned.
    pub fn checkpoint(&self, db: &Connection) -> Result<Stored> {
        let sql = format!("SELECT {} FROM checkpoint WHERE size = ?1", Stored::COLUMNS);
        let stored = db.query_row(&sql, [i64::try_from(self.size)?], Stored::read).optional()?;
        stored.ok_or_else(|| invalid("the checkpoint up to which rows were pruned is missing"))
    }
}

/// The part of the tree whose rows were pruned.
pub struct PrunedTree<'a> {
    db: &'a Connection,
    pub pruned: Pruned,
    frontier: Frontier,
}

impl<'a> PrunedTree<'a> {
    /// `None` if no row was pruned.
    pub fn read(db: &'a Connection) -> Result<Option<PrunedTree<'a>>> {
        let Some(pruned) = Pruned::read(db)? else { return Ok(None) };
        let frontier = pruned.checkpoint(db)?.frontier()?;
        Ok(Some(PrunedTree { db, pruned, frontier }))
    }

    /// The position at which the unpruned rows begin.
    pub fn position(&self) -> Position {
        Position { last_seq: self.pruned.last_seq, frontier: self.frontier.clone() }
    }

    /// The hash of a range of leaves, if it is stored or can be computed from stored hashes.
    pub fn hash(&self, range: &Range<u64>) -> Result<Option<Hash>> {
        if range.end == self.pruned.size
            && let Some(rest) = self.frontier.from(range.start)
        {
            return Ok(Some(rest.root()));
        }
        let size = range.end - range.start;
        if let Some(stored) = self.stored(range.start, size)? {
            return Ok(Some(stored));
        }
        if size.is_power_of_two() || size == 0 {
            return Ok(None);
        }
        // This range ends an older tree. Its checkpoint was pruned, but the complete subtrees of that tree are stored.
        let middle = range.start + tree::left_size(size);
        let halves = self.hash(&(range.start..middle))?.zip(self.hash(&(middle..range.end))?);
        Ok(halves.map(|(left, right)| tree::node(&left, &right)))
    }

    fn stored(&self, start: u64, size: u64) -> Result<Option<Hash>> {
        let sql = "SELECT hash FROM subtree WHERE start = ?1 AND size = ?2";
        let row = params![i64::try_from(start)?, i64::try_from(size)?];
        Ok(self.db.prepare_cached(sql)?.query_row(row, |row| row.get(0)).optional()?)
    }

    /// Whether the pruned part has this leaf at this index.
    pub fn includes(&self, index: u64, leaf: &Hash) -> Result<bool> {
        if index >= self.pruned.size {
            return Ok(false);
        }
        let hashes = self.hashes(&proof::inclusion(index, self.pruned.size))?;
        let includes = |hashes: Vec<Hash>| proof::includes(&self.root(), self.pruned.size, index, leaf, &hashes);
        Ok(hashes.is_some_and(includes))
    }

    /// Whether the pruned part begins with the tree of an older signed tree head.
    pub fn begins_with(&self, older: &proof::Head) -> Result<bool> {
        let newer = proof::Head { size: self.pruned.size, root: self.root() };
        if older.size == 0 {
            return Ok(older.root == Frontier::default().root());
        }
        if older.size >= newer.size {
            return Ok(proof::is_consistent(older, &newer, &[]));
        }
        let hashes = self.hashes(&proof::consistency(older.size, newer.size))?;
        Ok(hashes.is_some_and(|hashes| proof::is_consistent(older, &newer, &hashes)))
    }

    /// The retained rows and their leaf indexes.
    pub fn kept(&self) -> Result<RetainedRows> {
        RetainedRows::read(self.db)
    }

    /// All stored subtree hashes, by first leaf and size.
    pub fn subtrees(&self) -> Result<BTreeMap<(u64, u64), Hash>> {
        let mut statement = self.db.prepare("SELECT start, size, hash FROM subtree")?;
        let number = |row: &rusqlite::Row<'_>, index| row.get::<_, i64>(index).map(i64::cast_unsigned);
        let rows = statement.query_map([], |row| Ok(((number(row, 0)?, number(row, 1)?), row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether the trail has a `pruned` event of an act that removed exactly these rows and retained exactly those that are retained.
    pub fn is_stated(&self) -> Result<bool> {
        let Pruned { size, last_seq, act } = self.pruned;
        let sql = "SELECT bytes FROM event WHERE seq = ?1";
        let bytes: Option<String> = self.db.query_row(sql, [act], |row| row.get(0)).optional()?;
        let expected = ActFields { kind: "pruned".into(), size, last_seq, kept_sha256: self.kept()?.digest() };
        let stated = bytes.and_then(|bytes| serde_json::from_str::<ActFields>(&bytes).ok());
        Ok(act > last_seq && stated == Some(expected))
    }

    pub fn root(&self) -> Hash {
        self.frontier.root()
    }

    fn hashes(&self, ranges: &[Range<u64>]) -> Result<Option<Vec<Hash>>> {
        ranges.iter().map(|range| self.hash(range)).collect()
    }
}

/// The fields of a `pruned` event that state its act.
#[derive(Debug, PartialEq, Eq, Deserialize)]
struct ActFields {
    kind: String,
    size: u64,
    last_seq: i64,
    kept_sha256: String,
}

/// Retained rows among pruned rows: leaf index by seq.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RetainedRows(pub BTreeMap<i64, u64>);

impl RetainedRows {
    pub fn read(db: &Connection) -> Result<RetainedRows> {
        let mut statement = db.prepare("SELECT seq, leaf FROM kept")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned())))?;
        Ok(RetainedRows(rows.collect::<Result<_, _>>()?))
    }

    /// The digest in the `pruned` event. It makes changes to the set of retained rows evident.
    pub fn digest(&self) -> String {
        let each = self.0.iter().flat_map(|(seq, leaf)| [seq.to_be_bytes(), leaf.to_be_bytes()]);
        hex::encode(digest(&SHA256, &each.flatten().collect::<Vec<u8>>()))
    }
}
