//! Actions as users type them: lines on standard input, tracks by name, decibels, events, the prompt and the catalogue.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Studio, process};

/// A client's folder whose default gateway is the studio's local listener.
fn client_of(studio: &Studio) -> TempDir {
    let dir = TempDir::new().expect("a temporary folder");
    assert!(run(dir.path(), &["gateway", "add", "here", "--to", &studio.local.to_string()], "").status.success());
    dir
}

fn command(state: &Path, args: &[&str]) -> Command {
    let mut command = process::livegate();
    command.args(args).arg("--state-dir").arg(state).env("TERM", "dumb");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(state: &Path, args: &[&str], typed: &str) -> Output {
    let mut process = command(state, args).spawn().expect("the command runs");
    // The command may end without reading its input.
    let _ = process.stdin.take().expect("a pipe").write_all(typed.as_bytes());
    process.wait_with_output().expect("an end")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

fn answers(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{}", said(output)))).collect()
}

async fn first_track(studio: &Studio) -> String {
    let answer =
        studio.local().await.ask(json!({"action": "get_track_info", "track_index": 0})).await.expect("an answer");
    answer["name"].as_str().expect("a name").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_of_standard_input_are_sent_in_order() {
    let studio = Studio::open().await;
    let client = client_of(&studio);
    let name = first_track(&studio).await;
    let lines = format!(
        "# a comment\nset_track_volume track=\"{name}\" volume=-6dB\n\n{{\"action\": \"get_track_info\", \"track_index\": 0}}\nset_tempo bpm=1\n"
    );
    let sent = run(client.path(), &["send", "-"], &lines);
    let answers = answers(&sent);
    assert_eq!((sent.status.code(), answers.len()), (Some(1), 3), "{}", said(&sent));
    assert!((answers[1]["volume"].as_f64().expect("a volume") - 0.7).abs() < 1e-6, "{}", said(&sent));
    assert_eq!(answers[2]["code"], "invalid_params");
    let unread = run(client.path(), &["send", "-"], "set_tempo bpm=\"90\nset_tempo bpm=91\n");
    assert!(said(&unread).contains("line 1: a quote is not closed"), "{}", said(&unread));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_track_is_the_one_meant() {
    let studio = Studio::open().await;
    let client = client_of(&studio);
    let missing = run(client.path(), &["send", "mute_track", "track=Missing", "mute=true"], "");
    assert_eq!(missing.status.code(), Some(1));
    assert!(said(&missing).contains("Missing"), "{}", said(&missing));
    let both = run(client.path(), &["send", "mute_track", "track=x", "track_index=0", "mute=true"], "");
    assert!(said(&both).contains("not both"), "{}", said(&both));
    // The request contains the name, so that Live itself compares it.
    let name = first_track(&studio).await;
    let dry = run(client.path(), &["send", "mute_track", &format!("track={name}"), "mute=true", "dry_run=true"], "");
    assert_eq!(answers(&dry)[0]["ok"], true, "{}", said(&dry));
}

#[tokio::test(flavor = "multi_thread")]
async fn watching_prints_each_event_until_it_is_ended() {
    let studio = Studio::open().await;
    let client = client_of(&studio);
    let name = first_track(&studio).await;
    let topic = format!("track_volume:{name}");
    let mut watching = command(client.path(), &["watch", "tempo", &topic]).spawn().expect("the command runs");
    let mut events = BufReader::new(watching.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
    let mut of = |event: &str| -> Value {
        let found = events.by_ref().find(|line| line.contains(event)).expect("an event");
        serde_json::from_str(&found).expect("JSON")
    };
    of("tempo");
    studio.local().await.ask(json!({"action": "set_tempo", "bpm": 91})).await.expect("an answer");
    assert_eq!(of("tempo")["value"], 91.0);
    watching.kill().expect("it runs");
    watching.wait().expect("an end");
    for (topic, reason) in [("tempi", "that event does not exist"), ("track_volume", "write track_volume:TRACK_INDEX")]
    {
        let refused = run(client.path(), &["watch", topic], "");
        assert!(refused.status.code() == Some(1) && said(&refused).contains(reason), "{}", said(&refused));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_prompt_goes_on_after_mistakes() {
    let studio = Studio::open().await;
    let client = client_of(&studio);
    let typed = "set_tempo 130\nset_tempo bpm=93\nhelp set_tempo\nexit\nset_tempo bpm=94\n";
    let session = run(client.path(), &["shell"], typed);
    let text = said(&session);
    assert!(session.status.success(), "{text}");
    assert!(text.contains("write bpm=130") && text.contains("set_tempo bpm=20..999"), "{text}");
    let answer = studio.local().await.ask(json!({"action": "get_session_info"})).await.expect("an answer");
    assert_eq!(answer["tempo"], 93.0);
    assert!(!client.path().join("shell_history").exists(), "what is piped in is not history");
}

#[test]
fn the_catalogue_is_searched_without_a_gateway() {
    let run = |args: &[&str]| {
        let output = process::livegate().arg("actions").args(args).output().expect("the command runs");
        said(&output)
    };
    assert!(run(&[]).contains("session\n"), "{}", run(&[]));
    let found = run(&["volume"]);
    assert!(found.contains("set_track_volume track_index=0.. volume=0..1") && !found.contains("set_tempo"), "{found}");
    let one = run(&["set_track_volume"]);
    assert!(one.contains("0.85 = 0 dB") && one.contains("@mix") && one.contains("track=NAME"), "{one}");
    assert!(run(&["no such thing"]).contains("livegate actions lists them all"));
}
