//! The latest known checkpoint of each gateway's trail, so that a client notices removed rows (trust on first use).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Client;
use super::error::{Result, failed};
use crate::audit::checkpoint::{Signed, Verifier, read_hash};
use crate::audit::tree::proof::{self, Head};
use crate::failure::Context;
use crate::platform;

/// The latest checkpoint of every trail that this client has signed in to, in `known_trails.json`.
#[derive(Debug)]
pub struct KnownTrails {
    path: PathBuf,
    authorities: Authorities,
}

/// By the pin of the gateway's CA or [`PLAIN`], then by the log's origin. An address identifies no gateway, because another one may use it later.
type Authorities = BTreeMap<String, BTreeMap<String, KnownTrail>>;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct KnownTrail {
    /// As the user wrote it at the latest sign-in.
    address: String,
    key: String,
    checkpoint: String,
}

/// The result of comparing an answer's checkpoint with the known one.
#[derive(Debug, PartialEq, Eq)]
pub enum TrailCheck {
    /// The trail only grew, or none was known.
    Consistent,
    /// The trail was rewritten; the message says how.
    Broken(String),
}

/// What to do with a checkpoint that contradicts the known one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contradiction {
    /// Store nothing; the caller of this function gets the contradiction.
    Report,
    /// Store it as the known one: the user knows why the trail differs.
    Accept,
}

const FILE: &str = "known_trails.json";
/// The key for plain lines, which prove no identity: an unknown log may be that of another gateway.
const PLAIN: &str = "plain";
/// The most logs remembered for one CA; beyond it, the first by name is dropped.
const LOGS_MAX: usize = 256;

impl KnownTrails {
    /// Read the known checkpoints. Call it before sign-in: another process may store a newer checkpoint meanwhile.
    pub fn read(dir: &Path) -> Result<KnownTrails> {
        let path = dir.join(FILE);
        if !platform::is_there(&path) {
            return Ok(KnownTrails { path, authorities: Authorities::new() });
        }
        let context = || format!("cannot read {}", path.display());
        let text = std::fs::read_to_string(&path).with_context(context)?;
        let mut stored: Map<String, Value> = serde_json::from_str(&text).with_context(context)?;
        // An earlier version stored checkpoints by address.
        stored.retain(|_, logs| logs.get("checkpoint").is_none());
        let authorities = serde_json::from_value(Value::Object(stored)).with_context(context)?;
        Ok(KnownTrails { path, authorities })
    }

    /// Compare the checkpoint in `answer`, the answer to a sign-in at `address`, with the known one, and store it unless the trail was
    /// rewritten. Where the gateway shows a new CA, store it for that one, too.
    pub async fn check(
        &mut self,
        address: &str,
        answer: &Map<String, Value>,
        client: &mut Client,
        contradiction: Contradiction,
    ) -> Result<TrailCheck> {
        let authority = client.authority().map_or_else(|| PLAIN.to_owned(), hex::encode);
        let text = |key: &str| answer.get(key).and_then(Value::as_str).map(str::to_owned);
        let known = self.authorities.get(&authority).cloned().unwrap_or_default();
        let (Some(key), Some(checkpoint)) = (text("checkpoint_key"), text("checkpoint")) else {
            let is_missed = authority != PLAIN && !known.is_empty();
            return Ok(if is_missed {
                broken(address, "the gateway no longer sends a checkpoint")
            } else {
                TrailCheck::Consistent
            });
        };
        let handed = KnownTrail { address: address.to_owned(), key, checkpoint };
        let continued = match compare(&authority, &known, &handed, client).await {
            Ok(continued) => continued,
            Err(_) if contradiction == Contradiction::Accept => logs_at(&known, address),
            Err(error) => return Ok(broken(address, &format!("{error:#}"))),
        };
        let successor = client.successor().map(|successor| hex::encode(successor.pin));
        for authority in std::iter::once(authority).chain(successor) {
            self.remember(authority, &handed, &continued)?;
        }
        Ok(TrailCheck::Consistent)
    }

    /// Store a checkpoint in place of its log's, and of the logs that it continues.
    fn remember(&mut self, authority: String, handed: &KnownTrail, continued: &[String]) -> Result<()> {
        let origin = Verifier::parse(&handed.key)?.origin().to_owned();
        if self.authorities.get(&authority).and_then(|logs| logs.get(&origin)) == Some(handed) {
            return Ok(());
        }
        // Keep what other processes stored meanwhile.
        let dir = self.path.parent().ok_or_else(|| failed("the file has no folder"))?;
        self.authorities = KnownTrails::read(dir)?.authorities;
        let logs = self.authorities.entry(authority).or_default();
        logs.retain(|origin, _| !continued.contains(origin));
        if logs.len() >= LOGS_MAX {
            logs.pop_first();
        }
        logs.insert(origin, handed.clone());
        platform::create_private_dir(dir)?;
        Ok(platform::write_private(&self.path, &(serde_json::to_string_pretty(&self.authorities)? + "\n"))?)
    }
}

fn broken(address: &str, how: &str) -> TrailCheck {
    TrailCheck::Broken(format!(
        "THE TRAIL OF {address} WAS REWRITTEN: {how}. Recorded rows may have been changed or removed. Ask the owner. If you \
         know the reason, accept the trail as it is now: livegate gateway accept-log, with the same options"
    ))
}

fn logs_at(known: &BTreeMap<String, KnownTrail>, address: &str) -> Vec<String> {
    known.iter().filter(|(_, log)| log.address == address).map(|(origin, _)| origin.clone()).collect()
}

/// The known logs that the new checkpoint's log continues. The error says how the checkpoint contradicts what is known.
async fn compare(
    authority: &str,
    known: &BTreeMap<String, KnownTrail>,
    handed: &KnownTrail,
    client: &mut Client,
) -> Result<Vec<String>> {
    let key = Verifier::parse(&handed.key).context("its checkpoint key is malformed")?;
    let newer = key.open(&handed.checkpoint).context("its checkpoint has no valid signature")?.checkpoint.head;
    if let Some(known) = known.get(key.origin()) {
        expect_key(known, &key)?;
        only_grew(head_of(known)?, newer, client).await?;
        return Ok(Vec::new());
    }
    if authority == PLAIN {
        return Ok(Vec::new());
    }
    // The CA is known, and the log has another name. A log that continues a restored copy may still contain all known rows. Several
    // gateways may share a CA: then those at this address are meant.
    let here = logs_at(known, &handed.address);
    let meant = if here.is_empty() { known.keys().cloned().collect() } else { here };
    for known in meant.iter().filter_map(|origin| known.get(origin)) {
        expect_key(known, &key)?;
        only_grew(head_of(known)?, newer, client)
            .await
            .with_context(|| format!("the log {} continues a restored copy, and rows are missing", key.origin()))?;
    }
    Ok(meant)
}

const UNREADABLE: &str = "the stored checkpoint cannot be read";

fn expect_key(known: &KnownTrail, key: &Verifier) -> Result<()> {
    let known = Verifier::parse(&known.key).context(UNREADABLE)?;
    if known.for_origin(key.origin()) != *key {
        return Err(failed(format!("its log {} has another key; it was {}", key.origin(), known.origin())));
    }
    Ok(())
}

fn head_of(known: &KnownTrail) -> Result<Head> {
    Ok(Signed::unverified(&known.checkpoint).context(UNREADABLE)?.checkpoint.head)
}

async fn only_grew(older: Head, newer: Head, client: &mut Client) -> Result<()> {
    if newer.size < older.size {
        return Err(failed(format!("it had {} rows, now it has {}", older.size, newer.size)));
    }
    let needs_proof = newer.size != older.size && older.size != 0;
    let proof = if needs_proof { ask_for_proof(older.size, newer.size, client).await? } else { Vec::new() };
    if !proof::is_consistent(&older, &newer, &proof) {
        return Err(failed(format!("its first {} rows are not the known ones", older.size)));
    }
    Ok(())
}

async fn ask_for_proof(older_size: u64, size: u64, client: &mut Client) -> Result<Vec<[u8; 32]>> {
    let request = json!({"action": "audit_consistency", "older_size": older_size, "size": size});
    let answer = client.ask(request).await.context("it gives no consistency proof")?;
    let hashes = answer.get("proof").and_then(Value::as_array);
    let hashes = hashes.map(|hashes| hashes.iter().map(|hash| hash.as_str().and_then(read_hash)).collect());
    hashes.flatten().ok_or_else(|| failed("it gives no consistency proof"))
}
