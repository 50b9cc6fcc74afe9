//! A small HTTP/1.1 client that can also send invalid requests.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use livegate::platform::Stream;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsConnector;

use super::Studio;
use super::bound::within;
use super::studio::socket;

pub struct Http {
    pub stream: Box<dyn Stream>,
    received: Vec<u8>,
    pub host: String,
}

#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Response {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{self:?}"))
    }
}

impl Http {
    /// Over the plain listener of this machine.
    pub async fn plain(studio: &Studio) -> Http {
        let stream = socket(studio.http, 1).await;
        Http { stream: Box::new(stream), received: Vec::new(), host: studio.http.to_string() }
    }

    /// Over TLS, with ALPN `http/1.1`.
    pub async fn tls(studio: &Studio) -> Http {
        let stream = tls(studio, b"http/1.1").await;
        Http { stream, received: Vec::new(), host: format!("localhost:{}", studio.tls.port()) }
    }

    /// The same with the client certificate in a folder.
    pub async fn tls_as(studio: &Studio, folder: &Path) -> Http {
        let stream = tls_with(studio, b"http/1.1", Some(folder)).await;
        Http { stream, received: Vec::new(), host: format!("localhost:{}", studio.tls.port()) }
    }

    /// Send a request.
    pub async fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) {
        let mut head = format!("{method} {path} HTTP/1.1\r\n");
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            head += &format!("Host: {}\r\n", self.host);
        }
        if let Some(body) = body {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        headers.iter().for_each(|(name, value)| head += &format!("{name}: {value}\r\n"));
        self.write(format!("{head}\r\n{}", body.unwrap_or_default()).as_bytes()).await;
    }

    pub async fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("the bytes are sent");
        self.stream.flush().await.expect("the bytes are sent");
    }

    pub async fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Response {
        self.send(method, path, headers, body).await;
        self.response().await.expect("a response")
    }

    /// The next response with its whole body; `None` once the connection has closed.
    pub async fn response(&mut self) -> Option<Response> {
        let mut response = self.head().await?;
        if let Some(length) = response.headers.get("content-length") {
            let length = length.parse().expect("a number");
            while self.received.len() < length {
                self.more().await?;
            }
            response.body = self.received.drain(..length).collect();
        } else if response.headers.get("transfer-encoding").is_some_and(|coding| coding == "chunked") {
            while let Some(chunk) = self.chunk().await {
                response.body.extend(chunk);
            }
        }
        Some(response)
    }

    /// The status and the headers of the next response.
    pub async fn head(&mut self) -> Option<Response> {
        let end = loop {
            if let Some(end) = self.received.windows(4).position(|part| part == b"\r\n\r\n") {
                break end;
            }
            self.more().await?;
        };
        let head: Vec<u8> = self.received.drain(..end + 4).collect();
        let head = String::from_utf8(head).expect("ASCII");
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().expect("a status");
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        Some(Response { status, headers, body: Vec::new() })
    }

    /// The next chunk of a chunked body; `None` after the last.
    pub async fn chunk(&mut self) -> Option<Vec<u8>> {
        let end = loop {
            if let Some(end) = self.received.windows(2).position(|part| part == b"\r\n") {
                break end;
            }
            self.more().await?;
        };
        let length =
            usize::from_str_radix(std::str::from_utf8(&self.received[..end]).expect("ASCII"), 16).expect("hex");
        while self.received.len() < end + 2 + length + 2 {
            self.more().await?;
        }
        let chunk: Vec<u8> = self.received.drain(..end + 2 + length + 2).skip(end + 2).take(length).collect();
        (length > 0).then_some(chunk)
    }

    /// Bytes that were received and not consumed, or the next ones.
    pub async fn rest(&mut self) -> Option<Vec<u8>> {
        if self.received.is_empty() {
            self.more().await?;
        }
        Some(std::mem::take(&mut self.received))
    }

    async fn more(&mut self) -> Option<()> {
        let mut part = [0; 4096];
        match within("more of a response", self.stream.read(&mut part)).await {
            Ok(count) if count > 0 => {
                self.received.extend(&part[..count]);
                Some(())
            }
            _ => None,
        }
    }
}

/// A TLS connection with this application protocol, or none if it is empty.
pub async fn tls(studio: &Studio, alpn: &[u8]) -> Box<dyn Stream> {
    tls_with(studio, alpn, None).await
}

async fn tls_with(studio: &Studio, alpn: &[u8], folder: Option<&Path>) -> Box<dyn Stream> {
    let mut config = config(&studio.dir.path().join("tls/ca.pem"), folder);
    config.alpn_protocols = Some(alpn.to_vec()).into_iter().filter(|alpn| !alpn.is_empty()).collect();
    let stream = socket(studio.tls, 1).await;
    let name = ServerName::try_from("localhost").expect("a name");
    Box::new(TlsConnector::from(Arc::new(config)).connect(name, stream).await.expect("TLS"))
}

fn config(ca: &Path, folder: Option<&Path>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(ca).expect("a CA") {
        roots.add(certificate.expect("a certificate")).expect("a root");
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(&[&rustls::version::TLS13]);
    let builder = builder.expect("TLS 1.3").with_root_certificates(roots);
    let Some(folder) = folder else { return builder.with_no_client_auth() };
    let chain = CertificateDer::pem_file_iter(folder.join("client.pem")).expect("a certificate");
    let chain = chain.collect::<Result<Vec<_>, _>>().expect("certificates");
    let key = PrivateKeyDer::from_pem_file(folder.join("client.key")).expect("a key");
    builder.with_client_auth_cert(chain, key).expect("a certificate and its key")
}
