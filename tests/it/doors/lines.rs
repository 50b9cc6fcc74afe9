//! The line door over TLS, and callers of any door for lines.

use std::collections::VecDeque;

use livegate::client::Client;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::adapter::{Ask, Caller};
use crate::support::Studio;

/// A client of the line protocol that keeps events which arrive before an answer.
pub struct LineCaller {
    client: Client,
    values: VecDeque<Value>,
}

impl LineCaller {
    pub fn new(client: Client) -> LineCaller {
        LineCaller { client, values: VecDeque::new() }
    }

    async fn send(&mut self, ask: &Ask) {
        let mut more = vec![("action", json!(ask.action))];
        more.extend(ask.once.map(|once| ("once", json!(once))));
        let line = ask.body(&more).replace('\n', " ") + "\n";
        self.client.send_bytes(line.as_bytes()).await.expect("the line is sent");
    }

    pub async fn ask(&mut self, ask: &Ask) -> Value {
        self.send(ask).await;
        loop {
            let line = self.client.receive().await.expect("an answer");
            match line.get("event") {
                Some(_) => self.values.push_back(line["value"].clone()),
                None => return Value::Object(line),
            }
        }
    }

    pub async fn ask_and_hang_up(mut self, ask: &Ask) {
        self.send(ask).await;
    }

    pub async fn subscribe(&mut self, topic: Value) -> Result<(), Value> {
        let answer = self.ask(&Ask::new("subscribe", json!({"topics": [topic]}))).await;
        if answer["ok"] == true { Ok(()) } else { Err(answer) }
    }

    pub async fn next_value(&mut self) -> Value {
        match self.values.pop_front() {
            Some(value) => value,
            None => self.client.next_event().await.expect("an event")["value"].clone(),
        }
    }
}

pub struct Lines(LineCaller);

impl Caller for Lines {
    const CHANNEL: &'static str = "lines";

    async fn open(studio: &Studio, token: Option<&str>) -> Lines {
        let mut client = studio.unauthenticated().await;
        if let Some(token) = token {
            client.authenticate(&SecretString::from(token)).await.expect("an answer");
        }
        Lines(LineCaller::new(client))
    }

    async fn ask(&mut self, ask: &Ask) -> Value {
        self.0.ask(ask).await
    }

    async fn ask_and_hang_up(self, ask: &Ask) {
        self.0.ask_and_hang_up(ask).await;
    }

    async fn subscribe(&mut self, _: &Studio, topic: Value) -> Result<(), Value> {
        self.0.subscribe(topic).await
    }

    async fn next_value(&mut self) -> Value {
        self.0.next_value().await
    }
}
