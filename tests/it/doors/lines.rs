//! The line door over TLS.

use std::collections::VecDeque;

use livegate::client::Client;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::adapter::{Ask, Caller};
use crate::support::Studio;

pub struct Lines {
    client: Client,
    /// Values that arrived before an answer.
    values: VecDeque<Value>,
}

impl Lines {
    fn line(ask: &Ask) -> String {
        let mut more = vec![("action", json!(ask.action))];
        more.extend(ask.once.map(|once| ("once", json!(once))));
        ask.body(&more).replace('\n', " ") + "\n"
    }
}

impl Caller for Lines {
    const CHANNEL: &'static str = "lines";

    async fn open(studio: &Studio, token: Option<&str>) -> Lines {
        let mut client = studio.unauthenticated().await;
        if let Some(token) = token {
            client.authenticate(&SecretString::from(token)).await.expect("an answer");
        }
        Lines { client, values: VecDeque::new() }
    }

    async fn ask(&mut self, ask: &Ask) -> Value {
        self.client.send_bytes(Lines::line(ask).as_bytes()).await.expect("the line is sent");
        loop {
            let line = self.client.receive().await.expect("an answer");
            match line.get("event") {
                Some(_) => self.values.push_back(line["value"].clone()),
                None => return Value::Object(line),
            }
        }
    }

    async fn ask_and_hang_up(mut self, ask: &Ask) {
        self.client.send_bytes(Lines::line(ask).as_bytes()).await.expect("the line is sent");
    }

    async fn subscribe(&mut self, _: &Studio, topic: Value) -> Result<(), Value> {
        let answer = self.ask(&Ask::new("subscribe", json!({"topics": [topic]}))).await;
        if answer["ok"] == true { Ok(()) } else { Err(answer) }
    }

    async fn next_value(&mut self) -> Value {
        match self.values.pop_front() {
            Some(value) => value,
            None => self.client.next_event().await.expect("an event")["value"].clone(),
        }
    }
}
