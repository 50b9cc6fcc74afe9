//! The commands about policy and approvals: each in words, as JSON, and as an admin action.

use std::path::Path;
use std::process::Output;

use livegate::client::Client;
use livegate::config::Config;
use serde_json::{Value, json};

use crate::path::approvals::{propose, until_state};
use crate::support::asking::{ask, done};
use crate::support::{Studio, process};

fn run(state: &Path, args: &[&str]) -> Output {
    let mut command = process::livegate();
    // Files are in the state folder, and messages name them as they were given.
    command.current_dir(state).args(args).arg("--state-dir").arg(state);
    command.output().expect("the command runs")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn in_words(state: &Path, args: &[&str]) -> String {
    let output = run(state, args);
    assert!(output.status.success(), "{args:?}: {output:?}");
    text(&output)
}

/// The one line of JSON, which is an answer with `ok`.
fn as_json(state: &Path, args: &[&str]) -> Value {
    let output = run(state, &[args, &["--json"]].concat());
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{args:?}: {output:?}"));
    assert_eq!(answer["ok"], true, "{args:?}: {answer}");
    answer
}

const ROLES: &str = "[roles.guest]\nallow = ['@read', '@mix']\n";
const MORE: &str = "[roles.guest]\nallow = ['@read', '@mix', 'set_tempo']\n";
const ENDED: &str = "[[roles.guest.rule]]\nallow = ['undo']\nuntil = 2020-01-01T00:00:00Z\n";
const CASES: &str = "[[case]]\nname = 'a guest sets no tempo'\nrole = 'guest'\naction = 'set_tempo'\nexpect = 'deny'\n";

async fn studio() -> (Studio, Client) {
    let folder = tempfile::tempdir().expect("a folder").keep();
    std::fs::write(folder.join("roles.toml"), ROLES).expect("written");
    let studio = Studio::open_with(|config: &mut Config| config.policy.roles_file = folder.join("roles.toml")).await;
    for (name, text) in [("old.toml", ROLES), ("new.toml", MORE), ("old.test.toml", CASES), ("new.test.toml", CASES)] {
        std::fs::write(studio.dir.path().join(name), text).expect("written");
    }
    let console = studio.console().await;
    (studio, console)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roles_file_is_checked_tested_and_compared() {
    let (studio, mut console) = studio().await;
    let state = studio.dir.path();
    assert_eq!(as_json(state, &["policy", "check", "old.toml"])["failures"], json!([]));
    assert!(in_words(state, &["policy", "check", "old.toml"]).contains("old.test.toml: 1 passed, 0 failed"));
    // `policy test` and `policy diff` need no state folder.
    let apart = |args: &[&str]| {
        let mut command = process::livegate();
        command.current_dir(state).args(args).output().expect("the command runs")
    };
    let failed = apart(&["policy", "test", "new.test.toml", "--json"]);
    let failed: Value = serde_json::from_slice(&failed.stdout).expect("JSON");
    assert_eq!((&failed["ok"], &failed["passed"]), (&json!(false), &json!(0)), "{failed}");
    assert!(text(&apart(&["policy", "test"])).contains("0 failed"));
    assert_eq!(text(&apart(&["policy", "diff", "old.toml", "new.toml"])), "guest: set_tempo deny -> allow\n");
    let changes: Value =
        serde_json::from_slice(&apart(&["policy", "diff", "old.toml", "new.toml", "--json"]).stdout).expect("JSON");

    let checked =
        done(&mut console, json!({"action": "policy_check", "roles": format!("{MORE}{ENDED}"), "cases": CASES})).await;
    assert_eq!((&checked["passed"], checked["failures"][0].as_str()), (&json!(0), failed["failures"][0].as_str()));
    assert!(checked["warnings"][0].as_str().expect("a warning").contains("guest.rule1 has ended"), "{checked}");
    let bad = ask(&mut console, json!({"action": "policy_check", "roles": "[roles.guest]\nallow = ['@reed']"})).await;
    assert!(bad["error"].as_str().expect("a sentence").starts_with("roles:2:10: there is no tag @reed"), "{bad}");
    let tested = done(&mut console, json!({"action": "policy_test", "cases": CASES})).await;
    assert_eq!((&tested["passed"], &tested["failures"]), (&json!(1), &json!([])), "against the roles in force");
    let tested = done(&mut console, json!({"action": "policy_test", "roles": MORE, "cases": CASES})).await;
    assert_eq!(tested["failures"], failed["failures"]);
    let shipped = done(&mut console, json!({"action": "policy_test"})).await;
    assert!(shipped["passed"].as_u64().expect("a count") > 30 && shipped["failures"] == json!([]), "{shipped}");
    for before in [json!({}), json!({"before": ROLES})] {
        let mut request = json!({"action": "policy_diff", "roles": MORE});
        request.as_object_mut().expect("an object").extend(before.as_object().expect("an object").clone());
        let diff = done(&mut console, request).await;
        assert_eq!(diff["changes"], changes["changes"]);
    }
    assert_eq!(changes["changes"][0]["gains"], true, "{changes}");
    let mut owner = studio.caller("engineer").await;
    for action in ["policy_check", "policy_test", "policy_diff"] {
        let refused = ask(&mut owner, json!({"action": action, "roles": ROLES})).await;
        assert_eq!(refused["code"], "forbidden", "{action}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_policy_in_force_is_shown_and_reloaded() {
    let (studio, mut console) = studio().await;
    let state = studio.dir.path();
    let explained = as_json(state, &["policy", "explain", "--as", "agent", "delete_track", "track_index=0"]);
    assert_eq!((&explained["role"], &explained["verdict"]), (&json!("agent"), &json!("ask")));
    let words = in_words(state, &["policy", "explain", "--role", "guest", "set_tempo", "bpm=90"]);
    assert_eq!(words, "role guest may not set_tempo: rule default\n");
    assert_eq!(as_json(state, &["policy", "matrix"])["matrix"]["delete_track"]["agent"], "ask");
    assert!(in_words(state, &["policy", "matrix"]).lines().count() > 200);
    let reloaded = as_json(state, &["policy", "reload"]);
    assert_eq!(reloaded["changed"], false);
    assert_eq!(in_words(state, &["policy", "reload"]), "the roles have not changed\n");
    assert_eq!(as_json(state, &["role", "list"])["roles"].as_array().map(Vec::len), Some(10));
    let shown = as_json(state, &["role", "show", "guest"]);
    assert!(shown["actions"].as_array().expect("actions").contains(&json!("mute_track")));
    assert!(in_words(state, &["role", "show", "guest"]).contains("mute_track\n"));
    assert_eq!(as_json(state, &["freeze", "--except", "guest"])["except"], json!(["guest"]));
    assert!(in_words(state, &["freeze"]).contains("changes in Live are frozen"));
    let frozen = as_json(state, &["policy", "explain", "--role", "guest", "mute_track", "track_index=0"]);
    assert_eq!((&frozen["verdict"], &frozen["frozen_by"]), (&json!("deny"), &json!("console")));
    assert_eq!(as_json(state, &["thaw"])["changed"], true);
    assert_eq!(in_words(state, &["thaw"]), "changes in Live were not frozen\n");
    // A batch is explained command by command.
    let commands = json!([
        {"action": "mute_track", "track_index": 0}, {"action": "delete_track", "track_index": 0}, {"action": "undo"},
    ]);
    let explain = |role: &str| json!({"action": "policy_explain", "role": role, "request": {"action": "batch", "commands": commands}});
    for (role, verdict) in [("agent", "ask"), ("guest", "deny"), ("producer", "allow")] {
        let explained = done(&mut console, explain(role)).await;
        assert_eq!((&explained["verdict"], explained["commands"].as_array().map(Vec::len)), (&json!(verdict), Some(3)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn approvals_are_decided_on_the_command_line() {
    let (studio, mut console) = studio().await;
    let state = studio.dir.path();
    let mut agent = studio.caller("agent").await;
    assert_eq!(in_words(state, &["approvals"]), "no request waits for approval\n");
    let ticket = propose(&mut agent).await;
    let listed = in_words(state, &["approvals", "list"]);
    assert!(listed.starts_with(&format!("{ticket}  assistant wants delete_track on track \"")), "{listed}");
    assert_eq!(as_json(state, &["approvals"])["approvals"][0]["ticket"], ticket.as_str());
    assert_eq!(as_json(state, &["approvals", "approve", &ticket])["state"], "approved");
    until_state(&mut agent, &ticket, "done").await;
    let ticket = propose(&mut agent).await;
    assert_eq!(as_json(state, &["approvals", "deny", &ticket])["state"], "denied");
    let again = run(state, &["approvals", "approve", &ticket]);
    assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("denied already"), "{again:?}");
    assert_eq!(as_json(state, &["approvals", "grants"])["grants"], json!([]));
    assert_eq!(in_words(state, &["approvals", "grants"]), "no grants are in force\n");
    let unknown = run(state, &["approvals", "revoke", "00", "--json"]);
    assert!(!unknown.status.success() && String::from_utf8_lossy(&unknown.stderr).contains("there is no grant 00"));
    done(&mut console, json!({"action": "approval_grants"})).await;
}

/// An agent on this machine may do no more than its user.
#[tokio::test]
async fn an_explanation_has_the_agents_bound() {
    let studio = Studio::open_with(|config: &mut Config| config.local.role = "viewer".into()).await;
    let mut console = studio.console().await;
    let explain = json!({"action": "policy_explain", "user": "agent", "request": {"action": "undo"}});
    assert_eq!(done(&mut console, explain).await["verdict"], "deny");
}
