//! `livegate install`: puts the Remote Script into Live's folder, with the key that it shares with the gateway.

mod plan;

use anyhow::Result;
use clap::Args;
use serde_json::{Map, Value, json};

use super::bridge_key::{self, BridgeKey};
use super::live_folder::LiveArgs;
use super::remote_script::{Change, RemoteScript};
use super::script_settings::ScriptSettings;
use super::{Outcome, ReportArgs, print_json};
use crate::client::Client;
use crate::config;
use crate::platform;
use plan::Plan;

/// Install the Remote Script in Live.
///
/// Copies it to Live's User Library, and creates the key that it shares with the gateway. Safe to repeat.
///
/// Example: livegate install
#[derive(Args)]
pub struct Install {
    #[command(flatten)]
    live: LiveArgs,
    /// Also let the gateway listen on 127.0.0.1:9004, for programs with that port built in, and move the script to 9014
    #[arg(long)]
    take_9004: bool,
    #[command(flatten)]
    report: ReportArgs,
}

impl Install {
    pub fn new(live: LiveArgs, report: ReportArgs) -> Install {
        Install { live, take_9004: false, report }
    }

    pub async fn run(self) -> Result<Outcome> {
        let state_dir = self.report.state.dir()?;
        // Check everything before the first write.
        let plan = Plan::make(&state_dir, self.take_9004)?;
        let script = RemoteScript::below(&self.live.remote_scripts()?);
        let limits = script.limits_to_keep()?;
        platform::create_private_dir(&state_dir)?;
        let key = bridge_key::make(&state_dir, &plan.file.config.bridge)?;
        if plan.is_new {
            plan.file.write()?;
        }
        let change = script.put(&settings(&plan, &key, limits))?;
        let gateway_runs = Client::connect_control(&state_dir).await.is_ok();
        let done = Done {
            script,
            plan,
            key,
            change,
            gateway_runs,
            state_option: self.state_option(),
            live_option: self.live_option(),
        };
        if self.report.json {
            print_json(done.facts().as_object().expect("facts are an object"));
        } else {
            println!("{}", done.describe());
        }
        Ok(Outcome::Done)
    }
}

impl Install {
    /// The same option for the commands to run next.
    fn state_option(&self) -> String {
        let named = self.report.state.folder.state_dir.as_ref();
        named.map(|dir| format!(" --state-dir \"{}\"", dir.display())).unwrap_or_default()
    }

    fn live_option(&self) -> String {
        self.live.live_dir.as_ref().map(|dir| format!(" --live-dir \"{}\"", dir.display())).unwrap_or_default()
    }
}

/// The gateway's port and key, and the owner's limits. The script sends no answer that the gateway would not read.
fn settings(plan: &Plan, key: &BridgeKey, mut limits: Map<String, Value>) -> ScriptSettings {
    let bridge = &plan.file.config.bridge;
    let accepted = bridge.answer_bytes_max.max(ANSWER_BYTES_LOWEST) as u64;
    let usual = config::Bridge::default().answer_bytes_max as u64;
    let owners = limits.get(ANSWER_BYTES).and_then(Value::as_u64);
    let bytes_max = owners.map_or(accepted, |owners| owners.min(accepted));
    if bytes_max != owners.unwrap_or(usual) {
        limits.insert(ANSWER_BYTES.to_owned(), bytes_max.into());
    }
    ScriptSettings { port: bridge.address.port(), key_file: Some(key.file.clone()), limits }
}

const ANSWER_BYTES: &str = "answer_bytes_max";
/// The lowest value that the script accepts.
const ANSWER_BYTES_LOWEST: usize = 1024 * 1024;

struct Done {
    script: RemoteScript,
    plan: Plan,
    key: BridgeKey,
    change: Change,
    gateway_runs: bool,
    state_option: String,
    live_option: String,
}

impl Done {
    fn facts(&self) -> Value {
        json!({
            "ok": true,
            "script": self.script.folder,
            "change": self.change_word(),
            "bridge": self.plan.file.config.bridge.address.to_string(),
            "key_file": self.key.file,
            "key_is_new": self.key.is_new,
            "config": self.plan.file.path,
            "config_changed": self.plan.is_new,
            "local": self.plan.file.config.local_listen().iter().map(ToString::to_string).collect::<Vec<_>>(),
            "next": self.next(),
        })
    }

    fn change_word(&self) -> &'static str {
        match self.change {
            Change::New => "new",
            Change::Replaced => "replaced",
            Change::Settings => "new settings",
            Change::Nothing => "unchanged",
        }
    }

    fn describe(&self) -> String {
        let new_or_kept = |is_new| if is_new { "new" } else { "kept" };
        let mut lines = vec![
            format!("script         {}  ({})", self.script.folder.display(), self.change_word()),
            format!("listens on     {}, for the gateway only", self.plan.file.config.bridge.address),
            format!("bridge key     {}  ({})", self.key.file.display(), new_or_kept(self.key.is_new)),
        ];
        if self.plan.is_new {
            lines.push(format!("configuration  {}  (extended)", self.plan.file.path.display()));
        }
        lines.push(String::new());
        lines.extend(self.next().iter().zip(1..).map(|(step, number)| format!("{number}. {step}")));
        lines.join("\n")
    }

    /// The manual steps that remain.
    fn next(&self) -> Vec<String> {
        let mut steps = Vec::new();
        if self.change != Change::Nothing || self.key.is_new {
            steps.push("Start Live, or restart it: it loads scripts only at its start.".to_owned());
        }
        steps.push(
            "In Live, under Settings > Link, Tempo & MIDI (Live 11: Preferences), choose LiveGate as a Control Surface; \
             leave its Input and Output at None."
                .to_owned(),
        );
        let serve = format!("livegate serve{}", self.state_option);
        steps.push(match (self.gateway_runs, self.plan.is_new || self.key.is_new) {
            (true, true) => format!("Restart the running gateway: {serve}"),
            (true, false) => "The gateway is already running.".to_owned(),
            (false, _) => format!("Start the gateway: {serve}"),
        });
        steps.push(format!("Check the installation: livegate doctor{}{}", self.state_option, self.live_option));
        steps
    }
}
