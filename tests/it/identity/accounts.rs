//! Passwords: their cost, their hashes, and prompts at a terminal; and disabling under load. Transcripts have the rest.

use livegate::client::Client;
use serde_json::{Value, json};

use crate::support::asking::{ask, done};
use crate::support::studio::until;
use crate::support::{Studio, binary, process};

const PASSWORD: &str = "correct horse";

/// The answer to a sign-in by password on a new connection.
async fn log_in(studio: &Studio, user: &str, password: &str) -> Value {
    ask(&mut studio.unauthenticated().await, json!({"action": "login", "user": user, "password": password})).await
}

async fn password_evaluations(studio: &Studio) -> u64 {
    let status = done(&mut studio.console().await, json!({"action": "status"})).await;
    status["sign_in"]["password_evaluations"].as_u64().expect("a number")
}

/// Promise: Password checks are slow, uniform and bounded
#[tokio::test]
async fn every_failed_sign_in_costs_one_evaluation() {
    let studio = Studio::open().await;
    let mut console = studio.console().await;
    for user in ["mixer", "assistant", "viewer"] {
        done(&mut console, json!({"action": "user_set_password", "user": user, "password": PASSWORD})).await;
    }
    done(&mut console, json!({"action": "user_disable", "user": "assistant"})).await;
    done(&mut console, json!({"action": "user_remove", "user": "viewer"})).await;
    let mut answers = Vec::new();
    for (user, password) in [
        ("ghost", PASSWORD),
        ("assistant", PASSWORD),
        ("assistant", "wrong horse"),
        ("viewer", PASSWORD),
        ("producer", PASSWORD),
        ("mixer", "wrong horse"),
        ("mixer", ""),
    ] {
        let before = password_evaluations(&studio).await;
        answers.push(log_in(&studio, user, password).await);
        assert_eq!(password_evaluations(&studio).await - before, 1, "{user}");
    }
    assert_eq!(answers[0]["code"], "unauthenticated");
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    let before = password_evaluations(&studio).await;
    assert_eq!(log_in(&studio, "mixer", PASSWORD).await["ok"], true);
    assert_eq!(password_evaluations(&studio).await - before, 1);
}

/// Promise: Password checks are slow, uniform and bounded
#[tokio::test]
async fn excess_password_sign_ins_are_asked_to_retry() {
    let studio = Studio::open_with(|config| config.sign_in.passwords_waiting_max = 2).await;
    let before = password_evaluations(&studio).await;
    let mut clients = Vec::new();
    for _ in 0..24 {
        clients.push(studio.unauthenticated().await);
    }
    for client in &mut clients {
        client.send(&json!({"action": "login", "user": "mixer", "password": PASSWORD})).await.expect("said");
    }
    let mut refused = 0;
    let mut crowded = 0;
    for client in &mut clients {
        match client.receive().await.expect("an answer")["code"].as_str() {
            Some("unauthenticated") => refused += 1,
            Some("overloaded") => crowded += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(refused + crowded, 24);
    assert!(refused >= 2 && crowded >= 1, "{refused} were looked at, {crowded} were not");
    assert_eq!(password_evaluations(&studio).await - before, refused);
}

/// A hash of the password as an older version with smaller parameters would have stored it.
fn weak_hash() -> String {
    use argon2::password_hash::PasswordHasher;
    let params = argon2::Params::new(1024, 1, 1, None).expect("parameters");
    let argon2 = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    argon2.hash_password(PASSWORD.as_bytes()).expect("a hash").to_string()
}

/// Promise: Password checks are slow, uniform and bounded
#[tokio::test]
async fn a_weak_hash_is_replaced_after_the_answer() {
    let studio = Studio::open_with(|config| {
        config.penalties.password_s = 60;
        config.penalties.account_min_s = 60;
        config.penalties.account_max_s = 60;
    })
    .await;
    let file = studio.dir.path().join("state.db");
    let weak = weak_hash();
    let stored = |user: &str| -> String {
        let state = rusqlite::Connection::open(&file).expect("state.db");
        state.query_row("SELECT password FROM user WHERE name = ?1", [user], |row| row.get(0)).expect("a hash")
    };
    let studio = studio.restart_with(|_| {
        let state = rusqlite::Connection::open(&file).expect("state.db");
        let set = "UPDATE user SET password = ?1 WHERE name IN ('mixer', 'assistant')";
        assert_eq!(state.execute(set, [&weak]).expect("an update"), 2);
    });
    let mut studio = studio.await;
    assert_eq!(log_in(&studio, "mixer", "wrong horse").await["code"], "unauthenticated");
    for tries in 0..3 {
        assert_eq!(password_evaluations(&studio).await, tries + 1);
        assert_eq!(log_in(&studio, "mixer", PASSWORD).await["code"], "unauthenticated", "it is slowed down");
    }
    assert_eq!(log_in(&studio, "assistant", PASSWORD).await["ok"], true);
    until(&mut studio.console().await, |_| stored("assistant") != weak).await;
    assert_eq!(password_evaluations(&studio).await, 4 + 2);
    studio.end().await;
    assert_eq!(stored("mixer"), weak);
}

/// A script that types at a terminal, and prints the terminal's output and the command's exit code.
const AT_A_TERMINAL: &str = r#"
import os, pty, sys, termios
words, typed = sys.argv[2:], sys.argv[1].split("|")
child, terminal = pty.fork()
if child == 0:
    os.execv(words[0], words)
shown = b""
for line in typed:
    while not shown.endswith(b": "):
        shown += os.read(terminal, 1)
    while termios.tcgetattr(terminal)[3] & termios.ECHO:  # the prompt comes a moment before the silence
        os.sched_yield()
    os.write(terminal, line.encode() + b"\n")
    shown += os.read(terminal, 1)
try:
    while True:
        read = os.read(terminal, 1024)
        if not read:
            break
        shown += read
except OSError:
    pass
status = os.waitpid(child, 0)[1]
sys.stdout.buffer.write(shown)
sys.exit(os.WEXITSTATUS(status))
"#;

#[tokio::test]
async fn a_typed_password_is_hidden_and_confirmed() {
    let studio = Studio::open().await;
    let type_in = async |typed: &str| {
        let mut command = process::python();
        command.args(["-c", AT_A_TERMINAL, typed]).arg(binary()).args(["user", "passwd", "mixer", "--state-dir"]);
        command.arg(studio.dir.path());
        // The gateway runs in this process, and must not wait for a command that waits for it.
        let output = tokio::task::spawn_blocking(move || command.output()).await.expect("a thread");
        let output = output.expect("Python 3 is installed");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, shown) = type_in("staple battery|staple battery").await;
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("new password for mixer") && !shown.contains("staple"), "{shown}");
    assert_eq!(log_in(&studio, "mixer", "staple battery").await["ok"], true);
    let (code, shown) = type_in("one password|and another").await;
    assert_eq!(code, Some(1), "{shown}");
    assert!(shown.contains("the passwords differ"), "{shown}");
    let (code, shown) = type_in("short|short").await;
    assert_eq!(code, Some(1), "{shown}");
    assert!(shown.contains("a password has at least 8 characters"), "{shown}");
    assert_eq!(log_in(&studio, "mixer", "staple battery").await["ok"], true);
}

/// Send requests until the connection is closed.
async fn go_on_until_closed(mut client: Client) {
    for number in 0_u32.. {
        let volume = f64::from(number % 100) / 100.0;
        let request = json!({"action": "set_track_volume", "track_index": 0, "volume": volume, "id": number});
        if client.send(&request).await.is_err() || !matches!(client.next().await, Ok(Some(_))) {
            break;
        }
    }
}

#[tokio::test]
async fn disabling_under_load_closes_everything_at_once() {
    let mut studio = Studio::open().await;
    let mut busy = Vec::new();
    for _ in 0..8 {
        busy.push(tokio::spawn(go_on_until_closed(studio.caller("mixer").await)));
    }
    let mut other = studio.caller("producer").await;
    for number in 0..50 {
        done(&mut other, json!({"action": "set_tempo", "bpm": 100 + number})).await;
    }
    done(&mut studio.console().await, json!({"action": "user_disable", "user": "mixer"})).await;
    for connection in busy {
        connection.await.expect("a connection that ends");
    }
    done(&mut other, json!({"action": "set_tempo", "bpm": 99})).await;
    studio.end().await;
    let trail = rusqlite::Connection::open(studio.dir.path().join("trail.db")).expect("the trail");
    let count = |sql: &str| trail.query_row(sql, [], |row| row.get::<_, i64>(0)).expect(sql);
    let disabled =
        "(SELECT outcome.seq FROM outcomes AS outcome JOIN decisions AS decision ON decision.seq = outcome.decision
                     WHERE decision.action = 'user_disable')";
    let done_by_mixer =
        "SELECT count(*) FROM decisions AS decision JOIN outcomes AS outcome ON outcome.decision = decision.seq
                         JOIN event ON event.seq = decision.session
                         WHERE outcome.outcome = 'ok' AND event.bytes ->> 'caller' = 'mixer'";
    assert!(count(&format!("{done_by_mixer} AND decision.seq < {disabled}")) > 0, "it was busy");
    assert_eq!(count(&format!("{done_by_mixer} AND decision.seq > {disabled}")), 0, "nothing is done afterwards");
    assert_eq!(count("SELECT count(*) FROM events WHERE kind = 'session_ended'"), 8);
}
