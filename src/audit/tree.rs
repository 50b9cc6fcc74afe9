//! The trail as a Merkle tree (RFC 6962): each row is a leaf, in the order of seq.

pub mod proof;

use std::ops::Range;

use aws_lc_rs::digest::{SHA256, digest};

use super::row::Table;

pub(crate) type Hash = [u8; 32];

/// Format version, the first byte of every leaf.
const FORMAT: u8 = 1;
/// Domain separation of RFC 6962: leaves and nodes have different prefixes, so that no node is also a valid leaf.
const LEAF: u8 = 0;
const NODE: u8 = 1;
/// Limit of hashes in the frontier of a tree with 64-bit indexes.
const HASHES_MAX: usize = 64;
const FRONT_BYTES: usize = 10;

/// The data of a leaf: format, table, seq (8 bytes, big-endian), canonical bytes.
pub fn leaf_data(table: Table, seq: i64, bytes: &[u8]) -> Vec<u8> {
    [front(table, seq).as_slice(), bytes].concat()
}

/// The leaf hash of a row.
pub fn leaf(table: Table, seq: i64, bytes: &[u8]) -> Hash {
    sha256(&[&[LEAF], front(table, seq).as_slice(), bytes].concat())
}

/// The leaf hash of data from [`leaf_data`].
pub fn leaf_of_data(data: &[u8]) -> Hash {
    sha256(&[&[LEAF], data].concat())
}

/// Parse data from [`leaf_data`]; `None` if it has another form.
pub fn read_leaf_data(data: &[u8]) -> Option<(Table, i64, &[u8])> {
    let (front, bytes) = data.split_at_checked(FRONT_BYTES)?;
    let seq = i64::from_be_bytes(front[2..].try_into().ok()?);
    let table = Table::from_number(front[1])?;
    (front[0] == FORMAT).then_some((table, seq, bytes))
}

/// The hash of an inner node (RFC 6962, 2.1): SHA-256 of 0x01 and the hashes of its children.
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

/// One-shot: a context with several updates costs more than joining the parts.
fn sha256(data: &[u8]) -> Hash {
    digest(&SHA256, data).as_ref().try_into().expect("SHA-256 has 32 bytes")
}

/// The hashes of the complete subtrees of a tree, the largest first. Appending further leaves needs nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    hashes: Vec<Hash>,
}

impl Frontier {
    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Append a leaf.
    pub fn push(&mut self, leaf: Hash) {
        self.push_noting(leaf, |_, _| ());
    }

    /// Append a leaf, and pass each complete subtree that it completes to `note`, the leaf itself first.
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

    /// The root hash.
    pub fn root(&self) -> Hash {
        let mut hashes = self.hashes.iter().rev();
        let Some(last) = hashes.next() else { return sha256(&[]) };
        hashes.fold(*last, |right, left| node(left, &right))
    }

    /// The frontier of the leaves from `start` on, if `start` is the first leaf of one of its subtrees or the next leaf to append.
    pub fn from(&self, start: u64) -> Option<Frontier> {
        if start == self.size {
            return Some(Frontier::default());
        }
        let index = complete_subtrees(self.size).position(|subtree| subtree.start == start)?;
        Some(Frontier { size: self.size - start, hashes: self.hashes[index..].to_vec() })
    }

    /// The hashes one after the other, as the database stores them.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.hashes.concat()
    }

    /// `None` if the number of hashes does not match a tree of this size.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Frontier> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        let fits = rest.is_empty() && hashes.len() == size.count_ones() as usize && hashes.len() <= HASHES_MAX;
        fits.then(|| Frontier { size, hashes: hashes.to_vec() })
    }
}

/// The complete subtrees of a tree of this size, the largest first: those whose hashes are in its frontier.
pub fn complete_subtrees(size: u64) -> impl Iterator<Item = Range<u64>> {
    subtree_sizes(size).scan(0, |start, size| {
        let range = *start..*start + size;
        *start = range.end;
        Some(range)
    })
}

/// The complete subtrees that contain a leaf, the smallest first.
pub fn subtrees_of(leaf: u64) -> impl Iterator<Item = Range<u64>> {
    (0..u64::BITS - 1).map(move |level| {
        let start = leaf >> level << level;
        start..start.saturating_add(1 << level)
    })
}

/// Number of leaves in the left half of a tree: the largest power of two below its size.
pub fn left_size(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// The sizes of a tree's complete subtrees, the largest first.
fn subtree_sizes(size: u64) -> impl Iterator<Item = u64> {
    (0..u64::BITS).rev().map(|bit| 1 << bit).filter(move |power| size & power != 0)
}

#[cfg(test)]
mod tests;
