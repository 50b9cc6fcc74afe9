//! Random bytes of the operating system's quality: nonces, keys, identifiers.

/// `N` bytes that nobody can guess.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).expect("the system's source of randomness works, or nothing of ours is safe");
    bytes
}
