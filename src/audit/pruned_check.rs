//! Verifies the pruned part of the tree against its signed checkpoint: the `pruned` event, the retained rows and the stored subtree hashes.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};

use rusqlite::Connection;

use super::error::Result;
use super::leaves;
use super::pruned::PrunedTree;
use super::tree::{self, Hash, left_size, node};

/// Result of the verification.
#[derive(Debug, Default)]
pub struct PrunedCheck {
    /// Retained rows whose hashes match the tree.
    pub kept: u64,
    /// The mismatches, as sentences.
    pub problems: Vec<String>,
}

/// Verify the pruned part `pruned`. The caller verifies the signature of its checkpoint.
pub fn check(db: &Connection, gone: Option<&PrunedTree<'_>>) -> Result<PrunedCheck> {
    let mut left = PrunedCheck::default();
    let Some(gone) = gone else {
        for table in ["kept", "subtree", "pruned_checkpoint"] {
            let sql = format!("SELECT EXISTS (SELECT 1 FROM {table})");
            if db.query_row(&sql, [], |row| row.get(0))? {
                left.problems.push(format!("no row was pruned, but {table} has entries"));
            }
        }
        return Ok(left);
    };
    if !gone.is_stated()? {
        left.problems.push("rows are missing at the beginning, and no act of retention explains it".into());
    }
    let leaves = left.check_retained(db, gone)?;
    if gone.subtrees()?.keys().any(|&(start, size)| !is_node(start, size, gone.pruned.size)) {
        left.problems.push("a stored hash covers rows that were not pruned".into());
    }
    let mut subtrees = Subtrees { stored: gone.subtrees()?, leaves, problems: &mut left.problems };
    if subtrees.hash(0..gone.pruned.size) != Some(gone.root()) {
        left.problems.push("the hashes of pruned rows do not match the signed root".into());
    }
    Ok(left)
}

/// Whether these leaves form one node of a tree of `leaves` leaves.
fn is_node(start: u64, size: u64, leaves: u64) -> bool {
    let Some(end) = start.checked_add(size) else { return false };
    let mut node = 0..leaves;
    while node != (start..end) {
        let within = node.end - node.start;
        if within < 2 || start < node.start || end > node.end {
            return false;
        }
        let middle = node.start + left_size(within);
        node = if start < middle { node.start..middle } else { middle..node.end };
    }
    true
}

impl PrunedCheck {
    /// Verify the retained rows. Returns their leaf hashes by leaf index.
    fn check_retained(&mut self, db: &Connection, gone: &PrunedTree<'_>) -> Result<BTreeMap<u64, Hash>> {
        let mut kept = gone.kept()?.0;
        let mut leaves = BTreeMap::new();
        leaves::each_row(db, i64::MIN, |table, seq, bytes| {
            if seq > gone.pruned.last_seq {
                return Ok(ControlFlow::Break(()));
            }
            let leaf = tree::leaf(table, seq, bytes);
            match kept.remove(&seq) {
                Some(place) if gone.includes(place, &leaf)? => _ = leaves.insert(place, leaf),
                _ => self.problems.push(format!("row {seq} differs from the signed row, or was not retained")),
            }
            Ok(ControlFlow::Continue(()))
        })?;
        self.kept = leaves.len() as u64;
        let missing = kept.keys().map(|seq| format!("the retained row {seq} is missing"));
        self.problems.extend(missing);
        Ok(leaves)
    }
}

/// Stored subtree hashes of pruned rows, combined with the leaf hashes of retained rows.
struct Subtrees<'a> {
    /// By first leaf and size.
    stored: BTreeMap<(u64, u64), Hash>,
    leaves: BTreeMap<u64, Hash>,
    problems: &'a mut Vec<String>,
}

impl Subtrees<'_> {
    /// The hash of these leaves, or `None` if none of their hashes is known. If some are known, they must suffice to compute the hash of
    /// the whole range.
    fn hash(&mut self, range: Range<u64>) -> Option<Hash> {
        let size = range.end - range.start;
        let stored = self.stored.get(&(range.start, size)).copied();
        let below = match size {
            0 => None,
            1 => self.leaves.get(&range.start).copied(),
            _ if self.knows_within(&range) => {
                let middle = range.start + left_size(size);
                match (self.hash(range.start..middle), self.hash(middle..range.end)) {
                    (Some(left), Some(right)) => Some(node(&left, &right)),
                    (None, None) => None,
                    _ => {
                        self.does_not_fit(&range);
                        None
                    }
                }
            }
            _ => None,
        };
        if below.is_some() && stored.is_some() && below != stored {
            self.does_not_fit(&range);
        }
        below.or(stored)
    }

    fn knows_within(&self, range: &Range<u64>) -> bool {
        let size = range.end - range.start;
        let mut stored = self.stored.range((range.start, 0)..(range.end, 0));
        stored.any(|((_, within), _)| *within < size) || self.leaves.range(range.clone()).next().is_some()
    }

    fn does_not_fit(&mut self, range: &Range<u64>) {
        let start = range.start;
        let size = range.end - range.start;
        self.problems.push(format!("the stored hash of {size} rows from leaf {} on does not match", start + 1));
    }
}
