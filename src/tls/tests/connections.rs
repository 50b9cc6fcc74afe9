//! The guarantees of a TLS connection for both ends.

use std::net::Ipv4Addr;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyIdMethod, KeyPair};
use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, HandshakeKind, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use x509_parser::extensions::ParsedExtension;

use super::TestFolder;
use crate::gateway::handshake::TlsListener;
use crate::platform;
use crate::platform::clock;
use crate::tls::certificates::{key_in, read_pem};
use crate::tls::{Machine, Names, Rotation, Trust, pin_of, provider};

const DAY_S: i64 = 86_400;

#[tokio::test]
async fn only_both_ends_derive_the_same_secret() {
    let place = TestFolder::begun();
    let (channel, client) = place.connect(&place.trust()).await;
    let (other, _client) = place.connect(&place.trust()).await;
    let channel = channel.expect("one end");
    let client = client.expect("the other");
    let other = other.expect("one end");
    assert!(channel.exporter.is_some());
    assert_eq!(channel.exporter, client.exporter());
    assert_ne!(channel.exporter, other.exporter);
    assert_eq!(channel.client_key, None);
}

/// The handshake of a client that resumes an earlier connection if possible.
#[expect(clippy::disallowed_methods, reason = "a client other than livegate's")]
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
        // Tickets would arrive before the first byte.
        let mut byte = [0];
        stream.read_exact(&mut byte).await.expect("a byte comes");
        stream.get_ref().1.handshake_kind().expect("it is over")
    };
    tokio::join!(visiting, serving).0
}

/// Promise: TLS follows Mozilla's modern profile
#[tokio::test]
async fn sessions_carry_no_early_data_or_resumption() {
    let place = TestFolder::begun();
    let mut roots = RootCertStore::empty();
    roots.add(read_pem(&place.files.ca).expect("a CA").remove(0)).expect("a CA");
    let builder = ClientConfig::builder_with_provider(provider());
    let builder = builder.with_protocol_versions(&[&rustls::version::TLS13]).expect("TLS 1.3");
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.resumption = Resumption::in_memory_sessions(8);
    let config = Arc::new(config);
    let tls = TlsListener::new(&place.manager);
    for _ in 0..2 {
        assert_ne!(visit(&tls, &config).await, HandshakeKind::Resumed);
    }
}

/// Why a client with this trust refuses a gateway whose certificate was issued at that time.
async fn refusal(place: &TestFolder, trust: &Trust, began: i64) -> String {
    place.manager.begin(began, &Machine::default()).expect("a certificate");
    let (_, client) = place.connect(trust).await;
    format!("{:#}", client.err().expect("a refusal"))
}

/// Promise: A client authenticates its server
#[tokio::test]
async fn a_refusal_says_why_the_server_is_rejected() {
    let now = clock::unix_seconds();
    let place = TestFolder::new();
    let other = TestFolder::new();
    let elsewhere = TestFolder::with(&Names::new(["elsewhere"], [Ipv4Addr::LOCALHOST.into()]), |_| ());
    let pin = |place: &TestFolder| Trust::Pin(pin_of(&place.files.ca).expect("a pin"));
    for (place, trust, began, expected) in [
        (&place, other.trust(), now, "not from the CA that you gave"),
        (&place, pin(&other), now, "the server's CA is not the pinned one"),
        (&elsewhere, elsewhere.trust(), now, "is not for localhost, but for elsewhere, 127.0.0.1;"),
        (&elsewhere, pin(&elsewhere), now, "is not for localhost, but for elsewhere, 127.0.0.1;"),
        (&place, place.trust(), now - 100 * DAY_S, "the server's certificate expired at "),
        (&place, pin(&place), now - 100 * DAY_S, "the server's certificate expired at "),
        (&place, place.trust(), now + 100 * DAY_S, "the server's certificate is valid only from "),
    ] {
        let refusal = refusal(place, &trust, began).await;
        assert!(refusal.contains(expected), "{expected}: {refusal}");
    }
}

/// Promise: Certificate renewal overwrites no foreign key
#[tokio::test]
async fn old_pins_accept_the_new_ca_thirty_days() {
    let place = TestFolder::begun();
    let now = clock::unix_seconds();
    let machine = Machine::default();
    let old = pin_of(&place.files.ca).expect("a pin");
    let old_file = place.files.ca.with_file_name("kept.pem");
    std::fs::copy(&place.files.ca, &old_file).expect("a copy");
    place.manager.rotate(now, &machine, Rotation::Graceful).expect("a new CA");
    let new = pin_of(&place.files.ca).expect("a pin");
    assert_ne!(old, new);
    for trust in [Trust::Pin(old), Trust::Authority(old_file.clone())] {
        let client = place.connect(&trust).await.1.expect("the old CA has signed the new one");
        let successor = client.successor().expect("a successor");
        assert_eq!((successor.pin, (successor.until - now) / DAY_S), (new, 30));
    }
    for trust in [Trust::Pin(new), place.trust()] {
        assert_eq!(place.connect(&trust).await.1.expect("the new CA").successor(), None);
    }
    assert!(place.manager.rotate(now, &machine, Rotation::Graceful).is_err());
    place.manager.rotate(now, &machine, Rotation::Forced).expect("another CA");
    assert!(place.connect(&Trust::Pin(old)).await.1.is_err());
    assert!(place.connect(&Trust::Pin(new)).await.1.is_ok());
}

/// A forged CA certificate with the name and key identifier of the leaf's issuer, and another key.
fn forged(leaf: &[u8], until_days: i64) -> (String, [u8; 32]) {
    let (_, leaf) = x509_parser::parse_x509_certificate(leaf).expect("a leaf");
    let issuer_key_id = leaf.iter_extensions().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::AuthorityKeyIdentifier(id) => id.key_identifier.as_ref().map(|id| id.0.to_vec()),
        _ => None,
    });
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    let name = leaf.issuer().iter_common_name().next().expect("a name").as_str().expect("UTF-8");
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_identifier_method = KeyIdMethod::PreSpecified(issuer_key_id.expect("an identifier"));
    params.not_after = time::OffsetDateTime::now_utc() + time::Duration::days(until_days);
    let other = CertificateParams::new(Vec::new()).expect("no names");
    let issuer = Issuer::new(other, KeyPair::generate().expect("a key"));
    let forged = params.signed_by(&KeyPair::generate().expect("a key"), &issuer).expect("a certificate");
    (forged.pem(), key_in(forged.der()).expect("a key"))
}

/// Promise: Certificate renewal overwrites no foreign key
#[tokio::test]
async fn a_stolen_leaf_key_cannot_name_a_ca() {
    let place = TestFolder::begun();
    let pin = pin_of(&place.files.ca).expect("a pin");
    let shown = std::fs::read_to_string(&place.files.certificate).expect("a chain");
    let leaf = read_pem(&place.files.certificate).expect("a chain").remove(0);
    let (forged, key) = forged(&leaf, 30);
    platform::write_private(&place.files.certificate, &(shown + &forged)).expect("a file");
    place.manager.begin(clock::unix_seconds(), &Machine::default()).expect("a leaf of the CA's");
    for trust in [Trust::Pin(pin), place.trust()] {
        let client = place.connect(&trust).await.1.expect("the leaf is the CA's");
        assert_eq!(client.successor(), None, "the forged one is {}", hex::encode(key));
    }
}

/// Promise: Certificate renewal overwrites no foreign key
#[tokio::test]
async fn after_thirty_days_no_client_follows() {
    let place = TestFolder::new();
    let now = clock::unix_seconds();
    let machine = Machine::default();
    let old = pin_of(&place.files.ca).expect("a pin");
    place.manager.rotate(now - 30 * DAY_S - 1, &machine, Rotation::Graceful).expect("a new CA");
    place.manager.begin(now, &machine).expect("a certificate");
    assert!(place.connect(&Trust::Pin(old)).await.1.is_err());
    assert!(place.connect(&place.trust()).await.1.is_ok());
    assert!(place.manager.rotate(now, &machine, Rotation::Graceful).is_ok());
}
