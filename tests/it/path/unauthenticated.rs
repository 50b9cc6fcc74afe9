//! Unauthenticated connections from several sources: limits, evictions and penalties.

use livegate::client::Client;
use livegate::tls::{self, Names, Trust};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::installation::{Gateway, Installation, MACOS};
use crate::support::skip::{skip, skip_elsewhere};
use crate::support::studio::{socket, until};
use crate::support::{Studio, process, trail};

/// Whether this machine lacks the addresses 127.0.0.2 and so on, which are separate sources.
fn sources_are_missing() -> bool {
    let is_missing = std::net::TcpListener::bind("127.0.0.2:0").is_err();
    if is_missing {
        skip("127.0.0.2 is no address of this machine");
    }
    is_missing
}

/// A studio in which no network is exempt.
async fn strict(change: impl FnOnce(&mut livegate::config::Config)) -> Studio {
    Studio::open_with(|config| {
        config.sources.exempt.clear();
        change(config);
    })
    .await
}

/// Send invalid tokens until the connection is closed.
async fn fail(studio: &Studio, source: u8) {
    let mut client = studio.unauthenticated_from(source).await;
    while let Ok(answer) = client.ask(json!({"action": "authenticate", "token": "x"})).await {
        assert_eq!(answer["code"], "unauthenticated");
    }
}

/// Whether a source may connect: a request is answered, or at least refused over TLS.
async fn is_let_in(studio: &Studio, source: u8) -> bool {
    let mut stream = studio.socket_from(source).await;
    let _ = stream.write_all(b"this is not TLS, so the server sends an alert and closes\n").await;
    let mut said = [0; 1];
    matches!(stream.read(&mut said).await, Ok(1))
}

/// Promise: Failures penalise their source
#[tokio::test]
async fn repeated_failures_block_their_own_source_only() {
    if sources_are_missing() {
        return;
    }
    let mut studio = strict(|config| (config.penalties.sign_in_s, config.penalties.min_s) = (10, 25)).await;
    fail(&studio, 2).await;
    assert!(!is_let_in(&studio, 2).await);
    fail(&studio, 1).await;
    let trust = Trust::Authority(studio.dir.path().join("tls/ca.pem"));
    let refused = Client::connect_tls(&studio.tls.to_string(), Some("localhost"), &trust).await;
    let message = format!("{:#}", refused.err().expect("127.0.0.1 is refused"));
    assert!(message.contains("this address may be blocked after failed sign-ins"), "{message}");
    let mut console = studio.console().await;
    until(&mut console, |status| status["penalised"]["sources"] == 2).await;
    let mut command = tokio::process::Command::from(process::livegate());
    let reported =
        command.args(["status", "--state-dir"]).arg(studio.dir.path()).output().await.expect("the command runs");
    let reported = String::from_utf8_lossy(&reported.stdout).into_owned();
    assert!(reported.contains("2 blocked sources, 0 users with password sign-in suspended"), "{reported}");
    let mut client = studio.unauthenticated_from(3).await;
    let token = studio.tokens["mixer"].text.clone();
    assert_eq!(client.authenticate(&token.into()).await.expect("an answer")["ok"], true);
    drop((client, console));
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    let row = rows.iter().find(|row| row.kind == "penalty").expect("a row");
    let penalty = row.details.as_ref().expect("details");
    assert_eq!((row.address.as_deref(), &penalty["reason"]), (Some("127.0.0.2"), &json!("refused sign-ins")));
    assert!(penalty["until"].as_str().is_some_and(|until| until.ends_with('Z')), "{penalty}");
    let turned_away = |row: &&trail::Listed| {
        row.details.as_ref().is_some_and(|details| details["reason"] == "too many failures from its source")
    };
    assert_eq!(rows.iter().filter(turned_away).count(), 2);
}

/// Promise: Failures penalise their source
#[tokio::test]
async fn every_kind_of_failure_has_a_penalty() {
    if sources_are_missing() {
        return;
    }
    for (reason, source) in [("failed handshakes", 2), ("silence", 3), ("silence", 4), ("invalid requests", 5)] {
        let mut studio = strict(|config| {
            config.penalties = livegate::config::Penalties { min_s: 30, ..no_costs() };
            match reason {
                "failed handshakes" => config.penalties.handshake_s = 30,
                "silence" => config.penalties.silence_s = 30,
                _ => config.penalties.invalid_request_s = 30,
            }
            match source {
                3 => config.connections.handshake_ms = 20,
                4 => config.connections.first_line_ms = 20,
                _ => (),
            }
        })
        .await;
        match source {
            2 => assert!(is_let_in(&studio, source).await),
            3 => assert_eq!(studio.socket_from(source).await.read(&mut [0; 1]).await.unwrap_or(0), 0),
            4 => assert_eq!(studio.unauthenticated_from(source).await.next().await.ok().flatten(), None),
            _ => {
                let mut client = studio.unauthenticated_from(source).await;
                client.send_bytes(b"hello\n").await.expect("a connection");
                assert_eq!(client.receive().await.expect("an answer")["ok"], false);
            }
        }
        let mut console = studio.console().await;
        until(&mut console, |status| status["penalised"]["sources"] == 1).await;
        drop(console);
        let rows = studio.trail().await;
        assert!(rows.contains(&format!("event penalty - {reason}")), "{rows:?}");
    }
}

fn no_costs() -> livegate::config::Penalties {
    let costs = livegate::config::Penalties::default();
    livegate::config::Penalties { handshake_s: 0, silence_s: 0, invalid_request_s: 0, sign_in_s: 0, ..costs }
}

/// Promise: Failures penalise their source
#[tokio::test]
async fn an_expired_token_has_no_penalty() {
    let studio = strict(|config| {
        (config.penalties.sign_in_s, config.penalties.silence_s, config.connections.first_line_ms) = (30, 30, 1_000)
    })
    .await;
    let token = &studio.tokens["mixer"];
    let revoked = studio.console().await.ask(json!({"action": "token_revoke", "jti": token.jti})).await;
    assert_eq!(revoked.expect("an answer")["ok"], true);
    let sign_in = json!({"action": "authenticate", "token": token.text});
    // The gateway closes a connection after too many attempts, and after one attempt and silence.
    for tries in [3, 1, 1] {
        let mut client = studio.unauthenticated().await;
        for _ in 0..tries {
            assert_eq!(client.ask(sign_in.clone()).await.expect("an answer")["code"], "unauthenticated");
        }
        assert_eq!(client.next().await.ok().flatten(), None);
    }
}

#[tokio::test]
async fn an_exempt_network_is_never_blocked() {
    let studio = Studio::open_with(|config| config.penalties.min_s = 1).await;
    for _ in 0..3 {
        fail(&studio, 1).await;
    }
    let mut client = studio.unauthenticated_from(1).await;
    let answer = client.ask(json!({"action": "authenticate", "token": "x"})).await.expect("an answer");
    assert_eq!(answer.get("code").and_then(Value::as_str), Some("unauthenticated"));
}

/// Promise: Unauthenticated connections take no caller's slot
#[tokio::test]
async fn silent_connections_are_evicted_for_sign_ins() {
    const SILENT: usize = 1_000;
    let mut studio = Studio::open_with(|config| config.connections.max = 8).await;
    let mut console = studio.console().await;
    drop(studio.caller("mixer").await);
    until(&mut console, |status| status["connections"] == 0).await;
    let tasks = tokio::runtime::Handle::current().metrics();
    let tasks_before = tasks.num_alive_tasks();
    let mut silent = Vec::new();
    for number in 0..SILENT {
        silent.push(studio.socket_from(1).await);
        if number % 10 == 0 {
            assert!(is_let_in(&studio, 1).await, "what is no handshake is reported so");
        }
        if number % 100 == 99 {
            let mut client = studio.caller("mixer").await;
            assert_eq!(client.ask(json!({"action": "ping"})).await.expect("an answer")["ok"], true);
        }
    }
    until(&mut console, |status| status["connections"].as_u64().is_some_and(|count| count <= 256)).await;
    drop(silent);
    until(&mut console, |status| status["connections"] == 0).await;
    let all_ended = async {
        while tasks.num_alive_tasks() > tasks_before {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), all_ended).await.expect("no task is left behind");
    drop(console);
    let rows = studio.trail().await;
    let evicted = "event connection_refused - its slot was needed before it signed in";
    assert!(rows.iter().any(|row| row == evicted), "{rows:?}");
}

/// Promise: Unauthenticated connections take no caller's slot
#[tokio::test]
async fn a_thousand_silent_sockets_leak_nothing() {
    let installation = Installation::new(MACOS);
    installation
        .configure("[local]\nlisten = []\n[tls]\nlisten = [\"127.0.0.1:0\"]\n[bridge]\naddress = \"127.0.0.1:1\"\n");
    tls::create_authority(&installation.state.join("tls"), &Names::new(["localhost"], [[127, 0, 0, 1].into()]))
        .expect("certificates");
    let mut gateway = Gateway::start(&installation.state);
    let tls = gateway.address("over TLS");
    let mut console = Client::connect_control(&installation.state).await.expect("the control socket");
    // The console's own socket exists once it is answered.
    until(&mut console, |status| status["connections"] == 0).await;
    let Some((sockets, _)) = gateway.footprint() else {
        assert_ne!(std::env::consts::OS, "linux", "which lists the open files of a process");
        return skip_elsewhere("this system does not list the open files of a process");
    };
    let mut memory = Vec::new();
    for _ in 0..4 {
        let mut silent = Vec::new();
        for number in 0..1_000 {
            silent.push(socket(tls, 1).await);
            if number % 20 == 0 {
                let mut garbage = socket(tls, 1).await;
                let _ = garbage.write_all(b"\x16\x03\x01 and then nothing that TLS knows").await;
                let _ = garbage.shutdown().await;
                let _ = garbage.read(&mut [0; 64]).await;
            }
        }
        drop(silent);
        until(&mut console, |status| status["connections"] == 0).await;
        let closed = async {
            while gateway.footprint().is_some_and(|(now, _)| now > sockets) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), closed).await.expect("all sockets are closed");
        memory.push(gateway.footprint().expect("a footprint").1);
    }
    // An allocator keeps freed memory; it needs no more the next time.
    assert!(memory[3] <= memory[0] * 5 / 4, "{memory:?} KiB");
}

/// Promise: Unauthenticated connections take no caller's slot
#[tokio::test]
async fn unauthenticated_connections_take_no_callers_slot() {
    let studio = Studio::open_with(|config| {
        config.connections.max = 1;
        config.unauthenticated.drop_start = 2;
        config.unauthenticated.drop_full = 2;
    })
    .await;
    let mut silent = [studio.unauthenticated().await, studio.unauthenticated().await];
    let mut first = studio.caller("mixer").await;
    assert_eq!(silent[0].next().await.ok().flatten(), None, "it gave way");
    let mut second = studio.unauthenticated().await;
    let sign_in = json!({"action": "authenticate", "token": studio.tokens["viewer"].text});
    assert_eq!(second.ask(sign_in.clone()).await.expect("an answer")["code"], "overloaded");
    assert_eq!(first.ask(json!({"action": "ping"})).await.expect("an answer")["ok"], true);
    drop(first);
    until(&mut studio.console().await, |status| status["connections"] == 2).await;
    assert_eq!(second.ask(sign_in).await.expect("an answer")["ok"], true);
}

/// The individual rows, and the sum of the counts.
fn refusals(rows: &[trail::Listed], code: &str) -> (usize, u64) {
    let counted = rows.iter().filter(|row| row.kind == "refusals_counted");
    let count = counted.filter_map(|row| row.details.as_ref()?["count"].as_u64()).sum();
    (rows.iter().filter(|row| row.code.as_deref() == Some(code)).count(), count)
}

/// Promise: Refused requests count against the rate limit
#[tokio::test]
async fn many_connections_share_one_sources_rows() {
    const CONNECTIONS: usize = 20;
    const LINES: usize = 30;
    let mut studio = Studio::open_with(|config| config.trail.refusals_per_second_max = 5).await;
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut client = studio.local().await;
        client.send_bytes("{\"action\":\"nope\"}\n".repeat(LINES).as_bytes()).await.expect("a connection");
        clients.push(client);
    }
    for client in &mut clients {
        for _ in 0..LINES {
            assert_eq!(client.receive().await.expect("an answer")["code"], "unknown_action");
        }
    }
    drop(clients);
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    let (single, counted) = refusals(&rows, "unknown_action");
    assert_eq!(single + counted as usize, CONNECTIONS * LINES);
    // The counts take a few seconds; row by row, each connection would leave five.
    assert!(single <= CONNECTIONS, "{single} rows of their own");
    let reported = rows.iter().find(|row| row.kind == "refusals_counted").expect("a count");
    assert_eq!((reported.address.as_deref(), reported.caller.as_deref()), (Some("127.0.0.1"), Some("local")));
}

/// Promise: Password guessing is limited per account
#[tokio::test]
async fn guessing_passwords_slows_but_never_locks_out() {
    if sources_are_missing() {
        return;
    }
    let mut studio = strict(|config| {
        let password_s = 30;
        let account_min_s = 40;
        let account_max_s = 60;
        config.penalties = livegate::config::Penalties { password_s, account_min_s, account_max_s, ..no_costs() };
    })
    .await;
    let mut console = studio.console().await;
    let add = json!({"action": "user_add", "user": "mia", "role": "mixer", "password": "correct horse"});
    assert_eq!(console.ask(add).await.expect("an answer")["ok"], true);
    let issued = console.ask(json!({"action": "token_issue", "user": "mia"})).await.expect("an answer");
    let login = |password: &str| json!({"action": "login", "user": "mia", "password": password});
    let mut answers = Vec::new();
    // A user signs in at a familiar address; elsewhere an attacker guesses, and then the user signs in.
    for (source, password) in [(2, "correct horse"), (3, "a"), (3, "b"), (4, "correct horse"), (2, "correct horse")] {
        let mut client = studio.unauthenticated_from(source).await;
        answers.push(client.ask(login(password)).await.expect("an answer"));
    }
    let ok: Vec<bool> = answers.iter().map(|answer| answer["ok"] == true).collect();
    assert_eq!(ok, [true, false, false, false, true]);
    assert_eq!(answers[3], answers[2], "a right password is reported what a wrong one is");
    let mut client = studio.unauthenticated_from(4).await;
    let token = issued["token"].as_str().expect("a token").to_owned();
    assert_eq!(client.authenticate(&token.into()).await.expect("an answer")["ok"], true);
    until(&mut console, |status| status["penalised"]["accounts"] == 1).await;
    drop((client, console));
    let rows = studio.trail().await;
    for reason in [
        "event penalty - wrong passwords",
        "event sign_in_refused mia a password for an account whose password sign-in is suspended",
    ] {
        assert!(rows.iter().any(|row| row == reason), "no {reason} in {rows:?}");
    }
}
