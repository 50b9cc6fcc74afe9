//! The Python client's type stubs are generated from the catalogue.

use crate::support::{process, root};

#[tokio::test]
async fn the_type_stubs_are_fresh() {
    let mut command = tokio::process::Command::from(process::python());
    let output = command.args(["-B", "python/stubs.py", "check"]).current_dir(root()).output().await.expect("Python 3");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
