//! Each way in which a request is permitted or forbidden, as rows of policy, caller, line and verdict.

use bytes::Bytes;
use serde_json::json;

use super::*;
use crate::config;
use crate::gateway::interpret::interpret;
use crate::platform::clock::Moment;
use crate::wire::message::Message;

const NOW: Timestamp = Timestamp::constant(1_798_459_200, 0);

struct Gate {
    loaded: LoadedPolicy,
    role: Role,
    ceiling: Option<Role>,
    scope: Option<Narrowing>,
}

impl Gate {
    /// The role `a` of a policy.
    fn of(policy: &str) -> Gate {
        let policy = Policy::parse("roles.toml", policy).expect("a good policy");
        let loaded = LoadedPolicy::of(policy, &Source::Shipped, None);
        Gate { loaded, role: "a".into(), ceiling: None, scope: None }
    }

    fn frozen(self, except: &[&str]) -> Gate {
        let except = except.iter().map(|role| (*role).to_owned()).collect();
        let freeze = Freeze { by: "mia".into(), since: 0, except };
        Gate { loaded: self.loaded.with_freeze(Some(Arc::new(freeze))), ..self }
    }

    fn within_scope(self, patterns: &[&str]) -> Gate {
        let patterns = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
        Gate { scope: Some(Narrowing::parse(patterns).expect("a scope")), ..self }
    }

    fn under(self, ceiling: &str) -> Gate {
        Gate { ceiling: Some(ceiling.into()), ..self }
    }

    fn rights(&self) -> Rights<'_> {
        Rights::within(&self.loaded, &self.role, self.scope.as_ref(), NOW).under(self.ceiling.as_ref())
    }

    /// `allow`, `guard`, or the refusal's code and message.
    fn decide(&self, line: Value) -> String {
        decided(&self.rights(), line)
    }

    #[track_caller]
    fn check(&self, line: Value, expected: &str) {
        let decided = self.decide(line.clone());
        assert!(decided.starts_with(expected), "{line}: {decided}");
    }
}

fn request(line: Value) -> Result<Request, Box<Refused>> {
    let message = Message::line(Bytes::from(line.to_string()));
    interpret(&message, catalogue(), &config::Requests::default(), Moment::now())
}

fn decided(rights: &Rights<'_>, line: Value) -> String {
    match rights.still_allow(&request(line).expect("a request")) {
        Ok(Guards::One(None)) => "allow".to_owned(),
        Ok(Guards::One(Some(_))) => "guard".to_owned(),
        Ok(Guards::Each(each)) => {
            each.iter().map(|guard| if guard.is_some() { "guard" } else { "allow" }).collect::<Vec<_>>().join(" ")
        }
        Err(refusal) => format!("{}: {}", refusal.code, refusal.message),
    }
}

fn tempo() -> Value {
    json!({"action": "set_tempo", "bpm": 90})
}

fn mute() -> Value {
    json!({"action": "mute_track", "track_index": 0})
}

fn with(mut line: Value, terms: Value) -> Value {
    line.as_object_mut().expect("an object").extend(terms.as_object().expect("an object").clone());
    line
}

/// Promise: A freeze stops all changes
#[test]
fn a_freeze_refuses_changes_alone() {
    let gate = Gate::of("[roles.a]\nallow = ['@read', '@mix', '@transport', '@stop', 'policy_matrix']");
    let frozen = Gate::of("[roles.a]\nallow = ['@read', '@mix', '@transport', '@stop', 'policy_matrix']").frozen(&[]);
    let read = || json!({"action": "get_session_info"});
    for line in [read(), json!({"action": "stop_playback"}), json!({"action": "policy_matrix"})] {
        frozen.check(line, "allow");
    }
    for line in [tempo(), mute(), json!({"action": "batch", "commands": [read(), mute()]})] {
        frozen.check(line.clone(), "frozen: changes in Live are frozen");
        assert!(gate.decide(line).starts_with("allow"));
    }
    frozen.check(json!({"action": "batch", "commands": [read(), read()]}), "allow allow");
    Gate::of("[roles.a]\nallow = ['@mix']").frozen(&["a"]).check(mute(), "allow");
    Gate::of("[roles.a]\nallow = ['@mix']").frozen(&["b"]).check(mute(), "frozen");
}

/// Promise: Dry runs and expectations require the right to read
#[test]
fn what_reveals_takes_the_right_to_read() {
    let blind = Gate::of("[roles.a]\nallow = ['@mix', '@transport', '@launch']");
    let sees = |right: &str| Gate::of(&format!("[roles.a]\nallow = ['@mix', '@transport', '@launch', '{right}']"));
    for (line, right) in [
        (with(mute(), json!({"dry_run": true})), "get_track_info"),
        (with(tempo(), json!({"dry_run": true})), "get_session_info"),
        (with(mute(), json!({"expect": {"track": "Drums"}})), "get_track_info"),
        (with(tempo(), json!({"expect": {"exists": ["scene"]}})), "get_scene_info"),
        (with(tempo(), json!({"expect": {"playing": true}})), "get_session_info"),
        (with(tempo(), json!({"expect": {"armed": true}})), "get_track_info"),
    ] {
        let terms = format!("the right to {right}");
        for line in [line.clone(), json!({"action": "batch", "commands": [tempo(), line.clone()]})] {
            let refused = blind.decide(line.clone());
            assert!(refused.starts_with("forbidden: ") && refused.contains(&terms), "{line}: {refused}");
            assert!(!sees("get_clip_info").decide(line.clone()).starts_with("allow"), "{line}");
            sees(right).check(line, "allow");
        }
    }
    // The dry run of a batch reveals what those of its commands would.
    let batch = json!({"action": "batch", "commands": [mute()], "dry_run": true});
    blind.check(batch.clone(), "forbidden: ");
    sees("get_session_info").check(batch.clone(), "forbidden: commands[0]: ");
    Gate::of("[roles.a]\nallow = ['@mix', 'get_track_info', 'get_session_info']").check(batch, "allow");
    // A right with a condition is none, because no guard would check it here.
    let some =
        Gate::of("[roles.a]\nallow = ['@mix']\n[[roles.a.rule]]\nallow = ['@read']\nwhere = { track = ['Drums'] }");
    some.check(with(mute(), json!({"dry_run": true})), "forbidden");
    some.check(mute(), "allow");
}

#[test]
fn a_topic_takes_the_right_to_its_object() {
    let line = |event: &str| json!({"action": "subscribe", "topics": [{"event": "tempo"}, {"event": event}]});
    let gate = Gate::of("[roles.a]\nallow = ['get_session_info', 'get_track_info']");
    gate.check(line("tracks"), "allow");
    gate.check(line("scenes"), "forbidden: topics[1]: you may not subscribe to scenes");
    gate.check(line("approvals"), "forbidden: topics[1]: ");
    Gate::of("[roles.a]\ndeny = ['subscribe']\nallow = ['@read']").check(line("tracks"), "forbidden: ");
    // Ending a subscription reveals nothing.
    let end = json!({"action": "unsubscribe", "topics": [{"event": "scenes"}]});
    gate.check(end, "allow");
}

#[test]
fn a_batch_is_its_commands() {
    let gate =
        Gate::of("[roles.a]\nallow = ['set_tempo']\n[[roles.a.rule]]\nallow = ['@mix']\nwhere = { track = ['Drums'] }");
    let batch = |commands: Value| json!({"action": "batch", "commands": commands});
    gate.check(batch(json!([tempo(), mute()])), "allow guard");
    gate.check(batch(json!([tempo(), {"action": "undo"}])), "forbidden: commands[1]: role a does not allow undo");
    let rights = gate.rights();
    let decided = rights.decide(&request(batch(json!([mute(), tempo(), mute()]))).expect("a request"));
    assert_eq!(decided.map(|(rule, _)| rule.to_string()).map_err(|(rule, _)| rule), Ok("a and a.rule1".to_owned()));
    Gate::of("[roles.a]\nallow = ['set_tempo']\ndeny = ['batch']").check(batch(json!([tempo()])), "forbidden: ");
}

/// Promise: A token's scope adds no rights
#[test]
fn a_scope_bounds_every_right() {
    let policy = "[roles.a]\nallow = ['@read', '@mix', '@edit', '@destructive']";
    let scoped = Gate::of(policy).within_scope(&["@mix", "get_track_info"]);
    scoped.check(mute(), "allow");
    scoped
        .check(json!({"action": "undo"}), "forbidden: your token's scope is @mix, get_track_info, which excludes undo");
    scoped.check(json!({"action": "get_session_info"}), "forbidden: your token's scope");
    scoped.check(with(mute(), json!({"dry_run": true})), "allow");
    let rights = scoped.rights();
    let could = |action: &str| rights.could_allow(catalogue().find(action).expect("an action"));
    assert!(could("mute_track") && !could("undo") && !could("set_tempo"));
    let notes = |overwrite: bool| json!({"action": "add_notes", "track_index": 0, "scene_index": 0, "overwrite": overwrite, "notes": []});
    let edits = Gate::of(policy).within_scope(&["@edit"]);
    edits.check(notes(false), "allow");
    edits.check(notes(true), "forbidden: overwrite true needs the right to @destructive actions");
    Gate::of(policy).within_scope(&["@edit", "@destructive"]).check(notes(true), "allow");
}

/// Promise: An agent has fewer rights than its user
#[test]
fn a_ceiling_bounds_every_right() {
    let policy = "[roles.a]\nallow = ['@mix', '@read']\n[roles.b]\nallow = ['@mix', '@transport']";
    let bounded = Gate::of(policy).under("b");
    bounded.check(mute(), "allow");
    for line in [tempo(), json!({"action": "get_session_info"})] {
        bounded.check(line, "forbidden: role a does not allow");
    }
    let rights = bounded.rights();
    let could = |action: &str| rights.could_allow(catalogue().find(action).expect("an action"));
    assert!(could("mute_track") && !could("get_session_info") && !could("set_tempo") && !could("undo"));
    Gate::of(policy).check(json!({"action": "get_session_info"}), "allow");
}

#[test]
fn who_cannot_wait_is_not_asked_about() {
    let gate = Gate::of(
        "[roles.a]\nallow = ['@mix']\nask = ['mute_track']\n[[roles.a.rule]]\nask = ['solo_track']\nwhere = { track = ['Drums'] }",
    );
    let solo = || json!({"action": "solo_track", "track_index": 0});
    for line in [mute(), solo()] {
        gate.check(line, "guard");
    }
    let rights = Rights { may_wait_for_approval: false, ..gate.rights() };
    assert!(decided(&rights, mute()).starts_with("forbidden: "), "it would ask in any set");
    let Ok(Guards::One(Some(guard))) = rights.still_allow(&request(solo()).expect("a request")) else {
        panic!("the script decides")
    };
    assert!(!guard.to_value().to_string().contains("ask"), "{guard:?}");
    assert_eq!(decided(&rights, json!({"action": "set_track_pan", "track_index": 0, "pan": 0})), "allow");
    let scoped = gate.within_scope(&["@mix"]);
    let rights = Rights { may_wait_for_approval: false, ..scoped.rights() };
    assert!(decided(&rights, tempo()).starts_with("forbidden: osc.tags allows only @mix, not set_tempo"));
}

/// Promise: An agent has fewer rights than its user
#[test]
fn a_callers_bounds_are_found_with_it() {
    let gate =
        Gate::of("[roles.a]\nallow = ['@mix', '@transport']\nask = ['mute_track']\n[roles.b]\nask = ['@transport']");
    let scope = Arc::new(Narrowing::parse(vec!["@mix".into()]).expect("a scope"));
    let mute_action = catalogue().find("mute_track").expect("an action");
    let tempo_action = catalogue().find("set_tempo").expect("an action");
    for (caller, muted, changed, asked) in [
        (Caller::at_loopback("a"), "guard", "allow", [true, false]),
        (Caller::agent("a", "b"), "forbidden", "guard", [true, true]),
        (Caller::by_datagram_at_loopback("a", scope), "forbidden", "forbidden", [false, false]),
    ] {
        let rights = Rights::of(&gate.loaded, &caller, &gate.role);
        assert!(decided(&rights, mute()).starts_with(muted), "{caller:?}: {}", decided(&rights, mute()));
        assert!(decided(&rights, tempo()).starts_with(changed), "{caller:?}: {}", decided(&rights, tempo()));
        assert_eq!([mute_action, tempo_action].map(|action| rights.could_ask(action)), asked, "{caller:?}");
    }
}

/// Promise: No caller approves its own request
#[test]
fn an_approver_may_do_and_see_it() {
    let deletion =
        (catalogue().find("delete_track").expect("an action"), Map::from_iter([("track_index".into(), json!(0))]));
    let tempo = (catalogue().find("set_tempo").expect("an action"), Map::from_iter([("bpm".into(), json!(90.0))]));
    let reads = "'get_track_info', 'get_clip_info', 'get_track_devices', 'get_device_parameters', '@read'";
    for (role, expected) in [
        (format!("allow = ['@edit', '@destructive', {reads}]"), true),
        (format!("ask = ['@edit', '@destructive']\nallow = [{reads}]"), false),
        (format!("allow = [{reads}]"), false),
        ("allow = ['@edit', '@destructive']".to_owned(), false),
        (format!("allow = ['@edit', '@destructive', {reads}]\ndeny = ['get_track_info']"), false),
    ] {
        let gate = Gate::of(&format!("[roles.a]\n{role}"));
        let rights = gate.rights();
        assert_eq!(rights.may_decide_about(deletion.0, &deletion.1), expected, "{role}");
        assert_eq!(rights.may_decide_about_all(&[deletion.clone(), deletion.clone()]), expected, "{role}");
        assert!(!rights.may_decide_about_all(&[deletion.clone(), tempo.clone()]), "{role}");
    }
}

#[test]
fn a_refusal_says_what_would_be_allowed() {
    let gate = Gate::of("[[roles.a.rule]]\nallow = ['set_tempo']\nparams = { bpm = { max = 80 } }");
    gate.check(tempo(), "forbidden: role a allows set_tempo only with bpm at most 80");
    gate.check(json!({"action": "undo"}), "forbidden: role a does not allow undo");
    let scoped = Gate::of("[[roles.a.rule]]\nallow = ['set_tempo']\nparams = { bpm = { max = 80 } }").under("b");
    scoped.check(tempo(), "forbidden: role a does not allow set_tempo");
}

/// A line that cannot be read explains no parameters to a caller who may never call its action.
#[test]
fn unreadable_lines_of_others_explain_nothing() {
    let gate = Gate::of("[roles.a]\nallow = ['mute_track']");
    let refused = |line: Value| {
        let refused = request(line).expect_err("no request");
        gate.rights().refuse_unreadable(&refused).map(|(rule, refusal)| format!("{rule}: {}", refusal.message))
    };
    let wrong = |action: &str| json!({"action": action, "track_index": "x"});
    assert_eq!(refused(wrong("mute_track")), None);
    assert!(
        refused(wrong("solo_track")).is_some_and(|text| text.starts_with("default: role a does not allow solo_track"))
    );
    let batch = |action: &str| json!({"action": "batch", "commands": [mute(), wrong(action)]});
    assert_eq!(refused(batch("mute_track")), None);
    assert!(refused(batch("solo_track")).is_some_and(|text| text.contains("commands[1]: role a does not allow")));
    // Who may call it with other values is shown which.
    let bounded = Gate::of("[[roles.a.rule]]\nallow = ['set_tempo']\nparams = { bpm = { max = 80 } }");
    let unread = request(json!({"action": "set_tempo", "bpm": "x"})).expect_err("no request");
    assert!(bounded.rights().refuse_unreadable(&unread).is_none());
    // A line without an action, or with one that does not exist, is refused for that.
    assert_eq!(refused(json!({"action": "solo_trakc"})), None);
    assert_eq!(refused(json!({})), None);
}
