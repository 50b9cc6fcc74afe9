//! Edits of corpus files, so that generated inputs get past a parser's first checks.

use std::fs;
use std::path::Path;

/// The files of a corpus, in a fixed order.
pub fn corpus(folder: &Path) -> Vec<Vec<u8>> {
    let listed = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = listed.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} is empty", folder.display());
    paths.iter().map(|path| fs::read(path).expect("a file of the corpus")).collect()
}

/// One of `corpus` with the edits that `script` encodes: its first byte chooses the file, and each further four bytes are an edit.
pub fn edited(corpus: &[Vec<u8>], script: &[u8]) -> Vec<u8> {
    let Some((choice, edits)) = script.split_first() else { return Vec::new() };
    let mut bytes = corpus[usize::from(*choice) % corpus.len()].clone();
    for edit in edits.chunks_exact(4) {
        let at = usize::from(u16::from_le_bytes([edit[1], edit[2]])) % (bytes.len() + 1);
        let run = (at + usize::from(edit[3] % 24)).min(bytes.len());
        match edit[0] % 6 {
            0 => _ = bytes.drain(at..run),
            1 => bytes.extend_from_within(at..run),
            2 => bytes.insert(at, edit[3]),
            3 => bytes[at..run].reverse(),
            4 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << (edit[3] % 8)),
            _ => {
                let other = &corpus[usize::from(edit[3]) % corpus.len()];
                let rest = other.get(at.min(other.len())..).unwrap_or_default().to_vec();
                bytes.truncate(at);
                bytes.extend(rest);
            }
        }
    }
    bytes
}

/// So many scripts of up to four edits, the same in every run (xorshift64).
pub fn scripts(count: usize) -> impl Iterator<Item = Vec<u8>> {
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut byte = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..count).map(move |_| {
        let edits = usize::from(byte() % 5);
        (0..1 + 4 * edits).map(|_| byte()).collect()
    })
}
