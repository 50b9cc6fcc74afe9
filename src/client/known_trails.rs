//! The latest known checkpoint of each gateway's trail, so that a client notices removed rows (trust on first use).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Client;
use crate::audit::checkpoint::{Signed, Verifier, read_hash};
use crate::audit::tree::proof::{self, Head};
use crate::platform;

/// The latest checkpoint of every gateway that this client signed in to, in `known_trails.json`.
#[derive(Debug)]
pub struct KnownTrails {
    path: PathBuf,
    /// By the gateway's address as the user writes it.
    servers: BTreeMap<String, Known>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    key: String,
    checkpoint: String,
}

/// The result of comparing an answer's checkpoint with the known one.
#[derive(Debug, PartialEq, Eq)]
pub enum Held {
    /// The trail only grew, or none was known.
    Fits,
    /// The trail was rewritten; the message says how.
    Broken(String),
}

const FILE: &str = "known_trails.json";

impl KnownTrails {
    /// Read the known checkpoints. Call it before sign-in: another process may store a newer checkpoint meanwhile.
    pub fn read(dir: &Path) -> Result<KnownTrails> {
        let path = dir.join(FILE);
        if !platform::is_there(&path) {
            return Ok(KnownTrails { path, servers: BTreeMap::new() });
        }
        let context = || format!("cannot read {}", path.display());
        let text = std::fs::read_to_string(&path).with_context(context)?;
        let servers = serde_json::from_str(&text).with_context(context)?;
        Ok(KnownTrails { path, servers })
    }

    /// Compare the checkpoint in `answer`, the answer to a sign-in, with the known one, and store it unless the trail was rewritten.
    pub async fn hold(&mut self, server: &str, answer: &Map<String, Value>, client: &mut Client) -> Result<Held> {
        let text = |key: &str| answer.get(key).and_then(Value::as_str).map(str::to_owned);
        let known = self.servers.get(server).cloned();
        let handed = match (text("checkpoint_key"), text("checkpoint"), &known) {
            (Some(key), Some(checkpoint), _) => Known { key, checkpoint },
            (_, _, None) => return Ok(Held::Fits),
            (_, _, Some(_)) => return Ok(self.broken(server, "the gateway no longer sends a checkpoint")),
        };
        match compare(known.as_ref(), &handed, client).await {
            Ok(()) => {
                self.remember(server, handed)?;
                Ok(Held::Fits)
            }
            Err(error) => Ok(self.broken(server, &format!("{error:#}"))),
        }
    }

    fn broken(&self, server: &str, how: &str) -> Held {
        let path = self.path.display();
        Held::Broken(format!(
            "THE TRAIL OF {server} WAS REWRITTEN: {how}. Recorded rows may have been changed or removed. \
             If you know the reason, remove {server} from {path}"
        ))
    }

    fn remember(&mut self, server: &str, handed: Known) -> Result<()> {
        if self.servers.get(server) == Some(&handed) {
            return Ok(());
        }
        // Keep what other processes stored meanwhile.
        let dir = self.path.parent().context("the file has no folder")?;
        self.servers = KnownTrails::read(dir)?.servers;
        self.servers.insert(server.to_owned(), handed);
        platform::create_private_dir(dir)?;
        platform::write_private(&self.path, &(serde_json::to_string_pretty(&self.servers)? + "\n"))
    }
}

/// The error says how the new checkpoint contradicts the known one.
async fn compare(known: Option<&Known>, handed: &Known, client: &mut Client) -> Result<()> {
    let key = Verifier::parse(&handed.key).context("its checkpoint key is malformed")?;
    let newer = key.open(&handed.checkpoint).context("its checkpoint has no valid signature")?;
    let Some(known) = known else { return Ok(()) };
    let unreadable = "the stored checkpoint cannot be read";
    let known_key = Verifier::parse(&known.key).context(unreadable)?;
    if known_key.for_origin(key.origin()) != key {
        bail!("its log {} has another key; it was {}", key.origin(), known_key.origin());
    }
    let older = Signed::unverified(&known.checkpoint).context(unreadable)?;
    let grew = only_grew(older.checkpoint.head, newer.checkpoint.head, client).await;
    if known_key == key {
        return grew;
    }
    // A log that continues a restored copy may still contain all known rows.
    grew.with_context(|| format!("the log {} continues a restored copy, and rows are missing", key.origin()))
}

async fn only_grew(older: Head, newer: Head, client: &mut Client) -> Result<()> {
    if newer.size < older.size {
        bail!("it had {} rows, now it has {}", older.size, newer.size);
    }
    let needs_proof = newer.size != older.size && older.size != 0;
    let proof = if needs_proof { ask_for_proof(older.size, newer.size, client).await? } else { Vec::new() };
    if !proof::is_consistent(&older, &newer, &proof) {
        bail!("its first {} rows are not the known ones", older.size);
    }
    Ok(())
}

async fn ask_for_proof(older_size: u64, size: u64, client: &mut Client) -> Result<Vec<[u8; 32]>> {
    let request = json!({"action": "audit_consistency", "older_size": older_size, "size": size});
    let answer = client.ask(request).await.context("it gives no consistency proof")?;
    let hashes = answer.get("proof").and_then(Value::as_array);
    let hashes = hashes.map(|hashes| hashes.iter().map(|hash| hash.as_str().and_then(read_hash)).collect());
    hashes.flatten().context("it gives no consistency proof")
}
