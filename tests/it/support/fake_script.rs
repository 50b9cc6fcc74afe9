//! A script with the right key that otherwise misbehaves.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::Instant;

use aws_lc_rs::hmac;
use livegate::command::catalogue;
use serde_json::{Value, json};

/// The contents of its introduction.
#[derive(Clone)]
pub struct FakeScript {
    pub key: [u8; 32],
    pub live_version: &'static str,
    pub clock_stands: bool,
}

impl FakeScript {
    /// Answer handshakes until the test ends; returns the address.
    pub fn listen(self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        std::thread::spawn(move || {
            let started = Instant::now();
            for stream in listener.incoming().flatten() {
                // A program that only checks for a listener disconnects at once.
                let _ = self.introduce(stream, &address.to_string(), started);
            }
        });
        address
    }

    /// Serve the gateway with its own catalogue. `answer` returns the fields of an answer, or `None` to leave a line unanswered.
    pub fn serve(self, answer: fn(&Value) -> Option<Value>) -> SocketAddr {
        self.serve_bytes(move |line| answer_line(line, answer))
    }

    /// The same with answers as bytes, which may be anything.
    pub fn serve_bytes(self, mut answer: impl FnMut(&Value) -> Vec<u8> + Send + 'static) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        std::thread::spawn(move || {
            let started = Instant::now();
            for stream in listener.incoming().flatten() {
                let _ = self.carry(stream, &address.to_string(), started, &mut answer);
            }
        });
        address
    }

    /// Complete the next handshake, and disconnect when `hang_up` says so.
    pub fn meet_once(&self, listener: &TcpListener, hang_up: &mpsc::Receiver<()>) -> Option<()> {
        let (mut stream, _) = listener.accept().ok()?;
        let mut reader = BufReader::new(stream.try_clone().ok()?);
        let address = listener.local_addr().ok()?.to_string();
        self.shake_hands(&mut stream, &mut reader, &address, Instant::now(), &catalogue().live_sha256)?;
        hang_up.recv().ok()
    }

    /// Serves the next connection as `serve` does.
    pub fn serve_once(&self, listener: &TcpListener, answer: fn(&Value) -> Option<Value>) -> Option<()> {
        let (stream, _) = listener.accept().ok()?;
        let mut answer = |line: &Value| answer_line(line, answer);
        self.carry(stream, &listener.local_addr().ok()?.to_string(), Instant::now(), &mut answer)
    }

    fn carry(
        &self,
        mut stream: TcpStream,
        address: &str,
        started: Instant,
        answer: &mut dyn FnMut(&Value) -> Vec<u8>,
    ) -> Option<()> {
        let mut reader = BufReader::new(stream.try_clone().ok()?);
        self.shake_hands(&mut stream, &mut reader, address, started, &catalogue().live_sha256)?;
        for line in reader.lines() {
            let line: Value = serde_json::from_str(&line.ok()?).ok()?;
            stream.write_all(&answer(&line)).ok()?;
        }
        Some(())
    }

    fn introduce(&self, mut stream: TcpStream, address: &str, started: Instant) -> Option<()> {
        let mut reader = BufReader::new(stream.try_clone().ok()?);
        let clock_ms = self.shake_hands(&mut stream, &mut reader, address, started, "00")?;
        // Its catalogue differs, so the gateway asks for the entries.
        reader.lines().next()?.ok()?;
        writeln!(stream, "{}", json!({"id": 0, "ok": true, "digests": {}, "clock_ms": clock_ms})).ok()
    }

    /// Complete a handshake; returns the clock that it reported.
    pub fn shake_hands(
        &self,
        stream: &mut TcpStream,
        reader: &mut BufReader<TcpStream>,
        address: &str,
        started: Instant,
        catalog_sha256: &str,
    ) -> Option<u64> {
        let script_nonce = [7; 32];
        writeln!(stream, "{}", json!({"livegate": 1, "nonce": hex::encode(script_nonce)})).ok()?;
        let proof: Value = serde_json::from_str(&reader.lines().next()?.ok()?).ok()?;
        let gateway_nonce = hex::decode(proof["nonce"].as_str()?).ok()?;
        let mut mac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &self.key));
        for part in [b"livegate-bridge-1 script".as_slice(), address.as_bytes(), &script_nonce, &gateway_nonce] {
            mac.update(part);
        }
        let clock_ms = if self.clock_stands { 5_000 } else { 5_000 + started.elapsed().as_millis() as u64 };
        let hello = json!({
            "ok": true, "mac": hex::encode(mac.sign()), "protocol": 1, "version": "0.0.1", "catalog_sha256": catalog_sha256,
            "source_sha256": "00", "live_version": self.live_version, "clock_ms": clock_ms, "set_epoch": 1,
        });
        writeln!(stream, "{hello}").ok()?;
        Some(clock_ms)
    }
}

/// The answer to a line with these fields, if there is one.
pub fn answer_line(line: &Value, answer: impl FnOnce(&Value) -> Option<Value>) -> Vec<u8> {
    let Some(mut body) = answer(line) else { return Vec::new() };
    body["id"] = line["id"].clone();
    format!("{body}\n").into_bytes()
}
