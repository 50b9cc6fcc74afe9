//! Which gateway is meant, by what it is known, and what is shown to it: all that it takes to connect.

use anyhow::Result;

use super::Client;
use crate::gateway::handshake::{Identity, Trust};

pub struct Destination {
    /// `HOST:PORT`
    pub address: String,
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
    pub async fn connect(&self) -> Result<Client> {
        let Some(tls) = &self.tls else { return Client::connect_plain(&self.address).await };
        let (identity, server_name) = (tls.identity.as_ref(), tls.server_name.as_deref());
        Client::connect_tls_as(identity, &self.address, server_name, &tls.trust).await
    }
}
