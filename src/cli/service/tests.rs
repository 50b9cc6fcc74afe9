//! What each system's manager of services is given, as text: only Linux is at hand.

use super::*;

fn gateway(state_dir: &str, is_default: bool) -> Gateway {
    Gateway {
        program: "/opt/live gate/livegate".into(),
        state_dir: state_dir.into(),
        is_default,
        home: "/home/ann".into(),
        user: Some(501),
        user_name: Some("STUDIO\\ann".into()),
    }
}

fn planned(system: &str) -> (Plan, String) {
    let plan = Plan::of(system, &gateway("/srv/50% & more", false)).expect("a plan");
    let text = text_of(&plan.content);
    (plan, text)
}

fn words(lines: &[Line]) -> Vec<String> {
    lines.iter().map(|line| line.join(" ")).collect()
}

#[test]
fn a_unit_restarts_and_is_hardened() {
    let (plan, text) = planned("linux");
    assert_eq!(plan.file, Path::new("/home/ann/.config/systemd/user/livegate.service"));
    for part in [
        "ExecStart=\"/opt/live gate/livegate\" serve --state-dir \"/srv/50%% & more\"\n",
        "Restart=on-failure\n",
        "NoNewPrivileges=yes\n",
        "SystemCallFilter=@system-service\n",
        "UMask=0077\n",
        "WantedBy=default.target\n",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    assert_eq!(words(&plan.start)[0], "systemctl --user daemon-reload");
    assert_eq!(words(&plan.stop), ["systemctl --user disable --now livegate.service"]);
    assert!(matches!(&plan.logs, LogDestination::System { follow, .. } if follow.contains(&"--follow".to_owned())));
}

#[test]
fn an_agent_is_kept_alive_after_failures() {
    let (plan, text) = planned("macos");
    assert_eq!(plan.file, Path::new("/home/ann/Library/LaunchAgents/livegate.gateway.plist"));
    for part in [
        "<string>/opt/live gate/livegate</string>\n    <string>serve</string>",
        "<string>/srv/50% &amp; more</string>",
        "<string>--log-file</string>\n    <string>log/livegate.log</string>",
        "<key>SuccessfulExit</key>\n    <false/>",
        "<key>Umask</key>\n  <integer>63</integer>",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    assert_eq!(words(&plan.start)[1], format!("launchctl bootstrap gui/501 {}", plan.file.display()));
    assert_eq!(words(&plan.stop), ["launchctl bootout gui/501/livegate.gateway"]);
    assert_eq!(plan.logs, LogDestination::File("/srv/50% & more/log/livegate.log".into()));
}

#[test]
fn a_task_starts_at_logon_without_rights() {
    let (plan, text) = planned("windows");
    assert!(plan.content.starts_with(&logon_task::BYTE_ORDER_MARK));
    for part in [
        "<Command>conhost.exe</Command>",
        "<Arguments>--headless &quot;/opt/live gate/livegate&quot; serve --state-dir &quot;/srv/50% &amp; more&quot; --log-file log/livegate.log</Arguments>",
        "<LogonTrigger>",
        "<UserId>STUDIO\\ann</UserId>",
        "<RunLevel>LeastPrivilege</RunLevel>",
        "<ExecutionTimeLimit>PT0S</ExecutionTimeLimit>",
        "<RestartOnFailure>",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    assert!(plan.file.starts_with("/srv/50% & more"));
    let create = format!("schtasks /Create /TN livegate /XML {}", plan.file.display());
    assert!(words(&plan.start)[0].starts_with(&create), "{:?}", words(&plan.start));
    assert_eq!(words(&plan.stop), ["schtasks /End /TN livegate", "schtasks /Delete /TN livegate /F"]);
}

#[test]
fn the_default_folder_is_not_named() {
    for system in ["linux", "macos", "windows"] {
        let plan = Plan::of(system, &gateway("/state", true)).expect("a plan");
        assert!(!text_of(&plan.content).contains("--state-dir"), "{system}");
    }
    let error = Plan::of("plan9", &gateway("/state", true)).expect_err("a refusal").to_string();
    assert!(error.contains("no service for plan9"), "{error}");
}

#[test]
fn the_last_lines_of_a_log_are_shown() {
    assert_eq!(last_lines("a\nb\nc\n", 2), "b\nc");
    assert_eq!(last_lines("a\n", 2), "a");
    assert_eq!(last_lines("", 2), "");
}
