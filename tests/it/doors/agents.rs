//! What agents may do by MCP: less than their user, split by what a call may destroy, and never what is for people.

use serde_json::{Value, json};

use super::adapter::{Ask, Caller};
use super::mcp::{OnPipe, OverHttp, STATELESS, as_line, of_response, post, stateless};
use crate::support::asking::done;
use crate::support::bound::within;
use crate::support::fake_script::FakeScript;
use crate::support::http::Http;
use crate::support::studio::until;
use crate::support::{Studio, trail};

fn token(studio: &Studio, role: &str) -> Option<String> {
    Some(studio.tokens[role].text.clone())
}

async fn ask(studio: &Studio, role: &str, version: &str, message: &str) -> Value {
    let mut http = Http::plain(studio).await;
    post(&mut http, version, token(studio, role).as_deref(), message).await;
    let response = http.response().await.expect("a response");
    response.json()
}

async fn names(studio: &Studio, role: &str, path: &str) -> Vec<String> {
    let mut http = Http::plain(studio).await;
    let authorization = format!("Bearer {}", studio.tokens[role].text);
    let headers = [
        ("Content-Type", "application/json"),
        ("Accept", "application/json, text/event-stream"),
        ("MCP-Protocol-Version", "2025-11-25"),
        ("Authorization", authorization.as_str()),
    ];
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).to_string();
    let listed = http.ask("POST", path, &headers, Some(&message)).await.json();
    let tools = listed["result"]["tools"].as_array().unwrap_or_else(|| panic!("{listed}"));
    tools.iter().map(|tool| tool["name"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test]
async fn a_local_agent_is_not_its_user() {
    let mut studio = Studio::open().await;
    let mut agent = OnPipe::open(&studio).await;
    let whoami = agent.call("run_read", json!({"action": "whoami"})).await;
    assert_eq!((&whoami["caller"], &whoami["role"]), (&json!("agent"), &json!("agent")));
    let refused =
        agent.call("run_destructive", json!({"action": "delete_track", "parameters": {"track_index": 0}})).await;
    assert_eq!(refused["code"], "approval_pending", "{refused}");
    assert!(refused["ticket"].is_string() && refused["next"].as_str().expect("next").contains("a person"), "{refused}");
    let recording =
        agent.call("run_action", json!({"action": "arm_track", "parameters": {"track_index": 0, "armed": true}})).await;
    assert_eq!(recording["code"], "forbidden", "{recording}");
    let file = std::fs::read_to_string(studio.dir.path().join("http.token")).expect("the token of this machine");
    let mut http = OverHttp::open(&studio, Some(file.trim())).await;
    let whoami = http.ask(&Ask::new("whoami", json!({}))).await;
    assert_eq!((&whoami["caller"], &whoami["role"]), (&json!("agent"), &json!("agent")));
    drop((agent, http));
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    let of_agent = rows.iter().filter(|row| row.kind == "decision" && row.caller.as_deref() == Some("agent"));
    assert!(of_agent.clone().count() >= 4 && of_agent.clone().all(|row| row.channel.as_deref() == Some("mcp")));
}

/// Promise: An agent has fewer rights than its user
#[tokio::test]
async fn a_declared_agent_only_loses_rights() {
    let studio = Studio::open_with(|config| config.local.role = "viewer".into()).await;
    let mut agent = OnPipe::open(&studio).await;
    assert_eq!(agent.call("get_session_info", json!({})).await["ok"], true);
    let refused = agent.call("set_tempo", json!({"bpm": 91})).await;
    assert_eq!(refused["code"], "forbidden", "{refused}");
    let batch = agent.call("run_batch", json!({"commands": [{"action": "set_tempo", "bpm": 91}]})).await;
    assert_eq!(batch["code"], "forbidden", "{batch}");
    let tools = agent.tools().await;
    assert!(tools.contains_key("get_session_info") && !tools.contains_key("set_tempo"), "{:?}", tools.keys());
    assert!(!tools.contains_key("run_action") && !tools.contains_key("run_destructive"), "{:?}", tools.keys());
    assert!(studio.live.effects().is_empty());
}

#[tokio::test]
async fn the_local_role_of_agents_is_configured() {
    let studio = Studio::open_with(|config| config.mcp.local_role = "mixer".into()).await;
    let mut agent = OnPipe::open(&studio).await;
    assert_eq!(agent.call("set_track_volume", json!({"track_index": 0, "volume": 0.25})).await["ok"], true);
    assert_eq!(agent.call("set_tempo", json!({"bpm": 91})).await["code"], "forbidden");
}

/// Promise: An agent has fewer rights than its user
#[tokio::test]
async fn what_is_for_people_is_no_tool() {
    let studio = Studio::open().await;
    let all = names(&studio, "owner", "/mcp?tools=all").await;
    assert!(all.len() > 200 && all.contains(&"delete_track".to_owned()) && all.contains(&"audit_list".to_owned()));
    let compact = names(&studio, "owner", "/mcp").await;
    assert!(compact.len() < 40 && compact.contains(&"run_destructive".to_owned()), "{compact:?}");
    let mut owner = OverHttp::open(&studio, token(&studio, "owner").as_deref()).await;
    for action in livegate::command::catalogue().actions() {
        let is_for_people = ["admin", "approve"]
            .iter()
            .any(|tag| action.entry["access"].as_array().is_some_and(|tags| tags.contains(&json!(tag))));
        if !is_for_people {
            continue;
        }
        assert!(!all.contains(&action.name) && !compact.contains(&action.name), "{}", action.name);
        let parameters = json!({"user": "eve", "role": "owner", "ticket": "x"});
        for tool in ["run_read", "run_action", "run_destructive", action.name.as_str()] {
            let arguments = json!({"action": action.name, "parameters": parameters});
            let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}});
            post_with(&mut owner, &message.to_string()).await;
        }
    }
    let found = as_line(&ask(&studio, "owner", "2025-11-25", &find("user")).await);
    let found = found["actions"].as_array().expect("actions");
    assert!(found.iter().all(|row| row["action"] != "user_add"), "{found:?}");
    let mut console = studio.console().await;
    let users = done(&mut console, json!({"action": "user_list"})).await;
    assert!(!users.to_string().contains("eve"));
}

async fn post_with(owner: &mut OverHttp, message: &str) {
    let answer = owner.raw(message).await;
    let is_refused = ["forbidden", "unsupported", "rate_limited"].iter().any(|code| answer["code"] == *code);
    assert!(is_refused, "{message}: {answer}");
}

fn find(query: &str) -> String {
    let params = json!({"name": "find_actions", "arguments": {"query": query, "limit": 50}});
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).to_string()
}

/// Promise: An agent has fewer rights than its user
#[tokio::test]
async fn the_wrong_tool_is_refused_by_name() {
    let studio = Studio::open().await;
    let mut agent = OnPipe::open(&studio).await;
    let delete = json!({"action": "delete_track", "parameters": {"track_index": 0}});
    let notes = json!({"track_index": 0, "scene_index": 0, "notes": [], "overwrite": true});
    let cases = [
        ("run_action", delete.clone(), "run_destructive"),
        ("run_read", delete.clone(), "run_destructive"),
        ("run_read", json!({"action": "set_tempo", "parameters": {"bpm": 90}}), "run_action"),
        ("run_destructive", json!({"action": "set_tempo", "parameters": {"bpm": 90}}), "run_action"),
        ("run_action", json!({"action": "get_session_info"}), "run_read"),
        ("run_action", json!({"action": "batch", "parameters": {"commands": []}}), "run_batch"),
        ("run_action", json!({"action": "add_notes", "parameters": notes.clone()}), "run_destructive"),
        ("add_notes", notes.clone(), "run_destructive"),
        (
            "run_batch",
            json!({"commands": [{"action": "set_tempo", "bpm": 90}, {"action": "delete_track", "track_index": 0}]}),
            "run_destructive",
        ),
        (
            "run_batch",
            json!({"commands": [{"action": "add_notes", "track_index": 0, "scene_index": 0, "notes": [], "overwrite": true}]}),
            "run_destructive",
        ),
        ("delete_track", json!({"track_index": 0}), "run_destructive"),
        ("run_action", json!({"action": "subscribe", "parameters": {"topics": []}}), "follow resources"),
    ];
    for (tool, arguments, way_out) in cases {
        let refused = agent.call(tool, arguments.clone()).await;
        assert_eq!(refused["code"], "unsupported", "{tool} {arguments}: {refused}");
        assert!(
            refused["error"].as_str().is_some_and(|error| error.contains(way_out)),
            "{tool} {arguments}: {refused}"
        );
    }
    assert!(studio.live.effects().is_empty());
    let tools = agent.tools().await;
    let hints = |name: &str| &tools[name]["annotations"];
    assert_eq!(
        (&hints("run_read")["readOnlyHint"], &hints("run_read")["destructiveHint"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(hints("run_destructive")["destructiveHint"], true);
    for (name, tool) in tools.iter().filter(|(name, _)| *name != "run_destructive") {
        assert_eq!(tool["annotations"]["destructiveHint"], false, "{name}");
    }
}

/// Promise: Requests of foreign web pages are refused
#[tokio::test]
async fn another_origins_call_is_refused_and_recorded() {
    let mut studio = Studio::open().await;
    let bearer = format!("Bearer {}", studio.tokens["producer"].text);
    let message = stateless("tools/call", json!({"name": "set_tempo", "arguments": {"bpm": 66}}));
    let base = [
        ("Content-Type", "application/json"),
        ("Accept", "application/json, text/event-stream"),
        ("Authorization", bearer.as_str()),
        ("MCP-Protocol-Version", STATELESS),
        ("Mcp-Method", "tools/call"),
        ("Mcp-Name", "set_tempo"),
    ];
    let mut http = Http::plain(&studio).await;
    for foreign in [
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Host", "evil.example"),
    ] {
        let headers: Vec<_> = base.iter().copied().chain([foreign]).collect();
        assert_eq!(http.ask("POST", "/mcp", &headers, Some(&message)).await.status, 403, "{foreign:?}");
    }
    let mismatched: Vec<_> =
        base.iter().copied().filter(|(name, _)| *name != "Mcp-Name").chain([("Mcp-Name", "stop_playback")]).collect();
    assert_eq!(http.ask("POST", "/mcp", &mismatched, Some(&message)).await.status, 400);
    assert!(studio.live.effects().is_empty());
    let own = format!("http://{}", studio.http);
    let headers: Vec<_> = base.iter().copied().chain([("Origin", own.as_str())]).collect();
    assert_eq!(of_response(&http.ask("POST", "/mcp", &headers, Some(&message)).await)["ok"], true);
    let rows = studio.trail().await;
    assert_eq!(rows.iter().filter(|row| row.starts_with("event request_refused")).count(), 4, "{rows:#?}");
}

/// Waits until so many commands are with the script or wait for it.
async fn until_waiting(studio: &Studio, count: u64) {
    let number = |status: &Value, key: &str| status["bridge"][key].as_u64().expect("a number");
    until(&mut studio.console().await, |status| number(status, "in_flight") + number(status, "queued") == count).await;
}

#[tokio::test]
async fn a_closed_response_cancels_what_has_not_begun() {
    let script = FakeScript { key: [0x5a; 32], live_version: "12.1.0", clock_stands: false };
    let address = script.serve(|line| (line["action"] != "get_snapshot").then(|| json!({"ok": true})));
    let studio = Studio::open_with(|config| {
        config.bridge.address = address;
        config.bridge.in_flight_max = 1;
        config.bridge.in_flight_per_caller_max = 1;
    })
    .await;
    let mut busy = studio.caller("engineer").await;
    busy.send(&json!({"action": "get_snapshot", "deadline_ms": 60_000})).await.expect("it is sent");
    until_waiting(&studio, 1).await;
    let arguments = json!({"action": "get_snapshot", "deadline_ms": 30_000});
    let params = json!({"name": "run_read", "arguments": arguments});
    let old = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).to_string();
    let mut http = Http::plain(&studio).await;
    post(&mut http, "2025-11-25", token(&studio, "engineer").as_deref(), &old).await;
    until_waiting(&studio, 2).await;
    drop(http);
    let mut http = Http::plain(&studio).await;
    post(&mut http, STATELESS, token(&studio, "engineer").as_deref(), &stateless("tools/call", params.clone())).await;
    until_waiting(&studio, 3).await;
    drop(http);
    // That of the older version still waits.
    until_waiting(&studio, 2).await;
    let mut agent = OnPipe::open(&studio).await;
    let id = agent.send("tools/call", params).await;
    until_waiting(&studio, 3).await;
    agent.notify("notifications/cancelled", json!({"requestId": id})).await;
    until_waiting(&studio, 2).await;
    // They did not wait for their deadlines.
    let ended = |row: &trail::Listed| row.code.clone().filter(|code| code == "cancelled" || code == "expired");
    let reading = async {
        loop {
            let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
            let codes: Vec<String> = rows.iter().filter_map(ended).collect();
            if codes.len() >= 2 {
                return codes;
            }
            tokio::task::yield_now().await;
        }
    };
    let codes = within("two outcomes", reading).await;
    assert_eq!(codes, ["cancelled", "cancelled"]);
}

#[tokio::test]
async fn names_are_data_without_unseen_characters() {
    let studio = Studio::open().await;
    let hidden = "Kazoo\u{200b}\u{e0049}\u{e0047}\u{202e}";
    let mut producer = studio.caller("producer").await;
    done(&mut producer, json!({"action": "rename_track", "track_index": 0, "name": hidden})).await;
    let mut agent = OnPipe::open(&studio).await;
    let shown = agent.call("get_track_info", json!({"track_index": 0})).await;
    assert_eq!(shown["name"], "Kazoo\\u{200b}\\u{e0049}\\u{e0047}\\u{202e}");
    for uri in ["live://set", "live://tracks/0"] {
        let read = agent.request("resources/read", json!({"uri": uri})).await.to_string();
        assert!(read.contains("Kazoo") && !read.contains('\u{200b}') && !read.contains('\u{e0049}'), "{uri}");
    }
    for list in ["tools/list", "resources/list", "resources/templates/list"] {
        assert!(!agent.request(list, json!({})).await.to_string().contains("Kazoo"), "{list}");
    }
}

#[tokio::test]
async fn resources_follow_the_right_to_read_them() {
    let studio = Studio::open().await;
    let mut agent = OnPipe::open(&studio).await;
    let guide = agent.request("resources/read", json!({"uri": "livegate://guide"})).await;
    assert!(guide["result"]["contents"][0]["text"].as_str().is_some_and(|text| text.contains("approval_pending")));
    let listed = agent.request("resources/list", json!({})).await.to_string();
    assert!(listed.contains("live://set") && !listed.contains("livegate://trail"), "{listed}");
    let refused = agent.request("resources/read", json!({"uri": "livegate://trail/recent"})).await;
    assert_eq!(refused["error"]["data"]["code"], "forbidden", "{refused}");
    let trail =
        ask(&studio, "auditor", STATELESS, &stateless("resources/read", json!({"uri": "livegate://trail/recent"})))
            .await;
    assert!(trail["result"]["contents"][0]["text"].as_str().is_some_and(|text| text.contains("rows")), "{trail}");
    assert_eq!((&trail["result"]["cacheScope"], &trail["result"]["ttlMs"]), (&json!("private"), &json!(0)));
}

#[tokio::test]
async fn a_subscribed_agent_receives_changes() {
    let studio = Studio::open().await;
    let mut agent = OnPipe::open(&studio).await;
    let subscribed = agent.request("resources/subscribe", json!({"uri": "live://tracks/1"})).await;
    assert!(subscribed.get("error").is_none(), "{subscribed}");
    let mut mixer = studio.caller("mixer").await;
    done(&mut mixer, json!({"action": "set_track_volume", "track_index": 1, "volume": 0.5})).await;
    loop {
        let update = agent.notification().await;
        assert_eq!(
            (&update["method"], &update["params"]["uri"]),
            (&json!("notifications/resources/updated"), &json!("live://tracks/1"))
        );
        if agent.call("get_track_info", json!({"track_index": 1})).await["volume"] == 0.5 {
            break;
        }
    }
    let refused = agent.request("resources/subscribe", json!({"uri": "livegate://guide"})).await;
    assert_eq!(refused["error"]["data"]["code"], "invalid_params", "{refused}");
}

#[tokio::test]
async fn old_versions_are_offered_a_new_one() {
    let studio = Studio::open().await;
    let initialize = |version: &str| {
        let params =
            json!({"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "a", "version": "1"}});
        json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}).to_string()
    };
    for (asked, agreed) in [("2025-06-18", "2025-06-18"), ("2025-11-25", "2025-11-25"), ("2024-11-05", "2025-11-25")] {
        let answer = ask(&studio, "viewer", asked, &initialize(asked)).await;
        assert_eq!(answer["result"]["protocolVersion"], agreed, "{answer}");
        assert!(answer["result"]["capabilities"]["resources"].get("subscribe").is_none(), "{answer}");
    }
    let discovered = ask(&studio, "viewer", STATELESS, &stateless("server/discover", json!({}))).await;
    assert_eq!(
        discovered["result"]["supportedVersions"],
        json!(["2025-06-18", "2025-11-25", STATELESS]),
        "{discovered}"
    );
}

#[tokio::test]
async fn messages_have_limits() {
    let studio = Studio::open_with(|config| config.mcp.body_bytes_max = 2048).await;
    let long = stateless(
        "tools/call",
        json!({"name": "rename_track", "arguments": {"track_index": 0, "name": "x".repeat(4096)}}),
    );
    let answer = ask(&studio, "producer", STATELESS, &long).await;
    assert_eq!((&answer["status"], &answer["code"]), (&json!(413), &json!("line_too_long")));
    let mut agent = OnPipe::open(&studio).await;
    agent
        .send("tools/call", json!({"name": "rename_track", "arguments": {"track_index": 0, "name": "x".repeat(4096)}}))
        .await;
    let refused = agent.notification().await;
    assert_eq!(refused["error"]["data"]["code"], "line_too_long", "{refused}");
}
