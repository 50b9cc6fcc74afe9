//! The table of addresses, read from `addresses.json`: each address with its action or topic, its arguments and its reply.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::command::{Action, catalogue};

/// All addresses, sorted by name.
pub struct Table {
    entries: BTreeMap<String, Entry>,
    unsupported: HashMap<String, String>,
}

/// One address.
#[derive(Debug)]
pub struct Entry {
    /// As a message has it, such as `/live/song/get/tempo`.
    pub address: String,
    /// What a message to it causes.
    pub kind: Kind,
    /// Its arguments, in order.
    pub takes: Vec<Take>,
    /// Parameters that have these values unless an argument says otherwise.
    pub with: Map<String, Value>,
    /// Arguments that are the length of a range while the parameter is its end: the parameter, the parameter of the start, and a number to add.
    pub spans: Vec<(String, String, i64)>,
}

/// What a message to an address causes.
#[derive(Debug)]
pub enum Kind {
    /// A request, with or without a reply.
    Ask(Ask),
    /// Subscriptions to topics.
    Listen(Vec<Listen>),
    /// The end of these subscriptions.
    StopListening(Vec<Listen>),
    /// See [`Own`].
    Own(Own),
}

/// What the door does itself. A `ping` is charged and recorded for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Own {
    /// End the sender's listeners, and notify it as after a start.
    Reload,
    /// Reply the log level that the sender keeps.
    ReadLogLevel,
    /// Keep a log level for the sender to read. The script's log stays as it is.
    KeepLogLevel,
}

/// The request that a message becomes.
#[derive(Debug)]
pub struct Ask {
    /// The action that is called unless `wider` may be.
    pub action: &'static Action,
    /// `None`: it changes something and has no reply.
    pub reply: Option<Vec<Field>>,
    /// An action that does more, in place of this one for those who may call it.
    pub wider: Option<&'static Action>,
    /// The one member that is read, if the action reads members by name.
    pub property: Option<String>,
    /// Whether `first_track` and `end_track` select one track.
    pub one_track: bool,
}

/// A topic whose values are sent to an address: the whole value, or the member or item of this name.
#[derive(Debug)]
pub struct Listen {
    pub(crate) reply_to: String,
    /// The topic of the catalogue, such as `track_volume`.
    pub topic: String,
    /// The member or item of the topic's value; `None`: the whole value.
    pub field: Option<String>,
}

/// One argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Take {
    /// The parameter that the argument sets.
    pub name: String,
    /// Whether it may be absent, and how its value is read.
    pub form: Form,
}

/// Whether an argument may be absent, and how its value is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// A message without it is refused.
    Required,
    /// Without it, the action's default applies.
    Optional,
    /// -1 means that the parameter is absent.
    RequiredOrNone,
    /// May be absent, and -1 means that the parameter is absent.
    OptionalOrNone,
    /// Used in the reply only; the action has no such parameter.
    Kept,
    /// The remaining arguments, as a list.
    Rest,
    /// The remaining arguments, as a list of objects with these members.
    Groups(Vec<String>),
}

/// A part of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// This text.
    Text(String),
    /// The argument of this name, as the message has it.
    Argument(String),
    /// A member of the answer, by its path.
    Path(Vec<Step>),
}

/// One step of a path into an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The member of this name of an object.
    Member(String),
    /// The item at the index that an argument names.
    ItemAt(String),
    /// Each item: these members of it, or the item itself.
    Each(Each),
}

/// The items of a list in an answer, in the order and with the members that the reply has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Each {
    /// The members by which items are sorted; if there are none, they come as they are.
    pub by: Vec<String>,
    /// The members of each item that the reply has; if there are none, it has the item itself.
    pub members: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    objects: BTreeMap<String, Object>,
    properties: Vec<Property>,
    calls: Vec<Call>,
    unsupported: HashMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Object {
    takes: Vec<String>,
    get: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Property {
    of: String,
    name: String,
    get: Option<String>,
    set: Option<String>,
    listen: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    address: String,
    action: Option<String>,
    wider: Option<String>,
    own: Option<Own>,
    #[serde(default)]
    takes: Vec<String>,
    reply: Option<Vec<String>>,
    listen: Option<String>,
    #[serde(default)]
    also: BTreeMap<String, String>,
    #[serde(default)]
    with: Map<String, Value>,
    #[serde(default)]
    spans: BTreeMap<String, (String, i64)>,
    #[serde(default)]
    one_track: bool,
}

/// The table that this gateway was built with.
pub fn table() -> &'static Table {
    static TABLE: LazyLock<Table> = LazyLock::new(|| {
        let file = serde_json::from_str(include_str!("addresses.json")).expect("a test reads the table");
        Table::of(file)
    });
    &TABLE
}

impl Table {
    /// The entry of an address, which is compared as it is.
    pub fn find(&self, address: &str) -> Option<&Entry> {
        self.entries.get(address)
    }

    /// All addresses, ordered by name.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// Why an address of AbletonOSC is not supported.
    pub fn why_unsupported(&self, address: &str) -> Option<&str> {
        self.unsupported.get(address).map(String::as_str)
    }

    /// Addresses of AbletonOSC that livegate refuses, each with the reason, ordered by name.
    pub fn unsupported(&self) -> impl Iterator<Item = (&str, &str)> {
        let sorted: BTreeMap<_, _> = self.unsupported.iter().collect();
        sorted.into_iter().map(|(address, why)| (address.as_str(), why.as_str()))
    }

    fn of(file: File) -> Table {
        let mut table = Table { entries: BTreeMap::new(), unsupported: file.unsupported };
        for property in file.properties {
            let object = &file.objects[&property.of];
            table.add_property(object, property);
        }
        for call in file.calls {
            table.add_call(call);
        }
        table
    }

    fn add(&mut self, entry: Entry) {
        let earlier = self.entries.insert(entry.address.clone(), entry);
        assert!(earlier.is_none(), "{earlier:?} is there twice");
    }

    fn add_property(&mut self, object: &Object, property: Property) {
        let Property { of, name, get, set, listen } = property;
        let address = |kind: &str| format!("/live/{of}/{kind}/{name}");
        let takes: Vec<Take> = object.takes.iter().map(|take| Take::parse(take)).collect();
        let (action, path) = match get.as_deref().map(|get| get.split_once(' ').expect("an action and a path")) {
            None => (object.get.as_str(), format!("values.{name}")),
            Some((action, path)) => (action, path.to_owned()),
        };
        let indexes = object.takes.iter().map(|take| format!("${take}")).chain([path.clone()]);
        let property = path.strip_prefix("values.").map(str::to_owned);
        let reply = indexes.map(|field| Field::parse(&field)).collect();
        let ask = Ask { reply: Some(reply), property, ..Ask::of(action_called(action)) };
        self.add(Entry::new(address("get"), Kind::Ask(ask), takes.clone()));
        if let Some(set) = set {
            let (action, parameter) = set.split_once(' ').expect("an action and a parameter");
            let takes = takes.iter().cloned().chain([Take::parse(parameter)]).collect();
            let ask = Ask::of(action_called(action));
            self.add(Entry::new(address("set"), Kind::Ask(ask), takes));
        }
        if let Some(listen) = listen {
            let listens = || vec![Listen::parse(address("get"), &listen)];
            self.add(Entry::new(address("start_listen"), Kind::Listen(listens()), takes.clone()));
            self.add(Entry::new(address("stop_listen"), Kind::StopListening(listens()), takes));
        }
    }

    fn add_call(&mut self, call: Call) {
        let takes: Vec<Take> = call.takes.iter().map(|take| Take::parse(take)).collect();
        if let Some(topic) = &call.listen {
            let reply_to = call.address.replace("/start_listen/", "/get/");
            let listens = || {
                let also = call.also.iter().map(|(reply_to, topic)| Listen::parse(reply_to.clone(), topic));
                std::iter::once(Listen::parse(reply_to.clone(), topic)).chain(also).collect()
            };
            let stop = call.address.replace("/start_listen/", "/stop_listen/");
            self.add(Entry::new(stop, Kind::StopListening(listens()), takes.clone()));
            self.add(Entry::new(call.address.clone(), Kind::Listen(listens()), takes));
            return;
        }
        if let Some(own) = call.own {
            return self.add(Entry::new(call.address, Kind::Own(own), takes));
        }
        let action = action_called(call.action.as_deref().expect("a call has an action or a topic"));
        let reply = call.reply.map(|fields| fields.iter().map(|field| Field::parse(field)).collect());
        let wider = call.wider.as_deref().map(action_called);
        let ask = Ask { reply, wider, one_track: call.one_track, ..Ask::of(action) };
        let spans = call.spans.into_iter().map(|(name, (start, more))| (name, start, more)).collect();
        self.add(Entry { with: call.with, spans, ..Entry::new(call.address, Kind::Ask(ask), takes) });
    }
}

impl Ask {
    /// Without a reply.
    fn of(action: &'static Action) -> Ask {
        Ask { action, reply: None, wider: None, property: None, one_track: false }
    }
}

impl Entry {
    fn new(address: String, kind: Kind, takes: Vec<Take>) -> Entry {
        Entry { address, kind, takes, with: Map::new(), spans: Vec::new() }
    }

    /// Whether it is a getter or a listener, which patterns match.
    pub fn is_of_readers(&self) -> bool {
        match &self.kind {
            Kind::Ask(ask) => ask.action.is_read() && ask.reply.is_some(),
            Kind::Listen(_) | Kind::StopListening(_) => true,
            Kind::Own(_) => false,
        }
    }

    /// The least number of arguments.
    pub fn arguments_min(&self) -> usize {
        let is_required = |take: &&Take| matches!(take.form, Form::Required | Form::RequiredOrNone | Form::Kept);
        self.takes.iter().filter(is_required).count()
    }
}

fn action_called(name: &str) -> &'static Action {
    catalogue().find(name).unwrap_or_else(|| panic!("the table names {name}, which is no action"))
}

impl Listen {
    fn parse(reply_to: String, text: &str) -> Listen {
        let (topic, field) =
            text.split_once(' ').map_or((text, None), |(topic, field)| (topic, Some(field.to_owned())));
        Listen { reply_to, topic: topic.to_owned(), field }
    }
}

impl Take {
    /// `name`, with `?` if it is optional, `~` if -1 means absent, `!` if only the reply has it, `...` or `*a,b` for the remaining arguments.
    fn parse(text: &str) -> Take {
        let take = |name: &str, form| Take { name: name.to_owned(), form };
        if let Some((name, members)) = text.split_once('*') {
            return take(name, Form::Groups(members.split(',').map(str::to_owned).collect()));
        }
        for (suffix, form) in [
            ("...", Form::Rest),
            ("?~", Form::OptionalOrNone),
            ("~", Form::RequiredOrNone),
            ("?", Form::Optional),
            ("!", Form::Kept),
        ] {
            if let Some(name) = text.strip_suffix(suffix) {
                return take(name, form);
            }
        }
        take(text, Form::Required)
    }
}

impl Field {
    /// `=text`, `$argument`, or a path such as `sends[$send_index].value`, `names[]` or, sorted, `notes[pitch,start].pitch,mute`.
    fn parse(text: &str) -> Field {
        if let Some(text) = text.strip_prefix('=') {
            return Field::Text(text.to_owned());
        }
        if let Some(name) = text.strip_prefix('$') {
            return Field::Argument(name.to_owned());
        }
        let each = text.split_once('[').filter(|(_, rest)| !rest.starts_with('$'));
        if let Some((list, (by, members))) = each.and_then(|(list, rest)| Some((list, rest.split_once(']')?))) {
            let names = |text: &str| text.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
            let each = Each { by: names(by), members: names(members.trim_start_matches('.')) };
            return Field::Path(vec![Step::Member(list.to_owned()), Step::Each(each)]);
        }
        let mut steps = Vec::new();
        for part in text.split('.') {
            match part.split_once("[$") {
                Some((list, index)) => {
                    steps.push(Step::Member(list.to_owned()));
                    steps.push(Step::ItemAt(index.trim_end_matches(']').to_owned()));
                }
                None => steps.push(Step::Member(part.to_owned())),
            }
        }
        Field::Path(steps)
    }
}

#[cfg(test)]
mod tests;
