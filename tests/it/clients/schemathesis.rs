//! The OpenAPI document against the running door, by schemathesis (PyPI): no server error, and no answer that it does not describe.

use std::process::Stdio;

use livegate::config::rate;
use tokio::process::Command;

use crate::support::skip::skip;
use crate::support::{Studio, process, root};

/// What the document describes and a generated request may come to: Live lacks a member, is busy, or is too slow.
const EXPECTED: &str = "[checks.not_a_server_error]\nexpected-statuses = [\"2xx\", \"4xx\", 501, 503, 504]\n";
/// Streams and sockets do not end by themselves; the others end the sign-in or the changes of the run.
const LEFT_OUT: &str = "^/v1/(events|ws)$|/(token_rotate_keys|freeze|pair_wait)$";
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance";
const SECONDS: &str = "150";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes three minutes: .ci/run runs it"]
async fn every_answer_is_in_the_openapi() {
    let program = root().join("target/ci-python/bin/schemathesis");
    if !program.is_file() {
        return skip("schemathesis was not found (PyPI: schemathesis)");
    }
    let studio = Studio::open_with(|config| {
        let unlimited = rate(1_000_000, 1_000_000);
        config.limits.read = unlimited;
        config.limits.change = unlimited;
        config.limits.heavy = unlimited;
        config.limits.stop = unlimited;
        // Beyond these, answers to refusals wait for a row that counts them.
        config.trail.refusals_per_second_max = u32::MAX;
        config.trail.unauthenticated_refusals_per_second_max = u32::MAX;
        let bytes = rate(u32::MAX, u32::MAX);
        config.trail.refused_bytes = bytes;
        config.trail.unauthenticated_refused_bytes = bytes;
        config.connections.sign_in_failures_max = u32::MAX;
    })
    .await;
    let settings = studio.dir.path().join("schemathesis.toml");
    std::fs::write(&settings, EXPECTED).expect("a file");
    let mut command = process::command(program);
    command.arg("--config-file").arg(&settings).arg("run").arg(format!("http://{}/v1/openapi.json", studio.http));
    command.arg("--header").arg(format!("Authorization: Bearer {}", studio.tokens["owner"].text));
    command.args(["--exclude-path-regex", LEFT_OUT, "--checks", CHECKS, "--phases", "examples,coverage,fuzzing"]);
    command.args(["--max-examples", "2", "--workers", "1", "--request-timeout", "15", "--max-time", SECONDS]);
    // The same requests in every run, by one thread: Python's parser, which hypothesis calls, miscounts its depth in several.
    command.arg("--generation-deterministic");
    command.args(["--continue-on-failure", "--no-shrink", "--no-color"]);
    command.current_dir(studio.dir.path()).stdout(Stdio::piped());
    let output = Command::from(command).kill_on_drop(true).output().await.expect("it starts");
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{report}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(report.contains("Test cases:"), "{report}");
}
