//! The roles are reloaded while the gateway runs: as a whole, at once, and automatically only if no role gains a right.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use livegate::client::Client;
use livegate::config::{Config, Rate};
use serde_json::{Value, json};

use crate::support::asking::{ask, done};
use crate::support::{Studio, trail};

/// A studio whose roles file has this text and is checked every `watch_ms`, with a user `guest` of the role `guest`.
async fn studio_with(roles: &str, watch_ms: u64) -> (Studio, PathBuf, Client) {
    let file = tempfile::tempdir().expect("a folder").keep().join("roles.toml");
    std::fs::write(&file, roles).expect("written");
    let roles_file = file.clone();
    let change = move |config: &mut Config| {
        config.policy.roles_file = roles_file;
        config.policy.watch_ms = watch_ms;
        let often = NonZeroU32::new(1_000_000).expect("more than nothing");
        let rate = Rate { per_second: often, burst: often };
        config.limits.read = rate;
        config.limits.change = rate;
        config.limits.heavy = rate;
    };
    let studio = Studio::open_with(change).await;
    let mut console = studio.console().await;
    done(&mut console, json!({"action": "user_add", "user": "guest", "role": "guest"})).await;
    (studio, file, console)
}

async fn guest(studio: &Studio, console: &mut Client) -> Client {
    let issued = done(console, json!({"action": "token_issue", "user": "guest"})).await;
    studio.with_token(issued["token"].as_str().expect("a token")).await
}

/// Poll the status until `is_wanted` holds.
async fn status_when(console: &mut Client, is_wanted: impl Fn(&Value) -> bool) -> Value {
    loop {
        let status = done(console, json!({"action": "status"})).await;
        if is_wanted(&status) {
            return status;
        }
    }
}

/// Promise: A policy is loaded completely or not at all
#[tokio::test]
async fn a_changed_file_takes_rights_by_itself() {
    let (mut studio, file, mut console) = studio_with("[roles.guest]\nallow = ['@read', '@mix']", 5).await;
    let mut guest = guest(&studio, &mut console).await;
    let mute = json!({"action": "mute_track", "track_index": 0});
    done(&mut guest, mute.clone()).await;
    let before = done(&mut console, json!({"action": "status"})).await["policy"].clone();
    std::fs::write(&file, "[roles.guest]\nallow = ['@read']").expect("written");
    status_when(&mut console, |status| status["policy"] != before).await;
    assert_eq!(ask(&mut guest, mute.clone()).await["code"], "forbidden");
    // A change that gives rights waits for a reload by the owner.
    std::fs::write(&file, "[roles.guest]\nallow = ['@read', '@mix', '@edit']").expect("written");
    let status = status_when(&mut console, |status| status["policy_problem"].is_string()).await;
    let problem = status["policy_problem"].as_str().expect("a sentence");
    assert!(problem.contains("role guest may gain the right to"), "{problem}");
    assert_eq!(ask(&mut guest, mute.clone()).await["code"], "forbidden");
    done(&mut console, json!({"action": "policy_reload"})).await;
    done(&mut guest, mute).await;
    assert_eq!(done(&mut console, json!({"action": "status"})).await["policy_problem"], Value::Null);
    drop((guest, console));
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    let triggers: Vec<(&str, Value)> = rows
        .iter()
        .filter(|row| row.kind.starts_with("policy_re"))
        .map(|row| (row.kind.as_str(), row.details.as_ref().expect("details")["trigger"].clone()))
        .collect();
    let expected = [("policy_reload", "file change"), ("policy_rejected", "file change"), ("policy_reload", "request")];
    assert_eq!(triggers, expected.map(|(kind, trigger)| (kind, json!(trigger))));
}

/// Promise: A policy is loaded completely or not at all
#[tokio::test]
async fn no_request_is_decided_by_two_policies() {
    let rules = |own: &str| {
        let (first, second) = if own == "a" { ("", "['undo']") } else { ("['undo']", "") };
        let rule = |extra: &str| {
            let actions = if extra.is_empty() { "['@mix', '@read']" } else { extra };
            format!("[[roles.guest.rule]]\nallow = {actions}\n")
        };
        format!("# {own}\n[roles.guest]\n{}{}", rule(first), rule(second))
    };
    let (mut studio, file, mut console) = studio_with(&rules("a"), 86_400_000).await;
    let is_over = Arc::new(AtomicBool::new(false));
    let mut loaders = Vec::new();
    for _ in 0..4 {
        let mut guest = guest(&studio, &mut console).await;
        let is_over = is_over.clone();
        loaders.push(tokio::spawn(async move {
            let mut asked = 0;
            while !is_over.load(Ordering::Relaxed) {
                let mute = json!({"action": "mute_track", "track_index": 0});
                let read = json!({"action": "get_session_info"});
                done(&mut guest, json!({"action": "batch", "commands": [mute, read]})).await;
                asked += 1;
            }
            asked
        }));
    }
    for turn in 0..40 {
        std::fs::write(&file, rules(if turn % 2 == 0 { "b" } else { "a" })).expect("written");
        assert_eq!(done(&mut console, json!({"action": "policy_reload"})).await["changed"], true);
    }
    is_over.store(true, Ordering::Relaxed);
    let mut asked = 0;
    for loader in loaders {
        asked += loader.await.expect("every request is answered");
    }
    assert!(asked > 40, "{asked} requests");
    let mut auditor = studio.caller("auditor").await;
    let mut rules_by_policy: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for row in trail::rows(studio.dir.path(), studio.set_up_seq)
        .iter()
        .rev()
        .filter(|row| row.action.as_deref() == Some("batch"))
        .take(200)
    {
        let shown = done(&mut auditor, json!({"action": "audit_show", "seq": row.seq})).await;
        let policy = shown["policy"]["row"]["sha256"].as_str().expect("a digest").to_owned();
        let rule = shown["row"]["rule"].as_str().expect("a rule").to_owned();
        *rules_by_policy.entry(policy).or_default().entry(rule).or_default() += 1;
    }
    assert_eq!(rules_by_policy.len(), 2, "{rules_by_policy:?}");
    assert!(rules_by_policy.values().all(|rules| rules.len() == 1), "{rules_by_policy:?}");
    drop((auditor, console));
    studio.end().await;
}
