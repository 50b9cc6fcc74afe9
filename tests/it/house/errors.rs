//! Errors: each layer has its own, with a kind for each failure that code reacts to.

use std::path::Path;

use super::tidy::{files, read, without_tests};
use crate::support::root;

/// What starts the gateway or uses it from outside reports to a person, and needs no kinds.
const OUTERMOST: [&str; 6] =
    ["src/cli.rs", "src/cli/", "src/gateway.rs", "src/main.rs", "src/python.rs", "src/python/"];
/// rustls hands the errors of its users back boxed.
const BOXED_BY_OTHERS: &str = "src/tls/error.rs";

#[test]
fn only_the_outermost_use_anyhow() {
    for (path, code) in layers() {
        assert!(
            !code.contains("anyhow"),
            "{path}: an error of this layer is a type of its own, with `failure::Failure`"
        );
    }
}

#[test]
fn failures_are_recognised_by_their_kind() {
    for (path, code) in layers().filter(|(path, _)| path != BOXED_BY_OTHERS) {
        assert!(!code.contains("downcast"), "{path}: match the kind of an error instead");
    }
}

/// The files of the layers below [`OUTERMOST`], without comments and tests.
fn layers() -> impl Iterator<Item = (String, String)> {
    let is_layer = |path: &str| path.starts_with("src/") && !OUTERMOST.iter().any(|outer| path.starts_with(outer));
    let is_test = |path: &str| path.ends_with("/tests.rs") || path.contains("/tests/");
    let named = files(&["rs"]).into_iter().map(|path| (relative(&path), path));
    named.filter(move |(name, _)| is_layer(name) && !is_test(name)).map(|(name, path)| (name, code(&read(&path))))
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).expect("a file of ours").to_string_lossy().replace('\\', "/")
}

fn code(text: &str) -> String {
    without_tests(text).lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}
