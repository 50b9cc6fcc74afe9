//! Queries of the trail, over the wire and by commands: one row, counts, exports, differences.

use livegate::client::Client;
use serde_json::{Value, json};

use crate::support::{Studio, process};

async fn ask(client: &mut Client, request: Value) -> Value {
    let answer = Value::Object(client.ask(request.clone()).await.expect("an answer"));
    assert_eq!(answer["ok"], true, "{request}: {answer}");
    answer
}

/// Vocals is the second track. Mia mutes it, Zoe lowers it twice, one request is refused, and one change is reverted.
async fn a_night_in_the_studio() -> Studio {
    let studio = Studio::open().await;
    let mut mixer = studio.caller("mixer").await;
    let mut owner = studio.caller("owner").await;
    ask(&mut owner, json!({"action": "rename_track", "track_index": 1, "name": "Vocals"})).await;
    ask(&mut mixer, json!({"action": "mute_track", "track_index": 1, "mute": true})).await;
    ask(&mut mixer, json!({"action": "set_track_volume", "track_index": 1, "volume": 0.5})).await;
    ask(&mut owner, json!({"action": "set_track_volume", "track_index": 1, "volume": 0.25})).await;
    ask(&mut owner, json!({"action": "set_tempo", "bpm": 99})).await;
    ask(&mut owner, json!({"action": "set_tempo", "bpm": 120})).await;
    let commands = json!([{"action": "solo_track", "track_index": 0, "solo": true}]);
    ask(&mut owner, json!({"action": "batch", "commands": commands})).await;
    let mut viewer = studio.caller("viewer").await;
    let refused = viewer.ask(json!({"action": "mute_track", "track_index": 1})).await.expect("an answer");
    assert_eq!(refused["code"], "forbidden");
    studio
}

/// Poll until the outcomes, which are written after the answers, are there.
async fn diff(auditor: &mut Client, more: Value) -> Vec<Value> {
    let mut request = more;
    request["action"] = "audit_diff".into();
    loop {
        let running = json!({"action": "audit_list", "outcome": "running", "caller": "owner"});
        if ask(auditor, running).await["rows"] == json!([]) {
            return ask(auditor, request).await["changed"].as_array().expect("changes").clone();
        }
    }
}

#[tokio::test]
async fn a_diff_shows_values_and_callers() {
    let studio = a_night_in_the_studio().await;
    let mut auditor = studio.caller("auditor").await;
    let changed = diff(&mut auditor, json!({"since": "1h"})).await;
    let find = |changed: &[Value], member: &str| {
        let found = changed.iter().find(|one| one["member"].as_str().is_some_and(|name| name.contains(member)));
        found.unwrap_or_else(|| panic!("no {member} in {changed:?}")).clone()
    };
    let mute = find(&changed, "mute");
    assert_eq!(
        (&mute["target"], &mute["before"], &mute["after"]),
        (&json!("track 1 \"Vocals\""), &json!(false), &json!(true))
    );
    assert_eq!((&mute["by"], &mute["times"]), (&json!({"mixer": 1}), &json!(1)));
    let volume = find(&changed, "volume");
    assert_eq!((&volume["after"], &volume["times"]), (&json!(0.25), &json!(2)));
    assert_eq!((&volume["by"], &volume["caller"]), (&json!({"mixer": 1, "owner": 1}), &json!("owner")));
    assert!(changed.iter().any(|one| one["target"].as_str().is_some_and(|target| target.starts_with("track 0"))));
    // The tempo is the original one.
    assert!(changed.iter().all(|one| one["action"] != "set_tempo"), "{changed:?}");
    let all = diff(&mut auditor, json!({"all": true})).await;
    assert_eq!(find(&all, "tempo")["times"], 2);
    assert_eq!(diff(&mut auditor, json!({"caller": "viewer"})).await, Vec::<Value>::new());
    let page = diff(&mut auditor, json!({"skip": 1, "limit": 1})).await;
    assert_eq!(page, [diff(&mut auditor, json!({})).await[1].clone()]);
}

#[tokio::test]
async fn a_diff_shows_manual_changes_and_loaded_sets() {
    let mut studio = Studio::open().await;
    let mut owner = studio.caller("owner").await;
    let mut auditor = studio.caller("auditor").await;
    let topics = json!([{"event": "tracks"}, {"event": "track_mute", "track_index": 1}]);
    ask(&mut owner, json!({"action": "subscribe", "topics": topics})).await;
    // Once their first values have come, the trail has a value to compare the next one with.
    let mut awaited = vec!["tracks", "track_mute"];
    while !awaited.is_empty() {
        let event = next_event(&mut owner).await;
        awaited.retain(|name| event["event"] != *name);
    }
    ask(&mut owner, json!({"action": "mute_track", "track_index": 1, "mute": false})).await;
    assert_eq!(ask(&mut auditor, json!({"action": "audit_diff"})).await["sets_loaded"], json!([]));
    studio.live.by_hand("tracks.1.mute", true);
    while next_event(&mut owner).await["value"] != true {}
    // It is recorded within a second.
    let question = json!({"action": "audit_list", "kind": "changed_in_live", "track": "bass"});
    while ask(&mut auditor, question.clone()).await["rows"] == json!([]) {}
    let changed = ask(&mut auditor, json!({"action": "audit_diff", "track": "1"})).await["changed"].clone();
    let mute = changed.as_array().expect("changes").iter().find(|one| one["member"] == "mute").expect("muted").clone();
    assert_eq!((&mute["target"], &mute["after"]), (&json!("track 1 \"Bass\""), &json!(true)));
    assert_eq!(mute["by"], json!({"(in Live)": 1, "owner": 1}));
    studio.live.reload();
    while ask(&mut auditor, json!({"action": "audit_diff"})).await["sets_loaded"] == json!([]) {}
}

/// The callers of the rows that match a filter, once each.
async fn callers(auditor: &mut Client, mut filter: Value) -> Vec<String> {
    filter["action"] = "audit_list".into();
    let rows = ask(auditor, filter).await["rows"].clone();
    let caller = |row: &Value| row["caller"].as_str().unwrap_or(row["kind"].as_str().expect("a kind")).to_owned();
    let found: std::collections::BTreeSet<String> = rows.as_array().expect("rows").iter().map(caller).collect();
    found.into_iter().collect()
}

#[tokio::test]
async fn filters_find_changes_by_hand_and_refused_attempts() {
    let mut studio = Studio::open().await;
    let mut owner = studio.caller("owner").await;
    let mut mixer = studio.caller("mixer").await;
    let mut viewer = studio.caller("viewer").await;
    let mut auditor = studio.caller("auditor").await;
    let topics = json!([{"event": "tracks"}, {"event": "track_mute", "track_index": 1}]);
    ask(&mut owner, json!({"action": "subscribe", "topics": topics})).await;
    while next_event(&mut owner).await["event"] != "tracks" {}
    let mute = json!({"action": "mute_track", "track_index": 1, "mute": true});
    let expecting = json!({"action": "mute_track", "track_index": 1, "mute": true, "expect": {"track": "Brass"}});
    assert_eq!(mixer.ask(expecting).await.expect("an answer")["code"], "precondition_failed");
    assert_eq!(viewer.ask(mute.clone()).await.expect("an answer")["code"], "forbidden");
    studio.live.by_hand("tracks.1.mute", true);
    while callers(&mut auditor, json!({"kind": "changed_in_live"})).await.is_empty() {}
    while callers(&mut auditor, json!({"outcome": "running", "caller": "mixer"})).await == ["mixer"] {}
    let all = vec!["changed_in_live", "mixer", "viewer"];
    for (filter, expected) in [
        (json!({"action_name": "*mute*"}), all.clone()),
        (json!({"action_name": "mute_track"}), all.clone()),
        (json!({"action_name": "track_mute"}), vec!["changed_in_live"]),
        (json!({"tag": "mix"}), all.clone()),
        (json!({"track": "Bass"}), all.clone()),
        (json!({"track": "ba*"}), all.clone()),
        (json!({"track": "B?ss", "action_name": "*mute*"}), all),
        (json!({"track": "Dru*"}), vec![]),
        (json!({"track": "Nob*"}), vec![]),
        (json!({"caller": "(in Live)"}), vec!["changed_in_live"]),
        (json!({"caller": "in live", "action_name": "mute_track"}), vec!["changed_in_live"]),
        (json!({"verdict": "refuse"}), vec!["mixer", "viewer"]),
        (json!({"verdict": "allow", "action_name": "mute_track"}), vec![]),
    ] {
        assert_eq!(callers(&mut auditor, filter.clone()).await, expected, "{filter}");
    }
    let stats = ask(&mut auditor, json!({"action": "audit_stats", "action_name": "mute_track"})).await;
    assert_eq!((&stats["refused"], &stats["failed"]), (&json!(2), &json!(0)));
    let verified = livegate::review::compare(studio.dir.path());
    let dir = studio.dir.path().to_owned();
    assert!(matches!(verified.expect("a trail"), livegate::review::Comparison::Same { .. }));
    drop((owner, mixer, viewer, auditor));
    studio.end().await;
    let index = rusqlite::Connection::open(dir.join("review.db")).expect("the index");
    index.execute_batch("DELETE FROM track WHERE name = 'bass'").expect("a change");
    let found = livegate::review::compare(&dir).expect("a trail");
    assert!(format!("{found:?}").contains("track names of review.db that differ from the trail: 1"), "{found:?}");
}

#[tokio::test]
async fn a_restart_loads_no_other_set() {
    let studio = Studio::open().await;
    let mut owner = studio.caller("owner").await;
    ask(&mut owner, json!({"action": "set_tempo", "bpm": 99})).await;
    drop(owner);
    let studio = studio.restart().await;
    ask(&mut studio.caller("owner").await, json!({"action": "set_tempo", "bpm": 98})).await;
    let mut auditor = studio.caller("auditor").await;
    let loads = json!({"action": "audit_list", "kind": "set_loaded"});
    assert_eq!(ask(&mut auditor, loads).await["rows"].as_array().expect("rows").len(), 2);
    assert_eq!(ask(&mut auditor, json!({"action": "audit_diff"})).await["sets_loaded"], json!([]));
}

/// Promise: The trail records what changed
#[tokio::test]
async fn a_diff_names_tracks_without_listeners() {
    // Seven topics of the set, two of each of two returns, eight of each track.
    let studio = Studio::open_with(|config| config.bridge.trail_topics_max = 7 + 2 * 2 + 2 * 8).await;
    let mut auditor = studio.caller("auditor").await;
    while ask(&mut auditor, json!({"action": "audit_list", "kind": "listening"})).await["rows"] == json!([]) {}
    // Queries about later rows report it too.
    for since in ["1h", "2099-01-01"] {
        let unheard = ask(&mut auditor, json!({"action": "audit_diff", "since": since})).await["unheard"].clone();
        assert_eq!((&unheard[0]["tracks"], &unheard[0]["listened"], &unheard[1]), (&json!(4), &json!(2), &Value::Null));
    }
    let reported = |command: &[&str]| {
        let output = process::livegate().args(command).arg("--state-dir").arg(studio.dir.path()).output();
        String::from_utf8(output.expect("the command runs").stdout).expect("UTF-8")
    };
    for command in [&["audit", "diff", "--since", "1h"][..], &["audit", "replay", "--since", "1h", "--dry-run"]] {
        let said = reported(command);
        assert!(said.contains("the first 2 of 4 tracks are followed"), "{said}");
    }
}

async fn next_event(client: &mut Client) -> Value {
    Value::Object(client.receive().await.expect("an event"))
}

#[tokio::test]
async fn a_row_shows_session_policy_and_outcome() {
    let studio = a_night_in_the_studio().await;
    let mut auditor = studio.caller("auditor").await;
    diff(&mut auditor, json!({})).await;
    let rows = ask(&mut auditor, json!({"action": "audit_list", "action_name": "mute_track", "track": "vocals"})).await;
    let seq = rows["rows"][0]["seq"].as_i64().expect("a seq");
    let shown = ask(&mut auditor, json!({"action": "audit_show", "seq": seq})).await;
    assert_eq!(shown["row"]["parameters"], json!({"mute": true, "track_index": 1}));
    assert_eq!(shown["session"]["row"]["caller"], "mixer");
    assert_eq!(shown["policy"]["row"]["kind"], "policy");
    let bytes: Value = serde_json::from_str(shown["bytes"].as_str().expect("bytes")).expect("JSON");
    assert_eq!(bytes, shown["row"]);
    let outcome = shown["outcomes"][0]["seq"].as_i64().expect("an outcome");
    assert_eq!(ask(&mut auditor, json!({"action": "audit_show", "seq": outcome})).await["seq"], seq);
    let none = auditor.ask(json!({"action": "audit_show", "seq": 999_999})).await.expect("an answer");
    assert_eq!((&none["code"], &none["error"]), (&json!("invalid_params"), &json!("the trail has no row 999999")));
}

#[tokio::test]
async fn statistics_match_the_listed_rows() {
    let studio = a_night_in_the_studio().await;
    let mut auditor = studio.caller("auditor").await;
    diff(&mut auditor, json!({})).await;
    let stats = ask(&mut auditor, json!({"action": "audit_stats", "tag": "mix"})).await;
    // One mute, two volumes, one refusal; and the batch with the solos.
    assert_eq!((&stats["requests"], &stats["refused"], &stats["failed"]), (&json!(5), &json!(1), &json!(0)));
    assert_eq!(stats["refusals"], json!({"forbidden": 1}));
    let names: Vec<&Value> = stats["callers"].as_array().expect("callers").iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["mixer", "owner", "viewer"]);
    let hours = stats["hours"].as_array().expect("hours").iter();
    assert_eq!(hours.map(|hour| hour["requests"].as_u64().expect("a number")).sum::<u64>(), 5);
}

/// Promise: Trail content is escaped for its reader
#[tokio::test]
async fn exports_contain_no_control_sequences_or_formulas() {
    let mut studio = Studio::open().await;
    let mut owner = studio.caller("owner").await;
    let evil = "=cmd|' /C calc'!A0\u{202e}";
    ask(&mut owner, json!({"action": "rename_track", "track_index": 0, "name": evil, "once": "@SUM(A1)"})).await;
    let request = |format: &str| json!({"action": "audit_export", "format": format, "action_name": "rename_track"});
    let csv = ask(&mut owner, request("csv")).await;
    let line = csv["lines"][0].as_str().expect("a line");
    assert!(csv["header"].as_str().is_some_and(|header| header.starts_with("seq,time,")));
    assert!(line.contains(",'@SUM(A1),") && line.contains("\\u{202e}") && !line.contains('\u{202e}'), "{line}");
    let event = ask(&mut owner, request("ocsf")).await;
    let event: Value = serde_json::from_str(event["lines"][0].as_str().expect("a line")).expect("JSON");
    assert_eq!(
        (&event["class_uid"], &event["activity_id"], &event["type_uid"]),
        (&json!(6003), &json!(3), &json!(600303))
    );
    assert_eq!(
        (&event["api"]["operation"], &event["actor"]["user"]["name"]),
        (&json!("rename_track"), &json!("owner"))
    );
    assert_eq!(event["src_endpoint"]["ip"], "127.0.0.1");
    let last = csv["last_seq"].as_i64().expect("a seq");
    let mut next = request("jsonl");
    next["after_seq"] = last.into();
    assert_eq!(ask(&mut owner, next).await["lines"], json!([]));
    studio.end().await;
    let text = livegate(&studio, &["list", "--action", "rename_track"]);
    assert!(text.contains("\\u{202e}") && !text.contains('\u{202e}'), "{text}");
}

/// Run the command on the trail's file, without a gateway.
fn livegate(studio: &Studio, args: &[&str]) -> String {
    let mut command = process::livegate();
    let output = command.arg("audit").args(args).arg("--state-dir").arg(studio.dir.path()).output().expect("it runs");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[tokio::test]
async fn one_command_finds_who_muted_the_vocals() {
    let mut studio = a_night_in_the_studio().await;
    studio.end().await;
    let text = livegate(&studio, &["list", "--track", "Vocals", "--action", "*mute*", "--since", "16h"]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[1].ends_with(r#" viewer refused: mute "Vocals""#), "{text}");
    assert!(lines[0].ends_with(r#" mixer muted "Vocals" (was on)"#), "{text}");
    let text = livegate(&studio, &["diff", "--since", "16h", "--track", "vocals"]);
    assert!(text.contains("track 1 \"Vocals\"\n") && text.contains("mute: false -> true  by mixer; last "), "{text}");
    assert!(livegate(&studio, &["stats"]).contains("mute_track"));
    let seq = lines[0].split_whitespace().next().expect("a seq");
    assert!(livegate(&studio, &["show", seq]).contains("action            mute_track"));
    let file = studio.dir.path().join("export.csv");
    livegate(&studio, &["export", "--format", "csv", "--out", file.to_str().expect("UTF-8")]);
    let exported = std::fs::read_to_string(file).expect("an export");
    let listed = livegate(&studio, &["list", "--last", "100000"]);
    assert_eq!(exported.lines().count(), listed.lines().count() + 1);
    let tail = livegate(&studio, &["tail", "--last", "2", "--kind", "session"]);
    assert_eq!(tail.lines().count(), 2, "{tail}");
}
