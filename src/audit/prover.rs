//! Creates inclusion and consistency proofs from a trail. Checking them does not need the trail.

use std::ops::{ControlFlow, Range};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use rusqlite::{Connection, OptionalExtension, params};

use super::checkpoint::{Signed, Verifier, read_hash, read_size};
use super::error::{Result, invalid};
use super::leaves::{self, Position};
use super::log::{Stored, read_latest};
use super::pruned::{Pruned, PrunedTree};
use super::row::Table;
use super::tree::{self, Frontier, Hash, proof};
use crate::failure::Context;
use crate::storage::schema;

/// Makes inclusion proofs for rows from a read-only connection to the trail.
pub struct Prover {
    db: Connection,
}

/// Inclusion proof of a row: C2SP tlog-proof, with the row itself as its extra data.
#[derive(Debug)]
pub struct Proof {
    /// Format, table, seq and canonical bytes: the data of the leaf.
    pub leaf_data: Vec<u8>,
    /// Index of the leaf, from 0.
    pub index: u64,
    /// The audit path from the leaf to the root (RFC 6962, 2.1.1).
    pub hashes: Vec<Hash>,
    /// The checkpoint that the proof leads to.
    pub note: String,
}

const MAGIC: &str = "c2sp.org/tlog-proof@v1";
/// Upper bound of a proof's length, which the largest row does not reach.
pub const PROOF_BYTES_MAX: usize = 16 * 1024 * 1024;

impl Proof {
    /// The proof as a text file (C2SP tlog-proof), which `parse` reads.
    pub fn to_text(&self) -> String {
        let hashes: String = self.hashes.iter().map(|hash| BASE64.encode(hash) + "\n").collect();
        let extra = BASE64.encode(&self.leaf_data);
        format!("{MAGIC}\nextra {extra}\nindex {}\n{hashes}\n{}", self.index, self.note)
    }

    /// Reads a text file of at most `PROOF_BYTES_MAX` bytes. Nothing is verified yet.
    pub fn parse(text: &str) -> Result<Proof> {
        if text.len() > PROOF_BYTES_MAX {
            return Err(invalid("it is too long for a proof"));
        }
        let (front, note) = text.split_once("\n\n").ok_or_else(|| invalid("it has no checkpoint"))?;
        let mut lines = front.lines();
        if lines.next() != Some(MAGIC) {
            return Err(invalid(format!("its first line is not {MAGIC}")));
        }
        let extra =
            lines.next().and_then(|line| line.strip_prefix("extra ")).ok_or_else(|| invalid("it has no row"))?;
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).and_then(read_size);
        let hashes: Option<Vec<Hash>> = lines.map(read_hash).collect();
        Ok(Proof {
            leaf_data: BASE64.decode(extra).context("its row is not in base64")?,
            index: index.ok_or_else(|| invalid("it has no index"))?,
            hashes: hashes.ok_or_else(|| invalid("its hashes are not in base64"))?,
            note: note.to_owned(),
        })
    }

    /// Check that the log's key signed the checkpoint and that its tree includes the row. Returns the row and the checkpoint.
    pub fn check(&self, key: &Verifier) -> Result<(Table, i64, &str, Signed)> {
        let signed = key.open(&self.note).context("its checkpoint is not valid")?;
        let head = signed.checkpoint.head;
        let leaf = tree::leaf_of_data(&self.leaf_data);
        if !proof::includes(&head.root, head.size, self.index, &leaf, &self.hashes) {
            return Err(invalid("the row is not in the log that the checkpoint signs"));
        }
        let (table, seq, bytes) =
            tree::read_leaf_data(&self.leaf_data).ok_or_else(|| invalid("its row has an unknown format"))?;
        Ok((table, seq, std::str::from_utf8(bytes).context("its row is not text")?, signed))
    }
}

impl Prover {
    /// Opens the trail for reading.
    pub fn open(path: &Path) -> Result<Prover> {
        let db = schema::open_read_only(path, schema::TRAIL)?;
        // Read one snapshot, independent of later writes.
        db.execute_batch("BEGIN")?;
        Ok(Prover { db })
    }

    /// Prove that the latest checkpoint covers the row.
    pub fn prove(&self, seq: i64) -> Result<Proof> {
        let signed = read_latest(&self.db)?.ok_or_else(|| invalid("no checkpoint has been signed yet"))?;
        let (table, bytes) = self.row(seq)?;
        if seq > signed.last_seq {
            return Err(invalid(format!(
                "row {seq} is not covered by a checkpoint yet; retry in a minute (trail.checkpoint_s)"
            )));
        }
        let index = self.index(seq)?;
        let hashes = self.hashes(&proof::inclusion(index, signed.size))?;
        let leaf_data = tree::leaf_data(table, seq, bytes.as_bytes());
        Ok(Proof { leaf_data, index, hashes, note: signed.note })
    }

    /// Prove that the tree of `size` leaves begins with that of `older_size`.
    pub fn prove_consistency(&self, older_size: u64, size: u64) -> Result<Vec<Hash>> {
        if older_size == 0 || older_size >= size {
            return Ok(Vec::new());
        }
        self.hashes(&proof::consistency(older_size, size))
    }

    fn has_signed(&self, size: u64) -> Result<bool> {
        let Ok(size) = i64::try_from(size) else { return Ok(false) };
        Ok(self.db.query_row("SELECT EXISTS (SELECT 1 FROM checkpoint WHERE size = ?1)", [size], |row| row.get(0))?)
    }

    /// Whether a checkpoint of this size was signed, including pruned ones.
    pub fn had_signed(&self, size: u64) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM pruned_checkpoint WHERE size = ?1)";
        let Ok(stored) = i64::try_from(size) else { return Ok(false) };
        Ok(self.has_signed(size)? || self.db.query_row(sql, [stored], |row| row.get(0))?)
    }

    fn row(&self, seq: i64) -> Result<(Table, String)> {
        for table in Table::ALL {
            let sql = format!("SELECT bytes FROM {} WHERE seq = ?1", table.name());
            if let Some(bytes) = self.db.query_row(&sql, [seq], |row| row.get(0)).optional()? {
                return Ok((table, bytes));
            }
        }
        match Pruned::read(&self.db)? {
            Some(pruned) if seq <= pruned.last_seq => Err(invalid(format!("row {seq} was pruned by retention"))),
            _ => Err(invalid(format!("there is no row {seq}"))),
        }
    }

    /// The leaf index of a row.
    fn index(&self, seq: i64) -> Result<u64> {
        let kept = "SELECT leaf FROM kept WHERE seq = ?1";
        if let Some(leaf) = self.db.query_row(kept, [seq], |row| row.get::<_, i64>(0)).optional()? {
            return Ok(leaf.cast_unsigned());
        }
        let (mut index, last_seq) =
            self.nearest("last_seq", seq - 1)?.map_or((0, i64::MIN), |near| (near.size, near.last_seq));
        leaves::each_row(&self.db, last_seq, |_, other, _| {
            if other >= seq {
                return Ok(ControlFlow::Break(()));
            }
            index += 1;
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(index)
    }

    /// The last checkpoint whose `column` is at most `bound`.
    fn nearest(&self, column: &str, bound: i64) -> Result<Option<Stored>> {
        let columns = Stored::COLUMNS;
        let sql = format!("SELECT {columns} FROM checkpoint WHERE {column} <= ?1 ORDER BY {column} DESC LIMIT 1");
        Ok(self.db.prepare_cached(&sql)?.query_row(params![bound], Stored::read).optional()?)
    }

    fn hashes(&self, ranges: &[Range<u64>]) -> Result<Vec<Hash>> {
        let gone = PrunedTree::read(&self.db)?;
        let hash = |range: &Range<u64>| match &gone {
            Some(gone) if range.end <= gone.pruned.size => gone
                .hash(range)?
                .ok_or_else(|| invalid("the hashes of pruned rows are damaged; run livegate audit verify")),
            _ => self.hash(range),
        };
        ranges.iter().map(hash).collect()
    }

    /// The hash of a subtree whose rows are not pruned. The frontier of a checkpoint within the subtree saves hashing the rows before it.
    fn hash(&self, range: &Range<u64>) -> Result<Hash> {
        let (mut index, after_seq, within) = self.start(range)?;
        let mut subtree = Position { last_seq: after_seq, frontier: within };
        leaves::each_row(&self.db, after_seq, |table, seq, bytes| {
            if index >= range.end {
                return Ok(ControlFlow::Break(()));
            }
            if index >= range.start {
                subtree.push(table, seq, bytes);
            }
            index += 1;
            Ok(ControlFlow::Continue(()))
        })?;
        if subtree.size() == range.end - range.start {
            Ok(subtree.frontier.root())
        } else {
            Err(invalid("rows are missing; run livegate audit verify"))
        }
    }

    /// Where to start hashing a subtree: the leaf index, the seq before it, and the subtree's frontier there.
    fn start(&self, range: &Range<u64>) -> Result<(u64, i64, Frontier)> {
        // The frontier of a checkpoint at the subtree's end may contain it only as part of a larger subtree.
        for bound in [range.end, range.end - 1] {
            let Some(near) = self.nearest("size", i64::try_from(bound)?)? else { break };
            if near.size < range.start {
                return Ok((near.size, near.last_seq, Frontier::default()));
            }
            if let Some(within) = near.frontier()?.from(range.start) {
                return Ok((near.size, near.last_seq, within));
            }
        }
        Ok((0, i64::MIN, Frontier::default()))
    }
}
