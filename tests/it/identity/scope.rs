//! Tokens with a narrower scope than their user's role.

use livegate::client::Client;
use serde_json::{Value, json};

use crate::support::Studio;
use crate::support::asking::ask;

/// A connection that is signed in with a token of this user with this scope.
async fn narrowed(studio: &Studio, user: &str, only: &[&str]) -> (String, Client) {
    let issued = ask(&mut studio.console().await, json!({"action": "token_issue", "user": user, "only": only})).await;
    let token = issued["token"].as_str().unwrap_or_else(|| panic!("{issued}")).to_owned();
    let client = studio.with_token(&token).await;
    (token, client)
}

async fn code(client: &mut Client, request: Value) -> Value {
    ask(client, request).await["code"].clone()
}

/// Promise: A token's scope adds no rights
#[tokio::test]
async fn a_scope_limits_the_rights_of_its_user() {
    let mut studio = Studio::open().await;
    let (_, mut client) = narrowed(&studio, "producer", &["@read", "set_tempo", "set_track_v*"]).await;
    let whoami = ask(&mut client, json!({"action": "whoami"})).await;
    assert_eq!(
        (&whoami["role"], &whoami["only"]),
        (&json!("producer"), &json!(["@read", "set_tempo", "set_track_v*"]))
    );
    assert_eq!(ask(&mut client, json!({"action": "set_tempo", "bpm": 99})).await["ok"], true);
    let pan = json!({"action": "set_track_pan", "track_index": 0, "pan": 0.5});
    let refused = ask(&mut client, pan.clone()).await;
    assert_eq!(refused["code"], "forbidden");
    let error = refused["error"].as_str().expect("a sentence");
    assert!(error.contains("your token's scope is @read, set_tempo, set_track_v*"), "{error}");
    let volume = json!({"action": "set_track_volume", "track_index": 0, "volume": 0.4});
    assert_eq!(ask(&mut client, json!({"action": "batch", "commands": [volume.clone()]})).await["ok"], true);
    let batch = ask(&mut client, json!({"action": "batch", "commands": [volume, pan]})).await;
    assert_eq!(batch["code"], "forbidden");
    assert!(batch["error"].as_str().is_some_and(|error| error.contains("commands[1]")), "{batch}");
    let tools = ask(&mut client, json!({"action": "get_available_tools"})).await;
    let has = |name: &str| tools["tools"].as_array().expect("tools").contains(&json!(name));
    for (name, there) in [
        ("set_tempo", true),
        ("set_track_volume", true),
        ("get_track_info", true),
        ("batch", true),
        ("set_track_pan", false),
        ("delete_track", false),
    ] {
        assert_eq!(has(name), there, "{name}");
    }
    let trail = studio.trail().await;
    assert_eq!(trail.iter().filter(|line| line.ends_with("refused forbidden by narrowed")).count(), 2, "{trail:#?}");
}

/// Promise: A token's scope adds no rights
#[tokio::test]
async fn a_scope_hides_events_and_values() {
    let studio = Studio::open().await;
    let (_, mut client) = narrowed(&studio, "producer", &["set_tempo"]).await;
    assert_eq!(ask(&mut client, json!({"action": "set_tempo", "bpm": 98})).await["ok"], true);
    for request in [
        json!({"action": "get_track_info", "track_index": 0}),
        json!({"action": "set_tempo", "bpm": 97, "dry_run": true}),
        json!({"action": "set_tempo", "bpm": 97, "expect": {"playing": false}}),
        json!({"action": "subscribe", "topics": [{"event": "tempo"}]}),
    ] {
        assert_eq!(code(&mut client, request.clone()).await, "forbidden", "{request}");
    }
}

/// Promise: A token's scope adds no rights
#[tokio::test]
async fn a_scope_never_adds_rights() {
    let studio = Studio::open().await;
    let (_, mut viewer) = narrowed(&studio, "viewer", &["@read", "@mix", "@destructive"]).await;
    let volume = json!({"action": "set_track_volume", "track_index": 0, "volume": 0.4});
    assert_eq!(code(&mut viewer, volume).await, "forbidden");
    // A broad pattern does not grant destructive actions, as in a role.
    let (_, mut producer) = narrowed(&studio, "producer", &["@edit"]).await;
    assert_eq!(code(&mut producer, json!({"action": "delete_track", "track_index": 0})).await, "forbidden");
    let (_, mut owner) = narrowed(&studio, "owner", &["@admin"]).await;
    assert_eq!(ask(&mut owner, json!({"action": "user_list"})).await["ok"], true);
    for request in [
        json!({"action": "user_add", "user": "zoe", "role": "owner"}),
        json!({"action": "user_set_role", "user": "viewer", "role": "owner"}),
        json!({"action": "token_issue", "user": "owner"}),
    ] {
        assert_eq!(code(&mut owner, request.clone()).await, "forbidden", "{request}");
    }
    assert_eq!(ask(&mut owner, json!({"action": "user_disable", "user": "assistant"})).await["ok"], true);
}

#[tokio::test]
async fn useless_patterns_and_unprintable_labels_are_refused() {
    let studio = Studio::open().await;
    let mut console = studio.console().await;
    for (key, value) in [
        ("only", json!([])),
        ("only", json!(["@nothing"])),
        ("only", json!(["no_such_action"])),
        ("only", json!(["@read", "token_issue"])),
        ("only", json!(["delete_*"])),
        ("only", json!("@read")),
        ("label", json!("")),
        ("label", json!("tab\u{1b}[2Jlet")),
        ("label", json!("tab\u{202e}let")),
    ] {
        let mut request = json!({"action": "token_issue", "user": "mixer"});
        request[key] = value;
        assert_eq!(code(&mut console, request.clone()).await, "invalid_params", "{request}");
    }
}

/// Promise: A token's scope adds no rights
#[tokio::test]
async fn scope_and_label_survive_a_restart() {
    let studio = Studio::open().await;
    let request = json!({"action": "token_issue", "user": "mixer", "only": ["@read"], "label": "the owner's tablet"});
    let issued = ask(&mut studio.console().await, request).await;
    let studio = studio.restart().await;
    let mut client = studio.with_token(issued["token"].as_str().expect("a token")).await;
    assert_eq!(ask(&mut client, json!({"action": "whoami"})).await["only"], json!(["@read"]));
    let volume = json!({"action": "set_track_volume", "track_index": 0, "volume": 0.4});
    assert_eq!(code(&mut client, volume).await, "forbidden");
    let listed = ask(&mut studio.console().await, json!({"action": "token_list"})).await;
    let token = listed["tokens"].as_array().expect("tokens").iter().find(|token| token["jti"] == issued["jti"]);
    let token = token.expect("the token");
    assert_eq!((&token["only"], &token["label"]), (&json!(["@read"]), &json!("the owner's tablet")));
}

/// Promise: A token with the scope `*` grants no administration
#[tokio::test]
async fn a_star_scope_grants_no_administration() {
    let studio = Studio::open().await;
    for only in [&["*"][..], &["@read"], &["*", "@read", "@destructive", "@sensitive", "@costly"]] {
        let (_, mut owner) = narrowed(&studio, "owner", only).await;
        for request in [
            json!({"action": "audit_prune", "before": "0s"}),
            json!({"action": "audit_list"}),
            json!({"action": "user_list"}),
            json!({"action": "user_disable", "user": "assistant"}),
            json!({"action": "status"}),
            json!({"action": "show_message_box", "message": "hello"}),
        ] {
            assert_eq!(code(&mut owner, request.clone()).await, "forbidden", "{only:?} {request}");
        }
    }
    let (_, mut pruning) = narrowed(&studio, "owner", &["audit_prune"]).await;
    assert_eq!(ask(&mut pruning, json!({"action": "audit_prune", "before": "90d"})).await["ok"], true);
}
