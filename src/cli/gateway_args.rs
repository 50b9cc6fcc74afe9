//! Which gateway a command talks to, with which credential: options, the known gateways, or the one that runs on this machine.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use super::console::connect_running;
use super::{State, secret, warn};
use crate::audit;
use crate::client::destination::{Destination, Tls};
use crate::client::known_gateways::{KnownGateway, KnownGateways};
use crate::client::known_trails::{Contradiction, KnownTrails, TrailCheck};
use crate::client::{self, Client};
use crate::config;
use crate::platform::{self, clock};
use crate::tls::{Identity, Successor, Trust};

/// The gateway, and the caller's credentials.
#[derive(Args)]
pub struct GatewayArgs {
    /// The gateway's address [default: the default of `livegate gateway list`, else the gateway on this machine]
    #[arg(long, value_name = "HOST:PORT", conflicts_with = "gateway")]
    pub to: Option<String>,
    /// A file with a token, or - for standard input [default: LIVEGATE_TOKEN, else the known gateway's]
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// The gateway's CA certificate in PEM; uses TLS
    #[arg(long, value_name = "FILE", group = "trust", requires = "to")]
    ca: Option<PathBuf>,
    /// The SHA-256 of the CA's public key in hex; uses TLS
    #[arg(long, value_name = "HEX", group = "trust", requires = "to")]
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

/// A gateway that a command talks to.
pub struct Target {
    route: Route,
    token: Option<SecretString>,
    /// The name of a known gateway, to correct its pin.
    known_as: Option<String>,
    /// The folder with `gateways.toml`.
    client_dir: PathBuf,
    /// The folder that remembers checkpoints.
    memory: PathBuf,
}

enum Route {
    /// The pipe of the gateway that runs with this state folder, or its control socket.
    Here(PathBuf),
    Network(Destination),
}

/// A connection, signed in as far as there is a credential.
pub enum SignedIn {
    Yes(Box<Client>),
    /// The gateway refused the sign-in with this answer.
    No(Map<String, Value>),
}

const NAME_IT: &str = "name the gateway with --to HOST:PORT, and --pin or --ca for TLS, or with --gateway NAME";

impl GatewayArgs {
    /// Decide which gateway is meant: `--to`, `--gateway`, the default one, the one that runs on this machine.
    pub async fn target(&self, state: &State) -> Result<Target> {
        let client_dir = state.folder.dir()?;
        if self.to.is_some() {
            let route = Route::Network(self.destination()?);
            return Ok(Target { route, token: self.token()?, known_as: None, memory: client_dir.clone(), client_dir });
        }
        let known = KnownGateways::read(&client_dir)?;
        let named = match &state.gateway {
            Some(name) => Some((name.as_str(), known.find(name)?)),
            None => known.default()?,
        };
        if let Some((name, gateway)) = named {
            return self.known_target(name, gateway, client_dir.clone());
        }
        let route = match connect_here(&client_dir).await {
            Ok(_) => Route::Here(client_dir.clone()),
            // The default address may be that of another gateway.
            Err(error) if state.folder.state_dir.is_some() && is_gateways(&client_dir) => return Err(error),
            Err(_) => Route::Network(Destination { address: None, state_dir: None, tls: None }),
        };
        let mut target = Target { route, token: None, known_as: None, memory: client_dir.clone(), client_dir };
        if self.token_file.is_some() {
            target.expect_named("the token", ", or leave out --token-file")?;
        } else if config::token_from_environment().is_some() {
            target.expect_named("LIVEGATE_TOKEN", ", or unset it")?;
        }
        target.token = self.token()?;
        Ok(target)
    }

    fn known_target(&self, name: &str, gateway: &KnownGateway, client_dir: PathBuf) -> Result<Target> {
        let token = match self.token()? {
            Some(token) => Some(token),
            None => gateway.token().with_context(|| format!("cannot sign in to the gateway {name}"))?,
        };
        let memory = gateway.state_dir.clone().unwrap_or_else(|| client_dir.clone());
        let route = match &gateway.state_dir {
            Some(dir) if token.is_none() => Route::Here(dir.clone()),
            _ => Route::Network(gateway.destination()?),
        };
        Ok(Target { route, token, known_as: Some(name.to_owned()), client_dir, memory })
    }

    fn destination(&self) -> Result<Destination> {
        let trust = match (&self.ca, &self.pin) {
            (Some(ca), _) => Some(Trust::Authority(ca.clone())),
            (None, pin) => pin.as_deref().map(Trust::by_pin).transpose()?,
        };
        let tls = trust.map(|trust| {
            let pair = self.client_cert.clone().zip(self.client_key.clone());
            let identity = pair.map(|(certificate, key)| Identity { certificate, key });
            Tls { trust, server_name: self.server_name.clone(), identity }
        });
        Ok(Destination { address: self.to.clone(), state_dir: None, tls })
    }

    fn token(&self) -> Result<Option<SecretString>> {
        match &self.token_file {
            Some(path) => secret::from_file(path).map(Some),
            None => Ok(config::token_from_environment()),
        }
    }

    /// These options as the entry of a known gateway.
    pub fn entry(&self) -> Result<KnownGateway> {
        let address = self.to.clone().context("give the gateway's address: --to HOST:PORT")?;
        self.destination()?;
        let path = |path: &Option<PathBuf>| -> Result<Option<PathBuf>> {
            path.as_deref().map(|path| std::path::absolute(path).map_err(Into::into)).transpose()
        };
        if self.token_file.as_deref().is_some_and(|path| path.as_os_str() == "-") {
            bail!("a known gateway's token is read from its file each time; give --token-file FILE");
        }
        Ok(KnownGateway {
            address,
            pin: self.pin.clone(),
            ca: path(&self.ca)?,
            server_name: self.server_name.clone(),
            token_file: path(&self.token_file)?,
            client_certificate: path(&self.client_cert)?,
            client_key: path(&self.client_key)?,
            state_dir: None,
        })
    }
}

impl Target {
    /// Connect, sign in, and compare the trail's checkpoint with the known one.
    pub async fn sign_in(&self, contradiction: Contradiction) -> Result<SignedIn> {
        let memory = Memory::open(&self.memory);
        let mut client = self.connect().await?;
        let answer = match &self.token {
            Some(token) => client.authenticate(token).await?,
            // A certificate signs in without a request, so ask for the trail's checkpoint.
            None if self.shows_certificate() => client.ask(json!({"action": WHOAMI})).await?,
            None => return Ok(SignedIn::Yes(Box::new(client))),
        };
        if answer.get("ok") != Some(&Value::Bool(true)) {
            return Ok(SignedIn::No(answer));
        }
        memory.check(self.address(), &answer, &mut client, contradiction).await;
        Ok(SignedIn::Yes(Box::new(client)))
    }

    /// Connect for MCP, not signed in but by a certificate.
    pub async fn connect_mcp(&self) -> Result<Client> {
        let client = match &self.route {
            Route::Here(dir) => Client::connect_mcp(dir).await.with_context(|| {
                format!(
                    "the gateway with {} serves no agents without sign-in: name one with --gateway NAME",
                    dir.display()
                )
            })?,
            Route::Network(destination) if destination.is_named() => destination.connect_mcp().await?,
            Route::Network(_) => return Err(self.nothing_runs()),
        };
        if let Some(successor) = client.successor() {
            self.follow(&successor);
        }
        Ok(client)
    }

    /// The token to sign in with.
    pub fn token(&self) -> Option<&str> {
        self.token.as_ref().map(ExposeSecret::expose_secret)
    }

    pub fn has_credential(&self) -> bool {
        self.token.is_some() || self.shows_certificate() || matches!(self.route, Route::Here(_))
    }

    /// Refuse to send a secret where no gateway is named and none can be recognised.
    pub fn expect_named(&self, what: &str, or_else: &str) -> Result<()> {
        match &self.route {
            Route::Here(_) => Ok(()),
            Route::Network(destination) => Ok(destination.expect_named(what, &format!("{NAME_IT}{or_else}"))?),
        }
    }

    pub fn address(&self) -> &str {
        match &self.route {
            Route::Here(_) => "this machine",
            Route::Network(destination) => destination.address(),
        }
    }

    fn shows_certificate(&self) -> bool {
        match &self.route {
            Route::Network(Destination { tls: Some(tls), .. }) => tls.identity.is_some(),
            _ => false,
        }
    }

    async fn connect(&self) -> Result<Client> {
        let destination = match &self.route {
            Route::Here(dir) => {
                return connect_here(dir).await;
            }
            Route::Network(destination) => destination,
        };
        let connected = destination.connect().await;
        let client = if destination.is_named() { connected? } else { connected.map_err(|_| self.nothing_runs())? };
        if let Some(successor) = client.successor() {
            self.follow(&successor);
        }
        Ok(client)
    }

    fn nothing_runs(&self) -> anyhow::Error {
        let dir = self.client_dir.display();
        anyhow::anyhow!(
            "no gateway runs on this machine, neither with {dir} nor on {}: start one with livegate serve, or name one with \
             --gateway NAME or --to HOST:PORT",
            self.address()
        )
    }

    /// The known CA has signed the new one: replace a known gateway's pin, or print the new pin.
    fn follow(&self, successor: &Successor) {
        let pin = hex::encode(successor.pin);
        let until = clock::rfc3339(successor.until);
        let Some(name) = &self.known_as else {
            // On standard error, because programs read the answer on standard output.
            return warn(&format!(
                "livegate: the gateway has a new CA; the one you use is valid until {until}: use --pin {pin} from now on"
            ));
        };
        let replaced = KnownGateways::read(&self.client_dir).and_then(|mut known| {
            let gateway = KnownGateway { pin: Some(pin), ca: None, ..known.find(name)?.clone() };
            known.put(name, gateway)
        });
        match replaced {
            Ok(()) => warn(&format!(
                "livegate: note: the gateway {name} has a new CA, signed by the old one; its pin was updated"
            )),
            Err(error) => warn(&format!("livegate: cannot remember the new CA of the gateway {name}: {error:#}")),
        }
    }
}

/// Whether a gateway keeps its state in a folder.
fn is_gateways(dir: &Path) -> bool {
    platform::is_there(&dir.join(audit::FILE))
}

/// The caller is `local` by the pipe, `console` by the control socket.
async fn connect_here(state_dir: &Path) -> Result<Client> {
    match Client::connect_pipe(state_dir).await {
        Ok(client) => Ok(client),
        Err(_) => connect_running(state_dir).await,
    }
}

pub const WHOAMI: &str = "whoami";

/// The known checkpoints. A file that cannot be read or written gives a warning; the action runs all the same.
struct Memory(Option<KnownTrails>);

impl Memory {
    fn open(dir: &Path) -> Memory {
        Memory(KnownTrails::read(dir).inspect_err(note).ok())
    }

    async fn check(
        self,
        address: &str,
        answer: &Map<String, Value>,
        client: &mut Client,
        contradiction: Contradiction,
    ) {
        let Some(mut known) = self.0 else { return };
        match known.check(address, answer, client, contradiction).await {
            Ok(TrailCheck::Consistent) => (),
            Ok(TrailCheck::Broken(how)) => warn(&format!("livegate: WARNING: {how}")),
            Err(error) => note(&error),
        }
    }
}

fn note(error: &client::Error) {
    warn(&format!("livegate: note: cannot remember the gateway's checkpoint: {error:#}"));
}
