//! `livegate send`: one action, its answer.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use secrecy::SecretString;
use serde_json::{Map, Value};

use super::{Outcome, State, print_json};
use crate::client::Client;
use crate::client::destination::{Destination, Tls};
use crate::client::known_trails::{Held, KnownTrails};
use crate::command::catalogue;
use crate::gateway::handshake::{Identity, Successor, Trust};
use crate::{clock, config, platform};

/// Send one action to a gateway and print the answer. Exit code 1 if the answer is no.
///
/// Values are typed by the catalogue; after [ or { they are JSON.
///
/// Examples: livegate send set_tempo bpm=128
///           livegate send get_track_info track_index=0 --to studio.local:9443 --ca ca.pem --token-file mia.token
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Send {
    /// The action's name
    action: String,
    /// Parameters
    #[arg(value_name = "KEY=VALUE")]
    params: Vec<String>,
    #[command(flatten)]
    gateway: To,
    /// Where is remembered what each gateway's trail was
    #[command(flatten)]
    state: State,
}

impl Send {
    pub async fn run(self) -> Result<Outcome> {
        let request = self.request()?;
        let mut memory = Memory::open(&self.state);
        let mut client = self.gateway.connect().await?;
        if let Some(token) = self.gateway.token()? {
            let answer = client.authenticate(&token).await?;
            if !is_ok(&answer) {
                print_json(&answer);
                return Ok(Outcome::Refused);
            }
            memory.hold(&self.gateway.to, &answer, &mut client).await;
        }
        let answer = client.ask(Value::Object(request)).await?;
        if self.action == "whoami" {
            memory.hold(&self.gateway.to, &answer, &mut client).await;
        }
        print_json(&answer);
        Ok(if is_ok(&answer) { Outcome::Done } else { Outcome::Refused })
    }

    fn request(&self) -> Result<Map<String, Value>> {
        let action = catalogue().find(&self.action);
        let mut request = Map::new();
        for pair in &self.params {
            let (key, text) = pair.split_once('=').with_context(|| format!("{pair} is not KEY=VALUE"))?;
            let value = match action.and_then(|action| action.param(key)) {
                Some(param) => param.read_text(text),
                // A key is a text even if it looks like a number.
                None if key == "once" => Value::String(text.to_owned()),
                None => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())),
            };
            if request.insert(key.to_owned(), value).is_some() {
                bail!("{key} is given twice");
            }
        }
        request.insert("action".into(), self.action.clone().into());
        Ok(request)
    }
}

/// Which gateway, and who asks it.
#[derive(Args)]
pub struct To {
    /// The gateway's address
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9005")]
    to: String,
    /// A file with a token, or - for standard input [default: LIVEGATE_TOKEN, else none]
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// The gateway's CA certificate in PEM; speak TLS
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// The SHA-256 of the CA's public key in hex; speak TLS
    #[arg(long, value_name = "HEX", conflicts_with = "ca")]
    pin: Option<String>,
    /// The name that the certificate must have [default: the host in --to]
    #[arg(long, value_name = "NAME")]
    server_name: Option<String>,
    /// A client certificate in PEM, as livegate cert issue-client makes it
    #[arg(long, value_name = "FILE", requires = "client_key")]
    client_cert: Option<PathBuf>,
    /// Its key in PEM
    #[arg(long, value_name = "FILE", requires = "client_cert")]
    client_key: Option<PathBuf>,
}

impl To {
    pub async fn connect(&self) -> Result<Client> {
        let client = self.destination()?.connect().await?;
        client.successor().iter().for_each(tell_successor);
        Ok(client)
    }

    fn destination(&self) -> Result<Destination> {
        let tls = self.trust()?.map(|trust| {
            let pair = self.client_cert.clone().zip(self.client_key.clone());
            let identity = pair.map(|(certificate, key)| Identity { certificate, key });
            Tls { trust, server_name: self.server_name.clone(), identity }
        });
        Ok(Destination { address: self.to.clone(), tls })
    }

    pub fn token(&self) -> Result<Option<SecretString>> {
        match &self.token_file {
            Some(path) if path.as_os_str() == "-" => {
                let text = std::io::read_to_string(std::io::stdin()).context("cannot read standard input")?;
                Ok(Some(text.trim().to_owned().into()))
            }
            Some(path) => platform::read_secret(path).map(Some),
            None => Ok(config::token_from_environment()),
        }
    }

    fn trust(&self) -> Result<Option<Trust>> {
        let authority = self.ca.clone().map(Trust::Authority);
        Ok(authority.or(self.pin.as_deref().map(Trust::by_pin).transpose()?))
    }
}

/// Said beside the answer, which programs read.
fn tell_successor(successor: &Successor) {
    eprintln!(
        "livegate: the gateway has a new CA. What you know it by is good until {}; from now on use --pin {}",
        clock::rfc3339(successor.until),
        hex::encode(successor.pin)
    );
}

/// What is remembered of trails. Where that cannot be read or written, it is said, and the action goes on.
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
            Ok(Held::Broken(how)) => eprintln!("livegate: WARNING: {how}"),
            Err(error) => note(&error),
        }
    }
}

fn note(error: &anyhow::Error) {
    eprintln!("livegate: note: what the gateway's trail was cannot be remembered: {error:#}");
}

pub fn is_ok(answer: &Map<String, Value>) -> bool {
    answer.get("ok") == Some(&Value::Bool(true))
}
