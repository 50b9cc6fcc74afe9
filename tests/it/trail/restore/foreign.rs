//! Copies that are not of this trail, or not as they were signed, are refused, and nothing changes.

use std::path::Path;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::{Lived, audit};

/// Promise: An older copy of the trail is detected
#[tokio::test]
async fn a_foreign_copy_is_not_restored() {
    let mut lived = Lived::new().await;
    let before = std::fs::read(lived.trail()).expect("the trail");
    let expect_refused = |lived: &Lived, file: &Path, why: &str| {
        let refused = audit(lived.dir(), &["restore", &file.to_string_lossy()]);
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(refused.status.code() == Some(1) && said.contains(why), "{said}");
        assert!(std::fs::read(lived.trail()).expect("the trail") == before && !lived.dir().join("restoring").exists());
    };
    expect_refused(&lived, &lived.trail(), "is the trail itself");
    expect_refused(&lived, &lived.away.path().join("nothing"), "cannot read");
    let users = lived.away.path().join("users.db");
    std::fs::copy(lived.dir().join("state.db"), &users).expect("a copy");
    expect_refused(&lived, &users, "it is not a readable trail");
    expect_refused(&lived, &users, "it is another database");
    let edited = lived.away.path().join("edited.db");
    // With a trigger removed, and with livegate's triggers in place.
    for (change, why) in [("DROP TRIGGER decision_kept;", "its tables"), ("", "the checkpoint")] {
        std::fs::copy(&lived.backup, &edited).expect("a copy");
        let db = Connection::open(&edited).expect("a copy");
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false).expect("a setting");
        db.execute_batch(&format!("{change} DELETE FROM decision WHERE bytes ->> 'verdict' = 'refuse'"))
            .expect("rows go");
        drop(db);
        let why = format!("it does not match its signed checkpoints, and nothing was changed: {why}");
        expect_refused(&lived, &edited, &why);
    }
    let key_file = lived.dir().join("keys/checkpoint.key");
    let key = std::fs::read(&key_file).expect("the key");
    livegate::platform::write_secret(&key_file, &"17".repeat(32).into()).expect("another key");
    expect_refused(&lived, &lived.backup, "restoring a copy needs the key that signed it");
    std::fs::remove_file(&key_file).expect("no key");
    expect_refused(&lived, &lived.backup, "has no keys/checkpoint.key");
    livegate::platform::write_private_bytes(&key_file, &key).expect("the key");
    lived.studio = lived.studio.restart().await;
    let refused = lived.restore();
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(refused.status.code() == Some(1) && said.contains("stop it first"), "{said}");
    lived.studio.end().await;
    lived.begun(1);
}
