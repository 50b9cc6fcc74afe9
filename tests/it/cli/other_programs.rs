//! Other programs that control Live past the gateway: `doctor`, `status` and the trail name them.

use std::net::TcpListener;

use livegate::config::{IpProtocol, KnownPort};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::bound::within;
use crate::support::studio::until;
use crate::support::{Studio, process, trail};

fn output(args: &[&str], studio: &Studio) -> String {
    let mut command = process::livegate();
    command.args(args).arg("--state-dir").arg(studio.dir.path());
    String::from_utf8_lossy(&command.output().expect("the command runs").stdout).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn other_programs_are_named_while_they_run() {
    let library = TempDir::new().expect("a folder");
    let script = library.path().join("Remote Scripts/AbletonOSC");
    std::fs::create_dir_all(&script).expect("a folder");
    std::fs::write(script.join("__init__.py"), "import socket\n").expect("a script");
    let other = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = other.local_addr().expect("an address");
    let mut studio = Studio::open_with(|config| {
        let program = "AbletonMCP".to_owned();
        config.other_programs.ports = vec![KnownPort { protocol: IpProtocol::Tcp, port: address.port(), program }];
        config.other_programs.live_dir = library.path().to_owned();
        config.other_programs.check_s = 1;
    })
    .await;
    let mut console = studio.console().await;
    let open = |status: &Value| status["other_programs"]["open"].as_array().map_or(0, Vec::len);
    until(&mut console, |status| open(status) == 1 && status["other_programs"]["scripts"] == json!(["AbletonOSC"]))
        .await;
    let said = output(&["status"], &studio);
    let expected =
        format!("AbletonMCP at tcp {address} lets any program on this machine control Live past the gateway");
    assert!(said.contains(&expected) && said.contains("the Remote Script AbletonOSC may open a port"), "{said}");
    let live_dir = library.path().to_str().expect("UTF-8");
    let findings = output(&["doctor", "--json", "--live-dir", live_dir], &studio);
    let findings: Value = serde_json::from_str(&findings).expect("JSON");
    let found: Vec<&Value> = findings["checks"].as_array().expect("checks").iter().collect();
    let warned = |message: &str, remedy: &str| {
        let has =
            |finding: &Value, key: &str, words: &str| finding[key].as_str().is_some_and(|text| text.contains(words));
        let mut others = found.iter().filter(|finding| finding["check"] == "others" && finding["state"] == "warn");
        assert!(
            others.any(|one| has(one, "message", message) && has(one, "remedy", remedy)),
            "{message}: {findings:#}"
        );
    };
    warned(&format!("AbletonMCP at tcp {address} is open"), "close that program");
    warned("AbletonOSC may open a port", "Control Surface");

    drop(other);
    until(&mut console, |status| open(status) == 0).await;
    let rows = async {
        loop {
            let rows = trail::rows(studio.dir.path(), studio.set_up_seq);
            let mut found: Vec<Value> = Vec::new();
            for row in rows.iter().filter(|row| row.kind == "other_programs") {
                found.extend(row.details.as_ref().map(|details| details["found"].clone()));
            }
            if found.len() >= 2 {
                return found;
            }
            tokio::task::yield_now().await;
        }
    };
    let first = format!("AbletonMCP at tcp {address}; the Remote Script AbletonOSC");
    assert_eq!(within("two rows", rows).await, [json!(first), json!("the Remote Script AbletonOSC")]);
    studio.end().await;
}
