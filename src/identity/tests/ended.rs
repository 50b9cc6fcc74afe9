//! Credentials that were valid once are recognised, so that using them is not counted as guessing.

use super::*;

/// Promise: A client certificate is bound to its registered key
#[tokio::test]
async fn an_ended_client_key_stays_known() {
    let Studio { dir, directory, .. } = Studio::new().await;
    let key = |number| {
        ClientKey::new([number; 32], "mia", KeyTerms { ttl: Duration::from_secs(86_400), ..KeyTerms::default() })
    };
    let ended = ClientKey { issued_at: key(1).issued_at - 172_800, expires_at: key(1).issued_at - 86_400, ..key(1) };
    for key in [ended, key(2), key(3)] {
        directory.add_client_key(key).await.expect("a key");
    }
    directory.revoke_client_key(&hex::encode([3; 32])).await.expect("the key is there");
    let known = |directory: &Directory| [1, 2, 3, 4].map(|number| directory.registration(&[number; 32]));
    let expected = [Registration::Ended, Registration::Good, Registration::Ended, Registration::Unknown];
    assert_eq!(known(&directory), expected);
    drop(directory);
    let again = Directory::open(dir.path(), &config::SignIn::default()).expect("the directory");
    assert_eq!(known(&again), expected, "after a restart, too");
}

#[tokio::test]
async fn an_ended_refresh_token_is_no_guess() {
    let Studio { dir, directory, .. } = Studio::new().await;
    directory.set_password("mia", by_console("correct horse")).await.expect("a password");
    let grant = directory.check_password("mia", "correct horse".into()).await.expect("the right one");
    let family = grant.token().family.clone().expect("a family");
    let refresh = directory.grant(grant).await.expect("a sign-in").refresh;
    directory.revoke_token(&family).await.expect("a revoked family");
    drop(directory);
    let directory = Directory::open(dir.path(), &config::SignIn::default()).expect("the directory");
    let denied = directory.check_refresh(refresh).await.expect_err("its family has ended");
    assert_eq!((denied.reason, denied.fault), ("a revoked refresh token", Fault::Outdated));
    let made_up = directory.check_refresh("5a".repeat(32).into()).await.expect_err("an unknown token");
    assert_eq!(made_up.fault, Fault::Guess);
}

#[tokio::test]
async fn an_expired_own_token_is_no_guess() {
    let studio = Studio::new().await;
    let (_, text) = studio.token().await;
    let (header, claims) = parts(&text);
    let other_key = KeyPair::generate_for(&rcgen::PKCS_ED25519).expect("a key");
    for (claim, seconds, reason) in [
        ("exp", -60, "an expired token"),
        ("nbf", 60, "a token that is not valid yet"),
        ("iat", 60, "a token from the future"),
    ] {
        let mut claims = claims.clone();
        claims[claim] = (clock::unix_seconds() + seconds).into();
        let forged = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ed_der(other_key.serialized_der()));
        for (text, expected) in [
            (studio.sign(&header, &claims), (reason, Fault::Outdated)),
            (forged.expect("a signature"), ("a forged token", Fault::Guess)),
        ] {
            let denied = studio.directory.sign_in_with_token(text.into()).await.expect_err("a token at another time");
            assert_eq!((denied.reason, denied.fault), expected);
        }
    }
}
