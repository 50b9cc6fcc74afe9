//! One fuzz target for each parser. `cargo test` runs each on its corpus and on a few thousand generated inputs; `cargo bolero test` searches on.

use std::path::{Path, PathBuf};

use bolero::check;
use livegate::fuzzing;
use livegate_fuzz::{corpus, edited};

/// The generated inputs of a run without a fuzzing engine.
const ITERATIONS: usize = 2_000;
const INPUT_BYTES_MAX: usize = 512;

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target)
}

macro_rules! targets {
    ($($target:ident)*) => {
        $(#[test]
        fn $target() {
            let files = corpus(&folder(stringify!($target)));
            check!().with_iterations(ITERATIONS).with_max_len(INPUT_BYTES_MAX).for_each(|input: &[u8]| {
                fuzzing::$target(input);
                fuzzing::$target(&edited(&files, input));
            });
        })*
    };
}

targets! {
    client_lines
    script_answers
    configuration
    roles
    checkpoints
    proofs
    pairing_messages
    osc_packets
    gateway_answers
}

#[test]
fn tokens() {
    let keys = tempfile::tempdir().expect("a folder");
    let verify = fuzzing::tokens(keys.path());
    let files = corpus(&folder("tokens"));
    check!().with_iterations(ITERATIONS).with_max_len(INPUT_BYTES_MAX).for_each(|input: &[u8]| {
        verify(input);
        verify(&edited(&files, input));
    });
}
