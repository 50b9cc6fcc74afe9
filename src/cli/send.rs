//! `livegate send`: sends one action and prints its answer.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use super::{Outcome, State, print_json, secret, warn};
use crate::client::Client;
use crate::client::destination::{Destination, Tls};
use crate::client::known_trails::{Held, KnownTrails};
use crate::command::{Action, Presence, catalogue};
use crate::config;
use crate::platform::{self, clock};
use crate::tls::{Identity, Successor, Trust};
use crate::wire::refusal::Code;

/// Send one action to a gateway and print the answer.
///
/// Exit code 1 if the action is refused or fails.
///
/// The catalogue gives each value its type; a value that begins with [ or { is JSON. A secret, such as a password, is typed at a
/// prompt or read from --secret-file, because other users can read command lines.
///
/// Examples: livegate send set_tempo bpm=128
///           livegate send get_track_info track_index=0 --to studio.local:9443 --ca ca.pem --token-file mia.token
///           livegate send login user=mia --to studio.local:9443 --ca ca.pem
#[derive(Args)]
#[command(verbatim_doc_comment, mut_arg("state_dir", |arg| arg.help(MEMORY)))]
pub struct Send {
    /// The action's name
    action: String,
    /// The action's parameters
    #[arg(value_name = "KEY=VALUE")]
    params: Vec<String>,
    /// A file with the action's secret, or - for standard input [default: prompt, if the action needs a secret]
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    #[command(flatten)]
    gateway: GatewayArgs,
    #[command(flatten)]
    state: State,
}

impl Send {
    pub async fn run(self) -> Result<Outcome> {
        let request = self.request()?;
        let (token, destination) = (self.gateway.token()?, self.gateway.destination()?);
        let server = destination.address();
        let signed_in = token.is_some() || self.gateway.client_cert.is_some();
        let mut memory = Memory::open(&self.state);
        let mut client = self.gateway.connect().await?;
        if let Some(token) = token {
            let answer = client.authenticate(&token).await?;
            if !is_ok(&answer) {
                print_json(&answer);
                return Ok(Outcome::Refused);
            }
            memory.hold(server, &answer, &mut client).await;
        } else if self.gateway.client_cert.is_some() && self.action != WHOAMI {
            // A certificate signs in without a request, so ask for the trail's checkpoint.
            let answer = client.ask(json!({"action": WHOAMI})).await?;
            memory.hold(server, &answer, &mut client).await;
        }
        let answer = client.ask(Value::Object(request)).await?;
        if is_unauthenticated(&answer) && !signed_in {
            warn("livegate: sign in with --token-file FILE, LIVEGATE_TOKEN, or --client-cert and --client-key");
        }
        if self.action == WHOAMI {
            memory.hold(server, &answer, &mut client).await;
        }
        print_json(&answer);
        Ok(if is_ok(&answer) { Outcome::Done } else { Outcome::Refused })
    }

    fn request(&self) -> Result<Map<String, Value>> {
        let action = catalogue().find(&self.action);
        let secret = action.and_then(Action::secret).map(|secret| secret.name.as_str());
        let mut request = Map::new();
        for pair in &self.params {
            let (key, text) = pair.split_once('=').with_context(|| self.without_value(pair))?;
            if secret == Some(key) {
                bail!(
                    "{key} is secret, and other users can read command lines: leave it out to type it at a prompt, or give \
                     --secret-file FILE (- for standard input)"
                );
            }
            let value = match action.and_then(|action| action.param_called(key)) {
                Some(param) => param.read_text(text),
                // An idempotency key is a string even if it looks like a number.
                None if key == "once" => Value::String(text.to_owned()),
                None => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())),
            };
            if request.insert(key.to_owned(), value).is_some() {
                bail!("{key} is given twice");
            }
        }
        if let Some((key, secret)) = self.secret(action)? {
            request.insert(key, secret.expose_secret().into());
        }
        request.insert("action".into(), self.action.clone().into());
        Ok(request)
    }

    /// For an argument without `=`: the action's next missing parameter is probably meant.
    fn without_value(&self, argument: &str) -> String {
        let action = catalogue().find(&self.action);
        if action.is_some_and(|action| action.param_called(argument).is_some()) {
            return format!("the parameter {argument} has no value: write {argument}=VALUE");
        }
        let given = |name: &str| self.params.iter().any(|pair| pair.split('=').next() == Some(name));
        let missing = action.and_then(|action| action.params.iter().find(|param| !given(&param.name)));
        let name = missing.map_or("NAME", |param| param.name.as_str());
        format!("{argument} names no parameter: write {name}={argument}")
    }

    fn secret(&self, action: Option<&Action>) -> Result<Option<(String, SecretString)>> {
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
                self.gateway.expect_named(&format!("the {name}"), "")?;
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

const WHOAMI: &str = "whoami";
const MEMORY: &str = "The folder that remembers the latest checkpoint of each gateway's trail [default: the platform's per-user state folder]";

fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == "-"
}

/// The gateway, and the caller's credentials.
#[derive(Args)]
pub struct GatewayArgs {
    /// The gateway's address [default: the pipe of this user's gateway, else 127.0.0.1:9005; neither gets a secret]
    #[arg(long, value_name = "HOST:PORT")]
    to: Option<String>,
    /// A file with a token, or - for standard input [default: LIVEGATE_TOKEN, else none]
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// The gateway's CA certificate in PEM; uses TLS
    #[arg(long, value_name = "FILE", group = "trust")]
    ca: Option<PathBuf>,
    /// The SHA-256 of the CA's public key in hex; uses TLS
    #[arg(long, value_name = "HEX", group = "trust")]
    pin: Option<String>,
    /// The name in the gateway's certificate [default: the host in --to]
    #[arg(long, value_name = "NAME", requires = "trust")]
    server_name: Option<String>,
    /// A client certificate in PEM, from livegate cert issue-client
    #[arg(long, value_name = "FILE", requires = "client_key", requires = "trust")]
    client_cert: Option<PathBuf>,
    /// The client certificate's key in PEM
    #[arg(long, value_name = "FILE", requires = "client_cert")]
    client_key: Option<PathBuf>,
}

impl GatewayArgs {
    pub async fn connect(&self) -> Result<Client> {
        let client = self.destination()?.connect().await?;
        if let Some(successor) = client.successor() {
            warn_of_successor(&successor);
        }
        Ok(client)
    }

    fn destination(&self) -> Result<Destination> {
        let tls = self.trust()?.map(|trust| {
            let pair = self.client_cert.clone().zip(self.client_key.clone());
            let identity = pair.map(|(certificate, key)| Identity { certificate, key });
            Tls { trust, server_name: self.server_name.clone(), identity }
        });
        Ok(Destination { address: self.to.clone(), state_dir: platform::state_dir().ok(), tls })
    }

    pub fn token(&self) -> Result<Option<SecretString>> {
        if let Some(path) = &self.token_file {
            self.expect_named("the token", ", or leave out --token-file")?;
            return secret::from_file(path).map(Some);
        }
        let token = config::token_from_environment();
        if token.is_some() {
            self.expect_named("LIVEGATE_TOKEN", ", or unset it")?;
        }
        Ok(token)
    }

    fn expect_named(&self, what: &str, or_else: &str) -> Result<()> {
        let way_out = format!("name the gateway with --to HOST:PORT, and --pin or --ca for TLS{or_else}");
        self.destination()?.expect_named(what, &way_out)
    }

    fn trust(&self) -> Result<Option<Trust>> {
        let authority = self.ca.clone().map(Trust::Authority);
        Ok(authority.or(self.pin.as_deref().map(Trust::by_pin).transpose()?))
    }
}

/// On standard error, because programs read the answer on standard output.
fn warn_of_successor(successor: &Successor) {
    eprintln!(
        "livegate: the gateway has a new CA; the one you use is valid until {}: use --pin {} from now on",
        clock::rfc3339(successor.until),
        hex::encode(successor.pin)
    );
}

/// The known checkpoints. A file that cannot be read or written gives a warning; the action runs all the same.
struct Memory(Option<KnownTrails>);

impl Memory {
    fn open(state: &State) -> Memory {
        let known = state.dir().and_then(|dir| KnownTrails::read(&dir));
        Memory(known.inspect_err(note).ok())
    }

    async fn hold(&mut self, server: &str, answer: &Map<String, Value>, client: &mut Client) {
        let Some(known) = self.0.as_mut().filter(|_| is_ok(answer)) else { return };
        match known.hold(server, answer, client).await {
            Ok(Held::Fits) => (),
            Ok(Held::Broken(how)) => warn(&format!("livegate: WARNING: {how}")),
            Err(error) => note(&error),
        }
    }
}

fn note(error: &anyhow::Error) {
    warn(&format!("livegate: note: cannot remember the gateway's checkpoint: {error:#}"));
}

fn is_unauthenticated(answer: &Map<String, Value>) -> bool {
    answer.get("code").is_some_and(|code| code == Code::Unauthenticated.name())
}

pub fn is_ok(answer: &Map<String, Value>) -> bool {
    answer.get("ok") == Some(&Value::Bool(true))
}
