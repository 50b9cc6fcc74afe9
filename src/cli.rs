//! The command line, one file per subcommand. Exit codes: 0 success, 1 failure, 2 wrong usage.

mod actions;
mod answer_text;
mod approvals;
mod audit;
mod bridge_key;
mod cert;
mod completions;
mod configuration;
mod console;
mod demo;
mod doctor;
mod embedded;
mod freeze;
mod gateway;
mod gateway_args;
mod init;
mod install;
mod live_folder;
mod livesim;
mod log_file;
mod logging;
mod man;
mod mcp;
mod pager;
mod pair;
mod policy;
mod progress;
mod remote_script;
mod request_words;
mod role;
mod script_settings;
mod secret;
mod send;
mod serve;
mod service;
mod setup;
mod shell;
mod status;
mod token;
mod uninstall;
mod user;
mod watch;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};

use crate::client::known_gateways::KnownGateways;
use crate::config::Config;
use crate::platform;
use crate::review::printable_lines;

/// Safe remote control of Ableton Live.
#[derive(Parser)]
#[command(name = NAME, version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Setup(setup::Setup),
    Serve(serve::Serve),
    Demo(demo::Demo),
    Livesim(livesim::Livesim),
    Init(init::Init),
    Install(install::Install),
    Uninstall(uninstall::Uninstall),
    Doctor(doctor::Doctor),
    Send(send::Send),
    Watch(watch::Watch),
    Mcp(mcp::Mcp),
    Shell(shell::Shell),
    Actions(actions::Actions),
    Status(status::Status),
    #[command(subcommand)]
    User(user::User),
    #[command(subcommand)]
    Token(token::Token),
    Pair(Box<pair::Pair>),
    #[command(subcommand)]
    Gateway(gateway::Gateway),
    #[command(subcommand)]
    Cert(cert::Cert),
    #[command(subcommand)]
    Role(role::Role),
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    Approvals(approvals::Approvals),
    Freeze(freeze::Freeze),
    Thaw(freeze::Thaw),
    #[command(subcommand)]
    Audit(Box<audit::Audit>),
    #[command(subcommand)]
    Service(service::Service),
    Completions(completions::Completions),
    Man(man::Man),
}

const NAME: &str = "livegate";

/// The option that names the state folder.
#[derive(Args, Clone)]
struct StateFolder {
    /// The folder with users, keys and trail [default: the platform's per-user state folder]
    #[arg(long, value_name = "DIR")]
    state_dir: Option<PathBuf>,
}

/// The state folder, named itself or by a known gateway.
#[derive(Args, Clone)]
struct State {
    #[command(flatten)]
    folder: StateFolder,
    /// A gateway that `livegate gateway list` shows
    #[arg(long, value_name = "NAME")]
    gateway: Option<String>,
}

impl State {
    /// The state folder of a gateway on this machine.
    fn dir(&self) -> Result<PathBuf> {
        let dir = self.folder.dir()?;
        let Some(name) = &self.gateway else { return Ok(dir) };
        KnownGateways::read(&dir)?.find(name)?.state_dir.clone().with_context(|| {
            format!("the gateway {name} runs on another machine; this command needs its files: run it there")
        })
    }
}

impl StateFolder {
    /// The option for another command line, so that it acts on the same folder; empty for the default folder.
    fn option(&self) -> String {
        let dir = self.state_dir.as_ref().and_then(|_| self.dir().ok());
        dir.map(|dir| format!(" --state-dir \"{}\"", dir.display())).unwrap_or_default()
    }

    fn dir(&self) -> Result<PathBuf> {
        let dir = match &self.state_dir {
            Some(dir) => dir.clone(),
            None => platform::state_dir()?,
        };
        std::path::absolute(&dir).with_context(|| format!("{} is not a path", dir.display()))
    }
}

/// The state folder and the form of the output.
#[derive(Args, Clone)]
struct ReportArgs {
    #[command(flatten)]
    state: State,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// The result of a command that ran.
enum Outcome {
    Done,
    /// The answer is a refusal or a failed check, and is printed already.
    Refused,
}

/// Runs the command line of this process, and returns its exit code.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(workers()).enable_all().build();
    let outcome = runtime.context("cannot start the runtime").and_then(|runtime| {
        let outcome = runtime.block_on(run(cli.command));
        // A read of standard input may block forever.
        runtime.shutdown_background();
        outcome
    });
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Refused) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("livegate: {}", shown(&error));
            ExitCode::FAILURE
        }
    }
}

/// Threads for connections: half of the processors. The recorder and the threads in the background have their own, and Live needs the rest. More of
/// them would wake each other for every command.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, |processors| (processors.get() / 2).clamp(1, WORKERS_MAX))
}

/// A connection's command costs tens of microseconds here, and Live runs a few thousand a second.
const WORKERS_MAX: usize = 4;

/// An error may quote a server: keep its line breaks, escape everything that would control the terminal.
fn shown(error: &anyhow::Error) -> String {
    printable_lines(&format!("{error:#}"))
}

async fn run(command: Command) -> Result<Outcome> {
    match command {
        Command::Setup(setup) => setup.run().await,
        Command::Serve(serve) => serve.run().await,
        Command::Demo(demo) => demo.run().await,
        Command::Livesim(livesim) => livesim.run().await,
        Command::Init(init) => init.run().await,
        Command::Install(install) => install.run().await,
        Command::Uninstall(uninstall) => uninstall.run(),
        Command::Doctor(doctor) => doctor.run().await,
        Command::Send(send) => send.run().await,
        Command::Watch(watch) => watch.run().await,
        Command::Mcp(mcp) => mcp.run().await,
        Command::Shell(shell) => shell.run().await,
        Command::Actions(actions) => actions.run(),
        Command::Status(status) => status.run().await,
        Command::User(user) => user.run().await,
        Command::Token(token) => token.run().await,
        Command::Cert(cert) => cert.run().await,
        Command::Role(role) => role.run().await,
        Command::Policy(policy) => policy.run().await,
        Command::Approvals(approvals) => approvals.run().await,
        Command::Freeze(freeze) => freeze.run().await,
        Command::Thaw(thaw) => thaw.run().await,
        Command::Pair(pair) => pair.run().await,
        Command::Gateway(gateway) => gateway.run().await,
        Command::Audit(audit) => audit.run().await,
        Command::Service(service) => service.run(),
        Command::Completions(completions) => Ok(completions.run()),
        Command::Man(man) => man.run(),
    }
}

/// A count and its noun: `1 row`, `2 rows`, `3 addresses`.
fn counted(count: impl ToString, noun: &str) -> String {
    let count = count.to_string();
    match count.as_str() {
        "1" => format!("1 {noun}"),
        _ if noun.ends_with('s') => format!("{count} {noun}es"),
        _ => format!("{count} {noun}s"),
    }
}

/// The named configuration, else the state folder's, else the defaults.
fn load_config(named: Option<&Path>, state_dir: &Path) -> Result<Config> {
    let own = state_dir.join(CONFIG_FILE);
    match named {
        Some(path) => Ok(Config::load(path)?),
        None if platform::is_there(&own) => Ok(Config::load(&own)?),
        None => Ok(Config::default()),
    }
}

const CONFIG_FILE: &str = "livegate.toml";

fn print_json(body: &serde_json::Map<String, serde_json::Value>) {
    say(&crate::wire::line::ascii(body));
}

/// Print a line. A reader that closes the pipe, as `head` does, ends the command without an error.
fn say(line: &str) {
    say_raw(&printable_lines(line));
}

/// The same without escaping, for text with our own terminal sequences.
fn say_raw(line: &str) {
    if writeln!(std::io::stdout(), "{line}").is_err() {
        std::process::exit(0);
    }
}

/// Print a line on standard error, beside the command's output.
fn warn(line: &str) {
    eprintln!("{}", printable_lines(line));
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn every_command_documents_arguments_and_an_example() {
        fn check(command: &clap::Command, path: &str) {
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{path} {}", argument.get_id());
            }
            if !command.has_subcommands() {
                let about = command.get_long_about().or(command.get_about()).map(ToString::to_string);
                assert!(about.unwrap_or_default().contains("Example"), "{path}");
            }
            command.get_subcommands().for_each(|below| check(below, &format!("{path} {}", below.get_name())));
        }
        check(&Cli::command(), "livegate");
    }

    #[test]
    fn a_noun_agrees_with_its_count() {
        assert_eq!([counted(0, "row"), counted(1, "row"), counted("12", "row")], ["0 rows", "1 row", "12 rows"]);
    }

    #[test]
    fn help_says_what_each_state_folder_holds() {
        let command = Cli::command();
        let help = |name: &str| {
            let folder = command
                .find_subcommand(name)
                .and_then(|command| command.get_arguments().find(|it| it.get_id() == "state_dir"));
            folder.and_then(clap::Arg::get_help).map(ToString::to_string).unwrap_or_default()
        };
        assert!(help("serve").contains("users, keys and trail"));
        assert!(help("send").contains("known gateways"));
        assert!(help("demo").contains("[default: demo, in"));
    }

    /// Promise: A pairing offer admits one device
    #[test]
    fn a_servers_error_cannot_control_the_terminal() {
        let error = anyhow::anyhow!("no\u{1b}[2J").context("line 1\nline 2\u{202e}");
        assert_eq!(shown(&error), "line 1\nline 2\\u{202e}: no\\u{1b}[2J");
    }
}
