//! `livegate send`: sends one action and prints its answer.

use std::io::{BufRead, Read, stdin};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::answer_text::Form;
use super::gateway_args::{GatewayArgs, SignedIn, Target};
use super::{Outcome, State, request_words, secret, warn};
use crate::client::Client;
use crate::client::known_trails::Contradiction;
use crate::command::{Action, Presence, catalogue};
use crate::wire::refusal::Code;

/// Send one action to a gateway and print the answer
///
/// Exit code 1 if the action is refused or fails.
///
/// The catalogue gives each value its type; a value that begins with [ or { is JSON. track=NAME names a track, volume=-6dB sets a fader
/// in decibels. A secret, such as a password, is typed at a prompt or read from --secret-file, because other users can read command
/// lines. With - instead of an action, each line of standard input is a request: ACTION KEY=VALUE or a JSON object.
///
/// Examples: livegate send set_tempo bpm=128
///           livegate send set_track_volume track=Vocals volume=-6dB --gateway studio
///           livegate send login user=mia --to studio.local:9443 --ca ca.pem
///           livegate send - < lines.txt
#[derive(Args)]
#[command(verbatim_doc_comment, mut_arg("state_dir", |arg| arg.help(CLIENT_FOLDER)))]
pub struct Send {
    /// The action's name, or - for lines of standard input
    action: String,
    /// The action's parameters
    #[arg(value_name = "KEY=VALUE")]
    params: Vec<String>,
    /// A file with the action's secret, or - for standard input [default: prompt, if the action needs a secret]
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// Print one line of JSON, also on a terminal
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    gateway: GatewayArgs,
    #[command(flatten)]
    state: State,
}

impl Send {
    pub async fn run(self) -> Result<Outcome> {
        let form = Form::chosen(self.json);
        let target = self.gateway.target(&self.state).await?;
        let request = if self.reads_lines()? { None } else { Some(self.request(&target)?) };
        let mut client = match target.sign_in(Contradiction::Report).await? {
            SignedIn::Yes(client) => client,
            SignedIn::No(answer) => {
                form.print("authenticate", &answer);
                return Ok(Outcome::Refused);
            }
        };
        let Some(mut request) = request else { return send_lines(&mut client, form).await };
        request_words::resolve_track(&mut request, &mut client).await?;
        let answer = client.ask(Value::Object(request)).await?;
        if is_unauthenticated(&answer) && !target.has_credential() {
            warn(
                "livegate: sign in with --token-file FILE, a --gateway with a token, LIVEGATE_TOKEN, or --client-cert and --client-key",
            );
        }
        form.print(&self.action, &answer);
        Ok(if is_ok(&answer) { Outcome::Done } else { Outcome::Refused })
    }

    fn reads_lines(&self) -> Result<bool> {
        if self.action != "-" {
            return Ok(false);
        }
        if !self.params.is_empty() || self.secret_file.is_some() {
            bail!("send - reads actions and parameters from standard input; leave out KEY=VALUE and --secret-file");
        }
        if self.gateway.token_file.as_deref().is_some_and(is_stdin) {
            bail!("--token-file - and send - cannot both read standard input; name a file for the token");
        }
        Ok(true)
    }

    fn request(&self, target: &Target) -> Result<Map<String, Value>> {
        let mut request = request_words::read(&self.action, &self.params)?;
        if let Some((key, secret)) = self.secret(catalogue().find(&self.action), target)? {
            request.insert(key, secret.expose_secret().into());
        }
        Ok(request)
    }

    fn secret(&self, action: Option<&Action>, target: &Target) -> Result<Option<(String, SecretString)>> {
        let Some(secret) = action.and_then(Action::secret) else {
            return match self.secret_file {
                Some(_) => bail!("{} takes no secret; leave out --secret-file", self.action),
                None => Ok(None),
            };
        };
        let name = &secret.name;
        let value = match (&self.secret_file, &secret.presence) {
            (None, Presence::Secret { required: false }) => return Ok(None),
            (file, _) => {
                target.expect_named(&format!("the {name}"), "")?;
                match file {
                    Some(file) if is_stdin(file) && self.gateway.token_file.as_deref().is_some_and(is_stdin) => {
                        bail!(
                            "--token-file and --secret-file cannot both read standard input; name a file for one of them"
                        )
                    }
                    Some(file) => secret::from_file(file)?,
                    None => secret::typed(
                        &format!("the {name}"),
                        &format!("{name}: "),
                        "--secret-file FILE (- for standard input)",
                    )?,
                }
            }
        };
        Ok(Some((name.clone(), value)))
    }
}

/// Of standard input.
const INPUT_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// What the client's state folder holds.
pub const CLIENT_FOLDER: &str = "The folder with the known gateways and their trails' latest checkpoints [default: the platform's per-user state folder]";

fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == "-"
}

/// Send each line of standard input and print its answer. A line that cannot be read ends it: what follows may depend on it.
async fn send_lines(client: &mut Client, form: Form) -> Result<Outcome> {
    let mut lines = stdin().lock().take(INPUT_BYTES_MAX).lines();
    let mut number = 0;
    let mut outcome = Outcome::Done;
    while let Some(line) = tokio::task::block_in_place(|| lines.next()) {
        let line = line.context("cannot read standard input")?;
        number += 1;
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        let mut request = read_line(&line).with_context(|| format!("line {number}"))?;
        request_words::resolve_track(&mut request, client).await.with_context(|| format!("line {number}"))?;
        let action = request.get("action").and_then(Value::as_str).unwrap_or_default().to_owned();
        let answer = client.ask(Value::Object(request)).await.with_context(|| format!("line {number}"))?;
        form.print(&action, &answer);
        if !is_ok(&answer) {
            outcome = Outcome::Refused;
        }
    }
    Ok(outcome)
}

fn read_line(line: &str) -> Result<Map<String, Value>> {
    if line.trim_start().starts_with('{') {
        return serde_json::from_str(line).context("it is not a JSON object");
    }
    let words = request_words::split(line)?;
    let (action, pairs) = words.split_first().context("it has no action")?;
    request_words::read(action, pairs)
}

fn is_unauthenticated(answer: &Map<String, Value>) -> bool {
    answer.get("code").is_some_and(|code| code == Code::Unauthenticated.name())
}

pub fn is_ok(answer: &Map<String, Value>) -> bool {
    answer.get("ok") == Some(&Value::Bool(true))
}
