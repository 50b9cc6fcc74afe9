//! `livegate pair` at both ends.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use livegate::client::Client;
use livegate::config::ClientCertificates;
use livegate::tls::{Identity, Trust};
use secrecy::ExposeSecret;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

use super::{Answer, ask, expect_refused, link_of, text, whoami};
use crate::support::{Studio, process};

/// `livegate pair` at the owner's end, with its output so far.
struct Owner {
    process: Child,
    lines: tokio::io::Lines<BufReader<ChildStdout>>,
}

impl Owner {
    async fn offers(state: &Path, more: &[&str]) -> (Owner, Answer) {
        let mut command = Command::from(process::livegate());
        command.args(["pair", "--json", "--state-dir"]).arg(state).args(more);
        let mut process =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn().expect("the command runs");
        let lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let mut owner = Owner { process, lines };
        let offer = owner.next().await;
        (owner, offer)
    }

    async fn next(&mut self) -> Answer {
        let line = self.lines.next_line().await.expect("UTF-8").expect("a line");
        serde_json::from_str(&line).expect("JSON")
    }

    async fn end(self) -> Output {
        self.process.wait_with_output().await.expect("an end")
    }
}

/// `livegate pair` at the device's end.
async fn take_typing(out: &Path, args: &[&str], typed: &str) -> Output {
    let mut command = Command::from(process::livegate());
    command.arg("pair").args(args).arg("--out").arg(out).arg("--state-dir").arg(out).stdin(Stdio::piped());
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the command runs");
    let mut input = process.stdin.take().expect("a pipe");
    // The command may have ended without reading.
    let _ = input.write_all(typed.as_bytes()).await;
    drop(input);
    process.wait_with_output().await.expect("an end")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn folder(studio: &Studio) -> PathBuf {
    let out = studio.dir.path().join("device");
    std::fs::create_dir(&out).expect("a folder");
    out
}

#[tokio::test]
async fn the_command_pairs_by_link() {
    let studio = Studio::open().await;
    let out = folder(&studio);
    let png = studio.dir.path().join("qr.png");
    let args = ["--role", "performer", "--name", "tablet", "--png", png.to_str().expect("UTF-8")];
    let (mut owner, offer) = Owner::offers(studio.dir.path(), &args).await;
    assert_eq!(read_png(&png), text(&offer, "link"));
    let taken = take_typing(&out, &["--link", "-"], &format!("{}\n", text(&offer, "link"))).await;
    assert_eq!(taken.status.code(), Some(0), "{}", said(&taken));
    assert!(!said(&taken).contains(&std::fs::read_to_string(out.join("tablet.token")).expect("a token")));
    let reported = owner.next().await;
    assert_eq!(text(&reported, "state"), "paired");
    assert_eq!(owner.end().await.status.code(), Some(0));
    let pin = std::fs::read_to_string(out.join("tablet.pin")).expect("a pin");
    // A secret is read only from a file that other users cannot read.
    let token = livegate::platform::read_secret(&out.join("tablet.token")).expect("a token");
    assert_eq!(text(&whoami(&studio, token.expose_secret()).await, "caller"), "tablet");
    assert_eq!(pin.trim(), text(&offer, "pin"));
}

#[tokio::test]
async fn the_command_pairs_by_code() {
    let studio = Studio::open().await;
    let out = folder(&studio);
    let (mut owner, offer) = Owner::offers(studio.dir.path(), &["--role", "viewer", "--name", "phone"]).await;
    let to = text(&offer, "address");
    let code = text(&offer, "code");
    let by_code = ["--to", to, "--code"];
    let wrong = if code == "0000 0000" { "00000001\n" } else { "00000000\n" };
    for (typed, reason) in [(wrong, "the code is wrong"), ("1234\n", "a code must have eight digits")] {
        let refused = take_typing(&out, &by_code, typed).await;
        assert_eq!(refused.status.code(), Some(1));
        assert!(said(&refused).contains(reason), "{}", said(&refused));
    }
    assert_eq!(owner.next().await["tries_left"], 4);
    let taken = take_typing(&out, &by_code, &format!("{code}\n")).await;
    assert_eq!(taken.status.code(), Some(0), "{}", said(&taken));
    assert!(said(&taken).contains("livegate send whoami --state-dir"), "{}", said(&taken));
    // A right code is not reported as a wrong one.
    assert_eq!(text(&owner.next().await, "state"), "paired");
    assert_eq!(owner.end().await.status.code(), Some(0));
    assert!(livegate::platform::read_secret(&out.join("phone.token")).is_ok());
}

#[tokio::test]
async fn a_newer_offer_ends_the_earlier_command() {
    let studio = Studio::open().await;
    let (mut first, _) = Owner::offers(studio.dir.path(), &["--role", "viewer"]).await;
    let (_second, offer) = Owner::offers(studio.dir.path(), &["--role", "viewer"]).await;
    assert!(text(&offer, "user").starts_with("device-"), "{offer:?}");
    let reported = first.next().await;
    assert_eq!((text(&reported, "state"), text(&reported, "reason")), ("over", "a newer offer has replaced it"));
    let output = first.end().await;
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("not paired: a newer offer"), "{}", said(&output));
}

/// Promise: A pairing offer admits one device
#[tokio::test]
async fn an_offer_ends_with_its_command() {
    let studio = Studio::open().await;
    let (mut owner, offer) = Owner::offers(studio.dir.path(), &["--role", "viewer"]).await;
    owner.process.kill().await.expect("it runs");
    let wait = json!({"action": "pair_wait", "offer": offer["offer"]});
    let reported = ask(&mut studio.console().await, wait).await;
    assert_eq!((text(&reported, "state"), text(&reported, "reason")), ("over", "its creator has disconnected"));
}

fn read_png(path: &Path) -> String {
    let file = std::fs::File::open(path).expect("a picture");
    let mut reader = png::Decoder::new(std::io::BufReader::new(file)).read_info().expect("PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a small picture")];
    let info = reader.next_frame(&mut pixels).expect("a picture");
    let width = info.width as usize;
    let height = info.height as usize;
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * width + x]);
    picture.detect_grids()[0].decode().expect("a QR code").1
}

/// Promise: A pairing offer admits one device
#[tokio::test]
async fn a_device_makes_its_own_certificate_key() {
    let mut studio = Studio::open_with(|config| config.tls.client_certificates = ClientCertificates::Optional).await;
    let out = folder(&studio);
    let args = ["--role", "performer", "--name", "tablet", "--cert"];
    let (owner, offer) = Owner::offers(studio.dir.path(), &args).await;
    let taken = take_typing(&out, &["--link", text(&offer, "link")], "").await;
    assert_eq!(taken.status.code(), Some(0), "{}", said(&taken));
    let known = std::fs::read_to_string(out.join("gateways.toml")).expect("the known gateways");
    assert!(known.contains("client_certificate = ") && known.contains("token_file = "), "{known}");
    assert_eq!(owner.end().await.status.code(), Some(0));
    let identity = Identity { certificate: out.join("tablet.pem"), key: out.join("tablet.key") };
    assert!(livegate::platform::read_secret(&identity.key).is_ok(), "only its owner can read the key");
    let to = studio.tls.to_string();
    let trust = Trust::Authority(studio.dir.path().join("tls/ca.pem"));
    let client = Client::connect_tls_as(Some(&identity), &to, Some("localhost"), &trust).await;
    let reported = ask(&mut client.expect("the TLS listener"), json!({"action": "whoami"})).await;
    assert_eq!((text(&reported, "caller"), text(&reported, "role")), ("tablet", "performer"));
    // If a promised certificate cannot be issued, no valid credential remains.
    let offer = super::offer(&studio, json!({"role": "performer", "name": "phone", "certificate": true})).await;
    let link = link_of(&offer);
    let mut phone = Client::connect_tls(&link.address(), None, &Trust::Pin(link.pin)).await.expect("the gateway");
    let pair = json!({"action": "pair", "secret": link.secret.expose_secret(), "public_key": "no key"});
    expect_refused(&ask(&mut phone, pair).await);
    let users = ask(&mut studio.console().await, json!({"action": "user_list"})).await;
    assert!(!users["users"].as_array().expect("users").iter().any(|user| user["name"] == "phone"), "{users:?}");
    studio.end().await;
}

/// Promise: A pairing offer admits one device
#[tokio::test]
async fn an_unwritable_folder_uses_up_no_offer() {
    let studio = Studio::open().await;
    let (owner, offer) = Owner::offers(studio.dir.path(), &["--role", "viewer", "--name", "phone"]).await;
    let file = studio.dir.path().join("file");
    std::fs::write(&file, "").expect("a file");
    let link = ["--link", text(&offer, "link")];
    let refused = take_typing(&file.join("device"), &link, "").await;
    assert!(refused.status.code() == Some(1) && said(&refused).contains("cannot create"), "{}", said(&refused));
    let out = studio.dir.path().join("not/there/yet");
    let taken = take_typing(&out, &link, "").await;
    assert_eq!(taken.status.code(), Some(0), "{}", said(&taken));
    assert_eq!(owner.end().await.status.code(), Some(0));
    assert!(livegate::platform::read_secret(&out.join("phone.token")).is_ok());
}
