//! `livegate service`: the gateway starts at login and again after a failure, by what the system has for that.

mod launchd;
mod logon_task;
mod systemd;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};

use super::{Outcome, StateFolder, say};
use crate::config;
use crate::platform;

/// Let the gateway run in the background, from login on.
#[derive(Subcommand)]
pub enum Service {
    Install(Install),
    Uninstall(Uninstall),
    Status(Status),
    Logs(Logs),
}

/// Start the gateway at each login, and again after a failure.
///
/// Linux: a systemd unit of the user. macOS: a launchd agent. Windows: a task at logon. None of them needs the rights
/// of an administrator.
///
/// Example: livegate service install
#[derive(Args)]
pub struct Install {
    #[command(flatten)]
    folder: StateFolder,
    /// Print the file and the commands, and change nothing
    #[arg(long)]
    print: bool,
}

/// Stop the service, and remove its file. State and configuration stay.
///
/// Example: livegate service uninstall
#[derive(Args)]
pub struct Uninstall {
    #[command(flatten)]
    folder: StateFolder,
}

/// Show whether the service runs, as the system reports it.
///
/// Example: livegate service status
#[derive(Args)]
pub struct Status {
    #[command(flatten)]
    folder: StateFolder,
}

/// Show the service's log.
///
/// Example: livegate service logs --follow
#[derive(Args)]
pub struct Logs {
    #[command(flatten)]
    folder: StateFolder,
    /// Continue with new lines until Ctrl-C, where the system keeps the log
    #[arg(long, short)]
    follow: bool,
}

/// A file for the system's manager of services, and the commands that manage the service.
#[derive(Debug, PartialEq)]
struct Plan {
    file: PathBuf,
    content: Vec<u8>,
    /// To run after the file is written.
    start: Vec<Line>,
    /// To run before the file is removed. What is stopped already may make them fail.
    stop: Vec<Line>,
    status: Line,
    logs: LogDestination,
}

/// A program and its arguments.
type Line = Vec<String>;

/// Who keeps the log.
#[derive(Debug, PartialEq)]
enum LogDestination {
    /// These commands print it, and follow it.
    System { print: Line, follow: Line },
    /// The gateway, in a file of the state folder.
    File(PathBuf),
}

/// What a service runs.
struct Gateway {
    program: PathBuf,
    state_dir: PathBuf,
    /// The state folder is named to the gateway only if it is not the default one.
    is_default: bool,
    home: PathBuf,
    user: Option<u32>,
    /// The user's name, as Windows writes it.
    user_name: Option<String>,
}

/// The log of a service where the system keeps none, in the state folder.
const LOG_FILE: &str = "log/livegate.log";
/// Lines of the log that are shown.
const LOG_LINES: usize = 100;

/// Install and start the service of a state folder.
pub fn install(folder: StateFolder) -> Result<Outcome> {
    Install { folder, print: false }.run()
}

/// Stop and remove the service of a state folder, if there is one.
pub fn uninstall(folder: StateFolder) -> Result<Outcome> {
    Uninstall { folder }.run()
}

impl Service {
    pub fn run(self) -> Result<Outcome> {
        match self {
            Service::Install(install) => install.run(),
            Service::Uninstall(uninstall) => uninstall.run(),
            Service::Status(status) => pass(&plan(&status.folder)?.status),
            Service::Logs(logs) => logs.run(),
        }
    }
}

impl Install {
    fn run(self) -> Result<Outcome> {
        let plan = plan(&self.folder)?;
        if self.print {
            say(&plan.describe());
            return Ok(Outcome::Done);
        }
        platform::create_private_dir(&self.folder.dir()?)?;
        write(&plan.file, &plan.content)?;
        for line in &plan.start {
            must(line)?;
        }
        say(&format!("the gateway runs, and starts at each login\nservice  {}", plan.file.display()));
        say(
            "livegate service status shows its state, livegate service logs its log, livegate doctor checks everything",
        );
        Ok(Outcome::Done)
    }
}

impl Uninstall {
    fn run(self) -> Result<Outcome> {
        let plan = plan(&self.folder)?;
        if !platform::is_there(&plan.file) {
            say(&format!("{} does not exist; no service is installed", plan.file.display()));
            return Ok(Outcome::Done);
        }
        for line in &plan.stop {
            run_quietly(line)?;
        }
        std::fs::remove_file(&plan.file).with_context(|| format!("cannot remove {}", plan.file.display()))?;
        say(&format!("removed  {}", plan.file.display()));
        say(&format!("{} stays, with trail, users, keys and configuration", self.folder.dir()?.display()));
        Ok(Outcome::Done)
    }
}

impl Logs {
    fn run(self) -> Result<Outcome> {
        match plan(&self.folder)?.logs {
            LogDestination::System { follow, .. } if self.follow => pass(&follow),
            LogDestination::System { print, .. } => pass(&print),
            LogDestination::File(path) if self.follow => {
                bail!("this system keeps no log to follow; read {} with a program of yours", path.display())
            }
            LogDestination::File(path) => {
                let text = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
                say(&last_lines(&String::from_utf8_lossy(&text), LOG_LINES));
                Ok(Outcome::Done)
            }
        }
    }
}

impl Plan {
    /// The plan of a system, named as in [`std::env::consts::OS`].
    fn of(system: &str, gateway: &Gateway) -> Result<Plan> {
        match system {
            "linux" => Ok(systemd::plan(gateway)),
            "macos" => launchd::plan(gateway),
            "windows" => logon_task::plan(gateway),
            other => bail!("livegate has no service for {other}; start `livegate serve` by what it has for that"),
        }
    }

    fn describe(&self) -> String {
        let commands: Vec<String> = self.start.iter().map(|line| line.join(" ")).collect();
        format!("{}\n\n{}\n\n{}", self.file.display(), text_of(&self.content), commands.join("\n"))
    }
}

impl Gateway {
    /// The arguments of the service, after the program.
    fn arguments(&self) -> Line {
        let mut arguments = vec!["serve".to_owned()];
        if !self.is_default {
            arguments.extend(["--state-dir".to_owned(), self.state_dir.display().to_string()]);
        }
        arguments
    }

    /// The same where the system keeps no log.
    fn arguments_with_log(&self) -> Line {
        let mut arguments = self.arguments();
        arguments.extend(["--log-file".to_owned(), LOG_FILE.to_owned()]);
        arguments
    }

    fn log_file(&self) -> LogDestination {
        LogDestination::File(self.state_dir.join(LOG_FILE))
    }
}

fn plan(folder: &StateFolder) -> Result<Plan> {
    let gateway = Gateway {
        program: std::env::current_exe().context("cannot find this program's file")?,
        state_dir: folder.dir()?,
        is_default: folder.state_dir.is_none(),
        home: platform::home_dir()?,
        user: platform::user_number(),
        user_name: config::windows_user(),
    };
    Plan::of(std::env::consts::OS, &gateway)
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    Ok(platform::write_private_bytes(path, content)?)
}

/// Run a command whose output is the answer.
fn pass(line: &[String]) -> Result<Outcome> {
    let status = command(line)?.status().with_context(|| cannot_run(line))?;
    Ok(if status.success() { Outcome::Done } else { Outcome::Refused })
}

fn must(line: &[String]) -> Result<()> {
    let output = command(line)?.output().with_context(|| cannot_run(line))?;
    if !output.status.success() {
        bail!("`{}` failed: {}", line.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

fn run_quietly(line: &[String]) -> Result<()> {
    let quiet = command(line)?.stdout(Stdio::null()).stderr(Stdio::null()).status();
    quiet.map(drop).with_context(|| cannot_run(line))
}

fn command(line: &[String]) -> Result<Command> {
    let (program, arguments) = line.split_first().context("a command without a program")?;
    let mut command = Command::new(program);
    command.args(arguments);
    Ok(command)
}

fn cannot_run(line: &[String]) -> String {
    format!("cannot run {}; does this system manage services by it?", line.first().map_or("", String::as_str))
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

fn line(words: &[&str]) -> Line {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// A file's text; the task of Windows is in UTF-16.
fn text_of(content: &[u8]) -> String {
    match content.strip_prefix(&logon_task::BYTE_ORDER_MARK) {
        Some(content) => {
            let units: Vec<u16> = content.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        None => String::from_utf8_lossy(content).into_owned(),
    }
}

/// A text within XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests;
