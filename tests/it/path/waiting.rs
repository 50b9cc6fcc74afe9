//! Requests that wait for a person's decision, approvals for ten minutes, and batches.

use std::time::Duration;

use livegate::client::Client;
use livegate::config::Config;
use serde_json::{Value, json};

use crate::support::asking::{ask, done};
use crate::support::{Studio, trail};

/// A role that asks before it mutes, and one that may approve all of it.
const ROLES: &str =
    "[roles.muter]\ninherits = ['viewer']\nask = ['mute_track', 'solo_track', '@destructive']\nallow = ['@mix']\n";

/// A studio with a user `muter`, who is signed in, and the owner.
async fn studio() -> (Studio, Client, Client) {
    let file = tempfile::tempdir().expect("a folder").keep().join("roles.toml");
    std::fs::write(&file, ROLES).expect("written");
    let studio = Studio::open_with(move |config: &mut Config| config.policy.roles_file = file).await;
    let mut owner = studio.caller("owner").await;
    done(&mut owner, json!({"action": "user_add", "user": "muter", "role": "muter"})).await;
    let muter = sign_in(&studio, &mut owner).await;
    (studio, muter, owner)
}

async fn sign_in(studio: &Studio, owner: &mut Client) -> Client {
    let issued = done(owner, json!({"action": "token_issue", "user": "muter"})).await;
    studio.with_token(issued["token"].as_str().expect("a token")).await
}

fn mute(is_muted: bool) -> Value {
    json!({"action": "mute_track", "track_index": 0, "mute": is_muted})
}

fn waiting(request: Value, deadline_ms: u64) -> Value {
    let mut request = request;
    request["id"] = json!("w");
    request["wait"] = json!(true);
    request["deadline_ms"] = json!(deadline_ms);
    request
}

/// The ticket of the only proposal, once there is one.
async fn the_ticket(owner: &mut Client) -> String {
    loop {
        let waiting = done(owner, json!({"action": "approval_list"})).await;
        if let Some(ticket) = waiting["approvals"][0]["ticket"].as_str() {
            return ticket.to_owned();
        }
    }
}

async fn decide(owner: &mut Client, action: &str, ticket: &str) -> Value {
    done(owner, json!({"action": action, "ticket": ticket})).await
}

async fn answer(client: &mut Client) -> Value {
    Value::Object(client.receive().await.expect("an answer"))
}

async fn is_muted(client: &mut Client) -> Value {
    done(client, json!({"action": "get_track_info", "track_index": 0})).await["mute"].clone()
}

fn kinds(studio: &Studio, kind: &str) -> Vec<Value> {
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    rows.iter().filter(|row| row.kind == kind).filter_map(|row| row.details.clone()).collect()
}

#[tokio::test]
async fn a_request_waits_for_its_decision() {
    let (_studio, mut muter, mut owner) = studio().await;
    for (action, code) in [("approve", Value::Null), ("deny", json!("approval_denied"))] {
        let is_approved = action == "approve";
        muter.send(&waiting(mute(is_approved), 60_000)).await.expect("sent");
        // It delays no other request, not even of its own connection.
        muter.send(&json!({"action": "whoami", "id": "n"})).await.expect("sent");
        assert_eq!(answer(&mut muter).await["id"], "n");
        let ticket = the_ticket(&mut owner).await;
        decide(&mut owner, action, &ticket).await;
        let answered = answer(&mut muter).await;
        assert_eq!((&answered["id"], &answered["code"]), (&json!("w"), &code), "{answered}");
        assert_eq!(is_muted(&mut owner).await, true);
    }
    muter.send(&json!({"action": "mute_track", "track_index": 1, "wait": true})).await.expect("sent");
    let refused = answer(&mut muter).await;
    assert!(refused["error"].as_str().expect("a sentence").contains("wait needs an id"), "{refused}");
}

/// Promise: Revoking and disabling take effect at once
#[tokio::test]
async fn a_waiting_request_is_void_with_its_client() {
    let (mut studio, mut muter, mut owner) = studio().await;
    muter.send(&waiting(mute(true), 60_000)).await.expect("sent");
    the_ticket(&mut owner).await;
    studio.clock.sleep_through(Duration::from_secs(61));
    let expired = answer(&mut muter).await;
    assert_eq!(expired["code"], "expired", "{expired}");
    while ask(&mut owner, json!({"action": "whoami"})).await["code"] == "expired" {}
    // A connection that ends.
    let mut other = sign_in(&studio, &mut owner).await;
    other.send(&waiting(mute(true), 60_000)).await.expect("sent");
    let ticket = the_ticket(&mut owner).await;
    drop(other);
    let outcome = loop {
        let outcome = done(&mut muter, json!({"action": "get_approval", "ticket": ticket})).await;
        if outcome["state"] != "waiting" {
            break outcome;
        }
    };
    assert_eq!((&outcome["state"], &outcome["reason"]), (&json!("void"), &json!("its connection has ended")));
    assert_eq!(is_muted(&mut owner).await, false);
    drop((muter, owner));
    studio.end().await;
    assert!(kinds(&studio, "approval_void").iter().any(|void| void["ticket"] == ticket.as_str()));
}

#[tokio::test]
async fn shutting_down_answers_who_waits() {
    let (mut studio, mut muter, mut owner) = studio().await;
    muter.send(&waiting(mute(true), 60_000)).await.expect("sent");
    the_ticket(&mut owner).await;
    drop(owner);
    let ending = studio.end();
    let (answered, ()) = tokio::join!(answer(&mut muter), ending);
    assert_eq!(answered["code"], "shutting_down", "{answered}");
}

/// The muter proposes to mute, and the owner approves that for ten minutes. Returns the grant.
async fn granted(muter: &mut Client, owner: &mut Client) -> Value {
    let ticket = ask(muter, mute(true)).await["ticket"].as_str().expect("a ticket").to_owned();
    done(owner, json!({"action": "approve", "ticket": ticket, "for_s": 600})).await;
    let grants = done(owner, json!({"action": "approval_grants"})).await;
    grants["grants"][0].clone()
}

/// Promise: An approval covers only what the person saw
#[tokio::test]
async fn a_grant_covers_the_same_request_only() {
    let (mut studio, mut muter, mut owner) = studio().await;
    let grant = granted(&mut muter, &mut owner).await;
    assert_eq!(
        (&grant["caller"], &grant["action"], &grant["by"]),
        (&json!("muter"), &json!("mute_track"), &json!("owner"))
    );
    assert_eq!(ask(&mut muter, mute(true)).await["ok"], true, "the same again");
    for other in [mute(false), json!({"action": "mute_track", "track_index": 1, "mute": true})] {
        assert_eq!(ask(&mut muter, other.clone()).await["code"], "approval_pending", "{other}");
    }
    let mut same_user = sign_in(&studio, &mut owner).await;
    assert_eq!(ask(&mut same_user, mute(true)).await["code"], "approval_pending", "another token");
    done(&mut owner, json!({"action": "rename_track", "track_index": 0, "name": "Other"})).await;
    assert_eq!(ask(&mut muter, mute(true)).await["code"], "approval_pending", "another name");
    drop((muter, same_user, owner));
    studio.end().await;
    let began = kinds(&studio, "approval_grant");
    assert_eq!((began.len(), &began[0]["grant"]), (1, &grant["grant"]));
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    let by_grant =
        rows.iter().filter(|row| row.terms.as_ref().is_some_and(|terms| terms["approval"]["grant"] == grant["grant"]));
    assert_eq!(by_grant.count(), 1);
}

#[tokio::test]
async fn every_end_of_a_grant_asks_again() {
    for end in ["revoke", "freeze", "reload", "time", "uses", "approver"] {
        let (mut studio, mut muter, mut owner) = studio().await;
        let grant = granted(&mut muter, &mut owner).await;
        match end {
            "revoke" => _ = done(&mut owner, json!({"action": "approval_revoke", "grant": grant["grant"]})).await,
            "freeze" => {
                done(&mut owner, json!({"action": "freeze"})).await;
                done(&mut owner, json!({"action": "thaw"})).await;
            }
            "reload" => {
                let file = done(&mut owner, json!({"action": "audit_list", "kind": "policy"})).await;
                let source = file["rows"][0]["details"]["source"].as_str().expect("a path").to_owned();
                std::fs::write(source, format!("# changed\n{ROLES}")).expect("written");
                done(&mut owner, json!({"action": "policy_reload"})).await;
            }
            "time" => {
                studio.clock.sleep_through(Duration::from_secs(601));
                while ask(&mut muter, json!({"action": "whoami"})).await["code"] == "expired" {}
            }
            "uses" => {
                for _ in 0..100 {
                    done(&mut muter, mute(true)).await;
                }
            }
            _ => {
                let mut console = studio.console().await;
                done(&mut console, json!({"action": "user_set_role", "user": "owner", "role": "viewer"})).await;
            }
        }
        let again = ask(&mut muter, mute(true)).await;
        // Its approver's grant ends by itself, or when it is used.
        let is_expected =
            again["code"] == "approval_pending" || end == "approver" && again["code"] == "approval_denied";
        assert!(is_expected, "{end}: {again}");
        drop((muter, owner));
        studio.end().await;
        assert_eq!(kinds(&studio, "approval_grant_ended").len(), 1, "{end}");
    }
}

#[tokio::test]
async fn what_destroys_is_never_granted() {
    let (_studio, mut muter, mut owner) = studio().await;
    let deletion = json!({"action": "delete_track", "track_index": 0});
    let ticket = ask(&mut muter, deletion).await["ticket"].as_str().expect("a ticket").to_owned();
    let refused = ask(&mut owner, json!({"action": "approve", "ticket": ticket, "for_s": 60})).await;
    assert_eq!(refused["code"], "invalid_params", "{refused}");
    assert_eq!(the_ticket(&mut owner).await, ticket, "it still waits");
}

/// Promise: An approval covers only what the person saw
#[tokio::test]
async fn a_batch_waits_whole() {
    let (mut studio, mut muter, mut owner) = studio().await;
    let volume = json!({"action": "set_track_volume", "track_index": 1, "volume": 0.5});
    let batch = json!({"action": "batch", "commands": [volume, {"action": "delete_track", "track_index": 0}]});
    let changes = |studio: &Studio| studio.live.effects().len();
    let before = changes(&studio);
    let pending = ask(&mut muter, batch.clone()).await;
    assert_eq!(pending["code"], "approval_pending", "{pending}");
    assert_eq!(changes(&studio), before, "nothing of it has run");
    let listed = done(&mut owner, json!({"action": "approval_list"})).await;
    assert_eq!(listed["approvals"][0]["params"]["commands"][1]["action"], "delete_track");
    decide(&mut owner, "approve", pending["ticket"].as_str().expect("a ticket")).await;
    let outcome = loop {
        let outcome = done(&mut muter, json!({"action": "get_approval", "ticket": pending["ticket"]})).await;
        if outcome["state"] == "done" {
            break outcome;
        }
    };
    assert_eq!(outcome["answer"]["ok"], true, "{outcome}");
    let deleted = studio.live.effects().iter().filter(|effect| effect["member"] == "delete_track").count();
    assert_eq!(deleted, 1);
    drop((muter, owner));
    studio.end().await;
}

/// An approved request that is refused has a row of its own.
#[tokio::test]
async fn a_refused_approval_has_its_row() {
    let (mut studio, mut muter, mut owner) = studio().await;
    let ticket = ask(&mut muter, mute(true)).await["ticket"].as_str().expect("a ticket").to_owned();
    done(&mut owner, json!({"action": "freeze"})).await;
    decide(&mut owner, "approve", &ticket).await;
    while done(&mut muter, json!({"action": "get_approval", "ticket": ticket})).await["state"] != "done" {}
    drop((muter, owner));
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    let refused = rows.iter().find(|row| row.code.as_deref() == Some("frozen")).expect("its row");
    assert_eq!(refused.terms.as_ref().expect("terms")["approval"]["ticket"], ticket.as_str());
}
