//! The terms of a request: `expect`, `dry_run`, `coalesce`, `cancel`, `once`, batches, and rules on the set.

use livegate::client::Client;
use livegate::config::Config;
use serde_json::{Map, Value, json};

use crate::support::{Studio, trail};

fn volume(value: f64) -> Value {
    json!({"action": "set_track_volume", "track_index": 0, "volume": value})
}

/// A request with more keys.
fn with(mut request: Value, keys: Value) -> Value {
    let keys = keys.as_object().expect("an object").clone();
    request.as_object_mut().expect("an object").extend(keys);
    request
}

async fn ask(client: &mut Client, request: Value) -> Map<String, Value> {
    client.ask(request).await.expect("an answer")
}

fn volumes(studio: &Studio) -> Vec<f64> {
    let effects = studio.live.effects();
    let of_volume =
        effects.iter().filter(|effect| effect["path"].as_str().is_some_and(|path| path.ends_with("volume")));
    // Live stores them in single precision.
    of_volume.map(|effect| (effect["value"].as_f64().expect("a number") * 1e3).round() / 1e3).collect()
}

/// A studio in which local callers have the given role.
pub async fn studio_with(local: &str) -> Studio {
    let roles = if local.contains("[roles.local]") {
        local.replacen("[roles.local]", "[roles.local]\nreplace = true", 1)
    } else {
        format!("[roles.local]\nreplace = true\n{local}")
    };
    let dir = tempfile::tempdir().expect("a folder");
    let roles_file = dir.path().join("roles.toml");
    std::fs::write(&roles_file, roles).expect("roles are written");
    Studio::open_with(move |config: &mut Config| config.policy.roles_file = roles_file).await
}

#[tokio::test]
async fn an_unmet_expectation_prevents_the_change() {
    let mut studio = Studio::open().await;
    let mut client = studio.local().await;
    let refused = ask(&mut client, with(volume(0.5), json!({"expect": {"track": "Vocals"}}))).await;
    assert_eq!(
        (&refused["code"], &refused["category"]),
        (&json!("precondition_failed"), &json!("live")),
        "{refused:?}"
    );
    let done = ask(&mut client, with(volume(0.4), json!({"expect": {"track": "Drums", "recording": false}}))).await;
    assert_eq!(done["ok"], true, "{done:?}");
    assert_eq!(volumes(&studio), [0.4]);
    drop(client);
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    let decided: Vec<_> = rows.iter().filter(|row| row.kind == "decision").collect();
    assert_eq!(decided[0].outcome.as_deref(), Some("refused_in_live"));
    assert_eq!(decided[0].code.as_deref(), Some("precondition_failed"));
    assert_eq!(decided[0].terms, Some(json!({"expect": {"track": "Vocals"}})));
    assert_eq!(decided[1].outcome.as_deref(), Some("ok"));
}

/// Promise: Conditions are checked in Live when the command runs
#[tokio::test]
async fn no_interleaving_changes_a_renamed_track() {
    let studio = Studio::open().await;
    let mut mixing = studio.local().await;
    let mut naming = studio.local().await;
    for round in 0..20 {
        let (from, to) = if round % 2 == 0 { ("Drums", "Kit") } else { ("Kit", "Drums") };
        let rename = json!({"action": "rename_track", "track_index": 0, "name": to, "id": "rename"});
        let change = with(volume(0.01 * f64::from(round)), json!({"expect": {"track": from}, "id": "change"}));
        // The two race. In either order, the change runs only under the old name.
        let (reported, asked) = tokio::join!(naming.send(&rename), mixing.ask(change));
        reported.expect("a connection");
        let changed = asked.expect("an answer");
        let renamed = naming.receive().await.expect("an answer");
        assert_eq!(renamed["ok"], true, "{renamed:?}");
        assert!(changed["ok"] == true || changed["code"] == "precondition_failed", "{changed:?}");
    }
    let mut name = "Drums".to_owned();
    for effect in studio.live.effects() {
        match effect["member"].as_str() {
            Some("name") => name = effect["value"].as_str().expect("a name").to_owned(),
            Some("value") => {
                let round = (effect["value"].as_f64().expect("a number") * 100.0).round() as i64;
                assert_eq!(name, if round % 2 == 0 { "Drums" } else { "Kit" }, "{effect}");
            }
            _ => (),
        }
    }
}

#[tokio::test]
async fn a_dry_run_predicts_without_effect() {
    let studio = Studio::open().await;
    let mut client = studio.local().await;
    let answer = ask(&mut client, with(volume(0.5), json!({"dry_run": true}))).await;
    assert_eq!((&answer["dry_run"], &answer["targets"]), (&json!(true), &json!({"track": ["Drums"]})), "{answer:?}");
    let mut viewer = studio.caller("viewer").await;
    assert_eq!(ask(&mut viewer, with(volume(0.5), json!({"dry_run": true}))).await["code"], "forbidden");
    assert_eq!(volumes(&studio), [0.0; 0]);
}

#[tokio::test]
async fn coalesced_values_are_replaced_and_answered() {
    let mut studio = Studio::open().await;
    let mut client = studio.local().await;
    assert_eq!(ask(&mut client, json!({"action": "ping"})).await["ok"], true);
    studio.live.stall(1_500);
    for number in 0..200 {
        let terms = json!({"coalesce": true, "id": number});
        client.send(&with(volume(f64::from(number) / 200.0), terms)).await.expect("a connection");
    }
    let mut superseded = 0;
    for _ in 0..200 {
        let answer = client.receive().await.expect("an answer");
        assert_eq!(answer["ok"], true, "{answer:?}");
        superseded += usize::from(answer.contains_key("superseded"));
    }
    let effects = volumes(&studio);
    assert_eq!(effects.len() + superseded, 200);
    assert!(superseded > 100, "only {superseded}");
    assert_eq!(effects.last(), Some(&0.995));
    drop(client);
    let rows = studio.trail().await;
    assert_eq!(rows.iter().filter(|row| row.contains("} not_sent")).count(), superseded);
}

#[tokio::test]
async fn only_the_own_connection_cancels_a_request() {
    let mut studio = Studio::open().await;
    let mut client = studio.local().await;
    let mut other = studio.local().await;
    assert_eq!(ask(&mut client, json!({"action": "ping"})).await["ok"], true);
    assert_eq!(ask(&mut other, json!({"action": "ping"})).await["ok"], true);
    studio.live.stall(1_500);
    for id in 0..100 {
        client.send(&with(volume(0.1), json!({"id": id}))).await.expect("a connection");
    }
    other.send(&json!({"action": "cancel", "id": "none of mine"})).await.expect("a connection");
    let answer = other.receive().await.expect("an answer");
    assert_eq!(answer.get("cancelled"), Some(&json!(0)), "{answer:?}");
    client
        .send(&json!({"action": "cancel", "ids": (0..99).collect::<Vec<_>>(), "id": "cancel"}))
        .await
        .expect("a connection");
    let mut ran = 0;
    let mut taken_back = 0;
    let mut reported = None;
    for _ in 0..101 {
        let answer = client.receive().await.expect("an answer");
        match (answer["id"].as_i64(), answer["ok"] == true) {
            (Some(_), true) => ran += 1,
            (Some(id), false) => {
                assert!(id != 99 && answer["code"] == "cancelled", "{answer:?}");
                taken_back += 1;
            }
            (None, _) => reported = answer.get("cancelled").and_then(Value::as_u64),
        }
    }
    assert_eq!((reported, ran + taken_back), (Some(taken_back), 100));
    // At least those that wait in the gateway; how many of the others have begun is not known.
    assert!(taken_back >= 30, "only {taken_back}: the stall did not hold");
    assert_eq!(volumes(&studio).len() as u64, ran);
    drop((client, other));
    let rows = studio.trail().await;
    let cancelled = rows.iter().filter(|row| row.contains(" cancelled cancelled ")).count();
    assert_eq!(cancelled as u64, taken_back);
}

/// Promise: A request with an idempotency key runs at most once
#[tokio::test]
async fn an_idempotency_key_survives_a_restart() {
    let studio = Studio::open().await;
    let mut client = studio.local().await;
    let once = |request| with(request, json!({"once": "fade 1"}));
    assert_eq!(ask(&mut client, once(volume(0.5))).await.get("repeated"), None);
    let again = ask(&mut client, once(volume(0.5))).await;
    assert_eq!((&again["ok"], &again["repeated"]), (&json!(true), &json!(true)), "{again:?}");
    let another = ask(&mut client, once(volume(0.6))).await;
    assert_eq!(another["code"], "invalid_params", "{another:?}");
    let expecting = with(once(volume(0.5)), json!({"expect": {"playing": false}}));
    assert_eq!(ask(&mut client, expecting).await["code"], "invalid_params");
    // The same key of another caller is another key.
    let mut mixer = studio.caller("mixer").await;
    assert_eq!(ask(&mut mixer, once(volume(0.7))).await.get("repeated"), None);
    // A request that did not run may be retried under its key.
    let missed = |expect| with(volume(0.2), json!({"once": "fade 2", "expect": {"track": expect}}));
    assert_eq!(ask(&mut client, missed("Vocals")).await["code"], "precondition_failed");
    assert_eq!(ask(&mut client, missed("Drums")).await["ok"], true);
    drop((client, mixer));
    let studio = studio.restart().await;
    let mut client = studio.local().await;
    assert_eq!(ask(&mut client, once(volume(0.5))).await["repeated"], true);
    assert_eq!(ask(&mut client, once(volume(0.6))).await["code"], "invalid_params");
    assert_eq!(ask(&mut client, missed("Drums")).await["repeated"], true);
    assert_eq!(volumes(&studio), [0.5, 0.7, 0.2]);
}

/// Promise: A batch cannot bypass a rule
#[tokio::test]
async fn a_batch_is_decided_command_by_command() {
    let mut studio = Studio::open().await;
    let mut mixer = studio.caller("mixer").await;
    let batch =
        |commands: Value, on_error: &str| json!({"action": "batch", "commands": commands, "on_error": on_error});
    let nowhere = with(volume(0.2), json!({"track_index": 99}));
    let answer = ask(&mut mixer, batch(json!([volume(0.1), nowhere, volume(0.3)]), "continue")).await;
    let kinds: Vec<&Value> =
        answer["results"].as_array().expect("results").iter().map(|result| &result["ok"]).collect();
    assert_eq!(kinds, [true, false, true]);
    assert_eq!((&answer["ok"], &answer["code"]), (&json!(false), &json!("live_error")), "{answer:?}");
    let answer = ask(&mut mixer, batch(json!([volume(0.4), nowhere, volume(0.5)]), "stop")).await;
    assert_eq!(answer["results"][2]["code"], "cancelled", "{answer:?}");
    let answer = ask(&mut mixer, batch(json!([volume(0.6), {"action": "set_tempo", "bpm": 90}]), "stop")).await;
    assert_eq!(answer["code"], "forbidden");
    assert!(answer["error"].as_str().expect("a sentence").starts_with("commands[1]: "), "{answer:?}");
    for commands in [json!([]), json!([{"action": "batch", "commands": []}]), json!([{"action": "whoami"}]), json!([7])]
    {
        assert_eq!(ask(&mut mixer, batch(commands.clone(), "stop")).await["code"], "invalid_params", "{commands}");
    }
    assert_eq!(volumes(&studio), [0.1, 0.3, 0.4]);
    drop(mixer);
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    let outcomes: Vec<_> = rows.iter().filter_map(|row| row.details.as_ref()?.get("outcomes").cloned()).collect();
    assert_eq!(outcomes, [json!(["ok", "error", "ok"]), json!(["ok", "error", "cancelled"])]);
    let first = rows.iter().find(|row| row.action.as_deref() == Some("batch")).expect("a batch");
    assert_eq!((first.rule.as_deref(), first.outcome.as_deref()), (Some("mixer"), Some("error")));
    let recorded = first.parameters.as_ref().expect("parameters");
    assert_eq!(recorded["commands"][0], volume(0.1));
}

/// Promise: Conditions are checked in Live when the command runs
#[tokio::test]
async fn rules_on_the_set_are_decided_in_live() {
    let mut studio = studio_with(
        "
        [[roles.local.rule]]
        allow = ['@mix', '@names', '@stop']
        where = { track = ['Drums*'] }
        unless = ['playing']
        ",
    )
    .await;
    let mut client = studio.local().await;
    assert_eq!(ask(&mut client, volume(0.5)).await["ok"], true);
    for (request, code) in [
        (with(volume(0.6), json!({"track_index": 1})), "forbidden"),
        (json!({"action": "rename_track", "track_index": 0, "name": "Bass"}), "forbidden"),
        (json!({"action": "stop_all_clips"}), "forbidden"),
        (json!({"action": "set_tempo", "bpm": 90}), "forbidden"),
    ] {
        assert_eq!(ask(&mut client, request.clone()).await["code"], code, "{request}");
    }
    let renamed = ask(&mut client, json!({"action": "rename_track", "track_index": 0, "name": "Drums 2"})).await;
    assert_eq!(renamed["ok"], true, "{renamed:?}");
    let mut owner = studio.caller("owner").await;
    assert_eq!(ask(&mut owner, json!({"action": "start_playback"})).await["ok"], true);
    assert_eq!(ask(&mut client, volume(0.7)).await["code"], "forbidden");
    assert_eq!(volumes(&studio), [0.5]);
    drop((client, owner));
    let rows = studio.trail().await;
    let in_live = rows.iter().filter(|row| row.contains("refused_in_live forbidden by local.rule1")).count();
    assert_eq!(in_live, 4, "{rows:#?}");
}

/// Promise: An oversized line affects only its connection
#[tokio::test]
async fn a_line_exceeding_the_scripts_limit_is_refused() {
    let studio = Studio::open().await;
    let mut producer = studio.caller("producer").await;
    let mut other = studio.caller("mixer").await;
    // Each character takes four bytes here and twelve on the way to Live.
    let rename = json!({"action": "rename_track", "track_index": 0, "name": "\u{1f600}".repeat(256)});
    let answer = ask(&mut producer, json!({"action": "batch", "commands": vec![rename; 400]})).await;
    assert_eq!(answer["code"], "line_too_long", "{answer:?}");
    assert_eq!(ask(&mut other, volume(0.5)).await["ok"], true);
    assert_eq!(ask(&mut producer, json!({"action": "ping"})).await["ok"], true);
}

/// Promise: Dry runs and expectations require the right to read
#[tokio::test]
async fn expectations_and_dry_runs_require_reading_rights() {
    let studio = studio_with(
        "
        [roles.local]
        allow = ['set_track_volume', 'batch']
        deny = ['cancel']
        ",
    )
    .await;
    let mut client = studio.local().await;
    assert_eq!(ask(&mut client, volume(0.5)).await["ok"], true);
    for request in [
        with(volume(0.6), json!({"dry_run": true})),
        with(volume(0.6), json!({"expect": {"track": "Bass"}})),
        json!({"action": "batch", "commands": [with(volume(0.6), json!({"expect": {"playing": true}}))]}),
        json!({"action": "cancel"}),
    ] {
        let answer = ask(&mut client, request.clone()).await;
        assert_eq!(answer["code"], "forbidden", "{request}: {answer:?}");
        assert!(!answer["error"].as_str().expect("a sentence").contains("Drums"), "{answer:?}");
    }
    assert_eq!(volumes(&studio), [0.5]);
}
