//! The client's side of TLS: which gateway is the one that is meant, and why another is not.

use std::sync::Arc;

use anyhow::{Context, Result};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::certificates::read_pem;
use super::{ALPN, anybody, exporter, pin, provider};
use crate::line::Stream;

/// By what a client knows the gateway it means.
pub enum Trust {
    /// The CA's certificate in a PEM file.
    Authority(std::path::PathBuf),
    /// The SHA-256 of the CA's public key (SubjectPublicKeyInfo).
    Pin([u8; 32]),
    /// By nothing: whoever answers is taken. What is said before both ends have proved themselves must tell nothing.
    DangerouslyAnybody,
}

/// The client's end of a TLS connection.
pub struct Connected {
    pub stream: Box<dyn Stream>,
    /// As [`super::Channel::exporter`] at the other end.
    pub exporter: [u8; 32],
}

/// The client's side of TLS.
pub async fn connect(stream: TcpStream, server_name: &str, trust: &Trust) -> Result<Connected> {
    let builder = ClientConfig::builder_with_provider(provider()).with_protocol_versions(&[&rustls::version::TLS13])?;
    let mut config = match trust {
        Trust::Authority(path) => {
            let mut roots = RootCertStore::empty();
            for certificate in read_pem(path)? {
                roots.add(certificate).with_context(|| format!("{} is no CA's certificate", path.display()))?;
            }
            builder.with_root_certificates(roots).with_no_client_auth()
        }
        Trust::Pin(pin) => pin::client_config(builder, *pin, provider()),
        Trust::DangerouslyAnybody => anybody::client_config(builder, provider()),
    };
    config.alpn_protocols = vec![ALPN.to_vec()];
    let name =
        ServerName::try_from(server_name.to_owned()).with_context(|| format!("{server_name} is no host name"))?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.context("TLS was refused")?;
    let exporter = exporter(stream.get_ref().1)?;
    Ok(Connected { stream: Box::new(stream), exporter })
}
