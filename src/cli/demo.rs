//! `livegate demo`: the main job with nothing else installed. A simulated Live runs the real script; the gateway stands before it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};

use super::console::text;
use super::{Outcome, State, embedded, log_to_stderr};
use crate::client::Client;
use crate::config::{self, BridgeProtocol, Config};
use crate::gateway::{self, BridgeUse, Gateway, Listeners, handshake};
use crate::policy::{Policy, SHIPPED};
use crate::{audit, platform, random};

/// Run a simulated Live with the real script, and a gateway before it with one user per role. Ends with Ctrl-C.
///
/// Example: livegate demo --port 0 --state-dir /tmp/livegate-demo
#[derive(Args)]
pub struct Demo {
    #[command(flatten)]
    state: State,
    /// The local port; TLS and bridge take 9443 and 9004. 0: free ports for all three
    #[arg(long, default_value_t = LOCAL_PORT)]
    port: u16,
}

const LOCAL_PORT: u16 = 9005;
const TLS_PORT: u16 = 9443;
const BRIDGE_PORT: u16 = 9004;
const TOKEN_TTL_S: u64 = 86_400;

impl Demo {
    pub async fn run(self) -> Result<Outcome> {
        log_to_stderr();
        let state_dir = self.state_dir()?;
        platform::create_private_dir(&state_dir)?;
        let report = state_dir.join("demo.json");
        remove_stale(&report)?;
        let (tls_port, bridge_port) = if self.port == 0 { (0, 0) } else { (TLS_PORT, BRIDGE_PORT) };
        let key_file = state_dir.join("bridge.key");
        platform::write_secret(&key_file, &hex::encode(random::bytes::<32>()).into())?;
        let effects = state_dir.join("effects.jsonl");
        let mut live = SimulatedLive::start(&state_dir, bridge_port, &key_file, &effects).await?;
        let authority =
            handshake::create_authority(&state_dir.join("tls"), &["localhost".into()], &[Ipv4Addr::LOCALHOST.into()])?;

        let mut config = Config::default();
        config.local.listen = vec![SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))];
        config.tls.listen = vec![SocketAddr::from((Ipv4Addr::LOCALHOST, tls_port))];
        config.bridge.address = live.bridge;
        config.bridge.protocol = BridgeProtocol::Keyed;
        let gateway = Gateway::start(config.clone(), &state_dir, BridgeUse::Connect).await?;
        let listeners = Listeners::bind(&config, &state_dir).await?;
        gateway.shared.bridge.up().await;
        let tokens = issue_tokens(&gateway).await?;

        let only = |addresses: Vec<SocketAddr>| addresses.first().map(SocketAddr::to_string).unwrap_or_default();
        let demo = json!({
            "local": only(listeners.local_addresses()),
            "tls": only(listeners.tls_addresses()),
            "bridge": live.bridge.to_string(),
            "ca": authority.ca,
            "server_name": "localhost",
            "audit_db": state_dir.join(audit::FILE),
            "effects": effects,
            "tokens": tokens,
        });
        platform::write_private(&report, &format!("{demo:#}\n"))?;
        println!("{}", welcome(&demo, &state_dir));
        let mut died = false;
        gateway::serve(gateway, listeners, async {
            tokio::select! {
                _ = platform::shutdown_signal() => (),
                _ = live.process.wait() => died = true,
            }
        })
        .await;
        live.end().await;
        remove_stale(&report)?;
        match died {
            true => bail!("the simulated Live ended"),
            false => Ok(Outcome::Done),
        }
    }

    fn state_dir(&self) -> Result<PathBuf> {
        match self.state.state_dir {
            Some(_) => self.state.dir(),
            None => Ok(platform::state_dir()?.join("demo")),
        }
    }
}

fn remove_stale(report: &Path) -> Result<()> {
    match std::fs::remove_file(report) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", report.display()))
        }
        _ => Ok(()),
    }
}

/// The simulated Live with the real script in it. It ends when its standard input does, so it cannot outlive this process.
struct SimulatedLive {
    process: Child,
    input: Option<ChildStdin>,
    bridge: SocketAddr,
}

impl SimulatedLive {
    async fn start(state_dir: &Path, port: u16, key_file: &Path, effects: &Path) -> Result<SimulatedLive> {
        let scripts = state_dir.join("script");
        embedded::unpack(&scripts)?;
        let settings = json!({"port": port, "key_file": key_file});
        std::fs::write(scripts.join("LiveGate/settings.json"), format!("{settings}\n"))
            .context("cannot write settings.json")?;
        let log = std::fs::File::create(state_dir.join("Log.txt")).context("cannot write Live's log")?;
        let mut process = Command::new(config::python())
            .args(["-B", "-m", "livesim", "--script", "LiveGate", "--effects"])
            .arg(effects)
            .current_dir(&scripts)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot run {}; is Python 3 installed?", config::python().display()))?;
        let output = process.stdout.take().context("no output of the simulated Live")?;
        let input = process.stdin.take();
        let ready = BufReader::new(output).lines().next_line().await?;
        let ready: Map<String, Value> = serde_json::from_str(&ready.unwrap_or_default()).with_context(|| {
            format!("the simulated Live did not start; see {}", state_dir.join("Log.txt").display())
        })?;
        let bridge = text(&ready, "bridge").context("the script in the simulated Live does not listen; see Log.txt")?;
        Ok(SimulatedLive { bridge: bridge.parse()?, process, input })
    }

    async fn end(mut self) {
        drop(self.input.take());
        let ended = tokio::time::timeout(std::time::Duration::from_secs(3), self.process.wait()).await;
        if ended.is_err() {
            let _ = self.process.kill().await;
        }
    }
}

/// One user per shipped role, named like it, through the owner's console.
async fn issue_tokens(gateway: &Gateway) -> Result<Map<String, Value>> {
    let mut console = Client::over(gateway.console()?);
    let known = console.ask(json!({"action": "user_list"})).await?;
    let mut tokens = Map::new();
    for role in Policy::parse(SHIPPED)?.role_names().into_iter().filter(|role| *role != "local") {
        let there = known["users"].as_array().is_some_and(|users| users.iter().any(|user| user["user"] == role));
        if !there {
            console.ask(json!({"action": "user_add", "user": role, "role": role})).await?;
        }
        let answer = console.ask(json!({"action": "token_issue", "user": role, "ttl_s": TOKEN_TTL_S})).await?;
        tokens.insert(role.to_owned(), text(&answer, "token")?.into());
    }
    Ok(tokens)
}

fn welcome(demo: &Value, state_dir: &Path) -> String {
    let text = |key: &str| demo[key].as_str().unwrap_or_default().to_owned();
    let command = std::env::args().next().unwrap_or_else(|| "livegate".into());
    let (tls, ca, state) = (text("tls"), text("ca"), state_dir.display());
    let as_role = |role: &str| {
        let token = demo["tokens"][role].as_str().unwrap_or_default();
        format!("LIVEGATE_TOKEN={token} {command} send --to {tls} --server-name localhost --ca {ca}")
    };
    format!(
        "A simulated Live runs LiveGate; the gateway serves {local} (this machine) and {tls} (TLS).\n\n\
         Change the tempo, over TLS, as the producer:\n  {producer} set_tempo bpm=128\n\n\
         The viewer may look, but not touch:\n  {viewer} set_tempo bpm=60\n\n\
         Without any sign-in, on this machine:\n  printf '{{\"action\":\"get_session_info\"}}\\n' | nc {local_host} {local_port}\n\n\
         Who did what:\n  {command} audit list --state-dir {state}\n\n\
         Everything else is in {state}/demo.json. Ctrl-C ends it all.",
        local = text("local"),
        local_host = text("local").split(':').next().unwrap_or_default(),
        local_port = text("local").split(':').nth(1).unwrap_or_default(),
        producer = as_role("producer"),
        viewer = as_role("viewer"),
    )
}
