//! What `status`, `doctor` and admin commands report when a part of the gateway fails.

use std::path::Path;
use std::process::Output;

use livegate::config;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::studio::until;
use crate::support::{Studio, process};

fn livegate(args: &[&str], state: &Path) -> Output {
    let mut command = process::livegate();
    command.args(args).arg("--state-dir").arg(state);
    command.output().expect("the command runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn answer(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}

/// The doctor's finding with this name.
fn finding(check: &str, state: &Path) -> Value {
    let reported = answer(&livegate(&["doctor", "--json"], state));
    let found =
        reported["checks"].as_array().expect("checks").iter().find(|finding| finding["check"] == check).cloned();
    found.unwrap_or_else(|| panic!("no {check} in {reported:#}"))
}

fn expect(finding: &Value, state: &str, message: &str, remedy: &str) {
    let holds = |key: &str, words: &str| finding[key].as_str().unwrap_or_default().contains(words);
    assert!(finding["state"] == state && holds("message", message) && holds("remedy", remedy), "{finding:#}");
}

/// Make the users' file refuse new users.
fn refuse_new_users(state: &Path) {
    let db = rusqlite::Connection::open(state.join("state.db")).expect("state.db");
    db.execute_batch("CREATE TRIGGER no_more BEFORE INSERT ON user BEGIN SELECT raise(ABORT, 'no'); END")
        .expect("a trigger");
}

/// Promise: A broken user database admits no user
#[tokio::test(flavor = "multi_thread")]
async fn a_faulty_users_file_gets_a_remedy() {
    let mut studio = Studio::open().await;
    let dir = studio.dir.path().to_owned();
    let file = dir.join("state.db");
    let away = dir.join("away.db");
    let reported = || answer(&livegate(&["status", "--json"], &dir))["sign_in"].clone();
    assert_eq!(reported()["well"], true);
    assert!(stdout(&livegate(&["status"], &dir)).contains("users        ok"));
    expect(&finding("users", &dir), "ok", "the gateway reads and writes state.db", "");

    std::fs::rename(&file, &away).expect("a rename");
    assert_eq!(
        (&reported()["well"], &reported()["reason"]),
        (&Value::Bool(false), &Value::from("state.db is missing"))
    );
    let said = stdout(&livegate(&["status"], &dir));
    assert!(
        said.contains("users        UNAVAILABLE, so sign-in and changes of users are refused: state.db is missing"),
        "{said}"
    );
    assert!(said.contains("restore state.db from a copy"), "{said}");
    expect(&finding("users", &dir), "fail", "state.db is missing", "restore state.db from a copy");

    std::fs::write(&file, "no database").expect("a file");
    assert_eq!(reported()["reason"], "state.db was replaced");
    std::fs::rename(&away, &file).expect("a rename");
    assert_eq!(reported()["well"], true);

    studio.end().await;
    expect(&finding("users", &dir), "ok", "state.db has 8 users", "");
    std::fs::rename(&file, &away).expect("a rename");
    expect(&finding("users", &dir), "fail", "state.db does not exist", "restore state.db from a copy");
    std::fs::write(&file, "no database").expect("a file");
    expect(&finding("users", &dir), "fail", "cannot read", "restore state.db from a copy");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_witness_is_reported_until_it_recovers() {
    let away = TempDir::new().expect("a temporary folder");
    let folder = away.path().join("disk");
    let file = folder.join("witness.txt");
    let handed = away.path().join("handed.txt");
    let keep = "import sys; open(sys.argv[1], 'w').write(sys.stdin.read())";
    let studio = Studio::open_with(|config| {
        config.trail.checkpoint_rows = 1;
        config.trail.witness_file.clone_from(&file);
        let python = config::python().into_string().expect("UTF-8");
        config.trail.witness_command = vec![python, "-c".into(), keep.into(), handed.to_string_lossy().into_owned()];
    })
    .await;
    let dir = studio.dir.path();
    let mut console = studio.console().await;
    let misses = |status: &Value| status["trail"]["witness"]["reason"] == "its file cannot be written";
    // The command still receives checkpoints.
    until(&mut console, |status| misses(status) && handed.exists()).await;
    let reported = answer(&livegate(&["status", "--json"], dir))["trail"]["witness"].clone();
    assert_eq!(reported["reason"], "its file cannot be written");
    assert!(reported["since"].is_string() && !reported.to_string().contains("witness.txt"), "{reported}");
    let said = stdout(&livegate(&["status"], dir));
    assert!(said.contains("witness      GETS NO CHECKPOINTS since"), "{said}");
    expect(&finding("witness", dir), "fail", "its file cannot be written", "trail.witness_file");

    std::fs::create_dir(&folder).expect("a folder");
    until(&mut console, |status| status["trail"]["witness"]["well"] == true).await;
    expect(&finding("witness", dir), "ok", "receives the trail's checkpoints", "");
}

/// Promise: A witness that hangs is reported
#[cfg_attr(windows, ignore = "Windows has no FIFOs in folders")]
#[tokio::test(flavor = "multi_thread")]
async fn a_hanging_witness_is_reported_and_delays_nothing() {
    let away = TempDir::new().expect("a temporary folder");
    let fifo = away.path().join("fifo");
    let handed = away.path().join("handed.txt");
    let made = process::command("mkfifo").arg(&fifo).status().expect("mkfifo runs");
    assert!(made.success());
    let keep = "import sys; open(sys.argv[1], 'w').write(sys.stdin.read())";
    let mut studio = Studio::open_with(|config| {
        config.trail.checkpoint_rows = 1;
        config.trail.witness_file.clone_from(&fifo);
        config.trail.witness_wait_ms = 2_000;
        let python = config::python().into_string().expect("UTF-8");
        config.trail.witness_command = vec![python, "-c".into(), keep.into(), handed.to_string_lossy().into_owned()];
    })
    .await;
    let dir = studio.dir.path();
    let mut console = studio.console().await;
    let hangs = |status: &Value| status["trail"]["witness"]["reason"] == "its file takes too long";
    // The FIFO has no reader; the command still receives checkpoints.
    until(&mut console, |status| hangs(status) && handed.exists()).await;
    expect(&finding("witness", dir), "fail", "its file takes too long", "trail.witness_file");
    drop(console);
    studio.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_internal_error_names_its_log_line() {
    let mut studio = Studio::open().await;
    let dir = studio.dir.path().to_owned();
    refuse_new_users(&dir);
    let refused = || {
        let output = livegate(&["user", "add", "zoe", "--role", "mixer"], &dir);
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let reference = |said: &str| {
        let (_, behind) = said.split_once("(reference ").unwrap_or_else(|| panic!("no reference in {said}"));
        behind.chars().take_while(char::is_ascii_hexdigit).collect::<String>()
    };
    let said = refused();
    assert_eq!(reference(&said).len(), 8, "{said}");
    assert!(said.contains(", see the gateway's log)"), "{said}");
    studio.end().await;
    // Without a running gateway, the only log is the command's own output.
    let said = refused();
    let line = format!("reference=\"{}\"", reference(&said));
    assert!(said.contains(&line) && said.contains("cannot write state.db"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn administration_answers_json_on_request() {
    let studio = Studio::open().await;
    let dir = studio.dir.path();
    let ask = |args: &[&str]| {
        let output = livegate(args, dir);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(stdout(&output).lines().count(), 1, "{output:?}");
        answer(&output)
    };
    let added = ask(&["user", "add", "zoe", "--role", "mixer", "--json"]);
    assert_eq!((&added["ok"], &added["user"], &added["role"]), (&true.into(), &"zoe".into(), &"mixer".into()));
    assert!(ask(&["token", "rotate-keys", "--json"])["kid"].is_string());
    assert!(ask(&["cert", "renew", "--json"])["names"].is_array());
    let tablet = dir.join("tablet");
    let issued = ask(&["cert", "issue-client", "--user", "zoe", "--out", tablet.to_str().expect("UTF-8"), "--json"]);
    let private = tablet.join("client.key");
    assert_eq!(issued["private_key"], private.display().to_string());
    assert_eq!(issued["certificate"], tablet.join("client.pem").display().to_string());
    assert_eq!((&issued["ok"], &issued["user"]), (&true.into(), &"zoe".into()));
    let secret = livegate::platform::read_secret(&private).expect("a key");
    let body = secrecy::ExposeSecret::expose_secret(&secret).lines().nth(1).expect("a body").to_owned();
    assert!(!issued.to_string().contains(&body), "the private key is printed");
    assert!(ask(&["cert", "rotate-ca", "--json"])["before"]["pin"].is_string());
    for refused in [["user", "add", "zoe", "--role", "mixer", "--json"].as_slice(), &["cert", "rotate-ca", "--json"]] {
        let output = livegate(refused, dir);
        assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(1), ""), "{output:?}");
    }
    assert_eq!(livegate(&["user", "add", "--json"], dir).status.code(), Some(2));
}
