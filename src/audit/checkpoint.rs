//! Checkpoints: signed tree heads of the trail (C2SP tlog-checkpoint, a signed note with Ed25519).

use std::fmt;
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use secrecy::ExposeSecret;

use super::error::{Result, invalid};
use super::tree::proof::Head;
use crate::failure::Context;
use crate::platform;
use crate::platform::random;

/// Algorithm identifier of Ed25519 in signed notes.
const ED25519_KEY: u8 = 1;
const KEY_ID_BYTES: usize = 4;
/// Limit of a note's length; a checkpoint with a few signatures is far shorter.
pub const NOTE_BYTES_MAX: usize = 64 * 1024;

const KEY_FILE: &str = "checkpoint.key";

/// The contents of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Origin: the unique name of the log.
    pub origin: String,
    /// Number of leaves and root of the tree.
    pub head: Head,
}

/// A checkpoint with its signed note, as stored and exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The signed content.
    pub checkpoint: Checkpoint,
    /// The signed note as text: origin, size, root, an empty line, and the signature (C2SP tlog-checkpoint).
    pub note: String,
}

impl Signed {
    /// Parse a note without verifying its signatures.
    pub fn unverified(note: &str) -> Result<Signed> {
        let (text, _) = split(note)?;
        let mut lines = text.lines();
        let origin = lines.next();
        let size = lines.next();
        let root = lines.next();
        let origin = origin.filter(|origin| !origin.is_empty()).ok_or_else(|| invalid("it has no origin"))?.to_owned();
        let size = size.and_then(read_size).ok_or_else(|| invalid("its second line is not a size"))?;
        let root = root.and_then(read_hash).ok_or_else(|| invalid("its third line is not a hash in base64"))?;
        Ok(Signed { checkpoint: Checkpoint { origin, head: Head { size, root } }, note: note.to_owned() })
    }

    /// Number of leaves of the signed tree.
    pub fn size(&self) -> u64 {
        self.checkpoint.head.size
    }
}

/// Parse a text of concatenated notes, such as a witness file.
pub fn notes(text: &str) -> Result<Vec<Signed>> {
    let mut notes = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let signatures = rest.find("\n\n\u{2014} ").ok_or_else(|| invalid("there is no signature"))? + 2;
        let length = rest[signatures..].split_inclusive('\n').take_while(|line| line.starts_with('\u{2014}'));
        let end = signatures + length.map(str::len).sum::<usize>();
        notes.push(Signed::unverified(&rest[..end])?);
        rest = rest[end..].trim_start();
    }
    Ok(notes)
}

/// Parse a decimal number without leading zeros.
pub fn read_size(text: &str) -> Option<u64> {
    text.parse().ok().filter(|size: &u64| size.to_string() == text)
}

pub(crate) fn read_hash(text: &str) -> Option<[u8; 32]> {
    BASE64.decode(text).ok()?.try_into().ok()
}

/// Split a note into its text, including the last newline, and its signatures.
fn split(note: &str) -> Result<(&str, &str)> {
    if note.len() > NOTE_BYTES_MAX || note.chars().any(|character| character < ' ' && character != '\n') {
        return Err(invalid("this is not a signed note"));
    }
    let end = note.rfind("\n\n").ok_or_else(|| invalid("this is not a signed note"))?;
    Ok((&note[..=end], &note[end + 2..]))
}

/// The private key that signs checkpoints. It is stored apart from the trail.
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// Read the key, or create one.
    pub fn open(dir: &Path) -> Result<SigningKey> {
        if let Some(key) = SigningKey::find(dir)? {
            return Ok(key);
        }
        platform::create_private_dir(dir)?;
        let seed = random::bytes::<32>();
        platform::write_secret(&dir.join(KEY_FILE), &hex::encode(seed).into())?;
        Ok(SigningKey(Ed25519KeyPair::from_seed_unchecked(&seed).context("cannot create a key")?))
    }

    /// Read the key, if there is one.
    pub fn find(dir: &Path) -> Result<Option<SigningKey>> {
        let path = dir.join(KEY_FILE);
        if !platform::is_there(&path) {
            return Ok(None);
        }
        let text = platform::read_secret(&path)?;
        let seed = hex::decode(text.expose_secret()).unwrap_or_default();
        let key = Ed25519KeyPair::from_seed_unchecked(&seed);
        Ok(Some(SigningKey(key.ok().ok_or_else(|| invalid(format!("{} is not a key in hex", path.display())))?)))
    }

    /// Signs a checkpoint with Ed25519. The origin names the key in the signature line.
    pub fn sign(&self, checkpoint: Checkpoint) -> Signed {
        let origin = &checkpoint.origin;
        let head = checkpoint.head;
        let text = format!("{origin}\n{}\n{}\n", head.size, BASE64.encode(head.root));
        let id = self.verifier(origin).id();
        let signature = BASE64.encode([id.as_slice(), self.0.sign(text.as_bytes()).as_ref()].concat());
        Signed { note: format!("{text}\n\u{2014} {origin} {signature}\n"), checkpoint }
    }

    /// Its public key, for the log with this origin.
    pub fn verifier(&self, origin: &str) -> Verifier {
        let public = self.0.public_key().as_ref().try_into().expect("an Ed25519 key has 32 bytes");
        Verifier { origin: origin.to_owned(), public }
    }
}

/// A log's public key, formatted as `name+id+key` (verifier key of signed notes).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier {
    origin: String,
    public: [u8; 32],
}

impl Verifier {
    /// Reads a verifier key in the form `NAME+ID+KEY` (C2SP signed-note). An error if the ID does not match name and
    /// key.
    pub fn parse(text: &str) -> Result<Verifier> {
        let parts: Vec<&str> = text.trim().splitn(3, '+').collect();
        let [origin, id, key] = parts[..] else { return Err(invalid("a log's key has the form NAME+ID+KEY")) };
        let key = BASE64.decode(key).unwrap_or_default();
        let Some((&ED25519_KEY, public)) = key.split_first() else {
            return Err(invalid("this is not an Ed25519 key of a log"));
        };
        let public = public.try_into().ok().ok_or_else(|| invalid("an Ed25519 key has 32 bytes"))?;
        let verifier = Verifier { origin: origin.to_owned(), public };
        if hex::encode(verifier.id()) == id {
            Ok(verifier)
        } else {
            Err(invalid("the key's id does not match the key; copy the whole key"))
        }
    }

    /// The name of the log whose checkpoints this key verifies.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The same key for another origin, such as that of a log before or after a restore.
    pub fn for_origin(&self, origin: &str) -> Verifier {
        Verifier { origin: origin.to_owned(), public: self.public }
    }

    /// Parse a note and verify this key's signature and origin.
    pub fn open(&self, note: &str) -> Result<Signed> {
        let signed = Signed::unverified(note)?;
        if signed.checkpoint.origin != self.origin {
            return Err(invalid(format!("it belongs to the log {}, not to {}", signed.checkpoint.origin, self.origin)));
        }
        let (text, signatures) = split(note)?;
        let mut own = signatures.lines().filter_map(|line| self.own_signature(line)).peekable();
        if own.peek().is_none() {
            return Err(invalid("it is not signed by the log's key"));
        }
        let key = UnparsedPublicKey::new(&ED25519, &self.public);
        if own.all(|signature| key.verify(text.as_bytes(), &signature).is_ok()) {
            Ok(signed)
        } else {
            Err(invalid("its signature is wrong"))
        }
    }

    fn own_signature(&self, line: &str) -> Option<Vec<u8>> {
        let (name, signature) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
        let bytes = BASE64.decode(signature).ok()?;
        let (id, signature) = bytes.split_at_checked(KEY_ID_BYTES)?;
        (name == self.origin && id == self.id()).then(|| signature.to_vec())
    }

    fn id(&self) -> [u8; KEY_ID_BYTES] {
        let text = [self.origin.as_bytes(), b"\n", &[ED25519_KEY], &self.public].concat();
        digest(&SHA256, &text).as_ref()[..KEY_ID_BYTES].try_into().expect("a digest is longer")
    }
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = BASE64.encode([&[ED25519_KEY], self.public.as_slice()].concat());
        write!(f, "{}+{}+{key}", self.origin, hex::encode(self.id()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint(origin: &str, size: u64) -> Checkpoint {
        Checkpoint { origin: origin.into(), head: Head { size, root: [7; 32] } }
    }

    fn key() -> SigningKey {
        SigningKey(Ed25519KeyPair::from_seed_unchecked(&[5; 32]).expect("a key"))
    }

    #[test]
    fn the_published_example_note_verifies() {
        // C2SP's example of a signed note. Its text is not a checkpoint, so the test verifies only the signature.
        let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let verifier = Verifier::parse(key).expect("a key");
        assert_eq!(verifier.to_string(), key);
        let note = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\
            \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        let (text, signatures) = split(note).expect("a note");
        let signature = verifier.own_signature(signatures.trim_end()).expect("a signature of this key");
        UnparsedPublicKey::new(&ED25519, &verifier.public).verify(text.as_bytes(), &signature).expect("a valid one");
    }

    #[test]
    fn only_signed_notes_verify() {
        let signed = key().sign(checkpoint("log", 12));
        let verifier = key().verifier("log");
        assert_eq!(verifier.open(&signed.note).expect("a valid note"), signed);
        for (from, to) in
            [("log\n12", "log\n13"), ("log\n12", "log\n012"), ("log\n", "gol\n"), ("Bw", "Cw"), ("\n\n", "\n")]
        {
            let changed = signed.note.replacen(from, to, 1);
            assert_ne!(changed, signed.note);
            assert!(verifier.open(&changed).is_err(), "{changed}");
        }
        assert!(verifier.open(&key().sign(checkpoint("other", 12)).note).is_err());
        let other = SigningKey(Ed25519KeyPair::from_seed_unchecked(&[6; 32]).expect("a key"));
        assert!(verifier.open(&other.sign(checkpoint("log", 12)).note).is_err());
    }

    #[test]
    fn a_witness_file_holds_concatenated_notes() {
        let text: String = (1..4).map(|size| key().sign(checkpoint("log", size)).note + "\n").collect();
        let sizes: Vec<u64> = notes(&text).expect("notes").iter().map(Signed::size).collect();
        assert_eq!(sizes, [1, 2, 3]);
        assert!(notes("log\n12\n").is_err());
    }
}
