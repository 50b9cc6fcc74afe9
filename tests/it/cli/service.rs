//! `livegate service` on Linux, with a stand-in for systemd that notes its commands. What other systems are given is tested as text.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::support::process;
use crate::support::skip::skip_elsewhere;

/// A home folder, and a folder of programs that comes first in the path.
struct Machine {
    dir: TempDir,
}

impl Machine {
    fn new() -> Option<Machine> {
        if std::env::consts::OS != "linux" {
            skip_elsewhere("this system has no systemd");
            return None;
        }
        let dir = TempDir::new().expect("a temporary folder");
        let programs = dir.path().join("programs");
        fs::create_dir(&programs).expect("a folder");
        for name in ["systemctl", "journalctl"] {
            let noted = dir.path().join("noted");
            let text = format!(
                "#!/bin/sh\necho {name} \"$@\" >> '{}'\n[ ! -e '{}/broken' ]\n",
                noted.display(),
                dir.path().display()
            );
            fs::write(programs.join(name), text).expect("a program");
            let mode = process::command("chmod").arg("755").arg(programs.join(name)).status();
            assert!(mode.expect("chmod runs").success());
        }
        Some(Machine { dir })
    }

    fn run(&self, args: &[&str]) -> Output {
        self.livegate(&[&["service"], args].concat()).output().expect("the command runs")
    }

    fn livegate(&self, args: &[&str]) -> Command {
        let mut command = process::livegate();
        command.args(args).arg("--state-dir").arg(self.dir.path().join("state")).stdin(Stdio::null());
        command
            .env("HOME", self.dir.path())
            .env("PATH", format!("{}:/usr/bin:/bin", self.dir.path().join("programs").display()));
        command
    }

    fn unit(&self) -> PathBuf {
        self.dir.path().join(".config/systemd/user/livegate.service")
    }

    /// The commands since the last call.
    fn noted(&self) -> Vec<String> {
        let noted = self.dir.path().join("noted");
        let text = fs::read_to_string(&noted).unwrap_or_default();
        let _ = fs::remove_file(noted);
        text.lines().map(str::to_owned).collect()
    }
}

#[test]
fn a_service_is_installed_and_removed() {
    let Some(machine) = Machine::new() else { return };
    let installed = machine.run(&["install"]);
    assert!(installed.status.success(), "{}", String::from_utf8_lossy(&installed.stderr));
    let unit = fs::read_to_string(machine.unit()).expect("the unit");
    assert!(unit.contains(" serve --state-dir ") && unit.contains("Restart=on-failure"), "{unit}");
    let service = "livegate.service";
    let started = ["daemon-reload".to_owned(), format!("enable {service}"), format!("restart {service}")];
    assert_eq!(machine.noted(), started.map(|what| format!("systemctl --user {what}")));
    assert!(machine.run(&["status"]).status.success());
    assert!(machine.run(&["logs", "--follow"]).status.success());
    assert_eq!(
        machine.noted(),
        [
            format!("systemctl --user status --no-pager {service}"),
            format!("journalctl --user --unit {service} --follow")
        ]
    );
    assert!(machine.run(&["uninstall"]).status.success());
    assert_eq!(machine.noted(), [format!("systemctl --user disable --now {service}")]);
    assert!(!machine.unit().exists() && machine.dir.path().join("state").is_dir());
    let again = machine.run(&["uninstall"]);
    assert!(again.status.success() && String::from_utf8_lossy(&again.stdout).contains("no service is installed"));
}

#[test]
fn printing_a_service_changes_nothing() {
    let Some(machine) = Machine::new() else { return };
    let printed = machine.run(&["install", "--print"]);
    assert!(String::from_utf8_lossy(&printed.stdout).contains("[Service]"));
    assert!(!machine.unit().exists() && machine.noted().is_empty() && !machine.dir.path().join("state").exists());
}

#[test]
fn setup_installs_script_and_service() {
    let Some(machine) = Machine::new() else { return };
    let library = machine.dir.path().join("library");
    fs::create_dir(&library).expect("a User Library");
    let named = library.display().to_string();
    let setup = |args: &[&str]| {
        let mut command = machine.livegate(args);
        command.args(["--live-dir", &named]).output().expect("the command runs")
    };
    let refused = setup(&["setup", "--wait", "0"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("or with --yes"));
    let done = setup(&["setup", "--yes", "--wait", "0"]);
    let report = String::from_utf8_lossy(&done.stdout);
    // The stand-in starts no gateway, which the checks at the end report.
    for part in ["bridge key", "starts at each login", "two clicks", "Control Surface", "gateway"] {
        assert!(report.contains(part), "{part} in\n{report}");
    }
    assert!(library.join("Remote Scripts/LiveGate").is_dir() && machine.unit().is_file());
    assert_eq!(done.status.code(), Some(1));
    assert!(setup(&["uninstall", "--all"]).status.success());
    assert!(!library.join("Remote Scripts/LiveGate").exists() && !machine.unit().exists());
}

#[test]
fn a_manager_that_fails_is_reported() {
    let Some(machine) = Machine::new() else { return };
    fs::write(machine.dir.path().join("broken"), "").expect("a file");
    let failed = machine.run(&["install"]);
    assert!(String::from_utf8_lossy(&failed.stderr).contains("`systemctl --user daemon-reload` failed"));
    assert_eq!(failed.status.code(), Some(1));
    fs::remove_dir_all(machine.dir.path().join("programs")).expect("the programs");
}
