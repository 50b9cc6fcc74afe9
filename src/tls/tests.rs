//! Both ends of a handshake, over loopback.

mod connections;
mod renewal;

use std::net::Ipv4Addr;
use std::path::Path;

use tempfile::TempDir;
use tokio::net::TcpListener;

use super::{CertificateManager, Files, HandshakeError, Machine, Names, Trust, create_authority};
use crate::client::{self, Client};
use crate::config;
use crate::gateway::handshake::{Channel, TlsListener};
use crate::platform::clock;

/// A state folder with a CA, and a leaf for these names.
struct TestFolder {
    _dir: TempDir,
    files: Files,
    manager: CertificateManager,
}

impl TestFolder {
    fn new() -> TestFolder {
        TestFolder::with(&Names::new(["localhost"], [Ipv4Addr::LOCALHOST.into()]), |_| ())
    }

    fn with(names: &Names, change: impl FnOnce(&mut config::Tls)) -> TestFolder {
        let dir = TempDir::new().expect("a temporary folder");
        let files = create_authority(&dir.path().join("tls"), names).expect("certificates");
        let mut config = config::Tls { listen: vec![([127, 0, 0, 1], 0).into()], ..config::Tls::default() };
        change(&mut config);
        let manager = CertificateManager::new(dir.path(), &config);
        TestFolder { _dir: dir, files, manager }
    }

    fn begun() -> TestFolder {
        let place = TestFolder::new();
        place.manager.begin(clock::unix_seconds(), &Machine::default()).expect("a certificate and its key");
        place
    }

    /// A listener's and a client's end of one connection.
    async fn connect(&self, trust: &Trust) -> (Result<Channel, HandshakeError>, client::Result<Client>) {
        let tls = TlsListener::new(&self.manager);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let to = listener.local_addr().expect("an address").to_string();
        let accepting = async { tls.accept(listener.accept().await.expect("a connection").0).await };
        tokio::join!(accepting, Client::connect_tls(&to, Some("localhost"), trust))
    }

    fn trust(&self) -> Trust {
        Trust::Authority(self.files.ca.clone())
    }
}

fn read(path: &Path) -> Vec<super::Certificate> {
    super::certificates(path).expect("certificates")
}
