//! Linux: a unit of the user's systemd, with what a process without privileges can give up (sandboxing).

use super::{Gateway, Line, LogDestination, Plan, line};

const UNIT: &str = "livegate.service";

/// What the gateway needs no longer, or never: each works in a user's manager, without namespaces of its own.
const HARDENING: [&str; 13] = [
    "NoNewPrivileges=yes",
    "UMask=0077",
    "LockPersonality=yes",
    "MemoryDenyWriteExecute=yes",
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK",
    "RestrictNamespaces=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "SystemCallArchitectures=native",
    "SystemCallErrorNumber=EPERM",
    "SystemCallFilter=@system-service",
    "SystemCallFilter=~@clock @cpu-emulation @debug @module @mount @obsolete @raw-io @reboot @swap",
    "TasksMax=512",
];

pub fn plan(gateway: &Gateway) -> Plan {
    let systemctl = |words: &[&str]| -> Line { [line(&["systemctl", "--user"]), line(words)].concat() };
    let journal = |more: &[&str]| [line(&["journalctl", "--user", "--unit", UNIT]), line(more)].concat();
    let lines = super::LOG_LINES.to_string();
    Plan {
        file: gateway.home.join(".config/systemd/user").join(UNIT),
        content: unit(gateway).into_bytes(),
        start: vec![systemctl(&["daemon-reload"]), systemctl(&["enable", UNIT]), systemctl(&["restart", UNIT])],
        stop: vec![systemctl(&["disable", "--now", UNIT])],
        status: systemctl(&["status", "--no-pager", UNIT]),
        logs: LogDestination::System {
            print: journal(&["--no-pager", "--lines", &lines]),
            follow: journal(&["--follow"]),
        },
    }
}

fn unit(gateway: &Gateway) -> String {
    let command: Vec<String> = [gateway.program.display().to_string()]
        .into_iter()
        .chain(gateway.arguments())
        .map(|word| quoted(&word))
        .collect();
    format!(
        "[Unit]\nDescription=livegate, safe remote control of Ableton Live\n\
         StartLimitIntervalSec=60\nStartLimitBurst=5\n\n\
         [Service]\nType=exec\nExecStart={}\nExecReload=kill -HUP $MAINPID\nRestart=on-failure\nRestartSec=2\n\
         TimeoutStopSec=30\n{}\n\n\
         [Install]\nWantedBy=default.target\n",
        command.join(" "),
        HARDENING.join("\n"),
    )
}

/// A word of a command line in a unit: systemd replaces `%` and `$`, and reads escapes within quotation marks.
fn quoted(word: &str) -> String {
    let escaped = word.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%").replace('$', "$$");
    if escaped.contains([' ', '\t', '\'', '\\', ';']) { format!("\"{escaped}\"") } else { escaped }
}
