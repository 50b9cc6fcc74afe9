//! Both verifiers of trails, and a trail to verify.

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};

use super::{Studio, process, root};

/// A studio with some activity, which has ended.
pub async fn used() -> Studio {
    let mut studio = Studio::open_with(|config| config.trail.checkpoint_rows = 16).await;
    let mut client = studio.caller("producer").await;
    for bpm in 60..90 {
        client.ask(json!({"action": "set_tempo", "bpm": bpm})).await.expect("an answer");
        client.ask(json!({"action": "nope"})).await.expect("an answer");
    }
    drop(client);
    studio.end().await;
    studio
}

/// The same, with its oldest rows pruned.
pub async fn pruned() -> Studio {
    let mut studio = Studio::open_with(|config| config.trail.checkpoint_rows = 16).await;
    let mut client = studio.caller("producer").await;
    let mut owner = studio.caller("owner").await;
    for bpm in 60..100 {
        client.ask(json!({"action": "set_tempo", "bpm": bpm})).await.expect("an answer");
        if bpm == 80 {
            let answer = owner.ask(json!({"action": "audit_prune", "before": "0s"})).await.expect("an answer");
            assert!(answer["rows"].as_u64().is_some_and(|rows| rows > 0), "{answer:?}");
        }
    }
    drop((client, owner));
    studio.end().await;
    studio
}

/// The report of the Python verifier.
pub fn python(trail: &Path, key: &Path, anchors: &[PathBuf]) -> Value {
    let mut command = process::python();
    command.arg("-B").arg(root().join("script/verify_trail.py")).arg(trail).arg("--json").arg("--key").arg(key);
    anchors.iter().for_each(|anchor| _ = command.arg("--since-checkpoint").arg(anchor));
    reported(&command.output().expect("Python 3 is installed"))
}

/// The report of `livegate audit verify`.
pub fn rust(trail: &Path, key: &Path, anchors: &[PathBuf]) -> Value {
    let mut command = process::livegate();
    command.args(["audit", "verify", "--json", "--trail"]).arg(trail).arg("--key").arg(key);
    anchors.iter().for_each(|anchor| _ = command.arg("--since-checkpoint").arg(anchor));
    let mut report = reported(&command.output().expect("the command runs"));
    // The Python verifier does not check the index.
    let index_problems = report.as_object_mut().and_then(|report| report.remove("index_problems"));
    assert_eq!(index_problems, Some(json!([])), "the index belongs to the gateway's own trail alone");
    report
}

fn reported(output: &Output) -> Value {
    let reported: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{} {}", output.status, String::from_utf8_lossy(&output.stderr)));
    assert_eq!(reported["ok"] == true, output.status.code() == Some(0), "{reported:#}");
    reported
}
