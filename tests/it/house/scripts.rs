//! Runs the script's Python tests and checks how many ran.

use crate::support::skip::{skip, skipped_by_unittest};
use crate::support::{process, root};

/// With fewer, some tests were not found.
const TESTS_MIN: usize = 1_800;

#[test]
fn the_scripts_own_tests_pass() {
    let output = process::python()
        .args(["-B", "-m", "unittest", "discover", "-s", "tests", "-t", "."])
        .current_dir(root().join("script"))
        .output()
        .expect("Python 3 is installed");
    let report = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{report}");
    let ran = report.lines().find_map(|line| line.strip_prefix("Ran ")?.split(' ').next()?.parse::<usize>().ok());
    let ran = ran.unwrap_or_else(|| panic!("no count of tests in: {report}"));
    assert!(ran >= TESTS_MIN, "only {ran} tests ran");
    if let Some(count) = skipped_by_unittest(&report) {
        skip(&format!("{count} of them; for the reasons: cd script && python3 -m unittest discover -s tests -t . -v"));
    }
}

#[test]
fn the_catalogue_matches_the_functions() {
    let output = process::python()
        .args(["-B", "-m", "LiveGate"])
        .current_dir(root().join("script"))
        .output()
        .expect("Python 3 is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let fresh = String::from_utf8(output.stdout).expect("UTF-8");
    let stored = std::fs::read_to_string(root().join("script/LiveGate/catalog.json")).expect("the catalogue");
    assert!(fresh == stored, "catalog.json is stale: cd script && python3 -m LiveGate > LiveGate/catalog.json");
}
