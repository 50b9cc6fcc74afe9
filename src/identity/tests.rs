//! Invalid credentials, and the effect of changes on valid ones.

mod ended;

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{EncodingKey, Header};
use rcgen::{KeyPair, PublicKeyData};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::records::HashedPassword;
use super::token::TYPE;
use super::*;
use crate::config;
use crate::platform::{self, clock};

/// A directory with a user `mia`, and the key that it signs with.
struct Studio {
    dir: tempfile::TempDir,
    directory: Directory,
    key: KeyPair,
}

fn by_console(password: &str) -> NewPassword {
    NewPassword { text: password.into(), issuers: Issuers::default() }
}

impl Studio {
    async fn new() -> Studio {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let directory = Directory::open(dir.path(), &config::SignIn::default()).expect("a new directory");
        directory.add_user("mia", "mixer", None).await.expect("a new user");
        let pem = std::fs::read_to_string(dir.path().join("keys/token.key")).expect("the signing key");
        Studio { dir, directory, key: KeyPair::from_pem(&pem).expect("a key") }
    }

    async fn token(&self) -> (Token, SecretString) {
        self.directory.issue_token("mia", minutes(10)).await.expect("a token")
    }

    async fn sign_in(&self, text: &str) -> Result<SignIn, &'static str> {
        self.directory.sign_in_with_token(text.to_owned().into()).await.map_err(|denied| denied.reason)
    }

    /// Sign anything with the directory's own key.
    fn sign(&self, header: &Header, claims: &Value) -> String {
        jsonwebtoken::encode(header, claims, &EncodingKey::from_ed_der(self.key.serialized_der())).expect("a signature")
    }
}

fn minutes(minutes: u64) -> TokenTerms {
    TokenTerms { ttl: Duration::from_secs(60 * minutes), ..TokenTerms::default() }
}

/// Header and claims of a valid token.
fn parts(text: &SecretString) -> (Header, Value) {
    let header = jsonwebtoken::decode_header(text.expose_secret()).expect("a header");
    let claims = jsonwebtoken::dangerous::insecure_decode::<Value>(text.expose_secret()).expect("claims").claims;
    (header, claims)
}

/// The three parts of a token from their JSON and a signature.
fn assemble(header: &Value, claims: &Value, signature: &[u8]) -> String {
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    format!("{}.{}.{}", part(header.to_string().as_bytes()), part(claims.to_string().as_bytes()), part(signature))
}

#[tokio::test]
async fn a_token_signs_in_with_the_current_role() {
    let studio = Studio::new().await;
    let (token, text) = studio.token().await;
    let sign_in = studio.sign_in(text.expose_secret()).await.expect("a good token");
    assert_eq!((&*sign_in.user, &sign_in.proof), ("mia", &Proof::Token(token.jti)));
    assert_eq!(studio.directory.role_of_sign_in(&sign_in).as_deref(), Some("mixer"));
}

/// Promise: Only valid tokens sign in
#[tokio::test]
async fn a_token_in_any_other_form_is_refused() {
    let studio = Studio::new().await;
    let (_, text) = studio.token().await;
    let (header, claims) = parts(&text);
    let with = |key: &str, value: Value| {
        let mut changed = claims.clone();
        changed[key] = value;
        changed
    };
    let without = |key: &str| {
        let mut changed = claims.clone();
        changed.as_object_mut().expect("claims").remove(key);
        changed
    };
    let now = clock::unix_seconds();
    assert!(studio.sign_in(&studio.sign(&header, &claims)).await.is_ok(), "signing again changes nothing");
    for (claims, reason) in [
        (with("exp", json!(now - 60)), "an expired token"),
        (with("nbf", json!(now + 60)), "a token that is not valid yet"),
        (with("iat", json!(now + 60)), "a token from the future"),
        (with("aud", json!("elsewhere")), "a token for another audience"),
        (with("iss", json!("another")), "a token of another issuer"),
        (with("sub", json!("zoe")), "a token of another user"),
        (with("jti", json!("00")), "a token that was not issued here"),
        (with("role", json!("owner")), "a malformed token"),
        (without("exp"), "a malformed token"),
        (without("jti"), "a malformed token"),
        (without("aud"), "a malformed token"),
        (without("nbf"), "a malformed token"),
    ] {
        assert_eq!(studio.sign_in(&studio.sign(&header, &claims)).await.err(), Some(reason), "{claims}");
    }
    let other = |change: fn(&mut Header)| {
        let mut changed = header.clone();
        change(&mut changed);
        studio.sign(&changed, &claims)
    };
    for text in [
        other(|header| header.typ = Some("JWT".into())),
        other(|header| header.typ = None),
        other(|header| header.kid = Some("other".into())),
        other(|header| header.kid = None),
        other(|header| header.jku = Some("http://127.0.0.1/keys".into())),
        other(|header| header.crit = Some(vec!["exp".into()])),
    ] {
        assert_eq!(studio.sign_in(&text).await.err(), Some("a token with another header"), "{text}");
    }
}

/// Promise: Only valid tokens sign in
#[tokio::test]
async fn a_forged_token_is_refused() {
    let studio = Studio::new().await;
    let (_, text) = studio.token().await;
    let (header, claims) = parts(&text);
    let mut plain = json!({"alg": "none", "typ": TYPE, "kid": header.kid});
    for none in ["none", "None", "NONE"] {
        plain["alg"] = none.into();
        assert_eq!(studio.sign_in(&assemble(&plain, &claims, b"")).await.err(), Some("a token with another algorithm"));
    }
    // The public key as an HMAC secret, in the spellings that a confused library might take.
    let public = studio.key.der_bytes().to_vec();
    for secret in [public, studio.key.subject_public_key_info()] {
        let header = json!({"alg": "HS256", "typ": TYPE, "kid": header.kid});
        let unsigned = assemble(&header, &claims, b"");
        let message = unsigned.trim_end_matches('.');
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), message.as_bytes());
        let forged = format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()));
        assert_eq!(studio.sign_in(&forged).await.err(), Some("a token with another algorithm"));
    }
    let other_key = KeyPair::generate_for(&rcgen::PKCS_ED25519).expect("a key");
    let forged = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ed_der(other_key.serialized_der()));
    assert_eq!(studio.sign_in(&forged.expect("a signature")).await.err(), Some("a forged token"));
    let [head, _, signature] = text.expose_secret().split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
    let mut claims = claims;
    claims["sub"] = "owner".into();
    let tampered = format!("{head}.{}.{signature}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    assert_eq!(studio.sign_in(&tampered).await.err(), Some("a forged token"));
    assert_eq!(studio.sign_in(&"x".repeat(5_000)).await.err(), Some("a token that is too long"));
    assert_eq!(studio.sign_in("").await.err(), Some("no token"));
}

/// Promise: Revoking and disabling take effect at once
#[tokio::test]
async fn revocation_and_disabling_work_at_once() {
    let studio = Studio::new().await;
    let mut changes = studio.directory.changes();
    let (token, text) = studio.token().await;
    let sign_in = studio.sign_in(text.expose_secret()).await.expect("a good token");
    changes.mark_unchanged();
    studio.directory.revoke_token(&token.jti).await.expect("a known token");
    assert!(changes.has_changed().expect("the directory is there"));
    assert_eq!(studio.directory.role_of_sign_in(&sign_in), None);
    assert_eq!(studio.sign_in(text.expose_secret()).await.err(), Some("a revoked token"));

    let (_, text) = studio.token().await;
    let sign_in = studio.sign_in(text.expose_secret()).await.expect("a good token");
    studio.directory.disable_user("mia").await.expect("a known user");
    assert_eq!(studio.directory.role_of_sign_in(&sign_in), None);
    assert_eq!(studio.sign_in(text.expose_secret()).await.err(), Some("a disabled user"));
    assert!(studio.directory.issue_token("mia", minutes(1)).await.is_err());
}

/// Promise: Password checks are slow, uniform and bounded
#[tokio::test]
async fn only_the_right_password_signs_in() {
    let studio = Studio::new().await;
    studio.directory.add_user("noah", "agent", Some(by_console("correct horse"))).await.expect("a new user");
    let check = |name: &'static str, password: &str| studio.directory.check_password(name, password.to_owned().into());
    let grant = check("noah", "correct horse").await.expect("the right password");
    let sign_in = SignIn::with(grant.token());
    assert_eq!(studio.directory.role_of_sign_in(&sign_in), None, "nothing is issued yet");
    let text = studio.directory.grant(grant).await.expect("a token").token;
    assert_eq!(studio.directory.role_of_sign_in(&sign_in).as_deref(), Some("agent"));
    assert!(studio.sign_in(text.expose_secret()).await.is_ok());
    let denied = |result: Result<_, Denied>| result.err().map(|denied| denied.reason);
    assert_eq!(denied(check("noah", "wrong").await), Some("a wrong password"));
    assert_eq!(denied(check("mia", "").await), Some("a wrong password"));
    assert_eq!(denied(check("ghost", "correct horse").await), Some("an unknown user"));
    studio.directory.disable_user("noah").await.expect("a known user");
    assert_eq!(denied(check("noah", "correct horse").await), Some("a disabled user"));
}

#[tokio::test]
async fn users_and_revocations_outlive_a_restart() {
    let studio = Studio::new().await;
    let (good, text) = studio.token().await;
    let (revoked, _) = studio.token().await;
    studio.directory.revoke_token(&revoked.jti).await.expect("a known token");
    let Studio { dir, directory, .. } = studio;
    drop(directory);
    let again = Directory::open(dir.path(), &config::SignIn::default()).expect("the same directory");
    assert!(again.sign_in_with_token(text).await.is_ok());
    let revoked: Vec<_> = again.tokens().into_iter().filter(|token| token.revoked).map(|token| token.jti).collect();
    assert_eq!(revoked.len(), 1);
    assert_ne!(revoked[0], good.jti);
    assert_eq!(again.users().len(), 1);
}

/// Promise: A broken user database admits no user
#[tokio::test]
async fn a_missing_or_replaced_users_file_fails_closed() {
    let studio = Studio::new().await;
    let (_, text) = studio.token().await;
    let file = studio.dir.path().join("state.db");
    let moved = std::fs::rename(&file, studio.dir.path().join("elsewhere.db"));
    if !platform::MOVES_OPEN_FILES {
        moved.expect_err("SQLite has it open");
        return;
    }
    moved.expect("a rename");
    assert_eq!(studio.sign_in(text.expose_secret()).await.err(), Some("state.db is unavailable"));
    std::fs::write(&file, "").expect("another file");
    assert_eq!(studio.sign_in(text.expose_secret()).await.err(), Some("state.db is unavailable"));
    assert!(matches!(studio.directory.add_user("zoe", "viewer", None).await, Err(ChangeError::Failed(_))));
    assert_eq!(studio.directory.users().len(), 1);
}

/// Promise: A broken user database admits no user
#[tokio::test]
async fn an_emptied_users_file_fails_closed() {
    for name in ["state.db-wal", "state.db"] {
        let studio = Studio::new().await;
        let (_, text) = studio.token().await;
        let file = studio.dir.path().join(name);
        std::fs::OpenOptions::new().write(true).open(file).expect("a file").set_len(0).expect("an empty file");
        let disabled = studio.directory.disable_user("mia").await;
        assert!(matches!(disabled, Err(ChangeError::Failed(_))), "{name}");
        assert_eq!(studio.sign_in(text.expose_secret()).await.err(), Some("state.db is unavailable"), "{name}");
    }
}

#[tokio::test]
async fn names_are_checked() {
    let studio = Studio::new().await;
    for name in ["", "local", "console", "Mia", "mia ", "mia\u{202e}", "../mia", &"m".repeat(65), "mia"] {
        let added = studio.directory.add_user(name, "viewer", None).await;
        assert!(matches!(added, Err(ChangeError::Invalid(_))), "{name}");
    }
}

/// Promise: Password checks are slow, uniform and bounded
#[tokio::test]
async fn weak_password_hashes_are_replaced_at_sign_in() {
    let studio = Studio::new().await;
    let hash_of = |directory: &Directory| directory.known.load().users["mia"].password.clone().expect("a password");
    studio.directory.set_password("mia", by_console("correct horse")).await.expect("a known user");
    assert!(hash_of(&studio.directory).starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));

    use argon2::password_hash::PasswordHasher;
    let weak = argon2::Argon2::new(
        argon2::Algorithm::Argon2id,
        argon2::Version::V0x13,
        argon2::Params::new(1024, 1, 1, None).expect("parameters"),
    );
    let weak: Arc<str> = weak.hash_password(b"correct horse").expect("a hash").to_string().into();
    let stored = weak.clone();
    let replaced = studio.directory.change(move |store, known| {
        let password = HashedPassword { hash: stored.clone(), issuers: Issuers::default() };
        store.replace_password("mia", &password).map_err(ChangeError::Failed)?;
        known.users.get_mut("mia").expect("mia").password = Some(stored);
        Ok(())
    });
    replaced.await.expect("a change");
    assert!(studio.directory.check_password("mia", "wrong horse".into()).await.is_err());
    assert_eq!(hash_of(&studio.directory), weak, "a wrong password changes nothing");
    let before = studio.directory.password_evaluations();
    let mut grant = studio.directory.check_password("mia", "correct horse".into()).await.expect("the right password");
    assert_eq!((hash_of(&studio.directory), studio.directory.password_evaluations() - before), (weak, 1));
    studio.directory.rehash(grant.take_weak_hash().expect("what is weak")).await;
    let strong = hash_of(&studio.directory);
    assert!(strong.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{strong}");
    let mut grant = studio.directory.check_password("mia", "correct horse".into()).await.expect("the right password");
    assert!(grant.take_weak_hash().is_none());
    assert_eq!(hash_of(&studio.directory), strong);
    let Studio { dir, directory, .. } = studio;
    drop(directory);
    let again = Directory::open(dir.path(), &config::SignIn::default()).expect("the same directory");
    assert_eq!(hash_of(&again), strong);
}

/// Promise: Only valid tokens sign in
#[tokio::test]
async fn a_rotated_key_still_verifies_its_tokens() {
    let studio = Studio::new().await;
    let kid = |text: &SecretString| parts(text).0.kid.expect("a kid");
    let (_, first) = studio.token().await;
    let named = studio.directory.rotate_keys().await.expect("another key");
    let (_, second) = studio.token().await;
    assert_ne!(kid(&first), kid(&second));
    assert_eq!(kid(&second), named);
    studio.directory.rotate_keys().await.expect("a third key");
    let (_, third) = studio.token().await;
    for text in [&first, &second, &third] {
        assert!(studio.sign_in(text.expose_secret()).await.is_ok());
    }
    // The old key is accepted only for its own tokens, not under the name of another key.
    let (mut header, claims) = parts(&third);
    assert_eq!(studio.sign_in(&studio.sign(&header, &claims)).await.err(), Some("a forged token"));
    header.kid = Some(kid(&first));
    assert!(studio.sign_in(&studio.sign(&header, &claims)).await.is_ok(), "signed by the old key, in its name");
    header.kid = Some("0123456789abcdef".into());
    assert_eq!(studio.sign_in(&studio.sign(&header, &claims)).await.err(), Some("a token with another header"));
    let Studio { dir, directory, .. } = studio;
    drop(directory);
    let again = Directory::open(dir.path(), &config::SignIn::default()).expect("the same directory");
    for text in [first, second, third] {
        assert!(again.sign_in_with_token(text).await.is_ok());
    }
}

/// Promise: Only valid tokens sign in
#[tokio::test]
async fn a_retired_key_lasts_until_its_tokens_expire() {
    let studio = Studio::new().await;
    let (token, text) = studio.token().await;
    studio.directory.rotate_keys().await.expect("another key");
    let retired = studio.directory.store.lock().await.retired_keys(token.expires_at).expect("keys");
    assert_eq!(retired.iter().map(|(_, until)| *until).collect::<Vec<_>>(), [token.expires_at]);
    assert!(studio.directory.store.lock().await.retired_keys(token.expires_at + 1).expect("keys").is_empty());
    let keys = studio.directory.keys.load();
    assert!(keys.verify(&text, token.expires_at).is_ok());
    let denied = keys.verify(&text, token.expires_at + 1).expect_err("a key that is no more");
    assert_eq!(denied.reason, "a token of a retired key");
}

/// Promise: A refresh token works once
#[tokio::test]
async fn a_password_changed_meanwhile_grants_nothing() {
    let studio = Studio::new().await;
    let directory = &studio.directory;
    directory.set_password("mia", by_console("correct horse")).await.expect("a known user");
    let [kept, overtaken] = [
        directory.check_password("mia", "correct horse".into()).await.expect("the right password"),
        directory.check_password("mia", "correct horse".into()).await.expect("the right password"),
    ];
    let granted = directory.grant(kept).await.expect("nothing has changed");
    directory.set_password("mia", by_console("battery staple")).await.expect("a known user");
    let denied = directory.grant(overtaken).await.err().expect("an old password");
    assert_eq!((denied.reason, denied.fault), ("a password that was changed meanwhile", Fault::Outdated));
    assert!(directory.check_refresh(granted.refresh).await.is_err());
    assert!(directory.known.load().refreshes.is_empty());
}

/// Promise: A refresh token works once
#[tokio::test]
async fn a_refused_sign_in_evicts_no_other() {
    let bounds = config::SignIn { families_max: 1, ..config::SignIn::default() };
    let dir = tempfile::tempdir().expect("a temporary folder");
    let directory = Directory::open(dir.path(), &bounds).expect("a new directory");
    directory.add_user("mia", "mixer", Some(by_console("correct horse"))).await.expect("a new user");
    let check = async || directory.check_password("mia", "correct horse".into()).await.expect("the right password");
    let kept = directory.grant(check().await).await.expect("a first sign-in");
    let failing = "CREATE TRIGGER full BEFORE INSERT ON refresh BEGIN SELECT RAISE(ABORT, 'full'); END";
    directory.store.lock().await.db.execute_batch(failing).expect("a trigger");
    assert!(directory.grant(check().await).await.is_err());
    directory.store.lock().await.db.execute_batch("DROP TRIGGER full").expect("no trigger");
    assert!(directory.check_refresh(kept.refresh.clone()).await.is_ok(), "in memory");
    let again = Directory::open(dir.path(), &bounds).expect("the same directory");
    assert!(again.check_refresh(kept.refresh.clone()).await.is_ok(), "in the file");
    directory.grant(check().await).await.expect("a second sign-in");
    assert!(directory.check_refresh(kept.refresh).await.is_err());
    assert_eq!(directory.known.load().refreshes.len(), 1);
}

/// Promise: Only valid tokens sign in
#[tokio::test]
async fn sign_ins_expire_by_the_wall_clock_too() {
    let studio = Studio::new().await;
    let (_, text) = studio.token().await;
    let sign_in = studio.sign_in(text.expose_secret()).await.expect("a good token");
    assert!(!sign_in.has_expired());
    let now = clock::unix_seconds();
    assert!(SignIn { expires_at: now, ..sign_in.clone() }.has_expired(), "the machine has slept");
    assert!(SignIn { expires: clock::Moment::now(), ..sign_in }.has_expired(), "the clock was set back");
}
