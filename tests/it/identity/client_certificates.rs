//! Sign-in with client certificates.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use livegate::client::Client;
use livegate::config::{ClientCertificates, Config};
use livegate::doors::lines;
use livegate::gateway::handshake;
use livegate::gateway::identify::Caller;
use livegate::gateway::{BridgeUse, Gateway};
use livegate::identity::{ClientKey, KeyTerms};
use livegate::platform::StateDir;
use livegate::session::Session;
use livegate::session::connection::Door;
use livegate::tls::{Identity, Trust};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::studio::loopback;
use crate::support::{Studio, process, trail};

/// A studio whose TLS listener requests certificates.
async fn studio(asks: ClientCertificates) -> Studio {
    Studio::open_with(|config| config.tls.client_certificates = asks).await
}

fn run(studio: &Studio, args: &[&str]) -> Output {
    let mut command = process::livegate();
    command.args(args).arg("--state-dir").arg(studio.dir.path());
    command.output().expect("the command runs")
}

/// Issue one for the mixer; returns its folder.
fn issue(studio: &Studio) -> PathBuf {
    let out = studio.dir.path().join("tablet");
    let issued = run(studio, &["cert", "issue-client", "--user", "mixer", "--out", out.to_str().expect("UTF-8")]);
    assert!(issued.status.success(), "{}", String::from_utf8_lossy(&issued.stderr));
    out
}

fn identity(folder: &Path) -> Identity {
    Identity { certificate: folder.join("client.pem"), key: folder.join("client.key") }
}

async fn connect(studio: &Studio, identity: Option<&Identity>) -> Client {
    let trust = Trust::Authority(studio.dir.path().join("tls/ca.pem"));
    let to = studio.tls.to_string();
    Client::connect_tls_as(identity, &to, Some("localhost"), &trust).await.expect("the TLS listener")
}

async fn whoami(client: &mut Client) -> Value {
    Value::Object(client.ask(json!({"action": "whoami"})).await.expect("an answer"))
}

/// The message that a client receives without sending anything.
async fn silence(client: &mut Client) -> String {
    client.next().await.map_or_else(|error| format!("{error:#}"), |line| format!("{line:?}"))
}

/// Promise: A client certificate is bound to its registered key
#[tokio::test(flavor = "multi_thread")]
async fn a_registered_key_signs_in_until_revoked() {
    let mut studio = studio(ClientCertificates::Optional).await;
    let folder = issue(&studio);
    let mut tablet = connect(&studio, Some(&identity(&folder))).await;
    let reported = whoami(&mut tablet).await;
    assert_eq!((reported["caller"].as_str(), reported["role"].as_str()), (Some("mixer"), Some("mixer")), "{reported}");
    let listed = run(&studio, &["cert", "list-clients"]);
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let key = listed.split(' ').next().expect("a key");
    assert!(listed.contains("mixer"), "{listed}");
    assert!(run(&studio, &["cert", "revoke", key]).status.success());
    // The open connection gets the reason and is closed.
    assert!(silence(&mut tablet).await.contains("was revoked"));
    assert_eq!(tablet.next().await.expect("an end"), None);
    // A new connection is refused.
    let mut again = connect(&studio, Some(&identity(&folder))).await;
    assert!(silence(&mut again).await.contains("refuses this client certificate"));
    // Without a certificate, a token still works.
    assert_eq!(whoami(&mut studio.caller("viewer").await).await["caller"], "viewer");
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    let rows: Vec<String> = rows.iter().map(|row| serde_json::to_string(row).expect("JSON")).collect();
    let is_there = |parts: &[&str]| rows.iter().any(|row| parts.iter().all(|part| row.contains(part)));
    assert!(is_there(&["\"session\"", "mixer", key]), "{rows:#?}");
    assert!(is_there(&["sign_in_refused", "revoked or has expired", "mixer", key]), "{rows:#?}");
}

/// Promise: A client certificate is bound to its registered key
#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_certificate_is_refused() {
    let studio = studio(ClientCertificates::Optional).await;
    let folder = issue(&studio);
    // The server's own certificate and key: issued by the same CA, but registered for no user.
    let tls = studio.dir.path().join("tls");
    let own = Identity { certificate: tls.join("server.pem"), key: tls.join("server.key") };
    assert!(silence(&mut connect(&studio, Some(&own)).await).await.contains("refuses this client certificate"));
    // A valid certificate with another key is not sent.
    let mixed = Identity { certificate: folder.join("client.pem"), key: tls.join("server.key") };
    let trust = Trust::Authority(tls.join("ca.pem"));
    let refused = Client::connect_tls_as(Some(&mixed), &studio.tls.to_string(), Some("localhost"), &trust).await;
    assert!(format!("{:#}", refused.err().expect("a refusal")).contains("do not match"));
}

/// Promise: A client certificate is bound to its registered key
#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_device_does_not_block_its_address() {
    let studio = Studio::open_with(|config| {
        config.tls.client_certificates = ClientCertificates::Optional;
        config.sources.exempt.clear();
        config.penalties.handshake_s = 60;
        config.penalties.min_s = 60;
    })
    .await;
    let folder = issue(&studio);
    let listed = run(&studio, &["cert", "list-clients"]);
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let revoked = run(&studio, &["cert", "revoke", listed.split(' ').next().expect("a key")]);
    assert!(revoked.status.success(), "{revoked:?}");
    for _ in 0..3 {
        let reported = silence(&mut connect(&studio, Some(&identity(&folder))).await).await;
        assert!(reported.contains("refuses this client certificate: it was revoked"), "{reported}");
    }
    assert_eq!(whoami(&mut studio.caller("viewer").await).await["caller"], "viewer");
    // A client with an unregistered key is unauthenticated, and its failure is penalised.
    let tls = studio.dir.path().join("tls");
    let own = Identity { certificate: tls.join("server.pem"), key: tls.join("server.key") };
    assert!(silence(&mut connect(&studio, Some(&own)).await).await.contains("is not registered"));
    let trust = Trust::Authority(tls.join("ca.pem"));
    let refused = Client::connect_tls(&studio.tls.to_string(), Some("localhost"), &trust).await;
    assert!(refused.is_err(), "the address has a penalty now");
}

/// Promise: A client certificate is bound to its registered key
#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_device_does_not_block_its_address() {
    let studio = Studio::open_with(|config| {
        config.tls.client_certificates = ClientCertificates::Optional;
        config.sources.exempt.clear();
        config.penalties.silence_s = 60;
        config.penalties.min_s = 60;
        config.connections.first_line_ms = 200;
    })
    .await;
    let folder = issue(&studio);
    assert!(run(&studio, &["user", "disable", "mixer"]).status.success());
    let mut device = connect(&studio, Some(&identity(&folder))).await;
    assert_eq!(device.next().await.expect("an end"), None);
    assert_eq!(whoami(&mut studio.caller("viewer").await).await["caller"], "viewer");
    // A client without a certificate is unauthenticated, and its silence is penalised.
    assert_eq!(connect(&studio, None).await.next().await.expect("an end"), None);
    let trust = Trust::Authority(studio.dir.path().join("tls/ca.pem"));
    let refused = Client::connect_tls(&studio.tls.to_string(), Some("localhost"), &trust).await;
    assert!(refused.is_err(), "the address has a penalty now");
}

/// Promise: A client certificate is bound to its registered key
#[tokio::test(flavor = "multi_thread")]
async fn a_silent_certificate_sign_in_is_recorded() {
    let mut studio = studio(ClientCertificates::Optional).await;
    let folder = issue(&studio);
    let mut tablet = connect(&studio, Some(&identity(&folder))).await;
    tablet.finish().await.expect("an end");
    silence(&mut tablet).await;
    studio.end().await;
    let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
    let session = rows.iter().find(|row| row.kind == "session" && row.caller.as_deref() == Some("mixer"));
    let session = session.expect("a row of its own");
    assert_eq!(session.role.as_deref(), Some("mixer"));
    assert!(session.details.as_ref().is_some_and(|details| details["key"].is_string()), "{session:?}");
}

/// Promise: A client certificate is bound to its registered key
#[tokio::test(flavor = "multi_thread")]
async fn required_certificates_admit_no_one_without() {
    let studio = studio(ClientCertificates::Required).await;
    let folder = issue(&studio);
    assert!(silence(&mut connect(&studio, None).await).await.contains("requires a client certificate"));
    let path = |name: &str| folder.join(name).display().to_string();
    let certificate = path("client.pem");
    let key = path("client.key");
    let ca = studio.dir.path().join("tls/ca.pem").display().to_string();
    let to = studio.tls.to_string();
    let mut send = process::livegate();
    send.args(["send", "whoami", "--to", &to, "--server-name", "localhost", "--ca", &ca]);
    send.args(["--client-cert", &certificate, "--client-key", &key]);
    let sent = send.output().expect("the command runs");
    assert!(String::from_utf8_lossy(&sent.stdout).contains("\"caller\":\"mixer\""), "{sent:?}");
}

/// Promise: A client certificate is bound to its registered key
#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_registered_only_once() {
    let studio = studio(ClientCertificates::Optional).await;
    let folder = issue(&studio);
    let again = run(&studio, &["cert", "issue-client", "--user", "mixer", "--out", folder.to_str().expect("UTF-8")]);
    assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("exists already"));
    let mut tablet = connect(&studio, Some(&identity(&folder))).await;
    assert_eq!(whoami(&mut tablet).await["caller"], "mixer");
    assert!(run(&studio, &["user", "disable", "mixer"]).status.success());
    assert!(silence(&mut tablet).await.contains("was revoked"));
    let mut again = connect(&studio, Some(&identity(&folder))).await;
    assert_eq!(whoami(&mut again).await["code"], "unauthenticated");
    let elsewhere = studio.dir.path().join("elsewhere").display().to_string();
    for (user, message) in [("ghost", "there is no user ghost"), ("mixer", "mixer is disabled; enable the user first")]
    {
        let refused = run(&studio, &["cert", "issue-client", "--user", user, "--out", &elsewhere]);
        assert!(!refused.status.success(), "{refused:?}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains(message), "{refused:?}");
    }
}

/// Promise: A client certificate is bound to its registered key
#[tokio::test(flavor = "multi_thread")]
async fn without_the_users_file_certificates_are_refused() {
    let studio = studio(ClientCertificates::Optional).await;
    let folder = issue(&studio);
    std::fs::remove_file(studio.dir.path().join("state.db")).expect("a file to remove");
    let mut tablet = connect(&studio, Some(&identity(&folder))).await;
    assert_eq!(whoami(&mut tablet).await["code"], "unauthenticated");
}

/// Promise: A client certificate is bound to its registered key
#[tokio::test]
async fn revocation_during_sign_in_closes_the_connection() {
    let dir = TempDir::new().expect("a temporary folder");
    let state = StateDir::claim(dir.path()).expect("a state folder of our own");
    let gateway = Gateway::start(Config::default(), state, BridgeUse::Absent).await.expect("a gateway");
    let shared = gateway.context.shared.clone();
    let directory = &shared.directory;
    let key = [1; 32];
    directory.add_user("mixer", "mixer", None).await.expect("a user");
    let an_hour = Duration::from_secs(3600);
    directory
        .add_client_key(ClientKey::new(key, "mixer", KeyTerms { ttl: an_hour, ..KeyTerms::default() }))
        .await
        .expect("a key");
    let caller = Caller::by_key(&key, directory).await.expect("the mixer");
    directory.revoke_client_key(&hex::encode(key)).await.expect("the key is there");
    let peer = shared.connections.admit(loopback(1), &shared.limits.sources).expect("a place");
    let (near, far) = tokio::io::duplex(4096);
    let entered = lines::enter(peer, handshake::without_tls(Box::new(far)), Door::Lines, Some(caller), &shared.clock);
    tokio::spawn(Session::new(gateway.context.clone(), entered).run());
    let mut tablet = Client::over(Box::new(near));
    assert!(silence(&mut tablet).await.contains("was revoked"));
    assert_eq!(tablet.next().await.expect("an end"), None);
    drop(shared);
    gateway.stop().await;
}
