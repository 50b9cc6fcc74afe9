//! What the tests share: a simulated Live, a studio with a gateway in it, and the trail as text.

pub mod asking;
pub mod bound;
pub mod disk;
pub mod fake_script;
pub mod forge;
pub mod http;
pub mod installation;
pub mod live;
pub mod net;
pub mod page;
pub mod process;
pub mod skip;
pub mod studio;
pub mod trail;
pub mod verifiers;

use std::path::{Path, PathBuf};

pub use live::SimulatedLive;
pub use studio::Studio;

/// The root of the source tree.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn binary() -> PathBuf {
    env!("CARGO_BIN_EXE_livegate").into()
}
