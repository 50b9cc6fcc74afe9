//! Bounds what a test waits for, so that broken code fails it instead of hanging it. No test depends on the length.

use std::time::Duration;

const LONGEST: Duration = Duration::from_secs(60);

/// Wait for something that comes at once unless the product is broken.
pub async fn within<T>(what: &str, waiting: impl Future<Output = T>) -> T {
    let Ok(done) = tokio::time::timeout(LONGEST, waiting).await else {
        panic!("waited {} s for {what}", LONGEST.as_secs())
    };
    done
}
