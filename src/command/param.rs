//! One parameter of an action: its type and range as the catalogue states them, and the check of a value against them.

use serde_json::{Map, Value};

/// The limit of numbers for which the catalogue has no range.
const NUMBER_MAX: f64 = 1e9;
const INTEGER_MAX: i64 = (1 << 31) - 1;
const STRING_CHARS_MAX: usize = 4096;

#[derive(Debug)]
pub struct Param {
    pub name: String,
    /// Another name that requests may use. It is replaced before the decision.
    pub alias: Option<String>,
    /// A list that requests may send instead. This parameter is its first item, and is filled in before the decision.
    first_of: Option<String>,
    /// A parameter that requests may send instead, although it is required.
    pub unless: Option<String>,
    pub presence: Presence,
    pub(super) kind: Kind,
    allowed: Vec<Value>,
}

#[derive(Debug)]
pub enum Presence {
    Required,
    /// If it is omitted, it stays absent.
    Optional,
    Default(Value),
    /// Its value goes only to identification, never to the trail or the bridge.
    Secret {
        required: bool,
    },
}

#[derive(Debug)]
pub(super) enum Kind {
    Number {
        minimum: f64,
        above: bool,
        maximum: f64,
    },
    Integer {
        minimum: i64,
        maximum: i64,
    },
    Boolean,
    /// The id of a request.
    Id,
    /// A command of a batch, or a topic. Its fields depend on its contents, so they are checked elsewhere.
    Open,
    String {
        chars_min: usize,
        chars_max: usize,
    },
    Array {
        items_max: usize,
        item: Box<Kind>,
    },
    Object {
        properties: Vec<Param>,
    },
    /// A value of one of these types, which differ in JSON.
    Either(Vec<Kind>),
}

impl Param {
    /// Whether it has this name or alias.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || self.alias.as_deref() == Some(name)
    }

    /// The first or last of an enumeration of integers, for an integer before or after all of them.
    pub(super) fn nearest_allowed(&self, value: &Value) -> Option<Value> {
        let given = value.as_i64()?;
        let allowed: Option<Vec<i64>> = self.allowed.iter().map(Value::as_i64).collect();
        let allowed = allowed?;
        let lowest = *allowed.iter().min()?;
        let highest = *allowed.iter().max()?;
        (!(lowest..=highest).contains(&given)).then(|| given.clamp(lowest, highest).into())
    }

    pub(super) fn read(entry: &Map<String, Value>) -> Result<Param, String> {
        let name = entry.get("name").and_then(Value::as_str).ok_or("a parameter without a name")?;
        let required = entry.get("required").and_then(Value::as_bool).unwrap_or(false);
        Param::read_named(name, required, entry)
    }

    fn read_named(name: &str, required: bool, entry: &Map<String, Value>) -> Result<Param, String> {
        let presence = match (entry.get("secret"), entry.get("default")) {
            (Some(Value::Bool(true)), _) => Presence::Secret { required },
            (_, Some(default)) => Presence::Default(default.clone()),
            _ if required => Presence::Required,
            _ => Presence::Optional,
        };
        let allowed = entry.get("enum").and_then(Value::as_array).cloned().unwrap_or_default();
        let name_in = |key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
        let alias = name_in("alias");
        let first_of = name_in("first_of");
        let unless = name_in("unless");
        let kind = Kind::read(entry)?;
        let mut param = Param { name: name.to_owned(), alias, first_of, unless, presence, kind, allowed };
        if let Presence::Default(default) = &param.presence {
            let default = param.check(default.clone()).map_err(|reason| format!("default of {reason}"))?;
            param.presence = Presence::Default(default);
        }
        Ok(param)
    }

    /// Read a value that a person typed: JSON after `[` or `{`, else by the parameter's type. It is not checked yet.
    pub fn read_text(&self, text: &str) -> Value {
        let json = || serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
        match self.kind {
            Kind::String { .. } => Value::String(text.to_owned()),
            _ => json(),
        }
    }

    /// The checked value in canonical form, or a sentence that states what was expected.
    pub fn check(&self, value: Value) -> Result<Value, String> {
        let value = self.kind.check(&self.name, value)?;
        if self.allowed.is_empty() || self.allowed.contains(&value) {
            return Ok(value);
        }
        let allowed: Vec<String> = self.allowed.iter().map(Value::to_string).collect();
        Err(format!("{} must be one of {}, got {value}", self.name, allowed.join(", ")))
    }
}

impl Kind {
    fn read(entry: &Map<String, Value>) -> Result<Kind, String> {
        let number = |key: &str| entry.get(key).and_then(Value::as_f64);
        let integer = |key: &str| entry.get(key).and_then(Value::as_i64);
        let count = |key: &str| entry.get(key).and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok());
        if let Some(Value::Array(names)) = entry.get("type") {
            let kinds = names.iter().map(|name| {
                let mut one = entry.clone();
                one.insert("type".to_owned(), name.clone());
                Kind::read(&one)
            });
            return Ok(Kind::Either(kinds.collect::<Result<_, _>>()?));
        }
        match entry.get("type").and_then(Value::as_str) {
            Some("number") => Ok(Kind::Number {
                minimum: number("minimum").or(number("exclusiveMinimum")).unwrap_or(-NUMBER_MAX),
                above: entry.contains_key("exclusiveMinimum"),
                maximum: number("maximum").unwrap_or(NUMBER_MAX),
            }),
            Some("integer") => Ok(Kind::Integer {
                minimum: integer("minimum").unwrap_or(0),
                maximum: integer("maximum").unwrap_or(INTEGER_MAX),
            }),
            Some("boolean") => Ok(Kind::Boolean),
            Some("id") => Ok(Kind::Id),
            Some("command" | "topic") => Ok(Kind::Open),
            Some("string") => Ok(Kind::String {
                chars_min: count("minLength").unwrap_or(0),
                chars_max: count("maxLength").unwrap_or(STRING_CHARS_MAX),
            }),
            Some("array") => {
                let items = entry.get("items").and_then(Value::as_object).ok_or("an array without items")?;
                let items_max = count("maxItems").ok_or("an array without maxItems")?;
                Ok(Kind::Array { items_max, item: Box::new(Kind::read(items)?) })
            }
            Some("object") => Kind::read_object(entry),
            other => Err(format!("no parameter type {other:?}")),
        }
    }

    fn read_object(entry: &Map<String, Value>) -> Result<Kind, String> {
        let properties = entry.get("properties").and_then(Value::as_object).ok_or("an object without properties")?;
        let required: Vec<&str> = match entry.get("required").and_then(Value::as_array) {
            Some(names) => names.iter().filter_map(Value::as_str).collect(),
            None => Vec::new(),
        };
        let read = |(name, property): (&String, &Value)| {
            let property = property.as_object().ok_or("a property that is no object")?;
            Param::read_named(name, required.contains(&name.as_str()), property)
        };
        Ok(Kind::Object { properties: properties.iter().map(read).collect::<Result<_, _>>()? })
    }

    fn check(&self, name: &str, value: Value) -> Result<Value, String> {
        match (self, value) {
            (_, Value::Null) => Err(format!("{name} must not be null; leave it out instead")),
            (Kind::Number { minimum, above, maximum }, Value::Number(number)) => {
                let number = number.as_f64().filter(|number| number.is_finite());
                let number = number.ok_or(format!("{name} must be a finite number"))?;
                if number < *minimum || number > *maximum || (*above && number <= *minimum) {
                    return Err(out_of_range(name, *above, minimum, maximum, &number));
                }
                Ok(Value::from(number))
            }
            (Kind::Integer { minimum, maximum }, Value::Number(number)) => match number.as_i64() {
                Some(integer) if (*minimum..=*maximum).contains(&integer) => Ok(Value::from(integer)),
                Some(integer) => Err(out_of_range(name, false, minimum, maximum, &integer)),
                None if number.is_u64() => Err(out_of_range(name, false, minimum, maximum, &number)),
                None => Err(format!("{name} must be an integer, got {number}")),
            },
            (Kind::Boolean, Value::Bool(boolean)) => Ok(Value::Bool(boolean)),
            (Kind::Open, object @ Value::Object(_)) => Ok(object),
            (Kind::Id, id @ Value::String(_)) => Ok(id),
            (Kind::Id, Value::Number(id)) if id.is_i64() => Ok(Value::Number(id)),
            (Kind::String { chars_min, chars_max }, Value::String(text)) => match text.chars().count() {
                count if count < *chars_min => {
                    Err(format!("{name} must have at least {chars_min} characters, got {count}"))
                }
                count if count > *chars_max => {
                    Err(format!("{name} must have at most {chars_max} characters, got {count}"))
                }
                _ => Ok(Value::String(text)),
            },
            (Kind::Array { items_max, .. }, Value::Array(items)) if items.len() > *items_max => {
                Err(format!("{name} must have at most {items_max} items, got {}", items.len()))
            }
            (Kind::Array { item, .. }, Value::Array(items)) => {
                let check = |(index, value)| item.check(&format!("{name}[{index}]"), value);
                Ok(Value::Array(items.into_iter().enumerate().map(check).collect::<Result<_, _>>()?))
            }
            (Kind::Object { properties }, Value::Object(given)) => {
                fill(properties, given).map(Value::Object).map_err(|reason| format!("{name}: {reason}"))
            }
            (Kind::Either(kinds), value) => match kinds.iter().find(|kind| kind.takes(&value)) {
                Some(kind) => kind.check(name, value),
                None => {
                    let articles: Vec<_> = kinds.iter().map(Kind::article).collect();
                    Err(format!("{name} must be {}, got {}", articles.join(" or "), kind_of(&value)))
                }
            },
            (kind, value) => Err(format!("{name} must be {}, got {}", kind.article(), kind_of(&value))),
        }
    }

    /// Whether a value is of its JSON type.
    fn takes(&self, value: &Value) -> bool {
        match self {
            Kind::Number { .. } | Kind::Integer { .. } => value.is_number(),
            Kind::Boolean => value.is_boolean(),
            Kind::String { .. } => value.is_string(),
            Kind::Array { .. } => value.is_array(),
            Kind::Object { .. } | Kind::Open => value.is_object(),
            Kind::Id | Kind::Either(_) => true,
        }
    }

    fn article(&self) -> &'static str {
        match self {
            Kind::Number { .. } => "a number",
            Kind::Integer { .. } => "an integer",
            Kind::Boolean => "true or false",
            Kind::Id => "an id: a string or an integer",
            Kind::Open => "an object",
            Kind::String { .. } => "a string",
            Kind::Array { .. } => "an array",
            Kind::Object { .. } => "an object",
            Kind::Either(_) => "a value of one of its types",
        }
    }
}

/// Check every parameter and fill in defaults. Remaining keys of `given` are refused by name.
pub fn fill(params: &[Param], mut given: Map<String, Value>) -> Result<Map<String, Value>, String> {
    replace_aliases(params, &mut given)?;
    fill_in_firsts(params, &mut given)?;
    let mut filled = Map::new();
    for param in params {
        let value = match (given.remove(&param.name), &param.presence) {
            (Some(value), _) => param.check(value)?,
            (None, Presence::Default(default)) => default.clone(),
            (None, Presence::Required) if param.unless.as_ref().is_some_and(|other| given.contains_key(other)) => {
                continue;
            }
            (None, Presence::Required | Presence::Secret { required: true }) => {
                return Err(format!("{} is required", param.name));
            }
            (None, Presence::Optional | Presence::Secret { required: false }) => continue,
        };
        filled.insert(param.name.clone(), value);
    }
    match given.keys().next() {
        None => Ok(filled),
        Some(unknown) => {
            let known: Vec<&str> = params.iter().map(|param| param.name.as_str()).collect();
            let takes = if known.is_empty() { "no parameters".to_owned() } else { known.join(", ") };
            Err(format!("unknown parameter {}; this takes {takes}", shorten(unknown)))
        }
    }
}

/// Both names of a parameter may be sent if their values are equal.
fn replace_aliases(params: &[Param], given: &mut Map<String, Value>) -> Result<(), String> {
    for param in params {
        let Some((alias, value)) = param.alias.as_ref().and_then(|alias| given.remove_entry(alias)) else { continue };
        if given.get(&param.name).is_some_and(|other| *other != value) {
            return Err(format!("{alias} is another name of {} and differs from it; send one of them", param.name));
        }
        given.insert(param.name.clone(), value);
    }
    Ok(())
}

/// A parameter that is the first item of a list is there whenever the list is, so that rules on it hold for either way to say it.
fn fill_in_firsts(params: &[Param], given: &mut Map<String, Value>) -> Result<(), String> {
    for param in params {
        let name = &param.name;
        if let Some((list, items)) = param.first_of.as_ref().and_then(|list| given.get_key_value(list)) {
            let first = items.get(0).cloned().ok_or_else(|| format!("{list} must be a list that is not empty"))?;
            if given.get(name).is_some_and(|other| *other != first) {
                return Err(format!("{name} must be the first of {list}, or be left out"));
            }
            given.insert(name.clone(), first);
        }
        if let Some(other) = param.unless.as_ref().filter(|other| given.contains_key(*other))
            && given.contains_key(name)
        {
            return Err(format!("{other} and {name} name the same object; send one of them"));
        }
    }
    Ok(())
}

/// A client's text, shortened for a message.
pub(super) fn shorten(word: &str) -> String {
    let short: String = word.chars().take(40).collect();
    format!("\"{}\"", short.escape_debug())
}

fn out_of_range<T: PartialOrd + Into<Value> + Copy>(
    name: &str,
    above: bool,
    minimum: &T,
    maximum: &T,
    got: &impl std::fmt::Display,
) -> String {
    let plain = |bound: &T| {
        let text = Into::<Value>::into(*bound).to_string();
        text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
    };
    let minimum = plain(minimum);
    let maximum = plain(maximum);
    if above {
        return format!("{name} must be above {minimum} and at most {maximum}, got {got}");
    }
    format!("{name} must be between {minimum} and {maximum}, got {got}")
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
