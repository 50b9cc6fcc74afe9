//! `verify_trail` for `livegate.audit`: checks a trail's file against its signed checkpoints, as `livegate audit verify` does.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use pyo3::prelude::*;
use serde_json::{Value, json};

use super::{invalid, values};
use crate::audit;
use crate::audit::checkpoint::{Signed, Verifier, notes};

/// Far longer than a key or a file of checkpoints.
const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Verify a trail with the log's public key (a file such as trail.vkey) and files of checkpoints that were kept elsewhere. Returns a dict:
/// ok, problems, rows, removed, checkpoints, covered. Raises ValueError if a file cannot be read.
#[pyfunction]
#[pyo3(signature = (trail, key, checkpoints = vec![]))]
pub fn verify_trail(py: Python<'_>, trail: PathBuf, key: PathBuf, checkpoints: Vec<PathBuf>) -> PyResult<Py<PyAny>> {
    let verified = py.detach(|| verify(&trail, &key, &checkpoints)).map_err(invalid)?;
    values::to_python(py, &verified).map(Bound::unbind)
}

fn verify(trail: &Path, key: &Path, checkpoints: &[PathBuf]) -> Result<Value> {
    let verifier = Verifier::parse(&read(key)?).with_context(|| format!("cannot use {}", key.display()))?;
    let anchors = checkpoints.iter().map(|path| read_notes(path)).collect::<Result<Vec<_>>>()?.concat();
    let report = audit::verify(trail, &verifier, &anchors)?;
    let mut answer = json!({"ok": report.is_valid()});
    let body = serde_json::to_value(&report).context("a report serialises")?;
    if let (Some(answer), Value::Object(body)) = (answer.as_object_mut(), body) {
        answer.extend(body);
    }
    Ok(answer)
}

fn read_notes(path: &Path) -> Result<Vec<Signed>> {
    notes(&read(path)?).with_context(|| format!("{} has no valid checkpoints", path.display()))
}

fn read(path: &Path) -> Result<String> {
    let context = || format!("cannot read {}", path.display());
    let mut text = String::new();
    File::open(path).with_context(context)?.take(FILE_BYTES_MAX + 1).read_to_string(&mut text).with_context(context)?;
    ensure!(text.len() as u64 <= FILE_BYTES_MAX, "{} is longer than {FILE_BYTES_MAX} bytes", path.display());
    Ok(text)
}
