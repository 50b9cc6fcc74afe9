//! Tokens: JWTs signed with Ed25519, of one exact form. What deviates from it is refused before the signature is looked at.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use aws_lc_rs::digest::{SHA256, digest};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rcgen::{KeyPair, PKCS_ED25519, PublicKeyData};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::{Denied, Fault, Token};
use crate::{platform, random};

pub const TYPE: &str = "livegate+jwt";
pub const ISSUER: &str = "livegate";
pub const AUDIENCE: &str = "livegate";
const TOKEN_BYTES_MAX: usize = 4096;
/// How far the clocks of two machines may be apart, in seconds.
const LEEWAY_S: u64 = 5;

/// The claims of a token; all of them, and no others.
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

/// The signing key, and the fixed set of keys that verify: for now, its own public half.
pub struct Keys {
    signing: EncodingKey,
    verifying: DecodingKey,
    kid: String,
}

impl Keys {
    /// Read the signing key, or make one.
    pub fn open(dir: &Path) -> Result<Keys> {
        let path = dir.join("token.key");
        if !path.exists() {
            platform::create_private_dir(dir)?;
            let key = KeyPair::generate_for(&PKCS_ED25519).context("cannot make a signing key")?;
            platform::write_secret(&path, &key.serialize_pem().into())?;
        }
        let pem = platform::read_secret(&path)?;
        let key = KeyPair::from_pem(pem.expose_secret()).with_context(|| format!("{} is no key", path.display()))?;
        let public = key.der_bytes();
        Ok(Keys {
            signing: EncodingKey::from_ed_der(key.serialized_der()),
            verifying: DecodingKey::from_ed_der(public),
            kid: hex::encode(&digest(&SHA256, public).as_ref()[..8]),
        })
    }

    pub fn sign(&self, token: &Token) -> Result<SecretString> {
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

    /// The claims of a good token. The reason for a refusal is for the trail alone.
    pub fn verify(&self, text: &SecretString, now: i64) -> Result<Claims, Denied> {
        let text = text.expose_secret();
        if text.len() > TOKEN_BYTES_MAX {
            return Err(Denied::because("a token that is too long"));
        }
        let header = jsonwebtoken::decode_header(text).map_err(|_| Denied::because("no token"))?;
        self.check_header(&header)?;
        let token = jsonwebtoken::decode::<Claims>(text, &self.verifying, &validation());
        let claims = token.map_err(|error| denied(error.kind()))?.claims;
        match claims.iat > now + LEEWAY_S as i64 {
            true => Err(Denied::because("a token from the future")),
            false => Ok(claims),
        }
    }

    /// One algorithm, one type, a key of ours, and nothing that points to a key elsewhere (RFC 8725, 3.1 and 3.5).
    fn check_header(&self, header: &Header) -> Result<(), Denied> {
        let mut expected = Header::new(Algorithm::EdDSA);
        expected.typ = Some(TYPE.to_owned());
        expected.kid = Some(self.kid.clone());
        if header.alg != expected.alg {
            return Err(Denied::because("a token with another algorithm"));
        }
        match *header == expected {
            true => Ok(()),
            false => Err(Denied::because("a token with another header")),
        }
    }
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

/// The signature is looked at before the claims: what is refused for these was signed here.
fn denied(kind: &jsonwebtoken::errors::ErrorKind) -> Denied {
    use jsonwebtoken::errors::ErrorKind;
    let fault = match kind {
        ErrorKind::ExpiredSignature => Fault::Outdated,
        _ => Fault::Guess,
    };
    let reason = match kind {
        ErrorKind::ExpiredSignature => "an expired token",
        ErrorKind::ImmatureSignature => "a token that is not good yet",
        ErrorKind::InvalidSignature => "a forged token",
        ErrorKind::InvalidAudience => "a token for another audience",
        ErrorKind::InvalidIssuer => "a token of another issuer",
        _ => "a malformed token",
    };
    Denied { fault, ..Denied::because(reason) }
}

/// 128 random bits, in hex.
pub fn new_jti() -> Arc<str> {
    hex::encode(random::bytes::<16>()).into()
}
