//! Sentences for people: each action's template in the catalogue, filled with the names and values of one request.
//!
//! A template has literal text and these parts; `unit` is one of `units.rs`:
//!
//! | part | becomes |
//! |---|---|
//! | `<mute\|muted>` | the verb: the infinitive of what was not done, the past of what was |
//! | `{name unit}`, `{result=name unit}` | a value: as the script recorded it, else the parameter |
//! | `{>member=name unit}` | a change: `−6.0 → −3.2 dB`, or `to −3.2 dB` if the value before is unknown |
//! | `{was member yes\|no}` | ` (was on)`: the switch's value before, if known |
//! | `{track}`, `{the track}` | an object by its name, or by its kind and index; `the` puts the kind before a name |
//! | `{enabled?yes:no}` | one of two templates, by a switch |
//! | `[text]` | the text, unless a part in it has no value |

mod fill;
mod units;

pub use fill::{Facts, Tense};
use units::Unit;

/// A parsed template.
#[derive(Debug)]
pub struct Sentence(Vec<Part>);

#[derive(Debug)]
enum Part {
    Text(String),
    Verb { infinitive: String, past: String },
    Value { names: Names, unit: Unit },
    Change { names: Names, unit: Unit },
    Was { member: String, unit: Unit },
    Object { kind: &'static Kind, with_kind: bool },
    Choice { switch: String, yes: Vec<Part>, no: Vec<Part> },
    Optional(Vec<Part>),
}

/// The name of a recorded value, and of the parameter that sets it.
#[derive(Debug)]
struct Names {
    member: String,
    param: String,
}

/// A kind of object, and the parameters that identify one.
#[derive(Debug)]
struct Kind {
    name: &'static str,
    params: &'static [&'static str],
}

const KINDS: [Kind; 9] = [
    Kind { name: "track", params: &["track_index", "track_name"] },
    Kind { name: "return", params: &["return_index", "send_index"] },
    Kind { name: "clip", params: &["clip_index", "scene_index", "clip_name"] },
    Kind { name: "scene", params: &["scene_index"] },
    Kind { name: "device", params: &["device_index", "device_name"] },
    Kind { name: "parameter", params: &["param_index", "param_name"] },
    Kind { name: "chain", params: &["chain_index"] },
    Kind { name: "take lane", params: &["lane_index"] },
    Kind { name: "locator", params: &["locator_index"] },
];

impl Sentence {
    /// Parse a template. The error says which part is wrong.
    pub fn parse(template: &str) -> Result<Sentence, String> {
        if template.is_empty() {
            return Err("a sentence has words".into());
        }
        let mut rest = template;
        let parts = parse_parts(&mut rest)?;
        if rest.is_empty() { Ok(Sentence(parts)) } else { Err(format!("nothing opens what closes at {rest:?}")) }
    }
}

/// Parts up to the end or to a closing bracket, which is left.
fn parse_parts(rest: &mut &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    while let Some(at) = rest.find(['<', '{', '[', ']', '}']) {
        let (text, tail) = rest.split_at(at);
        if !text.is_empty() {
            parts.push(Part::Text(text.to_owned()));
        }
        *rest = tail;
        match tail.as_bytes()[0] {
            b'<' => parts.push(parse_verb(inside(rest, '<', '>')?)),
            b'{' => parts.push(parse_braces(inside(rest, '{', '}')?)?),
            b'[' => {
                let mut within = inside(rest, '[', ']')?;
                parts.push(Part::Optional(parse_parts(&mut within)?));
            }
            _ => return Ok(parts),
        }
    }
    if !rest.is_empty() {
        parts.push(Part::Text((*rest).to_owned()));
        *rest = "";
    }
    Ok(parts)
}

/// The text between a bracket and its closing bracket; `rest` continues after it.
fn inside<'a>(rest: &mut &'a str, open: char, close: char) -> Result<&'a str, String> {
    let mut depth = 0;
    for (at, character) in rest.char_indices() {
        depth += i32::from(character == open) - i32::from(character == close);
        if depth == 0 {
            let within = &rest[1..at];
            *rest = &rest[at + 1..];
            return Ok(within);
        }
    }
    Err(format!("{close} is missing after {rest:?}"))
}

fn parse_verb(verb: &str) -> Part {
    let (infinitive, past) = verb.split_once('|').unwrap_or((verb, verb));
    Part::Verb { infinitive: infinitive.to_owned(), past: past.to_owned() }
}

fn parse_braces(text: &str) -> Result<Part, String> {
    if let Some((switch, choices)) = text.split_once('?').filter(|(switch, _)| is_name(switch)) {
        return parse_choice(switch, choices);
    }
    if let Some(change) = text.strip_prefix('>') {
        let (names, unit) = parse_value(change)?;
        return Ok(Part::Change { names, unit });
    }
    if let Some(was) = text.strip_prefix("was ") {
        let (member, states) = was.split_once(' ').unwrap_or((was, "on|off"));
        let (yes, no) = states.split_once('|').ok_or_else(|| format!("{states:?} is not two states"))?;
        return Ok(Part::Was { member: member.to_owned(), unit: Unit::OneOf(vec![no.to_owned(), yes.to_owned()]) });
    }
    let (name, with_kind) = text.strip_prefix("the ").map_or((text, false), |name| (name, true));
    if let Some(kind) = KINDS.iter().find(|kind| kind.name == name) {
        return Ok(Part::Object { kind, with_kind });
    }
    let (names, unit) = parse_value(text)?;
    Ok(Part::Value { names, unit })
}

fn parse_choice(switch: &str, choices: &str) -> Result<Part, String> {
    let mut depth = 0;
    let colon = choices.char_indices().find(|(_, character)| {
        depth += i32::from("{[".contains(*character)) - i32::from("}]".contains(*character));
        depth == 0 && *character == ':'
    });
    let (at, _) = colon.ok_or_else(|| format!("{choices:?} has no second choice"))?;
    let mut yes = &choices[..at];
    let mut no = &choices[at + 1..];
    Ok(Part::Choice { switch: switch.to_owned(), yes: parse_parts(&mut yes)?, no: parse_parts(&mut no)? })
}

fn parse_value(text: &str) -> Result<(Names, Unit), String> {
    let (names, unit) = text.split_once(' ').map_or((text, None), |(names, unit)| (names, Some(unit)));
    let (member, param) = names.split_once('=').unwrap_or((names, names));
    if !is_name(member) || !is_name(param) {
        return Err(format!("{names:?} is not the name of a value"));
    }
    let names = Names { member: member.to_owned(), param: param.to_owned() };
    Ok((names, unit.map_or(Ok(Unit::Plain), Unit::parse)?))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests;
