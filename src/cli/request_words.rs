//! Requests as people type them: an action's name and KEY=VALUE, with tracks by name and volumes in decibels.

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value, json};

use crate::client::Client;
use crate::command::{Action, catalogue, decibels};
use crate::review::printable;

/// Parse KEY=VALUE for an action. The catalogue gives each value its type.
pub fn read(action: &str, pairs: &[String]) -> Result<Map<String, Value>> {
    let known = catalogue().find(action);
    let secret = known.and_then(Action::secret).map(|secret| secret.name.as_str());
    let mut request = Map::new();
    for pair in pairs {
        let (key, text) = pair.split_once('=').with_context(|| without_value(known, pairs, pair))?;
        ensure!(
            secret != Some(key),
            "{key} is secret, and other users can read command lines: leave it out to type it at a prompt, or give \
             --secret-file FILE (- for standard input)"
        );
        ensure!(request.insert(key.to_owned(), value(known, key, text)?).is_none(), "{key} is given twice");
    }
    request.insert("action".into(), action.into());
    Ok(request)
}

fn value(action: Option<&Action>, key: &str, text: &str) -> Result<Value> {
    let json = || serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
    let Some(param) = action.and_then(|action| action.param_called(key)) else {
        // An idempotency key and a track's name are strings even if they look like numbers.
        return Ok(if matches!(key, "once" | TRACK) { Value::String(text.to_owned()) } else { json() });
    };
    if action.is_some_and(|action| is_fader(action, key))
        && let Some(position) = decibels::position(text)
    {
        return position.map(Value::from).map_err(anyhow::Error::msg);
    }
    Ok(param.read_text(text))
}

/// Whether the catalogue gives a parameter in positions of a fader.
fn is_fader(action: &Action, key: &str) -> bool {
    let params = action.entry["params"].as_array().into_iter().flatten();
    params.clone().any(|param| param["name"] == key && param["unit"] == decibels::FADER_UNIT)
}

/// For an argument without `=`: the action's next missing parameter is probably meant.
fn without_value(action: Option<&Action>, pairs: &[String], argument: &str) -> String {
    if action.is_some_and(|action| action.param_called(argument).is_some()) {
        return format!("the parameter {argument} has no value: write {argument}=VALUE");
    }
    let given = |name: &str| pairs.iter().any(|pair| pair.split('=').next() == Some(name));
    let missing = action.and_then(|action| action.params.iter().find(|param| !given(&param.name)));
    let name = missing.map_or("NAME", |param| param.name.as_str());
    format!("{argument} names no parameter: write {name}={argument}")
}

const TRACK: &str = "track";
const TRACK_INDEX: &str = "track_index";

/// Replace `track`, a name, by the track's index. The request then expects that name, so that it cannot reach another track that has
/// moved there meanwhile. Errors: no track or several tracks have the name.
pub async fn resolve_track(request: &mut Map<String, Value>, client: &mut Client) -> Result<()> {
    let action = request.get("action").and_then(Value::as_str).and_then(|name| catalogue().find(name));
    let takes = |name: &str| action.is_some_and(|action| action.param(name).is_some());
    if !takes(TRACK_INDEX) || takes(TRACK) {
        return Ok(());
    }
    let Some(name) = request.get(TRACK).and_then(Value::as_str).map(str::to_owned) else { return Ok(()) };
    ensure!(!request.contains_key(TRACK_INDEX), "give track=NAME or track_index=NUMBER, not both");
    let index = track_index(&name, client).await?;
    request.remove(TRACK);
    request.insert(TRACK_INDEX.into(), index.into());
    let expect = request.entry("expect").or_insert_with(|| json!({}));
    if let Some(expect) = expect.as_object_mut() {
        expect.entry(TRACK).or_insert_with(|| name.into());
    }
    Ok(())
}

/// The index of the only track with this name.
pub async fn track_index(name: &str, client: &mut Client) -> Result<u64> {
    let answer = client.ask(json!({"action": "get_track_index_by_name", "name": name})).await?;
    if answer.get("ok") != Some(&Value::Bool(true)) {
        bail!("{}", printable(answer.get("error").and_then(Value::as_str).unwrap_or("the gateway refused")));
    }
    let count = answer.get("count").and_then(Value::as_u64).unwrap_or_default();
    ensure!(count <= 1, "{count} tracks have the name {name}: give track_index=NUMBER");
    answer.get(TRACK_INDEX).and_then(Value::as_u64).with_context(|| format!("no track has the name {name}"))
}

/// Split a line into words at spaces. Quotes keep spaces: `rename_track track=Vocals name="Lead vocals"`.
pub fn split(line: &str) -> Result<Vec<String>> {
    let mut words = Vec::new();
    let mut word = None::<String>;
    let mut quote = None;
    let mut rest = line.chars();
    while let Some(character) = rest.next() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (Some('"') | None, '\\') => {
                word.get_or_insert_default().push(rest.next().context("the line ends with a backslash")?)
            }
            (None, '"' | '\'') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, _) if character.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    ensure!(quote.is_none(), "a quote is not closed");
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn faders_take_decibels_and_others_do_not() {
        let request = read("set_track_volume", &pairs(&["track=2", "volume=-6dB"])).expect("a request");
        assert_eq!(Value::Object(request), json!({"action": "set_track_volume", "track": "2", "volume": 0.7}));
        let request = read("set_tempo", &pairs(&["bpm=-6dB"])).expect("a request");
        assert_eq!(request["bpm"], "-6dB");
        let error = read("set_master_volume", &pairs(&["volume=9dB"])).expect_err("too loud");
        assert_eq!(error.to_string(), "a fader goes up to 6 dB, got 9dB");
    }

    #[test]
    fn lines_are_split_as_a_shell_does() {
        let words = split(r#"rename_track  track='Old one' name="The \"new\" one" x="#).expect("words");
        assert_eq!(words, ["rename_track", "track=Old one", "name=The \"new\" one", "x="]);
        assert_eq!(split("  ").expect("no words"), Vec::<String>::new());
        for line in ["name=\"x", "x\\", "'"] {
            assert!(split(line).is_err(), "{line}");
        }
    }
}
