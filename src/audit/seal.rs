//! Keyed digests that replace unparsable lines in the trail: equal lines have equal digests, and the digest does not reveal the text.

use std::path::Path;

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use secrecy::ExposeSecret;

use super::error::Result;
use crate::failure::Context;
use crate::platform;
use crate::platform::random;

pub struct Seal(Key);

impl Seal {
    /// Read the key, or create one.
    pub fn open(dir: &Path) -> Result<Seal> {
        let path = dir.join("trail.key");
        if !platform::is_there(&path) {
            platform::create_private_dir(dir)?;
            platform::write_secret(&path, &hex::encode(random::bytes::<32>()).into())?;
        }
        let text = platform::read_secret(&path)?;
        let key =
            hex::decode(text.expose_secret()).with_context(|| format!("{} is not a key in hex", path.display()))?;
        Ok(Seal(Key::new(HMAC_SHA256, &key)))
    }

    /// 16 hex digits.
    pub fn digest(&self, line: &[u8]) -> String {
        hex::encode(&sign(&self.0, line).as_ref()[..8])
    }
}
