//! Proofs that the trail has only grown since an earlier checkpoint.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value, json};

use super::{Answer, body, internal};
use crate::audit::Prover;
use crate::wire::refusal::{Code, Refusal};

/// Prove that the trail of `size` rows begins with that of `older_size` rows. Both must be signed.
pub fn prove(trail: &Path, params: &Map<String, Value>) -> Answer {
    let number = |key: &str| params.get(key).and_then(Value::as_u64).unwrap_or_default();
    let older_size = number("older_size");
    let size = number("size");
    let prove = || {
        let prover = Prover::open(trail)?;
        // Retention may have pruned rows since the newer checkpoint was issued.
        let both_signed = prover.had_signed(older_size)? && prover.had_signed(size)?;
        both_signed.then(|| prover.prove_consistency(older_size, size)).transpose()
    };
    match prove() {
        Ok(Some(proof)) => {
            let proof: Vec<String> = proof.iter().map(|hash| BASE64.encode(hash)).collect();
            Ok(body(json!({"proof": proof})))
        }
        Ok(None) => {
            let message = "older_size and size must be those of checkpoints of this trail, such as whoami reports";
            Err(Refusal::new(Code::InvalidParams, message))
        }
        Err(error) => Err(internal(&format!("cannot read the trail: {error:#}"))),
    }
}
