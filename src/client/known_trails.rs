//! What a client remembers of each server's trail, so that nobody can take rows back out of it unnoticed (trust on first use).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Client;
use crate::audit::checkpoint::{Signed, Verifier, read_hash};
use crate::audit::tree::proof::{self, Head};
use crate::platform;

/// The latest checkpoint of every server that this client has signed in to, in a file of its own.
#[derive(Debug)]
pub struct KnownTrails {
    path: PathBuf,
    /// By the server's address as the user names it.
    servers: BTreeMap<String, Known>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    key: String,
    checkpoint: String,
}

/// What a server's answer says about its trail.
#[derive(Debug, PartialEq, Eq)]
pub enum Held {
    /// It only grew, or nothing was known of it.
    Fits,
    /// It is not what it was; the sentence says how.
    Broken(String),
}

const FILE: &str = "known_trails.json";

impl KnownTrails {
    /// Read what is known, before signing in: what another process learns meanwhile may be newer than what this one is handed.
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

    /// Hold a server to what is known of it: `answer` is what it said to a sign-in. What it is now is remembered, unless it is broken.
    pub async fn hold(&mut self, server: &str, answer: &Map<String, Value>, client: &mut Client) -> Result<Held> {
        let text = |key: &str| answer.get(key).and_then(Value::as_str).map(str::to_owned);
        let known = self.servers.get(server).cloned();
        let handed = match (text("checkpoint_key"), text("checkpoint"), &known) {
            (Some(key), Some(checkpoint), _) => Known { key, checkpoint },
            (_, _, None) => return Ok(Held::Fits),
            (_, _, Some(_)) => return Ok(self.broken(server, "the gateway no longer says what its trail is")),
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
            "THE TRAIL OF {server} IS NOT WHAT IT WAS: {how}. Somebody may have changed or removed what was recorded. \
             If there is a good reason, take {server} out of {path}"
        ))
    }

    fn remember(&mut self, server: &str, handed: Known) -> Result<()> {
        if self.servers.get(server) == Some(&handed) {
            return Ok(());
        }
        // What others have learnt of other servers meanwhile stays.
        let dir = self.path.parent().context("the file is in a folder")?;
        self.servers = KnownTrails::read(dir)?.servers;
        self.servers.insert(server.to_owned(), handed);
        platform::create_private_dir(dir)?;
        platform::write_private(&self.path, &(serde_json::to_string_pretty(&self.servers)? + "\n"))
    }
}

/// An error says what is wrong with what was handed over.
async fn compare(known: Option<&Known>, handed: &Known, client: &mut Client) -> Result<()> {
    let key = Verifier::parse(&handed.key).context("its key is no key")?;
    let newer = key.open(&handed.checkpoint).context("what it says of itself is not signed")?;
    let Some(known) = known else { return Ok(()) };
    let unreadable = "what is remembered of it cannot be read";
    let known_key = Verifier::parse(&known.key).context(unreadable)?;
    if known_key.for_origin(key.origin()) != key {
        bail!("it is the log {} of another key, and was {}", key.origin(), known_key.origin());
    }
    let older = Signed::unverified(&known.checkpoint).context(unreadable)?;
    let grew = only_grew(older.checkpoint.head, newer.checkpoint.head, client).await;
    match known_key == key {
        true => grew,
        // A log that goes on from a copy may have all the same everything that is known.
        false => grew.with_context(|| {
            format!("a new log, {}, was begun behind a copy that was put back, and rows are missing", key.origin())
        }),
    }
}

async fn only_grew(older: Head, newer: Head, client: &mut Client) -> Result<()> {
    if newer.size < older.size {
        bail!("it had {} rows, and has {}", older.size, newer.size);
    }
    let proof = match newer.size == older.size || older.size == 0 {
        true => Vec::new(),
        false => ask_for_proof(older.size, newer.size, client).await?,
    };
    match proof::is_consistent(&older, &newer, &proof) {
        true => Ok(()),
        false => bail!("the {} rows that it had are not those that it has now", older.size),
    }
}

async fn ask_for_proof(older_size: u64, size: u64, client: &mut Client) -> Result<Vec<[u8; 32]>> {
    let request = json!({"action": "audit_consistency", "older_size": older_size, "size": size});
    let answer = client.ask(request).await.context("it does not show that it only grew")?;
    let hashes = answer.get("proof").and_then(Value::as_array);
    let hashes = hashes.map(|hashes| hashes.iter().map(|hash| hash.as_str().and_then(read_hash)).collect());
    hashes.flatten().context("it does not show that it only grew")
}
