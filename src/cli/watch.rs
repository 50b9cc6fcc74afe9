//! `livegate watch`: prints events until Ctrl-C.

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde_json::{Map, Value, json};

use super::answer_text::{Form, of_field};
use super::gateway_args::{GatewayArgs, SignedIn};
use super::request_words::track_index;
use super::send::{CLIENT_FOLDER, is_ok};
use super::{Outcome, State, print_json, say};
use crate::client::Client;
use crate::client::known_trails::Contradiction;
use crate::platform::{self, Hangup};
use crate::wire::topic::{DEVICE_INDEX, DEVICE_PATH, Topic, index_names, index_of_text};

/// Print what changes in the set, until Ctrl-C
///
/// A topic is an event's name and, after a colon, its object: an index, or a track's name. docs/requests.md lists the events.
///
/// Examples: livegate watch tempo transport
///           livegate watch track_volume:Vocals track_mute:0 --gateway studio
///           livegate watch device_parameter:Vocals:0.1.0:3
#[derive(Args)]
#[command(verbatim_doc_comment, mut_arg("state_dir", |arg| arg.help(CLIENT_FOLDER)))]
pub struct Watch {
    /// An event, with its indexes after colons
    #[arg(value_name = "TOPIC", required = true)]
    topics: Vec<String>,
    /// Print one JSON object per line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    gateway: GatewayArgs,
    #[command(flatten)]
    state: State,
}

impl Watch {
    pub async fn run(self) -> Result<Outcome> {
        let shutdown = platform::shutdown_signal(Hangup::ShutsDown).context("cannot catch signals")?;
        let form = Form::chosen(self.json);
        let target = self.gateway.target(&self.state).await?;
        let mut client = match target.sign_in(Contradiction::Report).await? {
            SignedIn::Yes(client) => client,
            SignedIn::No(answer) => {
                form.print("authenticate", &answer);
                return Ok(Outcome::Refused);
            }
        };
        let mut topics = Vec::new();
        for topic in &self.topics {
            topics.push(read_topic(topic, &mut client).await?);
        }
        let answer = client.ask(json!({"action": "subscribe", "topics": topics})).await?;
        if !is_ok(&answer) {
            form.print("subscribe", &answer);
            return Ok(Outcome::Refused);
        }
        tokio::select! {
            () = shutdown => Ok(Outcome::Done),
            ended = print_events(&mut client, form) => ended,
        }
    }
}

async fn print_events(client: &mut Client, form: Form) -> Result<Outcome> {
    loop {
        let event = client.next_event().await?;
        if !event.contains_key("event") {
            bail!(
                "the gateway closed the connection: {}",
                event.get("error").and_then(Value::as_str).unwrap_or("no reason")
            );
        }
        match form {
            Form::Json => print_json(&event),
            Form::Text => say(&text(&event)),
        }
    }
}

/// `track_volume:0    0.7 (-6.0 dB)`.
fn text(event: &Map<String, Value>) -> String {
    let name = event.get("event").and_then(Value::as_str).unwrap_or_default();
    let indexes = index_names(name).unwrap_or_default().iter().filter_map(|index| index_text(index, event));
    let topic = indexes.fold(name.to_owned(), |topic, index| format!("{topic}:{index}"));
    let value = match event.get("value") {
        Some(Value::Object(fields)) => {
            let parts: Vec<String> =
                fields.iter().map(|(key, value)| format!("{key} {}", of_field(key, value))).collect();
            parts.join(", ")
        }
        Some(value) => of_field(name, value),
        None => String::new(),
    };
    format!("{topic:<24} {value}")
}

/// An index of an event; a device inside racks has its path, as in `0.1.0`.
fn index_text(name: &str, event: &Map<String, Value>) -> Option<String> {
    match event.get(DEVICE_PATH).and_then(Value::as_array) {
        Some(path) if name == DEVICE_INDEX => Some(path.iter().map(Value::to_string).collect::<Vec<_>>().join(".")),
        _ => event.get(name).map(Value::to_string),
    }
}

/// Parse `track_volume:0` or `track_volume:Vocals`.
async fn read_topic(text: &str, client: &mut Client) -> Result<Value> {
    let mut parts = text.split(':');
    let event = parts.next().unwrap_or_default();
    let names = index_names(event).unwrap_or_default();
    let mut topic = json!({"event": event});
    for (place, part) in parts.enumerate() {
        let name =
            *names.get(place).with_context(|| format!("{text} has too many indexes: {}", form_of(event, names)))?;
        let (name, index) = match index_of_text(name, part) {
            Some(index) => index,
            None if name == "track_index" => (name.to_owned(), track_index(part, client).await?.into()),
            None => bail!("{part} is not an index: {}", form_of(event, names)),
        };
        topic[name] = index;
    }
    let fields = topic.as_object().expect("it is written as an object");
    if let Err(reason) = Topic::read(fields) {
        ensure!(names.is_empty(), "{text} is incomplete: {}", form_of(event, names));
        bail!("cannot watch {text}: {reason}");
    }
    Ok(topic)
}

fn form_of(event: &str, names: &[&str]) -> String {
    format!("write {}", names.iter().fold(event.to_owned(), |form, name| format!("{form}:{}", name.to_uppercase())))
}
