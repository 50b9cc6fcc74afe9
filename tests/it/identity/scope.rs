//! The list of actions for a token with a narrower scope than its user's role. Transcripts have the rest.

use serde_json::json;

use crate::support::Studio;
use crate::support::asking::done;

/// Promise: A token's scope adds no rights
#[tokio::test]
async fn available_tools_are_those_of_the_scope() {
    let studio = Studio::open().await;
    let issue = json!({"action": "token_issue", "user": "producer", "only": ["@read", "set_tempo", "set_track_v*"]});
    let issued = done(&mut studio.console().await, issue).await;
    let mut client = studio.with_token(issued["token"].as_str().expect("a token")).await;
    let tools = done(&mut client, json!({"action": "get_available_tools"})).await;
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
}
