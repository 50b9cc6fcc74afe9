//! The trail as a Merkle tree: checkpoints, proofs, and detection of altered trails.

use std::path::Path;
use std::process::Output;

use livegate::audit::checkpoint::Verifier;
use livegate::audit::{self, Proof, Prover};
use livegate::client::known_trails::{Contradiction, KnownTrails, TrailCheck};
use rusqlite::Connection;
use secrecy::SecretString;
use serde_json::json;
use tempfile::TempDir;

use crate::support::verifiers::{python, rust, used};
use crate::support::{Studio, process};

fn audit(state: &Path, args: &[&str]) -> Output {
    process::livegate().arg("audit").args(args).arg("--state-dir").arg(state).output().expect("the command runs")
}

/// Promise: The trail can be verified
#[tokio::test]
async fn two_verifiers_accept_an_unaltered_trail() {
    let studio = used().await;
    let trail = studio.dir.path().join(audit::FILE);
    let key = studio.dir.path().join(audit::VERIFIER_FILE);
    let rust = rust(&trail, &key, &[]);
    let python = python(&trail, &key, &[]);
    assert_eq!(rust, python);
    assert_eq!((&rust["ok"], &rust["problems"]), (&json!(true), &json!([])));
    // The last row records the shutdown, and it is signed.
    assert!(rust["rows"].as_u64() > Some(100) && rust["covered"] == rust["rows"], "{rust}");
    assert!(rust["checkpoints"].as_u64() > Some(5), "{rust}");
}

/// Promise: The trail can be verified
#[tokio::test]
async fn every_row_is_proved_without_the_trail() {
    let studio = used().await;
    let key = audit::verifier(studio.dir.path()).expect("a key");
    let prover = Prover::open(&studio.dir.path().join(audit::FILE)).expect("a trail");
    let last = crate::support::trail::last_seq(studio.dir.path());
    for seq in 1..=last {
        let text = prover.prove(seq).expect("a proof").to_text();
        let proof = Proof::parse(&text).expect("a proof");
        assert_eq!(proof.check(&key).expect("a good proof").1, seq);
    }
    let proof = studio.dir.path().join("row.tlog-proof");
    let text = audit(studio.dir.path(), &["prove", "20"]).stdout;
    std::fs::write(&proof, &text).expect("a proof");
    let elsewhere = TempDir::new().expect("a temporary folder");
    let key = studio.dir.path().join(audit::VERIFIER_FILE);
    let args = ["check-proof", &proof.to_string_lossy(), "--key", &key.to_string_lossy()].map(str::to_owned);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let checked = audit(elsewhere.path(), &args);
    let said = String::from_utf8(checked.stdout).expect("UTF-8");
    assert!(checked.status.success() && said.contains(" 20\n"), "{said}");
    // Changing any character invalidates it.
    let text = String::from_utf8(text).expect("UTF-8");
    let key = Verifier::parse(&std::fs::read_to_string(&key).expect("a key")).expect("a key");
    for (index, character) in text.char_indices().filter(|(_, character)| character.is_ascii_alphanumeric()) {
        let other = if character == 'A' { 'B' } else { 'A' };
        let changed = format!("{}{other}{}", &text[..index], &text[index + 1..]);
        let good = Proof::parse(&changed).is_ok_and(|proof| proof.check(&key).is_ok());
        assert!(!good, "{changed}");
    }
    let (text, end) = text.split_at(text.len() / 2);
    std::fs::write(&proof, format!("{text}\n{end}")).expect("a proof");
    assert_eq!(audit(elsewhere.path(), &args).status.code(), Some(1));
}

/// Promise: The trail can be verified
#[tokio::test]
async fn every_checkpoint_is_consistent_with_later_ones() {
    use livegate::audit::checkpoint::Signed;
    use livegate::audit::tree::proof::is_consistent;
    let studio = used().await;
    let file = studio.dir.path().join(audit::FILE);
    let db = Connection::open(&file).expect("the trail");
    let mut statement = db.prepare("SELECT note FROM checkpoint ORDER BY size").expect("a statement");
    let notes = statement.query_map([], |row| row.get::<_, String>(0)).expect("checkpoints");
    let heads: Vec<_> =
        notes.map(|note| Signed::unverified(&note.expect("a note")).expect("a checkpoint").checkpoint.head).collect();
    let prover = Prover::open(&file).expect("a trail");
    for (index, older) in heads.iter().enumerate() {
        for newer in &heads[index..] {
            let proof = prover.prove_consistency(older.size, newer.size).expect("a proof");
            assert!(is_consistent(older, newer, &proof), "{} in {}", older.size, newer.size);
        }
    }
}

/// Promise: The trail can be verified
#[tokio::test]
async fn a_start_verifies_the_last_checkpoint() {
    let studio = used().await;
    let trail = studio.dir.path().join(audit::FILE);
    let key = studio.dir.path().join(audit::VERIFIER_FILE);
    let before = rust(&trail, &key, &[]);
    let mut studio = studio.restart().await;
    studio.end().await;
    let after = rust(&trail, &key, &[]);
    assert!(after["ok"] == true && after["rows"].as_u64() > before["rows"].as_u64(), "{before} {after}");
    // With another key, the log belongs to another gateway.
    let signing_key = studio.dir.path().join("keys/checkpoint.key");
    livegate::platform::write_secret(&signing_key, &"17".repeat(32).into()).expect("a key");
    let state = livegate::platform::StateDir::claim(studio.dir.path()).expect("a state folder");
    let config = livegate::config::Config::default();
    let started = livegate::gateway::Gateway::start(config, state, livegate::gateway::BridgeUse::Absent).await;
    let error = format!("{:#}", started.err().expect("a refusal to start"));
    assert!(error.contains("last checkpoint does not match"), "{error}");
}

/// The result of a client's check at sign-in.
pub async fn held(studio: &Studio, memory: &Path) -> TrailCheck {
    hold(studio, memory, Contradiction::Report).await
}

async fn hold(studio: &Studio, memory: &Path, contradiction: Contradiction) -> TrailCheck {
    let mut client = studio.unauthenticated().await;
    let token = SecretString::from(studio.tokens["producer"].text.clone());
    let welcome = client.authenticate(&token).await.expect("an answer");
    let mut known = KnownTrails::read(memory).expect("a memory");
    known.check("studio", &welcome, &mut client, contradiction).await.expect("a memory")
}

async fn expect_broken(studio: &Studio, memory: &Path, how: &str) {
    match held(studio, memory).await {
        TrailCheck::Broken(sentence) => assert!(sentence.contains(how), "{sentence}"),
        TrailCheck::Consistent => panic!("the client did not notice that {how}"),
    }
}

async fn change_much(studio: &Studio) {
    let mut client = studio.local().await;
    for bpm in 100..140 {
        client.ask(json!({"action": "set_tempo", "bpm": bpm})).await.expect("an answer");
    }
}

/// Promise: A client detects a rewritten trail
#[tokio::test]
async fn a_client_detects_an_altered_trail() {
    let mut studio = used().await.restart().await;
    let memory = studio.dir.path().join("client");
    let trail = studio.dir.path().join(audit::FILE);
    studio.end().await;
    let old = std::fs::read(&trail).expect("the trail");
    let mut studio = studio.restart().await;
    assert_eq!(held(&studio, &memory).await, TrailCheck::Consistent);
    change_much(&studio).await;
    assert_eq!(held(&studio, &memory).await, TrailCheck::Consistent);
    studio.end().await;
    std::fs::write(&trail, old).expect("an old copy");
    let studio = studio.restart().await;
    expect_broken(&studio, &memory, "rows, now it has").await;
    expect_broken(&studio, &memory, "continues a restored copy").await;
    change_much(&studio).await;
    change_much(&studio).await;
    expect_broken(&studio, &memory, "rows are missing").await;
    let mut studio = studio;
    studio.end().await;
    std::fs::remove_file(&trail).expect("no trail");
    let mut studio = studio.restart().await;
    expect_broken(&studio, &memory, "rows, now it has").await;
    studio.end().await;
    std::fs::remove_file(&trail).expect("no trail");
    std::fs::remove_file(studio.dir.path().join("keys/checkpoint.key")).expect("no key");
    let studio = studio.restart().await;
    expect_broken(&studio, &memory, "its log").await;
    // The stored checkpoint is unchanged.
    expect_broken(&studio, &memory, "has another key; it was").await;
    assert_eq!(hold(&studio, &memory, Contradiction::Accept).await, TrailCheck::Consistent);
    assert_eq!(held(&studio, &memory).await, TrailCheck::Consistent);
}

/// Promise: A client detects a rewritten trail
#[tokio::test]
async fn another_gateway_at_the_address_raises_no_alarm() {
    let first = Studio::open().await;
    let second = Studio::open().await;
    let memory = first.dir.path().join("client");
    change_much(&first).await;
    for studio in [&first, &second, &first] {
        assert_eq!(held(studio, &memory).await, TrailCheck::Consistent);
    }
}

#[tokio::test]
async fn only_signed_checkpoints_are_compared() {
    let studio = Studio::open().await;
    let mut client = studio.caller("viewer").await;
    let answer =
        client.ask(json!({"action": "audit_consistency", "older_size": 1, "size": 2})).await.expect("an answer");
    assert_eq!((&answer["ok"], &answer["code"]), (&json!(false), &json!("invalid_params")));
    let me = client.ask(json!({"action": "whoami"})).await.expect("an answer");
    let key = Verifier::parse(me["checkpoint_key"].as_str().expect("a key")).expect("a key");
    key.open(me["checkpoint"].as_str().expect("a checkpoint")).expect("a signed checkpoint");
}

/// Promise: Edits of the trail are detected as the table states
#[tokio::test]
async fn a_witness_receives_verifiable_checkpoints() {
    let away = TempDir::new().expect("a temporary folder");
    let file = away.path().join("witness.txt");
    let handed = away.path().join("handed.txt");
    let keep = "import sys; open(sys.argv[1], 'a').write(sys.stdin.read() + '\\n')";
    let mut studio = Studio::open_with(|config| {
        config.trail.checkpoint_rows = 8;
        config.trail.witness_file.clone_from(&file);
        let python = livegate::config::python().to_string_lossy().into_owned();
        config.trail.witness_command = vec![python, "-c".into(), keep.into(), handed.to_string_lossy().into_owned()];
    })
    .await;
    change_much(&studio).await;
    studio.end().await;
    let trail = studio.dir.path().join(audit::FILE);
    let key = studio.dir.path().join(audit::VERIFIER_FILE);
    let seen = rust(&trail, &key, &[file.clone(), handed.clone()]);
    assert_eq!(seen, python(&trail, &key, &[file.clone(), handed.clone()]));
    assert_eq!(seen["ok"], true, "{seen:#}");
    let db = Connection::open(&trail).expect("the trail");
    let sql = "SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1";
    let last: String = db.query_row(sql, [], |row| row.get(0)).expect("a checkpoint");
    for file in [&file, &handed] {
        assert!(std::fs::read_to_string(file).expect("a file").ends_with(&(last.clone() + "\n")), "{}", file.display());
    }
    // The trail is truncated, which a client with a later checkpoint detects.
    drop(db);
    let mut studio = studio.restart().await;
    studio.end().await;
    std::fs::copy(&file, away.path().join("kept.txt")).expect("a copy");
    std::fs::remove_file(&trail).expect("no trail");
    let mut studio = studio.restart().await;
    studio.end().await;
    assert_eq!(rust(&trail, &key, &[away.path().join("kept.txt")])["ok"], false);
}
