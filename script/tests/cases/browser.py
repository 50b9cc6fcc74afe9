"""Cases of the actions on the browser, the application, the views and MIDI messages."""

from livesim import SetPlan
from livesim.model.track import AUDIO, MIDI
from tests.cases import Case

PLAN = SetPlan(tracks=(("Keys", MIDI), ("Vocals", AUDIO)), returns=("A-Reverb",), scenes=2, clips={(0, 0): 4.0})
SHARED = {"track_index": 1, "device_name": "Reverb"}


def devices(track_index):
    return lambda song: [device.name for device in song.tracks[track_index].devices]


def shows(view):
    return lambda live: live.application.view.is_view_visible(view)


CASES = {
    "add_device": Case(SHARED, read=devices(1), after=["Reverb"]),
    "load_device_from_browser": Case(
        {"track_index": 0, "device_name": "sample synth"}, read=devices(0), after=["Sample Synth"]
    ),
    "browse_devices": Case(),
    "browse_plugins": Case({"plugin_type": "vst3"}, answer={"plugin_type": "vst3", "count": 3, "truncated": False}),
    "get_browser_items": Case(
        {"category": "current_project"}, answer={"category": "current_project", "count": 0, "items": []}
    ),
    "get_application_version": Case(),
    "get_build_id": Case(),
    "get_variant": Case(answer={"variant": "Suite"}),
    "show_message_box": Case(
        {"message": "Take five", "title": "Break"},
        live=lambda live: live.person.messages_read,
        after=["Break\n\nTake five"],
    ),
    "show_status_message": Case({"message": "Take  five"}, live=lambda live: live.person.status_bar, after='message: "Take five"'),
    "show_clip_view": Case(live=shows("Detail/Clip"), after=True),
    "show_arrangement_view": Case(live=shows("Arranger"), after=True),
    "focus_track": Case({"track_index": 1}, read=lambda song: song.view.selected_track.name, after="Vocals"),
    "scroll_view": Case({"direction": 1}, read=lambda song: list(song.scenes).index(song.view.selected_scene), after=1),
    "scroll_view_to_time": Case({"time_in_beats": 16.0}),
    "send_midi_cc": Case({"track_index": 0, "cc_number": 7, "cc_value": 100}),
    "send_program_change": Case({"track_index": 0, "program_number": 5}),
}
