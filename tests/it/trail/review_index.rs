//! The index beside the trail: built in steps by any number of processes, and updated after pruning and new rows.

use std::path::Path;
use std::process::Stdio;

use livegate::review::{Comparison, Filter, Page, Position, Progress, Review, compare};
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::support::{Studio, process};

/// A studio that has ended, with this many changes of tempo, and no index.
async fn with_changes(count: u64) -> Studio {
    let mut studio = Studio::open_with(|config| config.review.build_ms = 1_000_000).await;
    let mut owner = studio.caller("owner").await;
    for change in 0..count {
        let answer = owner.ask(json!({"action": "set_tempo", "bpm": 60 + change})).await.expect("an answer");
        assert_eq!(answer["ok"], true);
    }
    drop(owner);
    studio.end().await;
    studio
}

fn found(review: &Review, question: Value) -> Vec<i64> {
    let filter = Filter::read(question.as_object().expect("parameters"), 0).expect("a filter");
    let page = Page::of(Position::After(0), 1_000);
    review.list(&filter, &page).expect("rows").iter().map(|row| row.seq).collect()
}

fn caught_up(state_dir: &Path) -> Review {
    let mut review = Review::open(state_dir).expect("an index");
    assert_eq!(review.catch_up(|_, _| false).expect("an end"), Progress::Complete);
    review
}

#[tokio::test]
async fn several_processes_build_one_index() {
    let studio = with_changes(8).await;
    let dir = studio.dir.path();
    let mut review = Review::open(dir).expect("an index");
    let last_seq = review.trail().last_seq().expect("a seq");
    assert_eq!(review.catch_up(|_, _| true).expect("a beginning"), Progress::UpTo { seq: 0, last_seq });
    std::thread::scope(|threads| {
        let builders: Vec<_> =
            (0..4).map(|_| threads.spawn(|| found(&caught_up(dir), json!({"tag": "transport"})))).collect();
        for builder in builders {
            assert_eq!(builder.join().expect("an index").len(), 8);
        }
    });
    assert_eq!(found(&review, json!({"tag": "transport"})).len(), 8);
}

#[tokio::test]
async fn a_reader_without_write_access_finds_the_same() {
    let studio = with_changes(3).await;
    let mut in_memory = Review::in_memory(studio.dir.path()).expect("an index");
    assert_eq!(in_memory.catch_up(|_, _| false).expect("an end"), Progress::Complete);
    assert!(!studio.dir.path().join("review.db").exists());
    let question = json!({"caller": "owner", "text": "tempo"});
    assert_eq!(found(&in_memory, question.clone()), found(&caught_up(studio.dir.path()), question.clone()));
    assert_eq!(found(&in_memory, question).len(), 3);
}

/// Promise: Secrets are not disclosed
#[tokio::test]
async fn the_index_is_readable_by_its_owner_only() {
    let studio = with_changes(1).await;
    std::fs::write(studio.dir.path().join("review.db"), "").expect("a file that others may read");
    let review = caught_up(studio.dir.path());
    for name in ["review.db", "review.db-wal", "review.db-shm"] {
        assert!(livegate::platform::is_private(&studio.dir.path().join(name)).expect("a file"), "{name}");
    }
    drop(review);
}

/// Promise: Edits of the trail are detected as the table states
#[tokio::test]
async fn an_index_that_hides_rows_is_rebuilt() {
    let studio = with_changes(5).await;
    let dir = studio.dir.path();
    let hidden = "(SELECT seq FROM entry WHERE action = 'set_tempo' LIMIT 3)";
    for edit in [
        format!("DELETE FROM word WHERE rowid IN {hidden}"),
        format!("DELETE FROM word WHERE rowid IN {hidden}; DELETE FROM entry WHERE seq IN {hidden}"),
        format!("DELETE FROM entry WHERE seq IN {hidden}"),
        "INSERT INTO entry SELECT 1000000, time, kind, caller, action, verdict, outcome, code FROM entry LIMIT 1"
            .into(),
    ] {
        drop(caught_up(dir));
        let db = Connection::open(dir.join("review.db")).expect("the index");
        db.execute_batch(&edit).expect("an edit");
        drop(db);
        let list = || {
            let mut list = process::livegate();
            list.args(["audit", "list", "--action", "set_tempo", "--json", "--state-dir"]).arg(dir);
            let output = list.output().expect("the command runs");
            (
                String::from_utf8_lossy(&output.stdout).lines().count(),
                String::from_utf8_lossy(&output.stderr).into_owned(),
            )
        };
        let (rows, said) = list();
        assert!(rows == 5 && said.contains("did not match the trail"), "{edit}: {rows} {said}");
        assert_eq!(list(), (5, String::new()), "{edit}");
    }
}

/// The output of `livegate` for these arguments and a state folder, and whether it succeeded.
fn output(dir: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = process::livegate();
    let output = command.args(arguments).arg("--state-dir").arg(dir).output().expect("the command runs");
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

/// Promise: Edits of the trail are detected as the table states
#[tokio::test]
async fn verify_compares_the_index_with_the_trail() {
    let studio = with_changes(5).await;
    let dir = studio.dir.path();
    let verify = || output(dir, &["audit", "verify"]);
    let (is_good, said) = verify();
    assert!(is_good && !said.contains("review.db"), "there is no index yet: {said}");
    let mut edited = Vec::new();
    let hidden = "(SELECT max(seq) FROM entry WHERE action = 'set_tempo')";
    let columns = "time, kind, caller, action, verdict, outcome, code";
    for (edit, difference) in [
        (format!("UPDATE entry SET action = 'get_tempo' WHERE seq = {hidden}"), "that differ from the trail"),
        (format!("UPDATE entry SET code = 'forbidden' WHERE seq = {hidden}"), "that differ from the trail"),
        (format!("UPDATE entry SET time = time + 1 WHERE seq = {hidden}"), "that differ from the trail"),
        (format!("INSERT OR REPLACE INTO word (rowid, words) VALUES ({hidden}, 'nothing')"), "that differ from the trail"),
        // The seq of an outcome, so that the counts do not change.
        (
            format!(
                "INSERT INTO word (rowid, words) VALUES ({hidden} + 1, 'nothing'); DELETE FROM word WHERE rowid = {hidden};
                 INSERT INTO entry SELECT seq + 1, {columns} FROM entry WHERE seq = {hidden};
                 DELETE FROM entry WHERE seq = {hidden} "
            ),
            "that are not in the trail",
        ),
        ("UPDATE minute SET last_seq = first_seq".into(), "minutes"),
        ("DELETE FROM minute".into(), "minutes"),
        ("CREATE TRIGGER hide AFTER INSERT ON entry BEGIN DELETE FROM entry WHERE seq = new.seq; END".into(), "triggers"),
        ("UPDATE word_idx SET term = x'ff'".into(), "damaged"),
    ] {
        drop(caught_up(dir));
        let unedited = compare(dir).expect("a readable trail");
        assert!(matches!(unedited, Comparison::Same { .. }), "{unedited:?}");
        let db = Connection::open(dir.join("review.db")).expect("the index");
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false).expect("a setting");
        db.execute_batch(&edit).expect("an edit");
        drop(db);
        let Ok(Comparison::Differs(differences)) = compare(dir) else { panic!("nothing differs after {edit}") };
        assert!(differences.iter().any(|found| found.contains(difference)), "{edit}: {differences:?}");
        edited = std::fs::read(dir.join("review.db")).expect("the index");
        std::fs::remove_file(dir.join("review.db")).expect("the index is deleted");
    }
    std::fs::write(dir.join("review.db"), edited).expect("the index that differs");
    let (is_good, said) = verify();
    assert!(
        !is_good && said.contains("PROBLEM: review.db") && said.contains("the trail matches its signatures"),
        "{said}"
    );
    let (_, json) = output(dir, &["audit", "verify", "--json"]);
    let json: Value = serde_json::from_str(json.trim()).expect("JSON");
    assert!(json["ok"] == false && json["problems"] == json!([]) && json["index_problems"] != json!([]), "{json}");
}

#[tokio::test]
async fn verify_accepts_an_index_that_lags_behind() {
    let mut studio = with_changes(5).await;
    drop(caught_up(studio.dir.path()));
    studio = studio.restart_with(|config| config.review.build_ms = 1_000_000).await;
    let mut owner = studio.caller("owner").await;
    owner.ask(json!({"action": "set_tempo", "bpm": 100})).await.expect("an answer");
    let state_dir = studio.dir.path().to_owned();
    let is_same = || matches!(compare(&state_dir), Ok(Comparison::Same { .. }));
    assert!(is_same(), "{:?}", compare(&state_dir));
    studio.end().await;
    let (is_good, said) = output(&state_dir, &["audit", "prune", "--before", "0s"]);
    assert!(is_good, "{said}");
    // The row up to which it was built was pruned, so the next search rebuilds it.
    assert_eq!(compare(&state_dir).expect("a readable trail"), Comparison::NoIndex);
    drop(caught_up(&state_dir));
    assert!(is_same(), "{:?}", compare(&state_dir));
}

/// Promise: Edits of the trail are detected as the table states
#[tokio::test]
async fn an_index_that_claims_a_prune_is_rebuilt() {
    let studio = with_changes(5).await;
    let dir = studio.dir.path();
    drop(caught_up(dir));
    let db = Connection::open(dir.join("review.db")).expect("the index");
    let edit = "DELETE FROM word WHERE rowid IN (SELECT seq FROM entry WHERE action = 'set_tempo');
         DELETE FROM entry WHERE action = 'set_tempo'; UPDATE built SET pruned_seq = 1000000";
    db.execute_batch(edit).expect("an edit");
    drop(db);
    let (_, said) = output(dir, &["audit", "list", "--action", "set_tempo", "--json"]);
    assert_eq!(said.matches("\"action\":\"set_tempo\"").count(), 5, "{said}");
    assert!(said.contains("did not match the trail"), "{said}");
}

#[tokio::test]
async fn pruned_rows_are_no_longer_found() {
    let studio = with_changes(5).await;
    let question = json!({"action_name": "set_tempo"});
    let before = found(&caught_up(studio.dir.path()), question.clone());
    let mut prune = process::livegate();
    prune.args(["audit", "prune", "--before", "0s", "--state-dir"]).arg(studio.dir.path());
    assert!(prune.output().expect("the command runs").status.success());
    let db = Connection::open(studio.dir.path().join("trail.db")).expect("the trail");
    let gone: i64 = db.query_row("SELECT max(last_seq) FROM pruned", [], |row| row.get(0)).expect("a number");
    let review = caught_up(studio.dir.path());
    let left: Vec<i64> = before.iter().copied().filter(|&seq| seq > gone).collect();
    assert!(left.len() < before.len());
    assert_eq!(found(&review, question), left);
    let requests = found(&review, json!({"kind": "decision"})).len() as u64;
    assert_eq!(review.stats(&Filter::default()).expect("counts").all.requests, requests);
}

#[tokio::test]
async fn following_shows_new_matching_rows_only() {
    let studio = Studio::open().await;
    let mut owner = studio.caller("owner").await;
    owner.ask(json!({"action": "set_tempo", "bpm": 100})).await.expect("an answer");
    let mut command = tokio::process::Command::from(process::livegate());
    command.args(["audit", "tail", "-f", "--action", "set_tempo", "--json", "--state-dir"]);
    let mut tail = command.arg(studio.dir.path()).stdout(Stdio::piped()).kill_on_drop(true).spawn().expect("it starts");
    let mut lines = BufReader::new(tail.stdout.take().expect("a pipe")).lines();
    let first = lines.next_line().await.expect("UTF-8").expect("a line");
    assert!(first.contains("\"bpm\":100"), "{first}");
    owner.ask(json!({"action": "mute_track", "track_index": 0, "mute": true})).await.expect("an answer");
    owner.ask(json!({"action": "set_tempo", "bpm": 111})).await.expect("an answer");
    let next = lines.next_line().await.expect("UTF-8").expect("a line");
    assert!(next.contains("\"bpm\":111") && next.contains("\"outcome\":\"ok\""), "{next}");
    tail.kill().await.expect("an end");
}
