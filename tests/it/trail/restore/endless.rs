//! A file that yields rows endlessly.

use livegate::audit::VERIFIER_FILE;
use rusqlite::Connection;

use super::{Lived, audit};
use crate::support::verifiers::{python, rust};

/// Promise: An older copy of the trail is detected
#[tokio::test]
async fn verifiers_stop_at_endless_rows() {
    let lived = Lived::new().await;
    let db = Connection::open(&lived.backup).expect("the copy");
    let endless = "WITH RECURSIVE n (seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM n)
        SELECT seq, '{}' AS bytes, 0 AS time, 'stop' AS kind FROM n";
    db.execute_batch(&format!("DROP VIEW last_seq; DROP TABLE event; CREATE VIEW event AS {endless}"))
        .expect("an edit");
    drop(db);
    let key = lived.dir().join(VERIFIER_FILE);
    assert_eq!(rust(&lived.backup, &key, &[])["ok"], false);
    assert_eq!(python(&lived.backup, &key, &[])["ok"], false);
    let refused = audit(lived.dir(), &["restore", &lived.backup.to_string_lossy()]);
    assert!(!refused.status.success());
}
