//! Who may decide about a request, and what ends an approval before it is used.

use livegate::client::Client;
use livegate::config::{ClientCertificates, Config, ThisMachine};
use livegate::tls::{Identity, Trust};
use rcgen::KeyPair;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::approvals::{decide, deletions, first_name, propose, proposed, signed_in, until_state, with_roles};
use crate::support::asking::{ask, done};
use crate::support::{Studio, trail};

const PASSWORD: &str = "correct horse battery";
/// A role that asks about deletions, and one that may approve them.
const ROLES: &str = "[roles.mia]\ninherits = ['owner']\nask = ['delete_track']\n[roles.peer]\ninherits = ['owner']\n";

/// A studio with the users `mia`, who proposes to delete a track, and `second`, who may approve that.
async fn studio(change: impl FnOnce(&mut Config)) -> (Studio, Client, String) {
    let roles = with_roles(ROLES);
    let studio = Studio::open_with(|config: &mut Config| {
        roles(config);
        change(config);
    })
    .await;
    let mut console = studio.console().await;
    for (user, role) in [("mia", "mia"), ("second", "peer")] {
        done(&mut console, json!({"action": "user_add", "user": user, "role": role})).await;
    }
    let mut mia = signed_in(&studio, &mut console, "mia").await;
    let ticket = propose(&mut mia).await;
    (studio, mia, ticket)
}

async fn log_in(studio: &Studio, user: &str) -> (Client, Value) {
    let mut client = studio.unauthenticated().await;
    let answer = done(&mut client, json!({"action": "login", "user": user, "password": PASSWORD})).await;
    (client, answer)
}

/// Promise: No caller approves its own request
#[tokio::test]
async fn a_password_one_set_is_no_second_person() {
    let (studio, mut mia, ticket) = studio(|_| ()).await;
    done(&mut mia, json!({"action": "user_set_password", "user": "second", "password": PASSWORD})).await;
    let (mut second, answer) = log_in(&studio, "second").await;
    assert_eq!(decide(&mut second, "approve", &ticket).await["code"], "forbidden");
    let refreshed =
        done(&mut second, json!({"action": "refresh", "refresh_token": answer["refresh_token"]})).await["token"]
            .clone();
    let mut second = studio.with_token(refreshed.as_str().expect("a token")).await;
    assert_eq!(decide(&mut second, "approve", &ticket).await["code"], "forbidden", "after a refresh");
    let added = json!({"action": "user_add", "user": "third", "role": "peer", "password": PASSWORD});
    done(&mut mia, added).await;
    let (mut third, _) = log_in(&studio, "third").await;
    assert_eq!(decide(&mut third, "approve", &ticket).await["code"], "forbidden", "set with the user");
    // It is known after a restart, too.
    drop((mia, second, third));
    let studio = studio.restart().await;
    let mut console = studio.console().await;
    let mut mia = signed_in(&studio, &mut console, "mia").await;
    let ticket = propose(&mut mia).await;
    let (mut second, _) = log_in(&studio, "second").await;
    assert_eq!(decide(&mut second, "approve", &ticket).await["code"], "forbidden", "after a restart");
    assert_eq!(deletions(&studio), 0);
    done(&mut console, json!({"action": "user_set_password", "user": "second", "password": PASSWORD})).await;
    let (mut second, _) = log_in(&studio, "second").await;
    assert_eq!(decide(&mut second, "approve", &ticket).await["state"], "approved", "set by the console");
    until_state(&mut mia, &ticket, "done").await;
}

/// Promise: No caller approves its own request
#[tokio::test]
async fn a_certificate_one_issued_is_no_second_person() {
    let optional = |config: &mut Config| config.tls.client_certificates = ClientCertificates::Optional;
    let (studio, mut mia, ticket) = studio(optional).await;
    let mut console = studio.console().await;
    for (issuer, code) in [(&mut mia, json!("forbidden")), (&mut console, Value::Null)] {
        let key = KeyPair::generate().expect("a key");
        let request =
            json!({"action": "client_certificate_issue", "user": "second", "public_key": key.public_key_pem()});
        let issued = done(issuer, request).await;
        let folder = tempfile::tempdir().expect("a folder").keep();
        let identity = Identity { certificate: folder.join("client.pem"), key: folder.join("client.key") };
        std::fs::write(&identity.certificate, issued["certificate"].as_str().expect("PEM")).expect("written");
        livegate::platform::write_secret(&identity.key, &SecretString::from(key.serialize_pem())).expect("written");
        let trust = Trust::Authority(studio.dir.path().join("tls/ca.pem"));
        let to = studio.tls.to_string();
        let mut second =
            Client::connect_tls_as(Some(&identity), &to, Some("localhost"), &trust).await.expect("the TLS listener");
        assert_eq!(decide(&mut second, "approve", &ticket).await["code"], code);
    }
    until_state(&mut mia, &ticket, "done").await;
    assert_eq!(deletions(&studio), 1);
}

/// Promise: No caller approves its own request
#[tokio::test]
async fn this_machine_is_one_person_unless_allowed() {
    for (allowed, served, code, proof) in [
        (ThisMachine::Fixed(false), "local", json!("forbidden"), Value::Null),
        (ThisMachine::Fixed(true), "local", Value::Null, json!("same machine")),
        (Config::default().approvals.this_machine, "local", Value::Null, json!("same machine")),
        (ThisMachine::Fixed(false), "user", Value::Null, json!("another user")),
    ] {
        let mut studio = Studio::open_with(|config: &mut Config| {
            config.approvals.this_machine = allowed;
            config.local.role = "agent".into();
        })
        .await;
        let mut local = studio.local().await;
        let ticket = propose(&mut local).await;
        let mut person = if served == "local" { studio.console().await } else { studio.caller("owner").await };
        let decided = decide(&mut person, "approve", &ticket).await;
        assert_eq!((&decided["code"], &decided["proof"]), (&code, &proof), "{allowed:?}: {decided}");
        // Another session of the proposer decides nothing, whatever is allowed: its role does not approve.
        assert_eq!(decide(&mut studio.local().await, "approve", &ticket).await["code"], "forbidden");
        if code.is_null() {
            until_state(&mut local, &ticket, "done").await;
        }
        assert_eq!(deletions(&studio), usize::from(code.is_null()));
        drop((local, person));
        studio.end().await;
        let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
        let executed = rows.iter().filter_map(|row| row.terms.as_ref()?.get("approval").cloned()).next();
        assert_eq!(executed.map_or(Value::Null, |approval| approval["proof"].clone()), proof);
    }
}

/// Promise: An approval covers only what the person saw
#[tokio::test]
async fn another_policy_voids_a_ticket() {
    let (mut studio, mut mia, ticket) = studio(|_| ()).await;
    let mut owner = studio.caller("owner").await;
    let name = first_name(&mut owner).await;
    let file = done(&mut owner, json!({"action": "audit_list", "kind": "policy"})).await;
    let source = file["rows"][0]["details"]["source"].as_str().expect("a path").to_owned();
    std::fs::write(source, format!("# changed\n{ROLES}")).expect("written");
    done(&mut owner, json!({"action": "policy_reload"})).await;
    decide(&mut owner, "approve", &ticket).await;
    let outcome = until_state(&mut mia, &ticket, "void").await;
    assert_eq!(outcome["reason"], "the policy has changed", "{outcome}");
    assert_eq!(first_name(&mut owner).await, name);
    assert_ne!(propose(&mut mia).await, ticket);
    drop((mia, owner));
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    let void = rows.iter().find(|row| row.kind == "approval_void").and_then(|row| row.details.clone());
    assert_eq!(void.expect("its row")["ticket"], ticket.as_str());
}

/// Promise: An approval covers only what the person saw
#[tokio::test]
async fn another_set_voids_a_ticket() {
    let mut studio = Studio::open().await;
    let (mut agent, ticket) = proposed(&studio).await;
    let mut owner = studio.caller("owner").await;
    load_another_set(&mut studio, &mut owner).await;
    decide(&mut owner, "approve", &ticket).await;
    let outcome = until_state(&mut agent, &ticket, "void").await;
    assert_eq!(outcome["reason"], "another set was loaded", "{outcome}");
    assert_eq!(deletions(&studio), 0);
}

async fn load_another_set(studio: &mut Studio, owner: &mut Client) {
    done(owner, json!({"action": "subscribe", "topics": [{"event": "set_load"}]})).await;
    let before = owner.next_event().await.expect("an event")["value"].clone();
    studio.live.reload();
    while owner.next_event().await.expect("an event")["value"] == before {}
}

#[tokio::test]
async fn another_set_and_revocation_end_a_grant() {
    for (end, reason) in [
        ("set", "the policy has changed, or another set was loaded"),
        ("proposer", "the rights of who asked have ended"),
        ("approver", "the person who approved no longer has the right to"),
    ] {
        let asks = "[roles.muter]\ninherits = ['viewer']\nask = ['mute_track']";
        let mut studio = Studio::open_with(with_roles(asks)).await;
        let mut console = studio.console().await;
        let mut owner = studio.caller("owner").await;
        done(&mut console, json!({"action": "user_add", "user": "muter", "role": "muter"})).await;
        let mut muter = signed_in(&studio, &mut console, "muter").await;
        let mute = json!({"action": "mute_track", "track_index": 0, "mute": true});
        let ticket = ask(&mut muter, mute.clone()).await["ticket"].as_str().expect("a ticket").to_owned();
        done(&mut owner, json!({"action": "approve", "ticket": ticket, "for_s": 600})).await;
        until_state(&mut muter, &ticket, "done").await;
        let grants = done(&mut console, json!({"action": "approval_grants"})).await;
        assert_eq!(grants["grants"].as_array().map(Vec::len), Some(1), "{grants}");
        match end {
            "set" => {
                load_another_set(&mut studio, &mut owner).await;
                assert_eq!(ask(&mut muter, mute).await["code"], "approval_pending");
            }
            "proposer" => {
                let tokens = done(&mut console, json!({"action": "token_list"})).await["tokens"].clone();
                let tokens = tokens.as_array().expect("tokens").clone();
                let of_muter = tokens.iter().find(|token| token["user"] == "muter").expect("its token");
                done(&mut console, json!({"action": "token_revoke", "jti": of_muter["jti"]})).await;
            }
            _ => _ = done(&mut console, json!({"action": "user_set_role", "user": "owner", "role": "viewer"})).await,
        }
        // It ends by itself, and its row says so.
        let ends = json!({"action": "audit_list", "kind": "approval_grant_ended"});
        while done(&mut console, ends.clone()).await["rows"] == json!([]) {}
        assert_eq!(done(&mut console, json!({"action": "approval_grants"})).await["grants"], json!([]));
        drop((console, owner, muter));
        studio.end().await;
        let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
        let ended: Vec<Value> = rows
            .iter()
            .filter(|row| row.kind == "approval_grant_ended")
            .filter_map(|row| row.details.clone())
            .collect();
        assert_eq!(ended.iter().map(|event| &event["reason"]).collect::<Vec<_>>(), [reason], "{end}");
    }
}

/// Promise: User names are never reused
#[tokio::test]
async fn no_user_is_called_as_local_callers_are() {
    let studio = Studio::open().await;
    let mut console = studio.console().await;
    for name in ["agent", "local", "console"] {
        for request in [
            json!({"action": "user_add", "user": name, "role": "viewer"}),
            json!({"action": "pair_offer", "role": "viewer", "name": name}),
        ] {
            let refused = ask(&mut console, request).await;
            let sentence = refused["error"].as_str().unwrap_or_else(|| panic!("{name}: {refused}"));
            assert!(sentence.contains("that of callers without a user"), "{name}: {refused}");
        }
    }
}
