//! Pruning old rows: rights, results, and verification of the retained rows.

use std::path::{Path, PathBuf};
use std::process::Output;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use livegate::audit;
use livegate::audit::checkpoint::Signed;
use livegate::audit::tree::proof;
use livegate::client::Client;
use livegate::review::{Filter, Page, Position, Review};
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use crate::support::verifiers::{python, rust};
use crate::support::{Studio, process, trail};

async fn studio() -> Studio {
    Studio::open_with(|config| {
        config.trail.checkpoint_rows = 8;
        config.retention.transaction_rows_max = 64;
    })
    .await
}

async fn change(client: &mut Client, times: u64) {
    for bpm in 60..60 + times {
        let answer = client.ask(json!({"action": "set_tempo", "bpm": bpm})).await.expect("an answer");
        assert_eq!(answer["ok"], true, "{answer:?}");
    }
}

async fn prune(owner: &mut Client, before: &str) -> Value {
    Value::Object(owner.ask(json!({"action": "audit_prune", "before": before})).await.expect("an answer"))
}

/// Whether an answer proves that the trail of the older checkpoint is a prefix of that of the newer one.
fn is_proved(older: &Map<String, Value>, newer: &Map<String, Value>, answer: &Map<String, Value>) -> bool {
    let head = |answer: &Map<String, Value>| {
        Signed::unverified(answer["checkpoint"].as_str().expect("a note")).expect("a note").checkpoint.head
    };
    let hashes = answer["proof"].as_array().expect("a proof").iter().map(|hash| {
        let hash = BASE64.decode(hash.as_str().expect("a text")).expect("base64");
        hash.try_into().expect("a hash")
    });
    proof::is_consistent(&head(older), &head(newer), &hashes.collect::<Vec<[u8; 32]>>())
}

/// The report of both verifiers, which must be the same.
fn verified(state_dir: &Path, anchors: &[PathBuf]) -> Value {
    let trail = state_dir.join(audit::FILE);
    let key = state_dir.join(audit::VERIFIER_FILE);
    let rust = rust(&trail, &key, anchors);
    let python = python(&trail, &key, anchors);
    for key in ["ok", "rows", "removed", "checkpoints", "covered"] {
        assert_eq!(rust[key], python[key], "{key}: {rust:#} {python:#}");
    }
    rust
}

fn livegate(state_dir: &Path, args: &[&str]) -> Output {
    process::livegate().args(args).arg("--state-dir").arg(state_dir).output().expect("the command runs")
}

fn text(output: &[u8]) -> String {
    String::from_utf8_lossy(output).into_owned()
}

/// Promise: Retention prunes only old rows
#[tokio::test]
async fn old_rows_are_pruned_while_running() {
    let mut studio = studio().await;
    let dir = studio.dir.path().to_owned();
    let mut producer = studio.caller("producer").await;
    change(&mut producer, 40).await;
    let remembered = producer.ask(json!({"action": "whoami"})).await.expect("an answer");
    let kept = dir.join("kept.txt");
    std::fs::write(&kept, remembered["checkpoint"].as_str().expect("a checkpoint")).expect("a file");
    let before = trail::last_seq(&dir);
    let mut owner = studio.caller("owner").await;
    let answer = prune(&mut owner, "0s").await;
    assert!(answer["rows"].as_u64().is_some_and(|rows| rows > 60), "{answer:#}");
    assert!(answer["acts"].as_u64().is_some_and(|acts| acts > 1), "{answer:#}");
    // A connection continues although the row of its session may be pruned; its new rows still have its caller.
    change(&mut producer, 5).await;
    drop((producer, owner));
    studio.end().await;
    let report = verified(&dir, &[kept]);
    assert_eq!(report["ok"], true, "{report:#}");
    assert!(report["removed"].as_u64().is_some_and(|removed| removed > 60), "{report:#}");
    let later = trail::rows(&dir, before);
    let changes: Vec<_> = later.iter().filter(|row| row.action.as_deref() == Some("set_tempo")).collect();
    assert_eq!(changes.len(), 5);
    assert!(
        changes.iter().all(|row| row.caller.as_deref() == Some("producer") && row.address.is_some()),
        "{changes:#?}"
    );
    assert!(later.iter().any(|row| row.kind == "pruned"));
    let proved = livegate(&dir, &["audit", "prove", &changes[0].seq.to_string()]);
    assert!(proved.status.success(), "{}", text(&proved.stderr));
    let gone = livegate(&dir, &["audit", "prove", "3"]);
    assert!(text(&gone.stderr).contains("pruned by retention"), "{}", text(&gone.stderr));
}

/// Promise: Retention prunes only old rows
#[tokio::test]
async fn only_an_owner_prunes_rows() {
    let studio = studio().await;
    let mut owner = studio.caller("owner").await;
    for role in ["viewer", "engineer", "auditor"] {
        let mut caller = studio.caller(role).await;
        assert_eq!(prune(&mut caller, "0s").await["code"], "forbidden", "{role}");
    }
    let wrong = prune(&mut owner, "whenever").await;
    assert_eq!(wrong["code"], "invalid_params", "{wrong:#}");
    let early = prune(&mut owner, "2099-01-01").await;
    assert_eq!(early["code"], "invalid_params", "{early:#}");
    let nothing = prune(&mut owner, "1d").await;
    assert_eq!((&nothing["ok"], &nothing["rows"]), (&json!(true), &json!(0)));
}

/// Promise: Retention prunes only old rows
#[tokio::test]
async fn an_old_checkpoint_is_proved_after_pruning() {
    let studio = studio().await;
    let mut producer = studio.caller("producer").await;
    change(&mut producer, 20).await;
    let older = producer.ask(json!({"action": "whoami"})).await.expect("an answer");
    change(&mut producer, 20).await;
    let mut owner = studio.caller("owner").await;
    let between = producer.ask(json!({"action": "whoami"})).await.expect("an answer");
    assert!(prune(&mut owner, "0s").await["rows"].as_u64().is_some_and(|rows| rows > 0));
    let newer = producer.ask(json!({"action": "whoami"})).await.expect("an answer");
    let size = |answer: &Map<String, Value>| -> u64 {
        answer["checkpoint"].as_str().and_then(|note| note.lines().nth(1)?.parse().ok()).expect("a size")
    };
    // Rows may be pruned between the issue of a checkpoint and a query about it.
    for (earlier, later) in [(&older, &between), (&older, &newer), (&between, &newer)] {
        let ask = json!({"action": "audit_consistency", "older_size": size(earlier), "size": size(later)});
        let answer = producer.ask(ask).await.expect("an answer");
        assert_eq!(answer["ok"], true, "{answer:?}");
        assert!(is_proved(earlier, later, &answer), "{answer:?}");
    }
    let ask = json!({"action": "audit_consistency", "older_size": size(&older) - 1, "size": size(&newer)});
    assert_eq!(producer.ask(ask).await.expect("an answer")["code"], "invalid_params");
}

/// Promise: Retention prunes only old rows
#[tokio::test]
async fn pruned_rows_leave_no_bytes() {
    let mut studio = studio().await;
    let dir = studio.dir.path().to_owned();
    let mut producer = studio.caller("producer").await;
    let secret = json!({"action": "rename_track", "track_index": 0, "name": "Zanzibar the secret song"});
    assert_eq!(producer.ask(secret).await.expect("an answer")["ok"], true);
    let renamed = json!({"action": "rename_track", "track_index": 0, "name": "Drums"});
    assert_eq!(producer.ask(renamed).await.expect("an answer")["ok"], true);
    change(&mut producer, 20).await;
    let found = |words: &str| {
        let (review, _) = Review::current(&dir, |_, _| false).expect("an index");
        let filter = Filter::read(json!({"text": words}).as_object().expect("parameters"), 0).expect("a filter");
        review.find(&filter, Position::After(0), Page::of(Position::After(0), 10).limit).expect("rows").len()
    };
    assert!(found("zanzibar") > 0);
    let mut owner = studio.caller("owner").await;
    assert!(prune(&mut owner, "0s").await["rows"].as_u64().is_some_and(|rows| rows > 0));
    assert_eq!(found("zanzibar"), 0);
    assert!(found("producer") > 0, "the session that continues");
    drop((producer, owner));
    studio.end().await;
    Connection::open(dir.join(audit::FILE))
        .expect("the trail")
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .expect("one file");
    let bytes = std::fs::read(dir.join(audit::FILE)).expect("the file");
    assert!(!bytes.windows(8).any(|window| window == b"Zanzibar"));
}

/// Promise: Retention prunes only old rows
#[tokio::test]
async fn rows_above_the_size_limit_are_pruned() {
    let mut studio = Studio::open_with(|config| {
        config.trail.checkpoint_rows = 8;
        config.retention.bytes_max = 1 << 20;
        config.retention.age_min_days = 0;
        config.retention.interval_s = 1;
    })
    .await;
    let dir = studio.dir.path().to_owned();
    let mut producer = studio.caller("producer").await;
    let trail_file = dir.join(audit::FILE);
    let name = "x".repeat(200);
    for round in 0..u64::MAX {
        let rename = json!({"action": "rename_track", "track_index": 0, "name": format!("{name}{round}")});
        assert_eq!(producer.ask(rename).await.expect("an answer")["ok"], true);
        let acts: i64 = Connection::open(&trail_file)
            .and_then(|db| db.query_row("SELECT count(*) FROM pruned", [], |row| row.get(0)))
            .expect("a count");
        if acts > 0 {
            break;
        }
    }
    drop(producer);
    studio.end().await;
    let pruned = trail::rows(&dir, 0).into_iter().find(|row| row.kind == "pruned").expect("an act");
    assert_eq!(pruned.details.expect("details")["reason"], "size");
    assert_eq!(verified(&dir, &[])["ok"], true);
}

#[tokio::test]
async fn the_command_prunes_without_a_gateway() {
    let mut studio = studio().await;
    let dir = studio.dir.path().to_owned();
    let mut producer = studio.caller("producer").await;
    change(&mut producer, 20).await;
    drop(producer);
    studio.end().await;
    let would = livegate(&dir, &["audit", "prune", "--before", "0s", "--dry-run"]);
    assert!(text(&would.stdout).contains("would prune"), "{}", text(&would.stderr));
    assert_eq!(verified(&dir, &[])["removed"], 0);
    let done = livegate(&dir, &["audit", "prune", "--before", "0s", "--json"]);
    let answer: Value = serde_json::from_slice(&done.stdout).unwrap_or_else(|_| panic!("{}", text(&done.stderr)));
    assert!(answer["rows"].as_u64().is_some_and(|rows| rows > 40), "{answer:#}");
    let report = verified(&dir, &[]);
    assert!(report["ok"] == true && report["removed"].as_u64().is_some_and(|removed| removed > 40), "{report:#}");
    let wrong = livegate(&dir, &["audit", "prune", "--before", "soon"]);
    assert!(!wrong.status.success() && text(&wrong.stderr).contains("is not a time"), "{}", text(&wrong.stderr));
}

/// Promise: Retention prunes only old rows
#[tokio::test]
async fn an_idempotency_key_protects_its_row() {
    let studio = studio().await;
    let mut producer = studio.caller("producer").await;
    change(&mut producer, 20).await;
    let once = json!({"action": "set_tempo", "bpm": 91, "once": "take-7"});
    assert_eq!(producer.ask(once.clone()).await.expect("an answer")["ok"], true);
    change(&mut producer, 20).await;
    let mut owner = studio.caller("owner").await;
    assert!(prune(&mut owner, "0s").await["rows"].as_u64().is_some_and(|rows| rows > 0));
    drop((producer, owner));
    let mut studio = studio.restart().await;
    let mut producer = studio.caller("producer").await;
    let again = producer.ask(once).await.expect("an answer");
    assert_eq!(again["repeated"], true, "{again:?}");
    drop(producer);
    studio.end().await;
    assert_eq!(verified(studio.dir.path(), &[])["ok"], true);
}

/// Promise: Retention prunes only old rows
#[tokio::test]
async fn questions_about_pruned_rows_name_the_start() {
    let mut studio = studio().await;
    let dir = studio.dir.path().to_owned();
    let mut producer = studio.caller("producer").await;
    change(&mut producer, 20).await;
    let mut owner = studio.caller("owner").await;
    let reported = |answer: serde_json::Map<String, Value>| answer.get("removed_until").cloned();
    let diff = json!({"action": "audit_diff", "since": "1h"});
    assert_eq!(reported(owner.ask(diff.clone()).await.expect("an answer")), None);
    assert!(prune(&mut owner, "0s").await["rows"].as_u64().is_some_and(|rows| rows > 0));
    assert!(reported(owner.ask(diff).await.expect("an answer")).is_some());
    drop((producer, owner));
    studio.end().await;
    for command in ["diff", "replay"] {
        let dry = if command == "replay" { &["--dry-run"][..] } else { &[] };
        let said = livegate(&dir, &[&["audit", command, "--since", "1h"], dry].concat());
        assert!(text(&said.stdout).contains("retention has pruned the rows up to here"), "{}", text(&said.stdout));
    }
}
