"""Cases of settings of the set, its scenes and its program, and of the selection."""

from livesim import SetPlan
from livesim.model.track import AUDIO, MIDI
from tests.cases import Case

PLAN = SetPlan(
    tracks=(("Drums", MIDI), ("Vocals", AUDIO)),
    scenes=3,
    clips={(0, 0): 4.0},
    devices={0: ("Operator", "Reverb")},
    locators=((16.0, "Chorus"), (4.0, "Verse")),
)
SCENE = {"scene_index": 1}
DEVICE = {"track_index": 0, "device_index": 1}


def reads(member):
    return lambda song: getattr(song, member)


def scene(member):
    return lambda song: getattr(song.scenes[1], member)


def mapped(live):
    """The parameters that controllers move."""
    return [parameter.name for each in live.midi_maps.values() for parameter in each._mapped.values()]


CASES = {
    "set_clip_trigger_quantization": Case({"quantization": 7}, read=reads("clip_trigger_quantization"), after=7),
    "set_midi_recording_quantization": Case({"quantization": 5}, read=reads("midi_recording_quantization"), after=5),
    "set_ableton_link": Case({"enabled": True}, read=reads("is_ableton_link_enabled"), after=True),
    "force_link_beat_time": Case(live=lambda live: live.person.link_jumps, after=1),
    "set_nudge_up": Case({"active": True}, read=reads("nudge_up"), after=True),
    "set_nudge_down": Case({"active": True}, read=reads("nudge_down"), after=True),
    "set_root_note": Case({"root_note": 2}, read=reads("root_note"), after=2),
    "set_scale_name": Case({"scale_name": "Minor"}, read=reads("scale_name"), after="Minor"),
    "set_signature_numerator": Case({"numerator": 7}, read=reads("signature_numerator"), after=7),
    "set_signature_denominator": Case({"denominator": 8}, read=reads("signature_denominator"), after=8),
    "set_start_time": Case({"time_in_beats": 8}, read=reads("start_time"), after=8.0),
    "set_scene_tempo": Case(dict(SCENE, tempo=90), read=scene("tempo"), after=90.0),
    "set_scene_tempo_enabled": Case(dict(SCENE, enabled=True), read=scene("tempo_enabled"), after=True),
    "set_scene_signature": Case(
        dict(SCENE, numerator=7), read=scene("time_signature_numerator"), after=7
    ),
    "set_scene_signature_enabled": Case(dict(SCENE, enabled=True), read=scene("time_signature_enabled"), after=True),
    "get_scene_names": Case(
        {"end_scene": 2},
        before=lambda song: setattr(song.scenes[1], "name", "Bridge"),
        answer={"count": 2, "names": ["", "Bridge"]},
    ),
    "set_scene_rgb": Case(dict(SCENE, color=0xFF3636), read=scene("color_index"), after=14),
    "get_selection": Case(
        before=lambda song: setattr(song.view, "selected_scene", song.scenes[2]),
        answer={"track_index": 0, "scene_index": 2},
    ),
    "select_scene": Case(SCENE, read=lambda song: song.view.selected_scene == song.scenes[1], after=True),
    "select_clip_slot": Case(
        {"track_index": 1, "clip_index": 2},
        read=lambda song: (song.view.selected_track.name, song.view.selected_scene == song.scenes[2]),
        after=("Vocals", True),
    ),
    "select_device": Case(
        DEVICE,
        before=lambda song: song.view.select_device(song.tracks[0].devices[0]),
        read=lambda song: song.tracks[0].view.selected_device.name,
        after="Reverb",
    ),
    "jump_to_locator": Case({"locator": "Chorus"}, read=reads("current_song_time"), after=16.0),
    "rename_locator": Case(
        {"locator_index": 0, "name": "Intro"}, read=lambda song: [cue.name for cue in song.cue_points], after=["Chorus", "Intro"]
    ),
    "toggle_locator": Case(
        before=lambda song: setattr(song, "current_song_time", 8.0),
        read=lambda song: sorted(cue.time for cue in song.cue_points),
        after=[4.0, 8.0, 16.0],
    ),
    "get_process_usage": Case(answer={}),
    "map_midi_cc": Case(dict(DEVICE, param_index=0, channel=0, cc_number=20), live=mapped, after=["Device On"]),
    "set_device_parameters": Case(
        dict(DEVICE, values=[0]), read=lambda song: song.tracks[0].devices[1].parameters[0].value, after=0.0
    ),
    "set_track_rgb": Case({"track_index": 1, "color": 0xFF3636}, read=lambda song: song.tracks[1].color_index, after=14),
    "set_clip_rgb": Case(
        {"track_index": 0, "clip_index": 0, "color": 0xFF3636},
        read=lambda song: song.tracks[0].clip_slots[0].clip.color_index,
        after=14,
    ),
}
