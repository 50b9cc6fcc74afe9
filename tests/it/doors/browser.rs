//! Two pages in a real Chromium control a fader through WebSockets; a page of another origin is refused.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Stdio};

use livegate::doors::http::websocket::polled::Polled;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tungstenite::WebSocket;
use tungstenite::protocol::Role;

use super::websocket::{frame, send};
use crate::support::skip::skip;
use crate::support::studio::socket;
use crate::support::{Studio, process, root};

/// A headless Chromium, and a connection to its DevTools.
struct Browser {
    process: Child,
    devtools: WebSocket<Polled>,
    next_id: u64,
    _profile: TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Paths of Chrome outside `PATH`.
const ELSEWHERE: [&str; 2] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
];

/// `None` without a Chromium: the test is skipped.
fn chromium() -> Option<PathBuf> {
    let runs = |name: &&str| process::command(name).arg("--version").output().is_ok_and(|said| said.status.success());
    let in_path = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(runs).map(PathBuf::from);
    let found = in_path.or_else(|| ELSEWHERE.into_iter().map(PathBuf::from).find(|path| path.is_file()));
    if found.is_none() {
        skip("no Chromium was found");
    }
    found
}

impl Browser {
    async fn start(program: PathBuf) -> Browser {
        let profile = TempDir::new().expect("a folder");
        let mut command = process::command(program);
        command.args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]);
        command.args(["--remote-debugging-port=0", "about:blank"]).stdout(Stdio::null()).stderr(Stdio::piped());
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        let mut process = command.spawn().expect("Chromium starts");
        let errors = BufReader::new(process.stderr.take().expect("a pipe"));
        let url = tokio::task::spawn_blocking(move || {
            let mut lines = errors.lines().map_while(Result::ok);
            let url = lines.find_map(|line| line.strip_prefix("DevTools listening on ws://").map(str::to_owned));
            std::thread::spawn(move || lines.for_each(drop));
            url
        });
        let url = url.await.expect("a thread").expect("Chromium says where its DevTools are");
        let (host, path) = url.split_once('/').expect("a path");
        let mut stream = socket(host.parse().expect("an address"), 1).await;
        let key = "dGhlIHNhbXBsZSBub25jZQ==";
        let head = format!(
            "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.expect("a request");
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await.expect("a response"));
        }
        let devtools = WebSocket::from_raw_socket(Polled::new(Box::new(stream)), Role::Client, None);
        Browser { process, devtools, next_id: 0, _profile: profile }
    }

    async fn ask(&mut self, session: Option<&str>, method: &str, params: Value) -> Value {
        self.next_id += 1;
        let mut message = json!({"id": self.next_id, "method": method, "params": params});
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        send(&mut self.devtools, tungstenite::Message::text(message.to_string())).await;
        loop {
            let tungstenite::Message::Text(text) = frame(&mut self.devtools).await.expect("the DevTools") else {
                continue;
            };
            let answer: Value = serde_json::from_str(&text).expect("JSON");
            if answer["id"] == self.next_id {
                return answer["result"].clone();
            }
        }
    }

    /// Open a page; returns its id.
    async fn open(&mut self, url: &str) -> String {
        let target = self.ask(None, "Target.createTarget", json!({"url": url})).await["targetId"].clone();
        let attached = self.ask(None, "Target.attachToTarget", json!({"targetId": target, "flatten": true})).await;
        let session = attached["sessionId"].as_str().expect("a session").to_owned();
        self.until(&session, "document.readyState === 'complete' && location.href !== 'about:blank'").await;
        session
    }

    async fn evaluate(&mut self, page: &str, script: &str) -> Value {
        let params = json!({"expression": script, "returnByValue": true, "awaitPromise": true});
        self.ask(Some(page), "Runtime.evaluate", params).await["result"]["value"].clone()
    }

    /// Evaluate until it is true. Each evaluation is a round trip, so this waits without sleeping.
    async fn until(&mut self, page: &str, script: &str) {
        while self.evaluate(page, script).await != true {
            tokio::task::yield_now().await;
        }
    }
}

/// Serve the example page, like any web server.
async fn serve_page(listener: TcpListener) {
    let page = std::fs::read_to_string(root().join("examples/fader.html")).expect("the page");
    while let Ok((mut stream, _)) = listener.accept().await {
        let page = page.clone();
        tokio::spawn(async move {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n";
            let _ = stream.write_all(format!("{head}Content-Length: {}\r\n\r\n{page}", page.len()).as_bytes()).await;
        });
    }
}

const SHOWN: &str = "document.getElementById('said').textContent";

/// Promise: Requests of foreign web pages are refused
#[tokio::test]
async fn two_pages_share_a_fader() {
    let Some(program) = chromium() else { return };
    let own = TcpListener::bind("127.0.0.1:0").await;
    let other = TcpListener::bind("127.0.0.1:0").await;
    let own = own.expect("a port");
    let other = other.expect("a port");
    let origin = format!("http://{}", own.local_addr().expect("an address"));
    let foreign = format!("http://{}", other.local_addr().expect("an address"));
    tokio::spawn(serve_page(own));
    tokio::spawn(serve_page(other));
    let allowed = origin.clone();
    let studio = Studio::open_with(|config| config.http.origins = vec![allowed]).await;
    let mut browser = Browser::start(program).await;
    let sign_in = format!(
        "document.getElementById('token').value = '{}'; document.querySelector('button').click(); true",
        studio.tokens["mixer"].text
    );
    let mut pages = Vec::new();
    for _ in 0..2 {
        let page = browser.open(&format!("{origin}/fader.html#{}", studio.http)).await;
        browser.evaluate(&page, &sign_in).await;
        browser.until(&page, "!document.getElementById('fader').disabled").await;
        pages.push(page);
    }
    let moved = "const fader = document.getElementById('fader'); fader.value = 0.25; \
        fader.dispatchEvent(new Event('input')); true";
    browser.evaluate(&pages[0], moved).await;
    browser.until(&pages[1], "document.getElementById('fader').value === '0.25'").await;
    let foreign_page = browser.open(&format!("{foreign}/fader.html#{}", studio.http)).await;
    browser.evaluate(&foreign_page, &sign_in).await;
    browser.until(&foreign_page, &format!("{SHOWN} === 'the connection is closed'")).await;
    let fetched = format!(
        "fetch('http://{}/v1/actions/set_tempo', {{method: 'POST', mode: 'no-cors', body: '{{\"bpm\":66}}'}})\
         .then((answer) => answer.type, () => 'refused')",
        studio.http
    );
    let answer = browser.evaluate(&foreign_page, &fetched).await;
    assert!(answer == "opaque" || answer == "refused", "{answer}");
    assert!(!studio.live.effects().iter().any(|effect| effect["value"] == 66.0));
}
