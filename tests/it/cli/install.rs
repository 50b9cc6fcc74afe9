//! `livegate install` and `uninstall` in temporary User Libraries, up to a command that reaches Live through the installed script.

use std::fs;
use std::path::Path;
use std::process::Output;

use aws_lc_rs::digest::{SHA256, digest};
use livegate::platform;
use serde_json::{Value, json};

use crate::support::installation::{Installation, MACOS, Running, UNUSED, WINDOWS};
use crate::support::skip::skip;
use crate::support::{process, root};

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn json_of(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).expect("a file")).expect("JSON")
}

/// Replace a file as if an older livegate had installed it.
fn put_older(script: &Path, name: &str, text: &str) {
    fs::write(script.join(name), text).expect("a file");
    let mut manifest = json_of(&script.join("installed.json"));
    manifest["files"][name] = json!(hex::encode(digest(&SHA256, text.as_bytes())));
    fs::write(script.join("installed.json"), manifest.to_string()).expect("a manifest");
}

fn refuses(installation: &Installation, command: &str, words: &str) {
    let refused = installation.run(&[command]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains(words), "{command}: {}", stderr(&refused));
}

#[test]
fn an_installed_script_runs_and_passes_doctor() {
    let running = Running::start();
    let sent = running.send(&["set_tempo", "bpm=128"]);
    assert!(sent.status.success(), "{}{}", stdout(&sent), stderr(&sent));
    assert_eq!(running.live.effects().last().expect("an effect")["value"], 128.0);
    running.installation.doctor().expect_green();
    let people = running.installation.run(&["doctor"]);
    assert!(stdout(&people).lines().all(|line| line.starts_with("ok ")), "{}", stdout(&people));
}

/// Promise: Installation touches only livegate's own files
#[test]
fn installing_writes_script_settings_and_key() {
    for live_dir in [MACOS, WINDOWS] {
        let installation = Installation::new(live_dir);
        let reported = installation.install();
        let key_file = installation.state.join("bridge.key");
        assert_eq!((&reported["change"], &reported["key_is_new"]), (&json!("new"), &json!(true)));
        assert_eq!(reported["script"], json!(installation.script()));
        let settings = json_of(&installation.script().join("settings.json"));
        assert_eq!(settings, json!({"port": 9004, "key_file": key_file}));
        platform::read_secret(&key_file).expect("a key that only its owner can read");
        for name in ["__init__.py", "catalog.json", "actions/song.py"] {
            assert!(installation.script().join(name).is_file(), "{name}");
        }
        assert!(!installation.state.join("livegate.toml").exists(), "the defaults do");
        let people = stdout(&installation.run(&["install"]));
        assert!(people.contains("Settings > Link, Tempo & MIDI"), "{people}");
    }
}

#[test]
fn installing_again_replaces_only_an_older_script() {
    let installation = Installation::installed();
    let script = installation.script();
    let key = fs::read(installation.state.join("bridge.key")).expect("a key");
    let settings = script.join("settings.json");
    let limited = json!({"port": 9004, "key_file": installation.state.join("bridge.key"), "limits": {"queue_max": 7}});
    fs::write(&settings, limited.to_string()).expect("settings");
    fs::create_dir(script.join("__pycache__")).expect("a folder");
    fs::write(script.join("__pycache__/bridge.cpython-311.pyc"), "").expect("a file");
    assert_eq!(installation.install()["change"], "unchanged");

    put_older(&script, "bridge.py", "\"\"\"An older one.\"\"\"\n");
    assert_eq!(installation.install()["change"], "replaced");
    let source = fs::read(root().join("script/LiveGate/version.py")).expect("a source");
    assert_eq!(fs::read(script.join("version.py")).expect("a file"), source);
    assert_ne!(fs::read_to_string(script.join("bridge.py")).expect("a file"), "\"\"\"An older one.\"\"\"\n");
    assert_eq!(json_of(&settings), limited, "the owner's limits stay");
    assert_eq!(fs::read(installation.state.join("bridge.key")).expect("a key"), key);
    let beside: Vec<_> = fs::read_dir(script.parent().expect("a folder")).expect("a folder").flatten().collect();
    assert_eq!(beside.len(), 1, "{beside:?}");
}

#[test]
fn hand_copied_scripts_and_leftovers_are_replaced() {
    let installation = Installation::installed();
    let script = installation.script();
    fs::remove_file(script.join("installed.json")).expect("a manifest");
    fs::create_dir_all(script.with_extension("draft")).expect("a draft");
    fs::write(script.with_extension("draft").join("installed.json"), "{").expect("the beginning of a draft");
    let refused = installation.run(&["uninstall"]);
    assert!(stderr(&refused).contains("copied by hand"), "{}", stderr(&refused));
    assert_eq!(installation.install()["change"], "replaced");
    assert!(!script.with_extension("draft").exists());
    assert_eq!(installation.install()["change"], "unchanged");
}

/// Promise: Installation touches only livegate's own files
#[test]
fn foreign_files_are_neither_replaced_nor_removed() {
    let foreign = Installation::new(WINDOWS);
    fs::create_dir(foreign.script()).expect("a folder");
    fs::write(foreign.script().join("__init__.py"), "\"\"\"My own LiveGate.\"\"\"\n").expect("a file");
    for command in ["install", "uninstall"] {
        refuses(&foreign, command, "was not created by livegate; move it away");
    }
    assert!(!foreign.state.exists(), "what is refused is refused before anything is written");

    let extended = Installation::installed();
    fs::write(extended.script().join("actions/mine.py"), "").expect("a file");
    for command in ["install", "uninstall"] {
        refuses(&extended, command, "livegate did not install: actions/mine.py");
    }
}

/// Promise: Installation touches only livegate's own files
#[test]
fn edited_files_are_named_and_kept() {
    let installation = Installation::installed();
    let script = installation.script();
    let moved = installation.dir.path().join("mine.py");
    fs::remove_dir_all(&installation.state).expect("a state folder");
    put_older(&script, "lines.py", "\"\"\"An older one.\"\"\"\n");
    for name in ["bridge.py", "actions/song.py"] {
        fs::write(script.join(name), "# mine\n").expect("a file");
    }
    for command in ["install", "uninstall"] {
        refuses(&installation, command, "changed after their installation: actions/song.py, bridge.py; move them");
    }
    assert_eq!(fs::read_to_string(script.join("bridge.py")).expect("a file"), "# mine\n");
    assert_eq!(fs::read_to_string(script.join("lines.py")).expect("a file"), "\"\"\"An older one.\"\"\"\n");
    assert!(!installation.state.exists(), "what is refused is refused before anything is written");

    fs::rename(script.join("bridge.py"), moved).expect("a file moved elsewhere");
    fs::remove_file(script.join("actions/song.py")).expect("a file");
    assert_eq!(installation.install()["change"], "replaced");
    installation.doctor().expect("source", "ok", "matches this livegate", "");
}

/// Promise: Installation touches only livegate's own files
#[test]
fn script_answers_fit_the_gateways_limit() {
    let installation = Installation::installed();
    let settings = installation.script().join("settings.json");
    for (owners, gateways, expected) in [
        (None, "9000000", json!({"answer_bytes_max": 9_000_000})),
        (None, "8388608", json!({})),
        (Some(2_000_000), "9000000", json!({"answer_bytes_max": 2_000_000})),
        (Some(2_000_000), "1500000", json!({"answer_bytes_max": 1_500_000})),
        (None, "20000", json!({"answer_bytes_max": 1_048_576})),
    ] {
        let limits = owners.map(|bytes: u64| json!({"answer_bytes_max": bytes})).unwrap_or(json!({}));
        let key = installation.state.join("bridge.key");
        fs::write(&settings, json!({"port": 9004, "key_file": key, "limits": limits}).to_string()).expect("settings");
        installation.configure(&format!("[bridge]\nanswer_bytes_max = {gateways}\n"));
        installation.install();
        assert_eq!(json_of(&settings)["limits"], expected, "{owners:?} {gateways}");
    }
}

#[test]
fn limits_survive_an_interrupted_replacement() {
    let installation = Installation::installed();
    let script = installation.script();
    let old = installation.script().with_extension("old");
    let limited = json!({"port": 9004, "key_file": installation.state.join("bridge.key"), "limits": {"queue_max": 7}});
    fs::write(script.join("settings.json"), limited.to_string()).expect("settings");
    fs::rename(&script, &old).expect("the first of two renames");
    fs::write(old.join("bridge.py"), "# mine\n").expect("a file");
    refuses(&installation, "install", "LiveGate.old has files that were changed");
    fs::remove_file(old.join("bridge.py")).expect("a file");
    assert_eq!(installation.install()["change"], "replaced");
    assert_eq!(json_of(&script.join("settings.json")), limited);
    assert!(!old.exists());
}

#[test]
fn unusable_settings_are_kept() {
    let texts: [&[u8]; 4] = [b"", b"{\"limits\": {\"queue_max\": 7}", b"{\"limit\": {}}", b"\xff"];
    for folder in ["LiveGate", "LiveGate.old"] {
        let installation = Installation::installed();
        let there = installation.script().with_file_name(folder);
        fs::rename(installation.script(), &there).expect("a folder");
        let settings = there.join("settings.json");
        let words = format!("{}: ", settings.display());
        for text in texts {
            fs::write(&settings, text).expect("settings");
            refuses(&installation, "install", &words);
            refuses(&installation, "install", "; correct it, or remove it to drop its limits");
            assert_eq!(fs::read(&settings).expect("settings"), text);
        }
        fs::remove_file(&settings).expect("settings");
        fs::create_dir(&settings).expect("what cannot be read as a file");
        refuses(&installation, "install", &words);
        fs::remove_dir(&settings).expect("a folder");
        installation.install();
        assert_eq!(json_of(&installation.script().join("settings.json"))["port"], 9004);
    }
}

/// Promise: Installation touches only livegate's own files
#[test]
fn a_link_is_not_followed() {
    let installation = Installation::new(WINDOWS);
    let linked =
        process::command("ln").arg("-s").arg(root().join("script/LiveGate")).arg(installation.script()).status();
    if !linked.is_ok_and(|status| status.success()) {
        return skip("there is no command ln");
    }
    for command in ["install", "uninstall"] {
        let refused = installation.run(&[command]);
        assert!(stderr(&refused).contains("was not created by livegate"), "{}", stderr(&refused));
    }
    installation.configure(&format!("[bridge]\naddress = \"{UNUSED}\"\n"));
    installation.doctor().expect("script", "fail", "was not created by livegate", "move it away");
}

/// Promise: Installation touches only livegate's own files
#[test]
fn taking_port_9004_moves_the_script_aside() {
    let installation = Installation::new(MACOS);
    assert!(installation.run(&["install", "--take-9004"]).status.success());
    let reported = installation.install();
    assert_eq!((&reported["bridge"], &reported["change"]), (&json!("127.0.0.1:9014"), &json!("unchanged")));
    assert_eq!(reported["local"], json!(["127.0.0.1:9005", "127.0.0.1:9004"]));
    assert_eq!(json_of(&installation.script().join("settings.json"))["port"], 9014);

    // Serving the LAN is added; the listener without sign-in remains the owner's choice.
    let init = process::livegate().args(["init", "--lan", "--state-dir"]).arg(&installation.state).output();
    let init = init.expect("the command runs");
    assert!(init.status.success(), "{}", stderr(&init));
    let before = fs::read_to_string(installation.state.join("livegate.toml")).expect("a configuration");
    assert!(before.contains("--take-9004") && before.contains("0.0.0.0:9443"), "{before}");
    let refused = installation.run(&["install", "--take-9004"]);
    assert_eq!(refused.status.code(), Some(1));
    let said = stderr(&refused);
    assert!(said.contains("nothing was changed") && said.contains("[local]\ntrust = true"), "{said}");
    assert_eq!(fs::read_to_string(installation.state.join("livegate.toml")).expect("a configuration"), before);
}

#[test]
fn uninstalling_keeps_trail_users_and_keys() {
    let installation = Installation::installed();
    fs::write(installation.live_dir.join("Remote Scripts/other.txt"), "mine").expect("a file");
    fs::create_dir(installation.script().join("__pycache__")).expect("a folder");
    let removed = installation.run(&["uninstall"]);
    assert!(removed.status.success(), "{}", stderr(&removed));
    assert!(stdout(&removed).contains("trail, users, keys and configuration"), "{}", stdout(&removed));
    let left: Vec<_> =
        fs::read_dir(installation.live_dir.join("Remote Scripts")).expect("a folder").flatten().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(installation.state.join("bridge.key").exists());
    let again = installation.run(&["uninstall", "--json"]);
    assert_eq!(serde_json::from_slice::<Value>(&again.stdout).expect("JSON")["removed"], false);
}

#[test]
fn a_folder_not_of_live_is_refused() {
    let installation = Installation::installed();
    for (live_dir, words) in [
        (installation.dir.path().join("nowhere"), "is not a folder; name Live's User Library with --live-dir"),
        (installation.script(), "is the script's own folder; name the User Library"),
    ] {
        let mut command = process::livegate();
        command.arg("install").arg("--live-dir").arg(live_dir).arg("--state-dir").arg(&installation.state);
        let refused = command.output().expect("the command runs");
        assert_eq!(refused.status.code(), Some(1));
        assert!(stderr(&refused).contains(words), "{}", stderr(&refused));
    }
}
