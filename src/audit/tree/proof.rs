//! Inclusion and consistency proofs (RFC 6962, section 2.1), checked by the algorithms of RFC 9162, section 2.1.
//!
//! A proof consists of the hashes of some ranges of leaves. This module computes the ranges; the caller supplies their hashes.

use std::ops::Range;

use super::{Hash, left_size, node};

/// The ranges whose hashes prove that a tree of this size has the leaf `index`, from the leaf's sibling to the root's child.
pub fn inclusion(index: u64, size: u64) -> Vec<Range<u64>> {
    let mut ranges = Vec::new();
    let mut tree = 0..size;
    while tree.end - tree.start > 1 {
        let middle = tree.start + left_size(tree.end - tree.start);
        let left = tree.start..middle;
        let right = middle..tree.end;
        let (inner, other) = if index < middle { (left, right) } else { (right, left) };
        ranges.push(other);
        tree = inner;
    }
    ranges.reverse();
    ranges
}

/// The ranges whose hashes prove that a tree of this size begins with the one that had `older_size` leaves.
pub fn consistency(older_size: u64, size: u64) -> Vec<Range<u64>> {
    let mut ranges = Vec::new();
    let mut tree = 0..size;
    let mut is_older_tree = true;
    while tree.end > older_size {
        let middle = tree.start + left_size(tree.end - tree.start);
        let left = tree.start..middle;
        let right = middle..tree.end;
        if older_size <= middle {
            ranges.push(right);
            tree = left;
        } else {
            ranges.push(left);
            tree = right;
            is_older_tree = false;
        }
    }
    // The verifier knows the older tree's root.
    if !is_older_tree {
        ranges.push(tree);
    }
    ranges.reverse();
    ranges
}

/// Whether the proof shows that the tree with this size and root includes the leaf at `index`.
pub fn includes(root: &Hash, size: u64, index: u64, leaf: &Hash, proof: &[Hash]) -> bool {
    if index >= size {
        return false;
    }
    let mut position = index;
    let mut last = size - 1;
    let mut hash = *leaf;
    for neighbour in proof {
        if last == 0 {
            return false;
        }
        if position & 1 == 1 || position == last {
            hash = node(neighbour, &hash);
            while position & 1 == 0 && position != 0 {
                position >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(&hash, neighbour);
        }
        position >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// A tree head, as a checkpoint states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Number of leaves.
    pub size: u64,
    /// The root hash (RFC 6962, 2.1).
    pub root: Hash,
}

/// Whether the proof shows that the newer tree begins with the older one.
pub fn is_consistent(older: &Head, newer: &Head, proof: &[Hash]) -> bool {
    if older.size == newer.size {
        return proof.is_empty() && older.root == newer.root;
    }
    if older.size == 0 {
        return proof.is_empty();
    }
    if older.size > newer.size {
        return false;
    }
    let mut proof = proof.iter();
    // A complete older tree is itself the first hash.
    let first = if older.size.is_power_of_two() { Some(&older.root) } else { proof.next() };
    let Some(first) = first else { return false };
    let mut position = older.size - 1;
    let mut last = newer.size - 1;
    while position & 1 == 1 {
        position >>= 1;
        last >>= 1;
    }
    let mut older_hash = *first;
    let mut newer_hash = *first;
    for neighbour in proof {
        if last == 0 {
            return false;
        }
        if position & 1 == 1 || position == last {
            older_hash = node(neighbour, &older_hash);
            newer_hash = node(neighbour, &newer_hash);
            while position & 1 == 0 && position != 0 {
                position >>= 1;
                last >>= 1;
            }
        } else {
            newer_hash = node(&newer_hash, neighbour);
        }
        position >>= 1;
        last >>= 1;
    }
    last == 0 && older_hash == older.root && newer_hash == newer.root
}
