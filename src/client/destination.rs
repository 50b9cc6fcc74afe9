//! Where and how to connect: the gateway's address, the trust in its certificate, and the client's own.

use std::path::PathBuf;

use super::error::{Result, failed};
use super::{Client, Speech};
use crate::tls::{Identity, Trust};

/// The local listener's default address.
const LOCAL: &str = "127.0.0.1:9005";

pub struct Destination {
    /// `HOST:PORT`, if the user named one.
    pub address: Option<String>,
    /// Whose gateway's pipe is used, if there is one and no address is named.
    pub state_dir: Option<PathBuf>,
    /// Without it, lines are plain, and only loopback addresses are allowed.
    pub tls: Option<Tls>,
}

pub struct Tls {
    pub trust: Trust,
    /// The name in the gateway's certificate; without one, the host in the address.
    pub server_name: Option<String>,
    pub identity: Option<Identity>,
}

impl Destination {
    pub fn address(&self) -> &str {
        self.address.as_deref().unwrap_or(LOCAL)
    }

    /// Whether the user named it.
    pub fn is_named(&self) -> bool {
        self.address.is_some() || self.tls.is_some()
    }

    pub async fn connect(&self) -> Result<Client> {
        match &self.tls {
            Some(tls) => self.connect_by(tls, Speech::Lines).await,
            None => self.connect_locally().await,
        }
    }

    /// Connect for MCP: by TLS, or to the gateway of this machine's user.
    pub async fn connect_mcp(&self) -> Result<Client> {
        match &self.tls {
            Some(tls) => self.connect_by(tls, Speech::Mcp).await,
            None => {
                Err(failed("MCP needs TLS, or the gateway's state folder on this machine: name a gateway with a pin"))
            }
        }
    }

    async fn connect_by(&self, tls: &Tls, speech: Speech) -> Result<Client> {
        let identity = tls.identity.as_ref();
        let server_name = tls.server_name.as_deref();
        Client::connect_tls_for(speech, identity, self.address(), server_name, &tls.trust).await
    }

    async fn connect_locally(&self) -> Result<Client> {
        if let (None, Some(state_dir)) = (&self.address, &self.state_dir)
            && let Ok(client) = Client::connect_pipe(state_dir).await
        {
            return Ok(client);
        }
        Client::connect_plain(self.address()).await
    }

    /// Refuse to send a secret to the default address without TLS: any program may listen there and collect it. `what` names the
    /// secret, `way_out` what the user can do.
    pub fn expect_named(&self, what: &str, way_out: &str) -> Result<()> {
        if !self.is_named() {
            return Err(failed(format!(
                "{what} is not sent to {LOCAL}, the default address, because any program may listen there: {way_out}"
            )));
        }
        Ok(())
    }
}
