//! Every address of the table against the simulated Live, and the page that lists them.

use std::collections::BTreeMap;
use std::fmt::Write;

use livegate::doors::osc::table::{Entry, Kind, table};
use rosc::OscType;
use rosc::OscType::{Float, Int, Nil};
use tempfile::TempDir;

use super::osc::{OscClient, Said, configure};
use crate::support::page::expect_fresh;
use crate::support::studio::write_key;
use crate::support::{SimulatedLive, Studio, root};

/// A track with what the address is about, and the rest of its arguments. `/live/song/set/tempo` and the like get what the getter replied.
fn arguments(address: &str) -> Vec<OscType> {
    let text = |text: &str| OscType::String(text.to_owned());
    let drums = Int(0);
    let bass = Int(1);
    let keys = Int(2);
    let vocals = Int(3);
    match address {
        "/live/song/create_audio_track" | "/live/song/create_midi_track" | "/live/song/create_scene" => vec![Int(-1)],
        "/live/song/delete_return_track" => vec![Int(0)],
        "/live/song/delete_scene" | "/live/song/duplicate_scene" | "/live/scene/fire_as_selected" => vec![Int(3)],
        "/live/song/delete_track" => vec![Int(8)],
        "/live/song/duplicate_track" => vec![Int(1)],
        "/live/song/jump_by" => vec![Float(4.0)],
        "/live/song/cue_point/jump" => vec![text("Verse")],
        "/live/song/cue_point/set/name" => vec![Int(0), text("Start")],
        "/live/song/get/track_data" => vec![Int(0), Int(-1), text("track.name"), text("clip.length")],
        "/live/song/set/nudge_up" | "/live/song/set/nudge_down" => vec![Int(0)],
        "/live/application/view/scroll_view" => vec![Int(1)],
        "/live/view/set/selected_track" | "/live/view/set/selected_scene" => vec![Int(1)],
        "/live/view/set/selected_clip" => vec![bass, Int(1)],
        "/live/view/set/selected_device" => vec![bass, Int(1)],
        "/live/track/delete_clip" => vec![bass, Int(1)],
        "/live/track/delete_device" => vec![bass, Int(0)],
        "/live/track/get/send" | "/live/track/start_listen/send" | "/live/track/stop_listen/send" => {
            vec![drums, Int(1)]
        }
        "/live/track/set/send" => vec![drums, Int(1), Float(0.5)],
        "/live/track/set/fold_state" => vec![Int(4), Int(0)],
        "/live/clip_slot/create_clip" => vec![keys, Int(5), Float(4.0)],
        "/live/clip_slot/delete_clip" => vec![bass, Int(5)],
        "/live/clip_slot/duplicate_clip_to" => vec![Int(1), Int(1), Int(1), Int(0)],
        "/live/clip/remove_notes_by_id" => vec![bass, Int(2), Int(1)],
        "/live/clip/add/notes" => vec![bass, Int(2), Int(90), Float(0.5), Float(0.25), Int(100), Int(0)],
        "/live/clip/get/file_path" => vec![vocals, Int(1)],
        "/live/device/set/parameter/value" => vec![bass, Int(2), Int(0), Float(1.0)],
        "/live/device/set/parameters/value" => vec![bass, Int(2), Float(1.0)],
        "/live/device/set/variations/selected" => vec![keys, Int(0), Int(0)],
        "/live/scene/set/time_signature_numerator" | "/live/scene/set/time_signature_denominator" => {
            vec![Int(2), Int(4)]
        }
        "/live/clips/filter" => vec![text("C"), text("Eb")],
        "/live/api/show_message" => vec![text("Five minutes")],
        "/live/api/set/log_level" => vec![text("debug")],
        "/live/midimap/map_cc" => vec![bass, Int(1), Int(0), Int(0), Int(20)],
        _ if address.starts_with("/live/device/variations/") => vec![keys, Int(0)],
        _ if address.starts_with("/live/device/") && address.contains("/parameter/") => vec![bass, Int(1), Int(0)],
        _ if address.starts_with("/live/device/") => vec![keys, Int(0)],
        _ if address.starts_with("/live/clip/") => vec![if of_audio(address) { vocals } else { bass }, Int(1)],
        _ if address.starts_with("/live/clip_slot/") => vec![bass, Int(1)],
        _ if address.starts_with("/live/scene/fire_selected") => vec![],
        _ if address.starts_with("/live/scene/") => vec![Int(2)],
        _ if address.starts_with("/live/track/") => {
            vec![if address.contains("_routing_") { vocals } else { drums }]
        }
        _ => vec![],
    }
}

/// What only audio clips have.
fn of_audio(address: &str) -> bool {
    ["gain", "pitch_coarse", "pitch_fine", "ram_mode", "warp_mode", "warping"]
        .iter()
        .any(|name| address.ends_with(name))
}

/// Where the state of the set forbids what the address asks for, a part of the reason.
const REFUSED: [(&str, &str); 3] = [
    // Such a track has one channel, without a name.
    ("/live/track/set/output_routing_channel", "sub_routing must have at least 1"),
    ("/live/song/capture_midi", "there is nothing to capture"),
    ("/live/song/trigger_session_record", "no track is armed"),
];

/// What runs first of what runs last: a variation that the others are about.
const FIRST: &str = "/live/device/variations/store";
const LAST: &str = "/live/device/variations/delete";

/// What runs last, since it changes what the others are about.
fn is_late(address: &str) -> bool {
    ["delete", "create", "duplicate", "undo", "redo", "variations", "capture"].iter().any(|word| address.contains(word))
}

/// A studio with the set `showcase`, in which OSC may do everything.
pub async fn showcase(change: impl FnOnce(&mut livegate::config::Config)) -> Studio {
    let dir = TempDir::new().expect("a temporary folder");
    let key_file = write_key(dir.path());
    let live = SimulatedLive::start_with(dir.path(), 0, Some(&key_file), &["--set", "showcase"]);
    Studio::open_before(dir, live, |config| {
        configure(config);
        let every = [
            "read",
            "view",
            "transport",
            "stop",
            "launch",
            "mix",
            "record",
            "edit",
            "names",
            "device",
            "midi",
            "sensitive",
            "destructive",
            "costly",
        ];
        config.osc.tags = every.map(str::to_owned).to_vec();
        config.local.role = "owner".to_owned();
        config.limits.heavy = config.limits.read;
        change(config);
    })
    .await
}

/// What an address comes to: everything up to the reply of a message behind it.
async fn outcome(client: &OscClient, address: &str, args: Vec<OscType>) -> Vec<Said> {
    client.send(address, args).await;
    client.send("/live/test", vec![]).await;
    let mut all = Vec::new();
    loop {
        let said = client.receive().await;
        if said.0 == "/live/test" {
            return all;
        }
        all.push(said);
    }
}

#[tokio::test]
async fn every_address_works_against_the_simulated_live() {
    let studio = showcase(|_| ()).await;
    let client = OscClient::open(&studio).await;
    let mut wrong = Vec::new();
    let (late, early): (Vec<&Entry>, Vec<&Entry>) =
        table().entries().filter(|entry| entry.address != "/live/test").partition(|entry| is_late(&entry.address));
    let first = table().find(FIRST);
    let mut late = late;
    late.sort_by_key(|entry| (!entry.address.starts_with("/live/device/"), entry.address == LAST));
    for entry in early.into_iter().chain(first).chain(late.into_iter().filter(|entry| entry.address != FIRST)) {
        let address = entry.address.as_str();
        let mut args = arguments(address);
        if let (Some(value), true) = (current(&client, address, &args).await, args.len() < entry.takes.len()) {
            args.push(value);
        }
        let said = outcome(&client, address, args.clone()).await;
        let refused = said.iter().find(|(at, _)| at == "/live/error");
        let expected = REFUSED.iter().find(|(known, _)| *known == address);
        match (refused, expected) {
            (Some((_, text)), Some((_, reason))) if format!("{text:?}").contains(reason) => (),
            (None, None) if replies(entry) && !said.iter().any(|(at, _)| at == address) => {
                wrong.push(format!("{address} {args:?}: no reply, but {said:?}"));
            }
            (None, None) => (),
            (refused, _) => wrong.push(format!("{address} {args:?}: {refused:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a setter's getter replies, for it to be set again.
async fn current(client: &OscClient, address: &str, args: &[OscType]) -> Option<OscType> {
    let getter = address.replace("/set/", "/get/");
    if getter == address || table().find(&getter).is_none() {
        return None;
    }
    let said = outcome(client, &getter, args.to_vec()).await;
    let value = said.into_iter().find(|(at, _)| *at == getter)?.1.pop()?;
    Some(if value == Nil { Int(1) } else { value })
}

fn replies(entry: &Entry) -> bool {
    matches!(&entry.kind, Kind::Ask(ask) if ask.reply.is_some())
}

const PAGE: &str = "docs/osc.md";
const MARK: &str = "<!-- Generated from src/doors/osc/addresses.json. BLESS=1 cargo test --test it osc_table -->\n";

#[test]
fn the_page_of_addresses_is_fresh() {
    let stored = std::fs::read_to_string(root().join(PAGE)).expect("the page");
    let (before, _) = stored.split_once(MARK).expect("the mark");
    expect_fresh(PAGE, &format!("{before}{MARK}{}", tables()), "osc_table");
}

fn tables() -> String {
    let mut by_object: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in table().entries() {
        by_object.entry(entry.address.split('/').nth(2).expect("an object")).or_default().push(entry);
    }
    let mut page = String::new();
    for (object, entries) in by_object {
        write!(page, "\n### {object}\n\n| address | arguments | action or topic | status |\n|---|---|---|---|\n")
            .expect("memory");
        for entry in entries {
            let takes: Vec<&str> = entry.takes.iter().map(|take| take.name.as_str()).collect();
            let (does, status) = match &entry.kind {
                Kind::Ask(ask) => {
                    let wider = ask.wider.map(|wider| (&wider.name, status(&wider.entry["access"])));
                    let wider = wider.map(|(name, status)| format!(", or `{name}` {status}")).unwrap_or_default();
                    (format!("`{}`{wider}", ask.action.name), status(&ask.action.entry["access"]))
                }
                Kind::Listen(listens) => (format!("topic `{}`", listens[0].topic), "by default".to_owned()),
                Kind::StopListening(_) => continue,
                Kind::Own(_) => ("the door itself".to_owned(), "by default".to_owned()),
            };
            writeln!(page, "| `{}` | {} | {does} | {status} |", entry.address, takes.join(", ")).expect("memory");
        }
    }
    page.push_str("\n### Not supported\n\n| address | why |\n|---|---|\n");
    for (address, why) in table().unsupported() {
        writeln!(page, "| `{address}` | {why} |").expect("memory");
    }
    page
}

/// Which tags an action takes beyond the default of `osc.tags`.
fn status(access: &serde_json::Value) -> String {
    let allowed = livegate::config::Osc::default().tags;
    let tags = access.as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
    let all: Vec<&str> = tags.collect();
    // One tag that is allowed will do, but for those that no other tag includes.
    let guarded = ["sensitive", "destructive", "costly", "system"];
    let missing: Vec<&str> = all.iter().copied().filter(|tag| guarded.contains(tag)).collect();
    let is_allowed = all.iter().any(|tag| allowed.iter().any(|other| other == tag));
    match (is_allowed, missing.is_empty()) {
        (true, true) => "by default".to_owned(),
        (false, true) => format!("with the tag {}", all.join(" or ")),
        _ => format!("with the tags {}", all.join(" and ")),
    }
}
