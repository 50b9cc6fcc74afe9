//! Background job of the gateway that updates the search index periodically, so that searches need not wait for it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use tokio::sync::watch;

use super::{FILE, Review};
use crate::platform::WatchedFile;

/// An open index, valid while its file is at its path.
struct Kept {
    review: Review,
    file: WatchedFile,
}

/// Update the index every `every` until the gateway shuts down. Failures are retried; repeated failures are logged once.
pub async fn keep(state_dir: PathBuf, every: Duration, mut shutdown: watch::Receiver<bool>) {
    let (mut kept, mut is_well) = (None, true);
    while tokio::time::timeout(every, shutdown.wait_for(|&down| down)).await.is_err() {
        let (dir, ending) = (state_dir.clone(), shutdown.clone());
        let built = tokio::task::spawn_blocking(move || {
            let enough = || *ending.borrow() || ending.has_changed().is_err();
            Kept::caught_up(kept, &dir, enough)
        });
        let built = built.await.map_err(anyhow::Error::from).and_then(|built| built);
        if let Err(error) = &built
            && is_well
        {
            tracing::warn!(error = format!("{error:#}"), "the index of the trail cannot be built; reviewing may fail");
        }
        is_well = built.is_ok();
        kept = built.ok();
    }
}

impl Kept {
    fn caught_up(kept: Option<Kept>, state_dir: &Path, enough: impl Fn() -> bool) -> Result<Kept> {
        if let Some(mut kept) = kept.filter(|kept| kept.file.check().is_ok())
            && kept.review.catch_up(&enough).is_ok()
        {
            return Ok(kept);
        }
        let (review, _) = Review::current(state_dir, enough)?;
        let file = WatchedFile::new(state_dir.join(FILE))?;
        Ok(Kept { review, file })
    }
}
