//! Which gateway is meant, by what it is known, and what is shown to it: all that it takes to connect.

use anyhow::{Result, bail};

use super::Client;
use crate::tls::{Identity, Trust};

/// Where a gateway serves its own machine when nothing else is configured.
const LOCAL: &str = "127.0.0.1:9005";

pub struct Destination {
    /// `HOST:PORT`, if the user has named one.
    pub address: Option<String>,
    /// Without it, lines are plain, and go to this machine only.
    pub tls: Option<Tls>,
}

pub struct Tls {
    pub trust: Trust,
    /// The name that the certificate must have; without one, the host in the address.
    pub server_name: Option<String>,
    pub identity: Option<Identity>,
}

impl Destination {
    pub fn address(&self) -> &str {
        self.address.as_deref().unwrap_or(LOCAL)
    }

    pub async fn connect(&self) -> Result<Client> {
        let Some(tls) = &self.tls else { return Client::connect_plain(self.address()).await };
        let (identity, server_name) = (tls.identity.as_ref(), tls.server_name.as_deref());
        Client::connect_tls_as(identity, self.address(), server_name, &tls.trust).await
    }

    /// Whatever program listens on the port that is tried when nothing is said could collect what is secret. So that goes to whoever
    /// proves by TLS to be the gateway, or where the user has said.
    pub fn expect_meant(&self, what: &str, way_out: &str) -> Result<()> {
        match (&self.address, &self.tls) {
            (None, None) => {
                bail!("{what} is not told to {LOCAL}, where whatever listens proves nothing of itself: {way_out}")
            }
            _ => Ok(()),
        }
    }
}
