//! `livegate gateway`: manages the gateways that this user knows by name.

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::gateway_args::{GatewayArgs, SignedIn};
use super::{Outcome, State, StateFolder, print_json, say};
use crate::client::known_gateways::{KnownGateway, KnownGateways};
use crate::client::known_trails::Contradiction;

/// Name gateways, so that commands need no address, pin or token file.
///
/// `livegate pair` and `livegate init --lan` add what they set up. The first one is the default.
#[derive(Subcommand)]
pub enum Gateway {
    Add(Box<Add>),
    /// List the known gateways.
    ///
    /// Example: livegate gateway list
    List {
        #[command(flatten)]
        folder: StateFolder,
        /// Print one line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Choose the default gateway for commands.
    ///
    /// Example: livegate gateway use studio
    Use {
        /// A name that `livegate gateway list` shows
        name: String,
        #[command(flatten)]
        folder: StateFolder,
    },
    /// Forget a gateway; its token file stays.
    ///
    /// Example: livegate gateway remove studio
    Remove {
        /// A name that `livegate gateway list` shows
        name: String,
        #[command(flatten)]
        folder: StateFolder,
    },
    AcceptLog(Box<AcceptLog>),
}

/// Add or replace a known gateway.
///
/// Example: livegate gateway add studio --to studio.local:9443 --pin PIN --token-file mia.token
#[derive(Args)]
#[command(mut_arg("gateway", |arg| arg.hide(true)))]
pub struct Add {
    /// The name for it
    name: String,
    #[command(flatten)]
    gateway: GatewayArgs,
    #[command(flatten)]
    state: State,
}

/// Accept a gateway's trail that is not the one this client remembers.
///
/// Use it after a restore from an older copy, or when the owner began a new trail. Ask the owner first: rows may have been removed.
///
/// Example: livegate gateway accept-log --gateway studio
#[derive(Args)]
pub struct AcceptLog {
    #[command(flatten)]
    gateway: GatewayArgs,
    #[command(flatten)]
    state: State,
}

impl Gateway {
    pub async fn run(self) -> Result<Outcome> {
        match self {
            Gateway::Add(add) => add.run(),
            Gateway::List { folder, json } => list(&KnownGateways::read(&folder.dir()?)?, json),
            Gateway::Use { name, folder } => {
                KnownGateways::read(&folder.dir()?)?.use_by_default(&name)?;
                say(&format!("commands use the gateway {name} now, unless --gateway or --to names another"));
                Ok(Outcome::Done)
            }
            Gateway::Remove { name, folder } => {
                KnownGateways::read(&folder.dir()?)?.remove(&name)?;
                say(&format!(
                    "the gateway {name} is forgotten; on its machine, livegate token list shows what it issued"
                ));
                Ok(Outcome::Done)
            }
            Gateway::AcceptLog(accept) => accept.run().await,
        }
    }
}

impl Add {
    fn run(self) -> Result<Outcome> {
        let mut known = KnownGateways::read(&self.state.folder.dir()?)?;
        known.put(&self.name, self.gateway.entry()?)?;
        let is_default = known.default()?.is_some_and(|(name, _)| name == self.name);
        let hint =
            if is_default { "it is the default".to_owned() } else { format!("use it with --gateway {}", self.name) };
        say(&format!("the gateway {} is known; {hint}", self.name));
        Ok(Outcome::Done)
    }
}

impl AcceptLog {
    async fn run(self) -> Result<Outcome> {
        let target = self.gateway.target(&self.state).await?;
        match target.sign_in(Contradiction::Accept).await? {
            SignedIn::No(answer) => {
                print_json(&answer);
                return Ok(Outcome::Refused);
            }
            SignedIn::Yes(_) if !target.has_credential() => {
                bail!(
                    "trails are remembered at sign-in: name the gateway and the credential with which the warning came"
                )
            }
            SignedIn::Yes(_) => (),
        }
        say(&format!("the trail of {} is remembered as it is now", target.address()));
        Ok(Outcome::Done)
    }
}

fn list(known: &KnownGateways, json: bool) -> Result<Outcome> {
    let default = known.default()?.map(|(name, _)| name);
    if json {
        let gateways: Map<String, Value> = known
            .all()
            .map(|(name, gateway)| Ok((name.to_owned(), serde_json::to_value(gateway)?)))
            .collect::<Result<_>>()?;
        let Value::Object(body) = json!({"default": default, "gateways": gateways}) else {
            unreachable!("it is written as an object")
        };
        print_json(&body);
        return Ok(Outcome::Done);
    }
    if known.all().next().is_none() {
        say("no gateway is known; livegate pair and livegate gateway add add one");
    }
    for (name, gateway) in known.all() {
        let mark = if default == Some(name) { "*" } else { " " };
        say(&format!("{mark} {name:<20} {:<28} {}", gateway.address, how(gateway)));
    }
    Ok(Outcome::Done)
}

/// How the gateway is recognised, and how this client signs in there.
fn how(gateway: &KnownGateway) -> String {
    if let Some(dir) = gateway.state_dir.as_ref().filter(|_| gateway.token_file.is_none()) {
        return format!("on this machine, in {}", dir.display());
    }
    let recognised = match (&gateway.pin, &gateway.ca) {
        (Some(pin), _) => format!("pin {}…", pin.get(..12).unwrap_or(pin)),
        (None, Some(ca)) => format!("CA {}", ca.display()),
        (None, None) => "plain lines".to_owned(),
    };
    let credential = gateway.token_file.as_ref().or(gateway.client_certificate.as_ref());
    credential.map_or(recognised.clone(), |file| format!("{recognised}, {}", file.display()))
}
