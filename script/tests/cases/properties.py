"""Cases of reading members by name."""

from livesim import SetPlan
from livesim.model.track import AUDIO, MIDI
from tests.cases import Case

PLAN = SetPlan(
    tracks=(("Drums", MIDI), ("Vocals", AUDIO)),
    scenes=2,
    clips={(0, 1): 4.0, (1, 0): 8.0},
    devices={0: ("Operator",)},
)
FIRST = {"track_index": 0}

CASES = {
    "get_song_properties": Case(
        {"properties": ["tempo", "num_tracks", "clip_trigger_quantization", "can_undo"]},
        answer={"values": {"tempo": 120.0, "num_tracks": 2, "clip_trigger_quantization": 4, "can_undo": False}},
    ),
    "get_track_properties": Case(
        dict(FIRST, properties=["name", "panning", "num_devices", "arm"]),
        answer={"values": {"name": "Drums", "panning": 0.0, "num_devices": 1, "arm": False}},
    ),
    "get_clip_properties": Case(
        dict(FIRST, clip_index=1, properties=["length", "gain", "is_midi_clip"]),
        answer={"values": {"length": 4.0, "gain": None, "is_midi_clip": True}},
    ),
    "get_slot_properties": Case(
        dict(FIRST, clip_index=0, properties=["has_clip", "has_stop_button"]),
        answer={"values": {"has_clip": False, "has_stop_button": True}},
    ),
    "get_scene_properties": Case(
        {"scene_index": 1, "properties": ["is_empty", "tempo_enabled"]},
        answer={"values": {"is_empty": False, "tempo_enabled": False}},
    ),
    "get_device_properties": Case(
        dict(FIRST, device_index=0, properties=["class_name", "type", "variation_count"]),
        answer={"values": {"class_name": "Operator", "type": 1, "variation_count": None}},
    ),
    "get_device_members": Case(dict(FIRST, device_index=0), answer={"device_name": "Operator", "device_index": 0}),
    "get_track_data": Case(
        {"columns": ["track.name", "clip.length", "clip_slot.has_clip", "device.name"]},
        answer={
            "count": 11,
            "values": ["Drums", None, 4.0, False, True, "Operator", "Vocals", 8.0, None, True, False],
        },
    ),
}
