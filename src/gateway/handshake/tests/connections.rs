//! What the two ends of a connection can rely on.

use std::net::Ipv4Addr;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, HandshakeKind, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;

use super::Place;
use crate::clock;
use crate::gateway::handshake::certificates::read_pem;
use crate::gateway::handshake::{Force, Machine, Names, TlsListener, Trust, pin_of, provider};

const DAY_S: i64 = 86_400;

#[tokio::test]
async fn both_ends_of_a_connection_and_no_other_derive_the_same() {
    let place = Place::begun();
    let (channel, client) = place.meet(&place.trust()).await;
    let (other, _client) = place.meet(&place.trust()).await;
    let (channel, client, other) = (channel.expect("one end"), client.expect("the other"), other.expect("one end"));
    assert!(channel.exporter.is_some());
    assert_eq!(channel.exporter, client.exporter());
    assert_ne!(channel.exporter, other.exporter);
    assert_eq!(channel.client_key, None);
}

/// One connection of a client that would resume an earlier one if it could: how the handshake went.
#[expect(clippy::disallowed_methods, reason = "a client unlike ours")]
async fn visit(tls: &TlsListener, config: &Arc<ClientConfig>) -> HandshakeKind {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let serving = async {
        let mut stream = tls.accept(listener.accept().await.expect("a connection").0).await.expect("TLS").stream;
        stream.write_all(b"x").await.expect("a byte leaves");
        stream.flush().await.expect("a byte leaves");
        stream
    };
    let visiting = async {
        let stream = TcpStream::connect(address).await.expect("a connection");
        let name = ServerName::try_from("localhost").expect("a name");
        let connector = TlsConnector::from(config.clone());
        let mut stream = connector.connect(name, stream).await.expect("TLS");
        // Tickets would come before the first byte.
        let mut byte = [0];
        stream.read_exact(&mut byte).await.expect("a byte comes");
        stream.get_ref().1.handshake_kind().expect("it is over")
    };
    tokio::join!(visiting, serving).0
}

#[tokio::test]
async fn nothing_is_resumed_so_nothing_can_come_early() {
    let place = Place::begun();
    let mut roots = RootCertStore::empty();
    roots.add(read_pem(&place.files.ca).expect("a CA").remove(0)).expect("a CA");
    let builder = ClientConfig::builder_with_provider(provider());
    let builder = builder.with_protocol_versions(&[&rustls::version::TLS13]).expect("TLS 1.3");
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.resumption = Resumption::in_memory_sessions(8);
    let config = Arc::new(config);
    let tls = TlsListener::showing(&place.keeper);
    for _ in 0..2 {
        assert_ne!(visit(&tls, &config).await, HandshakeKind::Resumed);
    }
}

/// Why a client with this trust is not connected to a gateway that began at that time.
async fn refusal(place: &Place, trust: &Trust, began: i64) -> String {
    place.keeper.begin(began, &Machine::default()).expect("a certificate");
    let (_, client) = place.meet(trust).await;
    format!("{:#}", client.err().expect("a refusal"))
}

#[tokio::test]
async fn a_refusal_says_what_is_wrong_with_the_server() {
    let now = clock::unix_seconds();
    let (place, other) = (Place::new(), Place::new());
    let elsewhere = Place::with(&Names::new(["elsewhere"], [Ipv4Addr::LOCALHOST.into()]), |_| ());
    let pin = |place: &Place| Trust::Pin(pin_of(&place.files.ca).expect("a pin"));
    for (place, trust, began, expected) in [
        (&place, other.trust(), now, "not from the CA that you gave"),
        (&place, pin(&other), now, "the server's CA is not the pinned one"),
        (&elsewhere, elsewhere.trust(), now, "is not for localhost, but for elsewhere, 127.0.0.1;"),
        (&elsewhere, pin(&elsewhere), now, "is not for localhost, but for elsewhere, 127.0.0.1;"),
        (&place, place.trust(), now - 100 * DAY_S, "the server's certificate ended at "),
        (&place, pin(&place), now - 100 * DAY_S, "the server's certificate ended at "),
        (&place, place.trust(), now + 100 * DAY_S, "the server's certificate is good only from "),
    ] {
        let refusal = refusal(place, &trust, began).await;
        assert!(refusal.contains(expected), "{expected}: {refusal}");
    }
}

#[tokio::test]
async fn whoever_knows_the_old_ca_follows_to_the_new_one_for_thirty_days_and_is_told() {
    let place = Place::begun();
    let (now, machine) = (clock::unix_seconds(), Machine::default());
    let old = pin_of(&place.files.ca).expect("a pin");
    let old_file = place.files.ca.with_file_name("kept.pem");
    std::fs::copy(&place.files.ca, &old_file).expect("a copy");
    place.keeper.rotate(now, &machine, Force::No).expect("a new CA");
    let new = pin_of(&place.files.ca).expect("a pin");
    assert_ne!(old, new);
    for trust in [Trust::Pin(old), Trust::Authority(old_file.clone())] {
        let client = place.meet(&trust).await.1.expect("the old CA vouches for the new one");
        let successor = client.successor().expect("it is told");
        assert_eq!((successor.pin, (successor.until - now) / DAY_S), (new, 30));
    }
    for trust in [Trust::Pin(new), place.trust()] {
        assert_eq!(place.meet(&trust).await.1.expect("the new CA").successor(), None);
    }
    assert!(place.keeper.rotate(now, &machine, Force::No).is_err());
    place.keeper.rotate(now, &machine, Force::Yes).expect("another CA");
    assert!(place.meet(&Trust::Pin(old)).await.1.is_err());
    assert!(place.meet(&Trust::Pin(new)).await.1.is_ok());
}

#[tokio::test]
async fn after_thirty_days_nobody_follows_any_more() {
    let place = Place::new();
    let (now, machine) = (clock::unix_seconds(), Machine::default());
    let old = pin_of(&place.files.ca).expect("a pin");
    place.keeper.rotate(now - 30 * DAY_S - 1, &machine, Force::No).expect("a new CA");
    place.keeper.begin(now, &machine).expect("a certificate");
    assert!(place.meet(&Trust::Pin(old)).await.1.is_err());
    assert!(place.meet(&place.trust()).await.1.is_ok());
    assert!(place.keeper.rotate(now, &machine, Force::No).is_ok());
}
