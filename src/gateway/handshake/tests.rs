//! Both ends of a handshake, over loopback.

use std::net::{IpAddr, Ipv4Addr};

use tempfile::TempDir;
use tokio::net::TcpListener;

use super::{Channel, TlsListener, Trust, create_authority};
use crate::client::Client;

/// A listener's and a client's end of one connection.
async fn meet() -> (Channel, Client) {
    let dir = TempDir::new().expect("a temporary folder");
    let address = IpAddr::from(Ipv4Addr::LOCALHOST);
    let authority = create_authority(dir.path(), &["localhost".into()], &[address]).expect("certificates");
    let tls = TlsListener::load(&authority.certificate, &authority.key).expect("a certificate and its key");
    let listener = TcpListener::bind((address, 0)).await.expect("a free port");
    let to = listener.local_addr().expect("an address").to_string();
    let accepting = async { tls.accept(listener.accept().await.expect("a connection").0).await };
    let trust = Trust::Authority(authority.ca);
    let (channel, client) = tokio::join!(accepting, Client::connect_tls(&to, Some("localhost"), &trust));
    (channel.expect("the listener's end"), client.expect("the client's end"))
}

#[tokio::test]
async fn both_ends_of_a_connection_and_no_other_derive_the_same() {
    let (channel, client) = meet().await;
    let (other, _client) = meet().await;
    assert!(channel.exporter.is_some());
    assert_eq!(channel.exporter, client.exporter());
    assert_ne!(channel.exporter, other.exporter);
    assert_eq!(channel.client_key, None);
}
