//! The trail as a Merkle tree (RFC 6962): every row is a leaf, in the order of seq; what stands for all of them is one hash.

pub mod proof;

use std::ops::Range;

use aws_lc_rs::digest::{SHA256, digest};

use super::row::Table;

pub type Hash = [u8; 32];

/// The first byte of every leaf. Another form of row gets another.
const FORMAT: u8 = 1;
/// RFC 6962 tells leaves from nodes by these, so that no node can pass for a row.
const LEAF: u8 = 0;
const NODE: u8 = 1;
/// More hashes than this no tree of 64-bit indexes has in its frontier.
const HASHES_MAX: usize = 64;
const FRONT_BYTES: usize = 10;

/// What is hashed of a row: format, table, seq (8 bytes, the highest first), canonical bytes.
pub fn leaf_data(table: Table, seq: i64, bytes: &[u8]) -> Vec<u8> {
    [front(table, seq).as_slice(), bytes].concat()
}

/// The hash of a row.
pub fn leaf(table: Table, seq: i64, bytes: &[u8]) -> Hash {
    sha256(&[&[LEAF], front(table, seq).as_slice(), bytes].concat())
}

/// The hash of what [`leaf_data`] gave.
pub fn leaf_of_data(data: &[u8]) -> Hash {
    sha256(&[&[LEAF], data].concat())
}

/// The row in what [`leaf_data`] gave, if it has that form.
pub fn read_leaf_data(data: &[u8]) -> Option<(Table, i64, &[u8])> {
    let (front, bytes) = data.split_at_checked(FRONT_BYTES)?;
    let seq = i64::from_be_bytes(front[2..].try_into().ok()?);
    let table = Table::from_number(front[1])?;
    (front[0] == FORMAT).then_some((table, seq, bytes))
}

pub fn node(left: &Hash, right: &Hash) -> Hash {
    let mut both = [NODE; 65];
    both[1..33].copy_from_slice(left);
    both[33..].copy_from_slice(right);
    sha256(&both)
}

fn front(table: Table, seq: i64) -> [u8; FRONT_BYTES] {
    let mut front = [FORMAT, table.number(), 0, 0, 0, 0, 0, 0, 0, 0];
    front[2..].copy_from_slice(&seq.to_be_bytes());
    front
}

/// At once: a context for parts of it would cost more than joining them.
fn sha256(data: &[u8]) -> Hash {
    digest(&SHA256, data).as_ref().try_into().expect("SHA-256 has 32 bytes")
}

/// The hashes of the complete subtrees that leaves form so far, the largest first: all that is needed to go on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    hashes: Vec<Hash>,
}

impl Frontier {
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Add a leaf at the end.
    pub fn push(&mut self, leaf: Hash) {
        self.push_noting(leaf, |_, _| ());
    }

    /// Add a leaf at the end, and hand over each complete subtree that it completes, itself first.
    pub fn push_noting(&mut self, leaf: Hash, mut note: impl FnMut(Range<u64>, &Hash)) {
        let end = self.size + 1;
        let mut right = leaf;
        note(self.size..end, &right);
        for level in 1..=self.size.trailing_ones() {
            let left = self.hashes.pop().expect("one hash for each bit of the size");
            right = node(&left, &right);
            note(end - (1 << level)..end, &right);
        }
        self.hashes.push(right);
        self.size = end;
    }

    /// What stands for all leaves.
    pub fn root(&self) -> Hash {
        let mut hashes = self.hashes.iter().rev();
        let Some(last) = hashes.next() else { return sha256(&[]) };
        hashes.fold(*last, |right, left| node(left, &right))
    }

    /// The part of it from a leaf on, where one of its subtrees begins with that leaf or the leaf is the next to come.
    pub fn from(&self, start: u64) -> Option<Frontier> {
        if start == self.size {
            return Some(Frontier::default());
        }
        let index = complete_subtrees(self.size).position(|subtree| subtree.start == start)?;
        Some(Frontier { size: self.size - start, hashes: self.hashes[index..].to_vec() })
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        self.hashes.concat()
    }

    /// `None` if these are not as many hashes as a tree of this size has.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Frontier> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        let fits = rest.is_empty() && hashes.len() == size.count_ones() as usize && hashes.len() <= HASHES_MAX;
        fits.then(|| Frontier { size, hashes: hashes.to_vec() })
    }
}

/// The complete subtrees that make up a tree of this size, the largest first: what its frontier has the hashes of.
pub fn complete_subtrees(size: u64) -> impl Iterator<Item = Range<u64>> {
    subtree_sizes(size).scan(0, |start, size| {
        let range = *start..*start + size;
        *start = range.end;
        Some(range)
    })
}

/// The complete subtrees that hold a leaf, the smallest first.
pub fn subtrees_of(leaf: u64) -> impl Iterator<Item = Range<u64>> {
    (0..u64::BITS - 1).map(move |level| {
        let start = leaf >> level << level;
        start..start.saturating_add(1 << level)
    })
}

/// How many leaves the left half of a tree has: the largest power of two below its size.
pub fn left_size(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// The sizes of a tree's complete subtrees, the largest first.
fn subtree_sizes(size: u64) -> impl Iterator<Item = u64> {
    (0..u64::BITS).rev().map(|bit| 1 << bit).filter(move |power| size & power != 0)
}

#[cfg(test)]
mod tests;
