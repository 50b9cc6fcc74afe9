//! A studio without rate limits, in front of a simulated Live that measures its own ticks.

use std::num::NonZeroU32;
use std::path::PathBuf;

use livegate::config::{Limits, Rate};
use serde_json::Value;

use crate::support::{SimulatedLive, Studio, studio};

pub struct Measured {
    pub studio: Studio,
    figures: PathBuf,
}

impl Measured {
    /// `options` are further options of the simulated Live.
    pub async fn open(options: &[&str]) -> Measured {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let key_file = studio::write_key(dir.path());
        let figures = dir.path().join("figures.json");
        let measure = ["--measure", figures.to_str().expect("UTF-8")];
        let live = SimulatedLive::start_with(dir.path(), 0, Some(&key_file), &[&measure, options].concat());
        let studio = Studio::open_before(dir, live, |config| {
            let unlimited = Rate { per_second: NonZeroU32::MAX, burst: NonZeroU32::MAX };
            config.limits = Limits { read: unlimited, change: unlimited, heavy: unlimited, stop: unlimited };
        })
        .await;
        Measured { studio, figures }
    }

    /// Shut down, and return the simulated Live's figures.
    pub async fn end(mut self) -> Value {
        self.studio.end().await;
        let Studio { live, dir: _dir, .. } = self.studio;
        live.end();
        let figures = std::fs::read_to_string(self.figures).expect("figures");
        serde_json::from_str(&figures).expect("figures in JSON")
    }
}
