//! Requests that need approval: from the proposal to the deletion in Live, and every way to refuse it.

use std::time::Duration;

use livegate::client::Client;
use livegate::config::Config;
use serde_json::{Value, json};

use crate::support::asking::{ask, done};
use crate::support::{Studio, trail};

/// A studio in which the agent proposes to delete the first track.
pub async fn proposed(studio: &Studio) -> (Client, String) {
    let mut agent = studio.caller("agent").await;
    let ticket = propose(&mut agent).await;
    (agent, ticket)
}

fn deletion() -> Value {
    json!({"action": "delete_track", "track_index": 0})
}

pub async fn propose(agent: &mut Client) -> String {
    let answer = ask(agent, deletion()).await;
    assert_eq!((&answer["ok"], &answer["code"]), (&json!(false), &json!("approval_pending")), "{answer}");
    answer["ticket"].as_str().expect("a ticket").to_owned()
}

pub async fn first_name(client: &mut Client) -> Value {
    done(client, json!({"action": "get_track_info", "track_index": 0})).await["name"].clone()
}

pub async fn decide(client: &mut Client, action: &str, ticket: &str) -> Value {
    ask(client, json!({"action": action, "ticket": ticket})).await
}

/// Poll until the proposal is in a state.
pub async fn until_state(agent: &mut Client, ticket: &str, state: &str) -> Value {
    loop {
        let outcome = done(agent, json!({"action": "get_approval", "ticket": ticket})).await;
        if outcome["state"] == state {
            return outcome;
        }
        assert!(["waiting", "approved"].contains(&outcome["state"].as_str().expect("a state")), "{outcome}");
    }
}

/// Let the machine sleep. Requests right after waking may count as late, so wait for a first answer.
async fn sleep(studio: &Studio, client: &mut Client, seconds: u64) {
    studio.clock.sleep_through(Duration::from_secs(seconds));
    while ask(client, json!({"action": "whoami"})).await["code"] == "expired" {}
}

pub fn deletions(studio: &Studio) -> usize {
    studio.live.effects().iter().filter(|effect| effect["member"] == "delete_track").count()
}

/// Promise: An approval covers only what the person saw
#[tokio::test]
async fn an_approved_request_runs_once_with_its_rows() {
    let mut studio = Studio::open().await;
    let (mut agent, ticket) = proposed(&studio).await;
    assert_eq!(propose(&mut agent).await, ticket, "the same proposal has the same ticket");
    let mut owner = studio.caller("owner").await;
    let waiting = done(&mut owner, json!({"action": "approval_list"})).await;
    let proposal = &waiting["approvals"][0];
    assert_eq!((&proposal["caller"], &proposal["action"]), (&json!("assistant"), &json!("delete_track")));
    let name = first_name(&mut owner).await;
    assert_eq!(proposal["targets"]["track"][0]["name"], name);
    let decided = decide(&mut owner, "approve", &ticket).await;
    assert_eq!((&decided["ok"], &decided["proof"]), (&json!(true), &json!("another user")), "{decided}");
    let outcome = until_state(&mut agent, &ticket, "done").await;
    assert_eq!(outcome["answer"]["ok"], true, "{outcome}");
    assert_ne!(first_name(&mut owner).await, name);
    let again = decide(&mut owner, "approve", &ticket).await;
    assert!(again["error"].as_str().expect("a sentence").contains("done already"), "{again}");
    drop((agent, owner));
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    let of = |action: &str| rows.iter().filter(|row| row.action.as_deref() == Some(action)).count();
    assert_eq!((of("delete_track"), of("approve")), (3, 2), "two proposals, one execution; two approvals");
    let approval = rows.iter().find(|row| row.kind == "approval").and_then(|row| row.details.as_ref());
    assert_eq!(approval.expect("its event")["decision"], "approved");
    let executed =
        rows.iter().filter_map(|row| row.terms.as_ref()).find(|terms| terms["approval"]["ticket"] == ticket.as_str());
    assert_eq!(executed.expect("its row")["approval"]["by"], "owner");
}

/// Promise: No caller approves its own request
#[tokio::test]
async fn no_caller_approves_its_own_request() {
    let studio = Studio::open_with(with_roles(
        "[roles.mia]\ninherits = ['owner']\nask = ['delete_track']\n[roles.peer]\ninherits = ['owner']\n\
         [roles.helper]\nallow = ['approve', 'deny', 'approval_list', '@read']",
    ))
    .await;
    let mut console = studio.console().await;
    for (user, role) in [("mia", "mia"), ("helper", "helper")] {
        done(&mut console, json!({"action": "user_add", "user": user, "role": role})).await;
    }
    let mut mia = signed_in(&studio, &mut console, "mia").await;
    let ticket = propose(&mut mia).await;
    for role_session in [&mut signed_in(&studio, &mut console, "mia").await, &mut mia] {
        let refused = decide(role_session, "approve", &ticket).await;
        assert_eq!(refused["code"], "forbidden", "{refused}");
    }
    // A second name of their own is not another person.
    done(&mut console, json!({"action": "user_add", "user": "second", "role": "peer"})).await;
    let issued = done(&mut mia, json!({"action": "token_issue", "user": "second"})).await;
    let mut second = studio.with_token(issued["token"].as_str().expect("a token")).await;
    assert_eq!(decide(&mut second, "approve", &ticket).await["code"], "forbidden");
    let issued = done(&mut second, json!({"action": "token_issue", "user": "second"})).await;
    let mut third = studio.with_token(issued["token"].as_str().expect("a token")).await;
    assert_eq!(decide(&mut third, "approve", &ticket).await["code"], "forbidden", "by way of another token");
    // A person who may not delete the track may neither approve the deletion nor learn of it.
    let mut helper = signed_in(&studio, &mut console, "helper").await;
    assert_eq!(done(&mut helper, json!({"action": "approval_list"})).await["approvals"], json!([]));
    assert_eq!(decide(&mut helper, "approve", &ticket).await["code"], "invalid_params");
    assert_eq!(deletions(&studio), 0);
    let mut peer = signed_in(&studio, &mut console, "second").await;
    assert_eq!(decide(&mut peer, "approve", &ticket).await["state"], "approved", "by a token of the console's");
    until_state(&mut mia, &ticket, "done").await;
    assert_eq!(deletions(&studio), 1);
}

/// Promise: An approval covers only what the person saw
#[tokio::test]
async fn a_renamed_track_is_not_deleted() {
    let studio = Studio::open().await;
    let (mut agent, ticket) = proposed(&studio).await;
    let mut owner = studio.caller("owner").await;
    done(&mut owner, json!({"action": "rename_track", "track_index": 0, "name": "Keep"})).await;
    decide(&mut owner, "approve", &ticket).await;
    let outcome = until_state(&mut agent, &ticket, "done").await;
    assert_eq!(outcome["answer"]["code"], "precondition_failed", "{outcome}");
    assert_eq!(first_name(&mut owner).await, "Keep");
}

#[tokio::test]
async fn a_denied_request_is_refused_for_a_while() {
    let studio = Studio::open().await;
    let (mut agent, ticket) = proposed(&studio).await;
    let mut owner = studio.caller("owner").await;
    assert_eq!(decide(&mut owner, "deny", &ticket).await["state"], "denied");
    assert_eq!(until_state(&mut agent, &ticket, "denied").await["by"], "owner");
    let again = ask(&mut agent, deletion()).await;
    assert_eq!(again["code"], "approval_denied", "{again}");
    assert!(again["retry_after_ms"].as_u64().expect("a time") <= 600_000);
    sleep(&studio, &mut agent, 601).await;
    propose(&mut agent).await;
}

#[tokio::test]
async fn an_undecided_proposal_expires() {
    let mut studio = Studio::open().await;
    let (mut agent, ticket) = proposed(&studio).await;
    sleep(&studio, &mut agent, 301).await;
    until_state(&mut agent, &ticket, "expired").await;
    let mut owner = studio.caller("owner").await;
    let late = decide(&mut owner, "approve", &ticket).await;
    assert!(late["error"].as_str().expect("a sentence").contains("expired already"), "{late}");
    assert_eq!(deletions(&studio), 0);
    drop((agent, owner));
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    assert_eq!(rows.iter().filter(|row| row.kind == "approval_expired").count(), 1);
}

/// Promise: Revoking and disabling take effect at once
#[tokio::test]
async fn revocation_and_freeze_void_an_approval() {
    let studio = Studio::open().await;
    let (mut agent, ticket) = proposed(&studio).await;
    let mut owner = studio.caller("owner").await;
    done(&mut owner, json!({"action": "freeze"})).await;
    decide(&mut owner, "approve", &ticket).await;
    assert_eq!(until_state(&mut agent, &ticket, "done").await["answer"]["code"], "frozen");
    done(&mut owner, json!({"action": "thaw"})).await;
    let ticket = propose(&mut agent).await;
    done(&mut owner, json!({"action": "user_disable", "user": "assistant"})).await;
    decide(&mut owner, "approve", &ticket).await;
    assert_eq!(deletions(&studio), 0);
}

#[tokio::test]
async fn a_flood_of_proposals_fills_a_quarter() {
    let studio = Studio::open_with(|config: &mut Config| config.approvals.max = 8).await;
    let mut agent = studio.caller("agent").await;
    let mut codes = Vec::new();
    for index in 0..4 {
        codes.push(ask(&mut agent, json!({"action": "delete_track", "track_index": index})).await["code"].clone());
    }
    assert_eq!(codes[..2], [json!("approval_pending"), json!("approval_pending")]);
    assert_eq!(codes[2..], [json!("overloaded"), json!("overloaded")]);
}

#[tokio::test]
async fn approvers_receive_how_many_wait() {
    let studio = Studio::open().await;
    let mut owner = studio.caller("owner").await;
    done(&mut owner, json!({"action": "subscribe", "topics": [{"event": "approvals"}]})).await;
    let mut viewer = studio.caller("viewer").await;
    let refused = ask(&mut viewer, json!({"action": "subscribe", "topics": [{"event": "approvals"}]})).await;
    assert_eq!(refused["code"], "forbidden");
    let (_agent, ticket) = proposed(&studio).await;
    assert_eq!(owner.next_event().await.expect("an event")["value"], 1);
    decide(&mut owner, "deny", &ticket).await;
    assert_eq!(owner.next_event().await.expect("an event")["value"], 0);
}

/// Promise: A freeze stops all changes
#[tokio::test]
async fn a_freeze_stops_changes_and_outlives_a_restart() {
    let studio = Studio::open().await;
    let mut owner = studio.caller("owner").await;
    done(&mut owner, json!({"action": "freeze", "except": ["producer"]})).await;
    for (role, request, code) in [
        ("mixer", json!({"action": "set_track_volume", "track_index": 0, "volume": 0.5}), json!("frozen")),
        ("owner", json!({"action": "set_tempo", "bpm": 99}), json!("frozen")),
        ("producer", json!({"action": "set_tempo", "bpm": 99}), Value::Null),
        ("performer", json!({"action": "stop_playback"}), Value::Null),
        ("viewer", json!({"action": "get_session_info"}), Value::Null),
    ] {
        let answer = ask(&mut studio.caller(role).await, request).await;
        assert_eq!(answer["code"], code, "{role}: {answer}");
    }
    drop(owner);
    let studio = studio.restart().await;
    let mut owner = studio.caller("owner").await;
    let frozen = ask(&mut owner, json!({"action": "set_tempo", "bpm": 120})).await;
    assert_eq!(frozen["code"], "frozen");
    done(&mut owner, json!({"action": "thaw"})).await;
    done(&mut owner, json!({"action": "set_tempo", "bpm": 120})).await;
}

/// Promise: A policy is loaded completely or not at all
#[tokio::test]
async fn a_bad_policy_keeps_the_one_in_force() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("roles.toml");
    let write = |text: &str| std::fs::write(&file, text).expect("written");
    write("[roles.guest]\nallow = ['@read']");
    let path = file.clone();
    let studio = Studio::open_with(move |config: &mut Config| config.policy.roles_file = path).await;
    let mut console = studio.console().await;
    done(&mut console, json!({"action": "user_add", "user": "guest", "role": "guest"})).await;
    let mut guest = signed_in(&studio, &mut console, "guest").await;
    let tempo = json!({"action": "set_tempo", "bpm": 100});
    assert_eq!(ask(&mut guest, tempo.clone()).await["code"], "forbidden");
    write("[roles.guest]\nallow = ['@reed']");
    let bad = ask(&mut console, json!({"action": "policy_reload"})).await;
    assert!(bad["error"].as_str().expect("a sentence").contains("roles.toml:2:10: there is no tag @reed"), "{bad}");
    write("[roles.guest]\nallow = ['@read', 'set_tempo']");
    let cases = "[[case]]\nname = 'a guest sets no tempo'\nrole = 'guest'\naction = 'set_tempo'\nexpect = 'deny'";
    std::fs::write(dir.path().join("roles.test.toml"), cases).expect("written");
    let bad = ask(&mut console, json!({"action": "policy_reload"})).await;
    assert!(bad["error"].as_str().expect("a sentence").contains("a guest sets no tempo: expected deny"), "{bad}");
    assert_eq!(ask(&mut guest, tempo.clone()).await["code"], "forbidden");
    std::fs::remove_file(dir.path().join("roles.test.toml")).expect("removed");
    assert_eq!(done(&mut console, json!({"action": "policy_reload"})).await["changed"], true);
    assert_eq!(ask(&mut guest, tempo).await["ok"], true);
    let explained =
        done(&mut console, json!({"action": "policy_explain", "user": "guest", "request": {"action": "undo"}})).await;
    assert_eq!((&explained["verdict"], &explained["rule"]), (&json!("deny"), &json!("default")));
    let explained = done(
        &mut console,
        json!({"action": "policy_explain", "role": "agent", "request": {"action": "delete_track", "track_index": 0}}),
    )
    .await;
    assert_eq!((&explained["verdict"], &explained["rule"]), (&json!("ask"), &json!("agent")));
}

pub fn with_roles(roles: &str) -> impl FnOnce(&mut Config) {
    let dir = tempfile::tempdir().expect("a folder").keep();
    let file = dir.join("roles.toml");
    std::fs::write(&file, roles).expect("written");
    move |config: &mut Config| config.policy.roles_file = file
}

pub async fn signed_in(studio: &Studio, console: &mut Client, user: &str) -> Client {
    let issued = done(console, json!({"action": "token_issue", "user": user})).await;
    studio.with_token(issued["token"].as_str().expect("a token")).await
}
