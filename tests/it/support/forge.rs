//! Creates invalid tokens, signed with the gateway's own key, and checks that they are refused.

use std::collections::BTreeSet;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use livegate::client::Client;
use livegate::config::{Config, Rate};
use serde_json::{Value, json};

use super::{Studio, trail};

/// A running studio, and everything needed to forge a token of its mixer.
pub struct Forge {
    pub studio: Studio,
    pub key: Ed25519KeyPair,
    pub good: String,
    pub header: Value,
    pub claims: Value,
}

impl Forge {
    pub async fn open() -> Forge {
        Forge::open_with(|_| ()).await
    }

    pub async fn open_with(change: impl FnOnce(&mut Config)) -> Forge {
        let studio = Studio::open_with(|config| {
            let unlimited =
                Rate { per_second: u32::MAX.try_into().expect("not 0"), burst: u32::MAX.try_into().expect("not 0") };
            config.limits.heavy = unlimited;
            config.connections.sign_in_failures_max = u32::MAX;
            config.trail.refusals_per_second_max = u32::MAX;
            config.trail.unauthenticated_refusals_per_second_max = u32::MAX;
            change(config);
        })
        .await;
        let pem = std::fs::read_to_string(studio.dir.path().join("keys/token.key")).expect("the signing key");
        let der = STANDARD.decode(pem.lines().filter(|line| !line.starts_with('-')).collect::<String>()).expect("PEM");
        let key = Ed25519KeyPair::from_pkcs8(&der).expect("a key");
        let good = studio.tokens["mixer"].text.clone();
        let part = |index: usize| {
            let part = good.split('.').nth(index).expect("three parts");
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
        };
        let header = part(0);
        let claims = part(1);
        Forge { studio, key, good, header, claims }
    }

    /// Header and claims as given, signed with the gateway's own key.
    pub fn sign(&self, header: &str, claims: &str) -> String {
        self.sign_parts(&URL_SAFE_NO_PAD.encode(header), &URL_SAFE_NO_PAD.encode(claims))
    }

    pub fn sign_parts(&self, header: &str, claims: &str) -> String {
        let message = format!("{header}.{claims}");
        let signature = URL_SAFE_NO_PAD.encode(self.key.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }

    pub fn with_header(&self, header: &str) -> String {
        self.sign(header, &self.claims.to_string())
    }

    pub fn with_claims(&self, claims: &str) -> String {
        self.sign(&self.header.to_string(), claims)
    }

    /// The valid header with one field changed; null removes it.
    pub fn header_but(&self, key: &str, value: Value) -> String {
        self.with_header(&but(&self.header, key, value).to_string())
    }

    pub fn claims_but(&self, key: &str, value: Value) -> String {
        self.with_claims(&but(&self.claims, key, value).to_string())
    }

    /// Another algorithm, with a valid signature for it.
    pub fn hmac(&self, alg: &str, secret: &[u8]) -> String {
        let header = but(&self.header, "alg", alg.into()).to_string();
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(self.claims.to_string()));
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&key, message.as_bytes())))
    }

    pub fn now(&self) -> i64 {
        std::time::UNIX_EPOCH.elapsed().expect("after 1970").as_secs().try_into().expect("seconds")
    }

    /// Each token is refused with the same answer, and has a row with its own reason.
    pub async fn refuses(mut self, cases: &[(&str, String, &str)]) {
        let mut client = self.studio.unauthenticated().await;
        let same = show(&mut client, "x").await;
        assert_eq!(same["code"], "unauthenticated");
        for (name, token, _) in cases {
            assert_eq!(show(&mut client, token).await, same, "{name}: {token}");
        }
        let tokens: BTreeSet<&String> = cases.iter().map(|(_, token, _)| token).collect();
        assert_eq!(tokens.len(), cases.len(), "two cases are one");
        drop(client);
        self.studio.end().await;
        let rows = trail::rows(self.studio.dir.path(), self.studio.set_up_seq);
        let reasons: Vec<String> = rows
            .iter()
            .filter(|row| row.kind == "sign_in_refused")
            .map(|row| row.details.as_ref().expect("details")["reason"].as_str().expect("a reason").to_owned())
            .skip(1)
            .collect();
        assert_eq!(reasons.len(), cases.len(), "each has its row");
        for ((name, token, expected), reason) in cases.iter().zip(&reasons) {
            assert_eq!(reason, expected, "{name}: {token}");
        }
    }

    pub async fn accepts(&self, cases: &[(&str, String)]) {
        for (name, token) in cases {
            let answer = show(&mut self.studio.unauthenticated().await, token).await;
            assert_eq!((&answer["ok"], &answer["caller"]), (&json!(true), &json!("mixer")), "{name}: {token}");
        }
    }
}

pub async fn show(client: &mut Client, token: &str) -> Value {
    Value::Object(client.ask(json!({"action": "authenticate", "token": token})).await.expect("an answer"))
}

pub fn but(whole: &Value, key: &str, value: Value) -> Value {
    let mut whole = whole.clone();
    let members = whole.as_object_mut().expect("an object");
    match value {
        Value::Null => _ = members.remove(key),
        value => _ = members.insert(key.into(), value),
    }
    whole
}

/// JSON with an additional last member, which may exist already.
pub fn twice(whole: &Value, more: &str) -> String {
    format!("{},{more}}}", whole.to_string().trim_end_matches('}'))
}
