//! Tokens: JWTs signed with Ed25519, of one exact form. A token of another form is refused before its signature is verified.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rcgen::{KeyPair, PKCS_ED25519, PublicKeyData};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::error::Result;
use super::error::{Denied, Fault};
use super::records::Token;
use crate::failure::Context;
use crate::platform;

pub const TYPE: &str = "livegate+jwt";
pub const ISSUER: &str = "livegate";
pub const AUDIENCE: &str = "livegate";
const TOKEN_BYTES_MAX: usize = 4096;
/// How far the clocks of two machines may be apart, in seconds.
const LEEWAY_S: u64 = 5;

/// The claims of a token. All are required, and others are refused.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    pub iss: String,
    pub aud: String,
    pub sub: Arc<str>,
    pub jti: Arc<str>,
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
}

/// The whole header of a token. Other fields are refused, such as those that point to a key elsewhere or are critical (RFC 8725, 3.1
/// and 3.5).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    alg: String,
    typ: String,
    kid: String,
}

/// The signing key, and the keys that verify: its public half, and those of retired signing keys.
pub struct Keys {
    signing: EncodingKey,
    kid: String,
    /// The public half of the signing key, in hex.
    pub public: String,
    verifying: HashMap<String, Verifying>,
}

#[derive(Clone)]
struct Verifying {
    key: DecodingKey,
    /// Of a retired key: when the last of its tokens expires, in Unix time.
    until: Option<i64>,
}

const FILE: &str = "token.key";

impl Keys {
    /// Reads the signing key, or creates one. `retired`: public halves of former keys in hex, each with the Unix time until which it
    /// verifies.
    pub fn open(dir: &Path, retired: &[(String, i64)]) -> Result<Keys> {
        let path = dir.join(FILE);
        if !platform::is_there(&path) {
            platform::create_private_dir(dir)?;
            write_new(&path)?;
        }
        let pem = platform::read_secret(&path)?;
        let key = KeyPair::from_pem(pem.expose_secret())
            .with_context(|| format!("{} holds no Ed25519 private key in PEM", path.display()))?;
        let mut verifying = HashMap::new();
        for (public, until) in retired {
            let public = hex::decode(public).context("state.db has a retired key that is not hex")?;
            verifying.insert(kid_of(&public), Verifying::new(&public, Some(*until)));
        }
        let public = key.der_bytes();
        // Inserted last: an interrupted rotation may have listed the current key as retired.
        verifying.insert(kid_of(public), Verifying::new(public, None));
        Ok(Keys {
            signing: EncodingKey::from_ed_der(key.serialized_der()),
            kid: kid_of(public),
            public: hex::encode(public),
            verifying,
        })
    }

    /// Replaces the signing key in `dir`.
    pub fn replace(dir: &Path, retired: &[(String, i64)]) -> Result<Keys> {
        write_new(&dir.join(FILE))?;
        Keys::open(dir, retired)
    }

    pub(crate) fn kid(&self) -> &str {
        &self.kid
    }

    pub(crate) fn sign(&self, token: &Token) -> Result<SecretString> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.kid.clone());
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: token.user.clone(),
            jti: token.jti.clone(),
            iat: token.issued_at,
            nbf: token.issued_at,
            exp: token.expires_at,
        };
        Ok(jsonwebtoken::encode(&header, &claims, &self.signing)?.into())
    }

    /// The claims of a valid token at `now` (Unix time). The reason for a denial is for the trail alone.
    pub fn verify(&self, text: &SecretString, now: i64) -> Result<Claims, Denied> {
        let text = text.expose_secret();
        if text.len() > TOKEN_BYTES_MAX {
            return Err(Denied::because("a token that is too long"));
        }
        let key = self.key_of(text)?;
        let token = jsonwebtoken::decode::<Claims>(text, &key.key, &validation());
        let claims = token.map_err(|error| denied(error.kind()))?.claims;
        if claims.iat > now + LEEWAY_S as i64 {
            // Signed here, so it is no guess: the clock was set back after the token was issued.
            return Err(Denied { fault: Fault::Outdated, ..Denied::because("a token from the future") });
        }
        if key.until.is_some_and(|until| until < now) {
            return Err(Denied::because("a token of a retired key"));
        }
        Ok(claims)
    }

    /// The key that a token names, if its header has the exact form. This check comes before the signature's.
    fn key_of(&self, text: &str) -> Result<&Verifying, Denied> {
        let parts: Vec<&str> = text.splitn(4, '.').collect();
        let [header, _, _] = parts[..] else { return Err(Denied::because("no token")) };
        let header = URL_SAFE_NO_PAD.decode(header).map_err(|_| Denied::because("no token"))?;
        let another = || Denied::because("a token with another header");
        let form: Form = serde_json::from_slice(&header).map_err(|_| another())?;
        if form.alg != "EdDSA" {
            return Err(Denied::because("a token with another algorithm"));
        }
        self.verifying.get(&form.kid).filter(|_| form.typ == TYPE).ok_or_else(another)
    }
}

impl Verifying {
    fn new(public: &[u8], until: Option<i64>) -> Verifying {
        Verifying { key: DecodingKey::from_ed_der(public), until }
    }
}

fn write_new(path: &Path) -> Result<()> {
    let key = KeyPair::generate_for(&PKCS_ED25519).context("cannot create a signing key")?;
    Ok(platform::write_secret(path, &key.serialize_pem().into())?)
}

fn kid_of(public: &[u8]) -> String {
    hex::encode(&digest(&SHA256, public).as_ref()[..8])
}

fn validation() -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.leeway = LEEWAY_S;
    validation.validate_nbf = true;
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["iss", "aud", "sub", "nbf", "exp"]);
    validation
}

/// The signature is checked before the claims, so a token outside its validity period was signed here and is no guess: it has expired, or
/// the clock was set back after it was issued. A penalty would lock out every device at that address.
fn denied(kind: &jsonwebtoken::errors::ErrorKind) -> Denied {
    use jsonwebtoken::errors::ErrorKind;
    let fault = match kind {
        ErrorKind::ExpiredSignature | ErrorKind::ImmatureSignature => Fault::Outdated,
        _ => Fault::Guess,
    };
    let reason = match kind {
        ErrorKind::ExpiredSignature => "an expired token",
        ErrorKind::ImmatureSignature => "a token that is not valid yet",
        ErrorKind::InvalidSignature => "a forged token",
        ErrorKind::InvalidAudience => "a token for another audience",
        ErrorKind::InvalidIssuer => "a token of another issuer",
        _ => "a malformed token",
    };
    Denied { fault, ..Denied::because(reason) }
}
