//! Two machines on a LAN: network namespaces joined by a virtual cable. It requires Linux, iproute2 and root.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use super::skip::{skip, skip_elsewhere};
use super::{binary, process};

pub struct Lan {
    /// Both home folders.
    _dir: TempDir,
    pub studio: Host,
    pub guest: Host,
}

/// A machine: a namespace, a home folder, and its host names.
pub struct Host {
    namespace: String,
    pub home: PathBuf,
    hosts: PathBuf,
}

pub const STUDIO: &str = "10.77.0.1";
const GUEST: &str = "10.77.0.2";

impl Lan {
    /// `None` where namespaces cannot be created: the test is skipped.
    pub fn new() -> Option<Lan> {
        if std::env::consts::OS != "linux" {
            skip_elsewhere("network namespaces require Linux");
            return None;
        }
        let dir = TempDir::new().expect("a temporary folder");
        let lan = Lan { studio: Host::new(dir.path(), "studio"), guest: Host::new(dir.path(), "guest"), _dir: dir };
        match lan.connect() {
            Ok(()) => Some(lan),
            Err(error) => {
                skip(&format!("network namespaces require root and iproute2: {error}"));
                None
            }
        }
    }

    fn connect(&self) -> Result<(), String> {
        let studio = &self.studio.namespace;
        let guest = &self.guest.namespace;
        ip(&["netns", "add", studio])?;
        ip(&["netns", "add", guest])?;
        ip(&["-n", studio, "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", guest])?;
        for (namespace, address) in [(studio, STUDIO), (guest, GUEST)] {
            ip(&["-n", namespace, "address", "add", &format!("{address}/24"), "dev", "eth0"])?;
            ip(&["-n", namespace, "link", "set", "lo", "up"])?;
            ip(&["-n", namespace, "link", "set", "eth0", "up"])?;
            ip(&["-n", namespace, "route", "add", "224.0.0.0/4", "dev", "eth0"])?;
        }
        Ok(())
    }
}

impl Host {
    fn new(dir: &Path, name: &str) -> Host {
        let home = dir.join(name);
        std::fs::create_dir_all(&home).expect("a home folder");
        let hosts = dir.join(format!("{name}.hosts"));
        std::fs::write(&hosts, format!("127.0.0.1 localhost\n{STUDIO} studio.local\n")).expect("a hosts file");
        // Names of namespaces are global on the machine.
        let unique = dir.file_name().expect("a name").to_string_lossy().replace('.', "");
        Host { namespace: format!("livegate-{unique}-{name}"), home, hosts }
    }

    /// A shell command on this machine, in its home folder; `livegate` is the binary under test.
    pub fn shell(&self, line: &str) -> Command {
        let hosts = self.hosts.display();
        let home = self.home.display();
        let livegate = binary().parent().expect("a folder").display().to_string();
        let script = format!("mount --bind {hosts} /etc/hosts && cd {home} && PATH={livegate}:$PATH && {line}");
        let mut command = process::command("ip");
        command.args(["netns", "exec", &self.namespace, "sh", "-c", &script]);
        command.env("HOME", &self.home);
        command
    }

    pub fn run(&self, line: &str) -> Output {
        self.shell(line).output().expect("the shell runs")
    }

    /// The output of a line that must succeed.
    pub fn succeed(&self, line: &str) -> String {
        let output = self.run(line);
        let said = String::from_utf8_lossy(&output.stdout);
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}: {said}{complained}");
        said.into_owned()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = ip(&["netns", "delete", &self.namespace]);
    }
}

fn ip(args: &[&str]) -> Result<(), String> {
    let output = process::command("ip").args(args).output().map_err(|error| format!("ip: {error}"))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(format!("ip {}: {}", args.join(" "), String::from_utf8_lossy(&output.stderr).trim()))
    }
}
