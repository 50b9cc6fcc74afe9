//! Compares the tree with RFC 6962's recursive definition, and checks that altered proofs are rejected.

use std::ops::Range;

use super::proof::{self, Head};
use super::{Frontier, Hash, leaf_of_data, node, sha256};

const SIZE_MAX: u64 = 40;

fn leaves(size: u64) -> Vec<Hash> {
    (0..size).map(|index| leaf_of_data(&index.to_be_bytes())).collect()
}

/// MTH of RFC 6962, section 2.1.
fn definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => sha256(&[]),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node(&definition(left), &definition(right))
        }
    }
}

fn frontier(leaves: &[Hash]) -> Frontier {
    let mut frontier = Frontier::default();
    leaves.iter().for_each(|leaf| frontier.push(*leaf));
    frontier
}

fn hashes(leaves: &[Hash], ranges: &[Range<u64>]) -> Vec<Hash> {
    ranges.iter().map(|range| definition(&leaves[range.start as usize..range.end as usize])).collect()
}

#[test]
fn roots_match_the_rfc_definition() {
    for size in 0..SIZE_MAX {
        let leaves = leaves(size);
        let frontier = frontier(&leaves);
        assert_eq!(frontier.root(), definition(&leaves), "{size}");
        assert_eq!(Frontier::from_bytes(size, &frontier.to_bytes()), Some(frontier.clone()));
        assert_eq!(
            Frontier::from_bytes(size + 1, &frontier.to_bytes()).is_some(),
            (size + 1).count_ones() == size.count_ones()
        );
    }
}

#[test]
fn published_test_vectors_match() {
    // The test vectors of Certificate Transparency implementations.
    let leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    let leaves: Vec<Hash> = leaves.iter().map(|data| leaf_of_data(&hex::decode(data).expect("hex"))).collect();
    for (size, root) in [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ] {
        assert_eq!(hex::encode(frontier(&leaves[..size]).root()), root, "{size}");
    }
}

#[test]
fn a_partial_frontier_has_its_leaves_root() {
    for size in 1..SIZE_MAX {
        let leaves = leaves(size);
        for start in 0..size {
            if let Some(part) = frontier(&leaves).from(start) {
                assert_eq!(part, frontier(&leaves[start as usize..]), "{start}..{size}");
            }
        }
    }
}

#[test]
fn inclusion_proofs_hold_for_their_leaf_only() {
    for size in 1..SIZE_MAX {
        let leaves = leaves(size);
        let root = definition(&leaves);
        for index in 0..size {
            let proof = hashes(&leaves, &proof::inclusion(index, size));
            let leaf = &leaves[index as usize];
            assert!(proof::includes(&root, size, index, leaf, &proof), "{index} of {size}");
            assert!(!proof::includes(&root, size, index, &leaf_of_data(b"another"), &proof));
            assert!(!proof::includes(&root, size, size, leaf, &proof));
            assert!(!proof::includes(&leaf_of_data(b"another"), size, index, leaf, &proof));
            assert!(!proof::includes(&root, size, index, leaf, &[proof.as_slice(), &[root]].concat()));
            for missing in 0..proof.len() {
                let mut short = proof.clone();
                short.remove(missing);
                assert!(!proof::includes(&root, size, index, leaf, &short), "{index} of {size} without {missing}");
            }
            for other in (0..size).filter(|other| *other != index) {
                assert!(!proof::includes(&root, size, other, leaf, &proof), "{index} of {size} passes for {other}");
            }
        }
    }
}

#[test]
fn consistency_proofs_hold_for_append_only_growth() {
    for newer_size in 1..SIZE_MAX {
        let leaves = leaves(newer_size);
        let newer = Head { size: newer_size, root: definition(&leaves) };
        for older_size in 1..=newer_size {
            let older = Head { size: older_size, root: definition(&leaves[..older_size as usize]) };
            let proof = hashes(&leaves, &proof::consistency(older_size, newer_size));
            assert!(proof::is_consistent(&older, &newer, &proof), "{older_size} in {newer_size}");
            let rewritten = Head { root: leaf_of_data(b"another"), ..older };
            assert!(!proof::is_consistent(&rewritten, &newer, &proof), "{older_size} in {newer_size}, rewritten");
            assert!(!proof::is_consistent(&older, &rewritten, &proof));
            let other_size = Head { size: older_size + 1, ..older };
            assert!(!proof::is_consistent(&other_size, &newer, &proof), "{older_size} in {newer_size}, another size");
            for missing in 0..proof.len() {
                let mut short = proof.clone();
                short.remove(missing);
                assert!(
                    !proof::is_consistent(&older, &newer, &short),
                    "{older_size} in {newer_size} without {missing}"
                );
            }
        }
    }
}
