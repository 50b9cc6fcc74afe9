//! `livegate actions`: lists actions from the catalogue of this program.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use clap::Args;
use serde_json::{Map, Value, json};

use super::{Outcome, print_json, say};
use crate::command::{Action, catalogue};

/// List the actions, or explain one
///
/// `livegate send get_available_tools` lists those that your role allows.
///
/// Examples: livegate actions
///           livegate actions volume
///           livegate actions set_tempo
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Actions {
    /// An action's name, or a word in names, categories and descriptions
    word: Option<String>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// The category of the gateway's own actions.
const GATEWAY: &str = "gateway";

impl Actions {
    pub fn run(self) -> Result<Outcome> {
        let word = self.word.as_deref().unwrap_or_default().to_lowercase();
        let exact = catalogue().find(&word);
        let found: Vec<&Action> = match exact {
            Some(action) => vec![action],
            None => catalogue().actions().iter().filter(|action| mentions(action, &word)).collect(),
        };
        if found.is_empty() {
            bail!("no action mentions {word:?}; livegate actions lists them all");
        }
        if self.json {
            let entries: Vec<&Value> = found.iter().map(|action| &*action.entry).collect();
            let body = Map::from_iter([("actions".to_owned(), json!(entries))]);
            print_json(&body);
            return Ok(Outcome::Done);
        }
        match exact {
            Some(action) => say(&explained(action)),
            None => say(&by_category(|action| mentions(action, &word))),
        }
        Ok(Outcome::Done)
    }
}

fn mentions(action: &Action, word: &str) -> bool {
    let doc = action.entry["doc"].as_str().unwrap_or_default().to_lowercase();
    action.name.contains(word) || category(action).contains(word) || doc.contains(word)
}

fn category(action: &Action) -> &str {
    action.entry["category"].as_str().unwrap_or(GATEWAY)
}

/// The chosen actions with their parameters, by category.
pub fn by_category(chosen: impl Fn(&Action) -> bool) -> String {
    let mut categories: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for action in catalogue().actions().iter().filter(|action| chosen(action)) {
        categories.entry(category(action)).or_default().push(format!("  {}{}", action.name, params(action)));
    }
    let blocks: Vec<String> =
        categories.into_iter().map(|(category, lines)| format!("{category}\n{}", lines.join("\n"))).collect();
    blocks.join("\n\n")
}

/// ` bpm=20..999 [name=…]`: optional ones in brackets.
fn params(action: &Action) -> String {
    let params = action.entry["params"].as_array().into_iter().flatten();
    params
        .map(|param| {
            let pair = format!("{}={}", param["name"].as_str().unwrap_or_default(), values(param));
            if param["required"] == true { format!(" {pair}") } else { format!(" [{pair}]") }
        })
        .collect()
}

/// The accepted values, in short: `20..999`, `true|false`, `midi|audio`, `…` for text.
fn values(param: &Value) -> String {
    if let Some(values) = param["enum"].as_array() {
        let texts = values.iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        return texts.collect::<Vec<_>>().join("|");
    }
    let bound = |key: &str| param.get(key).map(Value::to_string);
    match param["type"].as_str().unwrap_or_default() {
        "number" | "integer" => {
            let from = bound("minimum").or(bound("exclusiveMinimum")).unwrap_or_default();
            format!("{from}..{}", bound("maximum").unwrap_or_default())
        }
        "boolean" => "true|false".to_owned(),
        "array" => "[…]".to_owned(),
        "object" | "command" | "topic" => "{…}".to_owned(),
        _ => "…".to_owned(),
    }
}

/// The description of one action.
pub fn explained(action: &Action) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |key: &str| -> Vec<String> {
        action.entry[key].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let mut lines = vec![format!("{}{}", action.name, params(action))];
    let doc = text(&action.entry["doc"]);
    if !doc.is_empty() {
        lines.push(String::new());
        lines.push(doc);
    }
    let mut section = |title: &str, rows: Vec<String>| {
        if !rows.is_empty() {
            lines.push(format!("\n{title}"));
            lines.extend(rows.into_iter().map(|row| format!("  {row}")));
        }
    };
    section("parameters", rows(&action.entry["params"]));
    section("answer", rows(&action.entry["result"]));
    let tags: Vec<String> = list("access").into_iter().map(|tag| format!("@{tag}")).collect();
    section("tags, by which roles grant it", if tags.is_empty() { tags } else { vec![tags.join(" ")] });
    section("also", also(action));
    lines.join("\n")
}

fn rows(entries: &Value) -> Vec<String> {
    let entries = entries.as_array().into_iter().flatten();
    entries
        .map(|entry| {
            let part = |key: &str| entry[key].as_str().unwrap_or_default();
            let notes = [
                (entry["required"] == false).then(|| "optional".to_owned()),
                entry.get("default").map(|default| format!("default {default}")),
                entry.get("unit").and_then(Value::as_str).map(str::to_owned),
            ];
            let notes = notes.into_iter().flatten().collect::<Vec<_>>().join(", ");
            let range = if entry.get("required").is_some() { values(entry) } else { String::new() };
            format!("{:<24} {:<8} {range:<16} {notes}", part("name"), part("type")).trim_end().to_owned()
        })
        .collect()
}

/// Notes on what the command line accepts besides.
fn also(action: &Action) -> Vec<String> {
    let mut notes = Vec::new();
    if action.param("track_index").is_some() && action.param("track").is_none() {
        notes.push("track=NAME instead of track_index=NUMBER".to_owned());
    }
    if action.entry.to_string().contains(crate::command::decibels::FADER_UNIT) {
        notes.push("volume=-6dB instead of a position".to_owned());
    }
    notes
}
