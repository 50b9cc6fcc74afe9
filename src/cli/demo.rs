//! `livegate demo`: runs a simulated Live with the real script, and a gateway, with nothing else installed.

mod place;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::timeout;

use super::console::{Console, text};
use super::logging::log_to_stderr;
use super::{Outcome, StateFolder, embedded, warn};
use crate::audit;
use crate::config::{self, BridgeProtocol, Config, OwnPort, Reply};
use crate::doors::http::TOKEN_FILE;
use crate::doors::osc::OscSockets;
use crate::gateway::accept::Listeners;
use crate::gateway::{BridgeUse, End, Gateway};
use crate::platform::clock;
use crate::platform::random;
use crate::platform::{self, Hangup, StateDir};
use crate::policy::Policy;
use crate::tls::{CertificateManager, Machine};
use place::{Addresses, DemoPaths, NAME, free_or_any, free_or_any_udp, name_of};

/// Run a gateway and a simulated Live, without Ableton Live.
///
/// The simulated Live runs the real script; the gateway has one user per role. Ctrl-C ends both.
///
/// Example: livegate demo --port 0 --state-dir /tmp/livegate-demo
#[derive(Args)]
#[command(mut_arg("state_dir", |arg| arg.help(FOLDER)))]
pub struct Demo {
    #[command(flatten)]
    folder: StateFolder,
    /// The local port; TLS, HTTP, OSC and bridge use 9443, 9080, 11000 and 9004, or free ones if these are taken. 0 chooses free ports for all
    #[arg(long, default_value_t = LOCAL_PORT)]
    port: u16,
}

const FOLDER: &str = "The folder of the demo [default: demo, in the platform's per-user state folder]";
const LOCAL_PORT: u16 = 9005;
const TLS_PORT: u16 = 9443;
const HTTP_PORT: u16 = 9080;
const OSC_PORT: u16 = 11_000;
const BRIDGE_PORT: u16 = 9004;
const TOKEN_TTL_S: u64 = 86_400;
const EFFECTS: &str = "effects.jsonl";
const TAKEN: &str = "a port of the demo is taken; livegate demo --port 0 chooses free ports";
/// The longest wait for the simulated Live to start.
const READY: Duration = Duration::from_secs(15);

impl Demo {
    pub async fn run(self) -> Result<Outcome> {
        log_to_stderr();
        let place = self.place()?;
        let state_dir = place.state_dir.clone();
        let shutdown = platform::shutdown_signal(Hangup::ShutsDownInTerminal).context("cannot catch signals")?;
        // Before any change: another demo may use this folder.
        let state = StateDir::claim(&state_dir)?;
        place.check()?;
        let report = state_dir.join("demo.json");
        remove_stale(&report)?;
        let mut live =
            SimulatedLive::start(&state_dir, self.port_or_free("the bridge", BRIDGE_PORT, free_or_any)).await?;
        let config = self.config(live.bridge);
        let manager = CertificateManager::new(&state_dir, &config.tls);
        let certificates = manager.set_up(clock::unix_seconds(), &Machine::this())?;
        let listeners = Listeners::bind(&config, &state).await.context(TAKEN)?;
        let gateway = Gateway::start(config, state, BridgeUse::Connect).await?;
        let tokens = match live.until_reached(&gateway).await {
            Ok(()) => issue_tokens(&gateway).await,
            Err(error) => Err(error),
        };
        let tokens = match tokens {
            Ok(tokens) => tokens,
            Err(error) => {
                gateway.stop().await;
                return Err(error);
            }
        };
        let first =
            |addresses: Vec<SocketAddr>| addresses.first().copied().context("a listener of the demo is missing");
        let local = first(listeners.local_addresses())?;
        let tls = first(listeners.tls_addresses())?;
        let http = first(listeners.http_addresses())?;
        let osc = first(gateway.osc().map(OscSockets::udp_addresses).unwrap_or_default())?;
        place.write_config(&Addresses { local, tls, http, osc, bridge: live.bridge })?;
        place.remember(&local.to_string(), &tls.to_string(), &certificates.ca, &tokens)?;
        let demo = json!({
            "local": local.to_string(),
            "tls": tls.to_string(),
            "http": http.to_string(),
            "osc": osc.to_string(),
            "pipe": state_dir.join("run/livegate.sock"),
            "mcp": {"pipe": state_dir.join("run/mcp.sock"), "http": format!("http://{http}/mcp")},
            "http_token_file": state_dir.join(TOKEN_FILE),
            "bridge": live.bridge.to_string(),
            "ca": certificates.ca,
            "server_name": "localhost",
            "audit_db": state_dir.join(audit::FILE),
            "effects": state_dir.join(EFFECTS),
            "tokens": tokens,
        });
        platform::write_private(&report, &format!("{demo:#}\n"))?;
        println!("{}", welcome(&demo, &place));
        let mut died = false;
        let shutdown = async {
            tokio::select! {
                () = shutdown => (),
                _ = live.process.wait() => died = true,
            }
        };
        let end = gateway.serve(listeners, shutdown).await;
        live.end().await;
        remove_stale(&report)?;
        place.forget()?;
        match (died, end) {
            (true, _) => bail!("the simulated Live ended; see {}/Log.txt", state_dir.display()),
            (false, End::Broken) => Ok(Outcome::Refused),
            (false, End::Requested) => Ok(Outcome::Done),
        }
    }

    fn config(&self, bridge: SocketAddr) -> Config {
        let at = |port| vec![SocketAddr::from((Ipv4Addr::LOCALHOST, port))];
        let mut config = Config::default();
        config.local.listen = at(self.port_or_free("local clients", self.port, free_or_any));
        config.tls.listen = at(self.port_or_free("TLS", TLS_PORT, free_or_any));
        config.http.listen = at(self.port_or_free("HTTP", HTTP_PORT, free_or_any));
        config.osc.listen = at(self.port_or_free("OSC", OSC_PORT, free_or_any_udp));
        config.osc.reply = Reply::Own(OwnPort::Sender);
        config.bridge.address = bridge;
        config.bridge.protocol = BridgeProtocol::Keyed;
        config
    }

    /// The usual port, or a free one, which is said.
    fn port_or_free(&self, what: &str, usual: u16, or_any: fn(u16) -> u16) -> u16 {
        if self.port == 0 || usual == 0 {
            return 0;
        }
        let port = or_any(usual);
        if port == 0 {
            warn(&format!("livegate: note: another program has port {usual}; the demo takes a free one for {what}"));
        }
        port
    }

    fn place(&self) -> Result<DemoPaths> {
        let client_dir = self.folder.dir()?;
        let state_dir = if self.folder.state_dir.is_some() { client_dir.clone() } else { client_dir.join("demo") };
        Ok(DemoPaths { state_dir, client_dir, option: self.folder.option() })
    }
}

/// Where a demo's simulated Live loads its scripts from.
pub fn remote_scripts(state_dir: &Path) -> PathBuf {
    state_dir.join("demo-script").join("Remote Scripts")
}

fn remove_stale(report: &Path) -> Result<()> {
    match std::fs::remove_file(report) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", report.display()))
        }
        _ => Ok(()),
    }
}

/// The simulated Live with the real script. It ends when its standard input closes, so it cannot outlive this process.
struct SimulatedLive {
    process: Child,
    input: Option<ChildStdin>,
    bridge: SocketAddr,
}

impl SimulatedLive {
    /// Unpack the script, give it a new key, and start.
    async fn start(state_dir: &Path, port: u16) -> Result<SimulatedLive> {
        let scripts = remote_scripts(state_dir);
        let key_file = state_dir.join("bridge.key");
        embedded::unpack(&scripts)?;
        platform::write_secret(&key_file, &hex::encode(random::bytes::<32>()).into())?;
        let settings = json!({"port": port, "key_file": key_file});
        std::fs::write(scripts.join("LiveGate/settings.json"), format!("{settings}\n"))
            .context("cannot write settings.json")?;
        let log = std::fs::File::create(state_dir.join("Log.txt")).context("cannot write Live's log")?;
        let mut process = Command::new(config::python())
            .args(["-B", "-m", "livesim", "--script", "LiveGate", "--effects"])
            .arg(state_dir.join(EFFECTS))
            .current_dir(&scripts)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot run {}; is Python 3 installed?", config::python().display()))?;
        let output = process.stdout.take().context("the simulated Live has no standard output")?;
        let input = process.stdin.take();
        let mut lines = BufReader::new(output).lines();
        let ready = timeout(READY, lines.next_line())
            .await
            .context("the simulated Live did not start in time; see Log.txt")??;
        let ready: Map<String, Value> = serde_json::from_str(&ready.unwrap_or_default())
            .with_context(|| format!("the simulated Live did not start; see {}/Log.txt", state_dir.display()))?;
        let bridge = text(&ready, "bridge").with_context(|| {
            let dir = state_dir.display();
            format!("the simulated Live cannot listen on port {port}; livegate demo --port 0 chooses free ports; see {dir}/Log.txt")
        })?;
        Ok(SimulatedLive { bridge: bridge.parse()?, process, input })
    }

    /// Waits until the gateway has reached the script.
    async fn until_reached(&mut self, gateway: &Gateway) -> Result<()> {
        tokio::select! {
            reached = timeout(READY, gateway.context.shared.bridge.up()) => {
                reached.context("the gateway cannot connect to the script; see Log.txt")
            }
            _ = self.process.wait() => bail!("the simulated Live ended; see Log.txt"),
        }
    }

    async fn end(mut self) {
        drop(self.input.take());
        let ended = timeout(Duration::from_secs(3), self.process.wait()).await;
        if ended.is_err() {
            let _ = self.process.kill().await;
        }
    }
}

/// The user of a role has its name, but `agent` is the name of agents on this machine.
fn user_of(role: &str) -> &str {
    if role == "agent" { "assistant" } else { role }
}

/// One user per shipped role. A user that was disabled or removed in an earlier demo stays so.
async fn issue_tokens(gateway: &Gateway) -> Result<Map<String, Value>> {
    let mut console = Console::within(gateway)?;
    let known = console.ask(json!({"action": "user_list"})).await?;
    let mut tokens = Map::new();
    for role in Policy::shipped().role_names().into_iter().filter(|role| *role != "local") {
        let name = user_of(role);
        match known["users"].as_array().into_iter().flatten().find(|user| user["user"] == name) {
            Some(user) if user["disabled"] == true => {
                tracing::warn!(user = name, "the user is disabled and gets no token; livegate user enable enables it");
                continue;
            }
            Some(_) => (),
            None if gateway.context.shared.directory.was_removed(name) => {
                tracing::warn!(
                    user = name,
                    "the user was removed and gets no token; the name is not reused in this folder"
                );
                continue;
            }
            None => _ = console.ask(json!({"action": "user_add", "user": name, "role": role})).await?,
        }
        let answer = console.ask(json!({"action": "token_issue", "user": name, "ttl_s": TOKEN_TTL_S})).await?;
        tokens.insert(role.to_owned(), text(&answer, "token")?.into());
    }
    Ok(tokens)
}

fn welcome(demo: &Value, place: &DemoPaths) -> String {
    let text = |key: &str| demo[key].as_str().unwrap_or_default();
    let command = std::env::args().next().unwrap_or_else(|| "livegate".into());
    let http = text("http");
    let option = &place.option;
    let state = place.state_dir.display();
    let for_role = |role: &str, line: String| match demo["tokens"].get(role) {
        Some(_) => line,
        None => format!("(the user {role} is disabled or was removed)"),
    };
    let as_role =
        |role: &str, words: &str| for_role(role, format!("{command} send {words} --gateway {}{option}", name_of(role)));
    let token = format!("\"Authorization: Bearer $(cat '{}')\"", place.token_file("viewer").display());
    let curl = |path: &str| for_role("viewer", format!("curl -N -H {token} 'http://{http}/v1/{path}'"));
    let mcp = format!("claude mcp add livegate -- {command} mcp --state-dir '{state}'");
    format!(
        "A simulated Live runs LiveGate; the gateway serves {local} (this machine), {tls} (TLS), {http} (HTTP) and {at_osc} (OSC).\n\n\
         Change the tempo as the producer, over TLS:\n  {producer}\n\n\
         The viewer may read, but not change:\n  {viewer}\n\n\
         From this machine, without sign-in:\n  {command} send get_session_info --gateway {NAME}{option}\n\n\
         Type actions at a prompt, with completion:\n  {command} shell --gateway {NAME}{option}\n\n\
         By HTTP; http://{http}/v1/docs lists what there is:\n  {get}\n\n\
         Events of the tempo, as they come:\n  {events}\n\n\
         Lines in a WebSocket:\n  {websocket}\n\n\
         An AI agent, by MCP; this is the line for Claude Code, and docs/agents.md has others:\n  {mcp}\n\n\
         OSC, with the addresses of AbletonOSC (docs/osc.md); replies go to the sender's port:\n  oscsend osc.udp://{at_osc} /live/song/set/tempo f 126\n\n\
         The requests and their callers:\n  {command} audit list --gateway {NAME}{option}\n\n\
         `{command} gateway list{option}` shows a gateway for each role. Addresses and tokens are in {state}/demo.json. \
         Ctrl-C ends the demo.",
        local = text("local"),
        tls = text("tls"),
        at_osc = text("osc"),
        producer = as_role("producer", "set_tempo bpm=128"),
        viewer = as_role("viewer", "set_tempo bpm=60"),
        get = curl("actions/get_session_info"),
        events = curl("events?topic=tempo"),
        websocket = for_role("viewer", format!("websocat --protocol livegate.v1 -H {token} ws://{http}/v1/ws")),
    )
}
