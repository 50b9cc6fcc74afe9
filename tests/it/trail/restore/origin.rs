//! A log that follows another without a row that records it.

use livegate::audit::checkpoint::{Checkpoint, Signed, SigningKey};
use livegate::audit::{self, VERIFIER_FILE};
use rusqlite::Connection;

use super::remembered;
use crate::support::verifiers::{python, rust, used};

/// Promise: Edits of the trail are detected as the table states
#[tokio::test]
async fn an_undeclared_new_log_is_detected() {
    let studio = used().await;
    let trail = studio.dir.path().join(audit::FILE);
    let key = studio.dir.path().join(VERIFIER_FILE);
    let signing = SigningKey::open(&studio.dir.path().join("keys")).expect("the key");
    let head = Signed::unverified(&remembered(studio.dir.path())).expect("a note").checkpoint.head;
    let note = signing.sign(Checkpoint { origin: "livegate-trail/other".into(), head }).note;
    let db = Connection::open(&trail).expect("the trail");
    let trigger: String = db
        .query_row("SELECT sql FROM sqlite_schema WHERE name = 'checkpoint_stays'", [], |row| row.get(0))
        .expect("a trigger");
    db.execute_batch("DROP TRIGGER checkpoint_stays").expect("no trigger");
    let sql = "UPDATE checkpoint SET note = ?1 WHERE size = (SELECT max(size) FROM checkpoint)";
    assert_eq!(db.execute(sql, [note]).expect("another note"), 1);
    db.execute_batch(&trigger).expect("the trigger");
    drop(db);
    std::fs::write(&key, signing.verifier("livegate-trail/other").to_string()).expect("a file");
    for reported in [rust(&trail, &key, &[]), python(&trail, &key, &[])] {
        let problems = reported["problems"].as_array().expect("problems");
        assert_eq!(problems.len(), 1, "{reported:#}");
        assert!(
            problems[0]
                .as_str()
                .is_some_and(|reported| reported.contains("no row records that livegate-trail/other follows"))
        );
    }
}
