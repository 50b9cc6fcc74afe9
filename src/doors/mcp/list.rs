//! The tools of a caller: a few that run any action, and tools for single actions.

use livegate_mcp::{Effect, Tool};

use super::reach::{Allowed, doc};
use super::runner::{Runner, with_terms};
use super::search::Search;
use crate::command::{Action, Handler, Tag};

/// Frequently used actions, each of which is a tool.
pub const NAMED: [&str; 24] = [
    "get_snapshot",
    "get_session_info",
    "get_track_info",
    "get_clip_notes",
    "get_track_devices",
    "get_device_parameters",
    "get_approval",
    "set_tempo",
    "start_playback",
    "stop_playback",
    "set_track_volume",
    "set_track_pan",
    "set_track_send",
    "mute_track",
    "solo_track",
    "rename_track",
    "create_midi_track",
    "create_audio_track",
    "create_midi_clip",
    "add_notes",
    "launch_clip",
    "stop_clip",
    "launch_scene",
    "set_device_param",
];

/// The tools of a caller who could be allowed these actions.
pub fn tools(allowed: &Allowed, all: bool) -> Vec<Tool> {
    let mut tools: Vec<Tool> = Search::ALL.into_iter().map(Search::tool).collect();
    let runners = Runner::ALL.into_iter().filter(|runner| runner.reaches(allowed));
    tools.extend(runners.map(|runner| Tool {
        name: runner.name().to_owned(),
        description: runner.description().to_owned(),
        schema: runner.schema(),
        effect: runner.effect(),
    }));
    let is_listed =
        |action: &Action| action.handler != Handler::Batch && (all || NAMED.contains(&action.name.as_str()));
    tools.extend(allowed.iter().copied().filter(|action| is_listed(action)).map(tool));
    tools
}

/// An action as a tool.
fn tool(action: &'static Action) -> Tool {
    let schema = action.parameters_schema();
    let schema = if action.handler.is_in_live() && !action.is_read() {
        with_terms(schema, &["expect", "dry_run"])
    } else {
        schema
    };
    Tool { name: action.name.clone(), description: doc(action).to_owned(), schema, effect: effect(action) }
}

pub fn effect(action: &Action) -> Effect {
    match () {
        () if action.is_read() => Effect::Reads,
        () if action.access.contains(Tag::Destructive) => Effect::Destroys,
        () if action.sets_a_value() => Effect::Sets,
        () => Effect::Changes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::catalogue;
    use crate::doors::mcp::reach::is_here;

    #[test]
    fn every_named_tool_is_an_action_for_agents() {
        for name in NAMED {
            let action = catalogue().find(name).expect(name);
            assert!(is_here(action), "{name}");
            assert!(!action.access.contains(Tag::Destructive), "{name}");
        }
    }

    /// Promise: An agent has fewer rights than its user
    #[test]
    fn only_run_destructive_reaches_what_destroys() {
        for action in catalogue().actions().iter().filter(|action| action.access.contains(Tag::Destructive)) {
            assert_eq!(Runner::of_action(action), Runner::Destructive, "{}", action.name);
            assert_eq!(effect(action), Effect::Destroys, "{}", action.name);
        }
        assert_eq!(Runner::Destructive.effect(), Effect::Destroys);
    }
}
