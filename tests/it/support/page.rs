//! Generated pages: compared with the stored files, and rewritten with `BLESS=1`.

use super::root;

/// Compare a page with its file; `BLESS=1 cargo test --test it FILTER` rewrites it.
pub fn expect_fresh(page: &str, fresh: &str, filter: &str) {
    let path = root().join(page);
    if livegate::config::blesses() {
        std::fs::write(&path, fresh).expect("the page");
    }
    let is_fresh = std::fs::read_to_string(&path).is_ok_and(|stored| stored == fresh);
    assert!(is_fresh, "{page} is stale; run: BLESS=1 cargo test --test it {filter}");
}
