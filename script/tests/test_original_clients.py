"""Clients of the original script: every action takes its parameters and answers its fields (differential table)."""

import json
import pathlib
import unittest

from LiveGate.actions import ACTIONS
from livesim import SetPlan
from livesim.device_plan import MaxPlan
from livesim.model.track import MIDI
from tests import cases
from tests.studio import Studio

HERE = pathlib.Path(__file__).resolve().parent
TABLE = json.loads((HERE / "original_fields.json").read_text(encoding="ascii"))
# What a later fork of the original added.
FORK = json.loads((HERE / "fork_fields.json").read_text(encoding="ascii"))
NONE = {"params": [], "result": []}
# The types of parameters in the schemas of the fork's tools; all others are integers.
TYPES = {
    "number": """bpm position length volume pan value time_in_beats gain loop_start loop_end start_marker end_marker amount
    quantize_to start_time end_time time_span time_from time_to delay_samples fade_time time_in_bars chance_A time
    amount_in_beats""",
    "boolean": "enabled armed solo mute folded looping muted ram_mode warping",
    "string": """name routing_type_name sub_routing annotation_text device_name param_name plugin_type category message
    title""",
    "array": "notes",
}
# Those that its schemas do not require.
OPTIONAL = """armed category channel chance_A length mute name overwrite pitch pitch_from pitch_to plugin_type
routing_channel solo time_from time_to title""".split()
# What is required here alone.
REQUIRED_HERE = {
    ("quantize_clip_pitch", "pitch"): "it has a default there, with which nothing ever worked",
    ("create_audio_clip_in_lane", "file_path"): "Live makes no audio clip without a file",
}
# The name is required of these.
NAMED = "rename_track rename_scene set_clip_name set_take_lane_name get_track_index_by_name set_loop_length".split()
# Fields of answers, and of the items in their lists, that the table of declarations does not have; each with its type.
ALSO = {
    "ping": {"script": str, "message": str},
    "health_check": {"tool_count": int, "ableton_version": str, "queue_size": int, "message": str},
    "get_application_version": {
        "major_version": int,
        "minor_version": int,
        "bugfix_version": int,
        "build_id": str,
        "variant": str,
    },
    "get_locators": {"locators": {"index": int, "name": str, "time": float}},
    "get_m4l_devices": {"devices": {"index": int, "name": str, "type": str}},
    "browse_devices": {"device_types": str, "count": int},
    "set_record_mode": {"record_mode": int},
    "create_midi_clip": {"clip_index": int},
    "add_notes": {"clip_index": int},
    "duplicate_clip": {"source_clip_index": int, "destination_clip_index": int},
    "get_track_device_params": {"parameters": {"raw_value": float, "display_value": str}},
    "set_device_parameter_by_name": {"display_value": str},
    "get_track_chain_summary": {"devices": {"name": str, "parameters": list}},
}


# What no client gets, by the member that Live's API lacks, in 11 and 12 alike; each answers `unsupported` and names it.
NOT_IN_LIVE = {
    "Application.View.scroll_to_time": ("scroll_view_to_time",),
    "Clip.annotation": ("get_clip_annotation", "set_clip_annotation"),
    "Clip.fade_in_time": ("get_clip_fade_in", "set_clip_fade_in"),
    "Clip.fade_out_time": ("get_clip_fade_out", "set_clip_fade_out"),
    "Clip.follow_action_A": ("get_clip_follow_action", "set_clip_follow_action"),
    "Clip.follow_action_time": ("set_follow_action_time",),
    "Clip.set_start_time": ("set_clip_start_time",),
    "Song.create_group_track": ("create_group_track",),
    "Song.group_tracks": ("group_tracks",),
    "Song.ungroup_track": ("ungroup_track",),
    "Track.annotation": ("get_track_annotation", "set_track_annotation"),
    "Track.consolidate_clip": ("consolidate_clip",),
    "Track.delay": ("get_track_delay", "set_track_delay"),
    "Track.delete_take_lane": ("delete_take_lane",),
    "Track.flatten": ("flatten_track",),
    "Track.freeze": ("freeze_track",),
    "Track.send_midi": ("send_midi_cc", "send_program_change"),
    "Track.unfreeze": ("unfreeze_track",),
}


class Table(unittest.TestCase):
    def test_every_action_takes_the_original_parameters(self):
        self.assertEqual((len(TABLE), len(FORK), len(TABLE.keys() | FORK.keys())), (220, 11, 231))
        for name, fields in dict(TABLE, **FORK).items():
            declared = ACTIONS[name].entry()
            taken = {entry["name"] for entry in declared["params"]} | {entry.get("alias") for entry in declared["params"]}
            self.assertLessEqual(set(fields["params"]), taken, name)
            if declared["live"]["12"] is True:
                self.assertLessEqual(set(fields["result"]), {field["name"] for field in declared["result"]}, name)

    def test_calls_by_the_forks_schemas_are_taken(self):
        types = {name: kind for kind, names in TYPES.items() for name in names.split()}
        for action, fields in dict(TABLE, **FORK).items():
            declared = ACTIONS[action].entry()["params"]
            of = {entry["name"]: entry for entry in declared}
            of.update({entry["alias"]: entry for entry in declared if "alias" in entry})
            for name in fields["params"]:
                taken = of[name]["type"]
                taken = taken if isinstance(taken, list) else [taken]
                wanted = types.get(name, "integer")
                is_taken = wanted in taken or (wanted == "integer" and "number" in taken)
                self.assertTrue(is_taken, "%s: %s is %s there, and %s here" % (action, name, wanted, taken))
            sure = {name for name in fields["params"] if name not in OPTIONAL or action in NAMED}
            for entry in declared:
                is_sure = {entry["name"], entry.get("alias")} & sure or not entry["required"]
                self.assertEqual(not is_sure, (action, entry["name"]) in REQUIRED_HERE, (action, entry["name"]))

    def test_every_answer_has_the_original_fields(self):
        seen = set()
        for plan, of_plan in cases.by_plan():
            for name, case in of_plan.items():
                if name not in {*TABLE, *FORK, *ALSO} or "12" in ACTIONS[name].missing:
                    continue
                seen.add(name)
                with self.subTest(name):
                    answer = answered(plan, case, name)
                    self.assertTrue(answer["ok"], answer)
                    self.assertLessEqual(set({**TABLE, **FORK}.get(name, NONE)["result"]), answer.keys())
                    for field, kind in ALSO.get(name, {}).items():
                        self.assert_is(answer[field], kind, field)
        self.assertLessEqual(ALSO.keys(), seen)
        excepted = {name: member for member, names in NOT_IN_LIVE.items() for name in names}
        self.assertEqual(TABLE.keys() - seen, excepted.keys())
        for name, member in excepted.items():
            self.assertEqual(ACTIONS[name].missing, {"11": member, "12": member})

    def assert_is(self, value, kind, field):
        if type(value) is list and kind is not list:
            self.assertTrue(value, "%s is empty" % field)
            for item in value:
                self.assert_is(item, kind, field)
        elif type(kind) is dict:
            for name, inner in kind.items():
                self.assert_is(value[name], inner, "%s.%s" % (field, name))
        else:
            self.assertIs(type(value), kind, field)


def answered(plan, case, name):
    studio = Studio("12", plan)
    try:
        if case.before is not None:
            case.before(studio.song)
            studio.tick()
        return studio.connect().ask(name, **case.params)
    finally:
        studio.close()


class Parameters(unittest.TestCase):
    def setUp(self):
        plan = SetPlan(tracks=(("Keys", MIDI),), scenes=2, clips={(0, 0): 4.0}, devices={0: (MaxPlan("Shape"), "Compressor")})
        self.studio = Studio("12", plan)
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect()
        self.song = self.studio.song

    def done(self, action, **params):
        answer = self.client.ask(action, **params)
        self.assertTrue(answer["ok"], answer)
        return answer

    def refused(self, action, code, *words, **params):
        answer = self.client.ask(action, **params)
        self.assertEqual((answer["ok"], answer.get("code")), (False, code), answer)
        for word in words:
            self.assertIn(word, answer["error"])

    def test_clip_and_scene_index_name_the_same_row(self):
        aliased = 0
        for action in ACTIONS.values():
            rows = {"clip_index", "scene_index"} & action._parameters.names
            if len(rows) == 1 and action.takes("track_index"):
                (own,) = rows
                other = ({"clip_index", "scene_index"} - rows).pop()
                entry = next(each for each in action.entry()["params"] if each["name"] == own)
                self.assertEqual(entry["alias"], other)
                aliased += 1
        self.assertGreater(aliased, 50)
        self.done("set_clip_looping", track_index=0, scene_index=0, looping=False)
        self.assertFalse(self.song.tracks[0].clip_slots[0].clip.looping)
        self.done("launch_clip", track_index=0, clip_index=0)
        self.done("launch_clip", track_index=0, clip_index=0, scene_index=0)
        self.refused("launch_clip", "invalid_params", "clip_index", "scene_index", track_index=0, clip_index=0, scene_index=1)
        self.refused("launch_clip", "invalid_params", "scene_index is required", track_index=0)

    def test_a_value_may_be_what_live_displays(self):
        device = self.song.tracks[0].devices[1]
        place = {"track_index": 0, "device_index": 1}
        for name in [parameter.name for parameter in device.parameters]:
            parameter = next(each for each in device.parameters if each.name == name)
            text = str(parameter.str_for_value((parameter.min * 2 + parameter.max) / 3))
            for written in (text, text.upper().replace(" ", "")):
                answer = self.done("set_device_parameter_by_name", param_name=name, value=written, **place)
                self.assertEqual((answer["display_value"], str(parameter.str_for_value(parameter.value))), (text, text))
        self.refused("set_device_parameter_by_name", "live_error", "displays", param_name="Ratio", value="loud", **place)

    def test_notes_are_written_back_as_they_were_read(self):
        notes = [
            {"pitch": 60, "start": -0.5, "duration": 0.25, "probability": 0.5},
            {"pitch": 61, "start": 1.0, "duration": 1.0, "velocity_deviation": -20.0, "release_velocity": 33.0},
        ]
        place = {"track_index": 0, "clip_index": 0}
        self.done("add_notes", notes=notes, **place)
        reading = dict(place, start_time=-4.0)
        read = self.done("get_notes_extended", **reading)["notes"]
        self.assertEqual([(note["start"], note["probability"]) for note in read], [(-0.5, 0.5), (1.0, 1.0)])
        self.done("remove_notes", time_from=-4.0, **place)
        self.done("add_notes", notes=read, **place)
        again = self.done("get_notes_extended", **reading)["notes"]
        without_ids = [[dict(note, note_id=0) for note in listed] for listed in (read, again)]
        self.assertEqual(*without_ids)

    def test_notes_are_written_by_either_name(self):
        place = {"track_index": 0, "clip_index": 0}
        self.done("add_notes", notes=[{"pitch": 60, "start_time": 1.5, "duration": 1, "muted": True}], **place)
        (note,) = self.done("get_clip_notes", **place)["notes"]
        self.assertEqual((note["start"], note["start_time"], note["mute"], note["muted"]), (1.5, 1.5, True, True))
        both = dict(note, start_time=2.0)
        self.refused("add_notes", "invalid_params", "notes[0].start_time", "another name of start", notes=[both], **place)

    def test_values_are_clamped_without_a_key(self):
        place = {"track_index": 0, "device_index": 1}
        for action, named in (
            ("set_track_device_param", {"param_index": 0}),
            ("set_track_device_param_by_name", {"param_name": "Device On"}),
        ):
            self.refused(action, "live_error", "between 0 and 1", value=7, clamp=False, **dict(place, **named))
            answer = self.done(action, value=7, **dict(place, **named))
            self.assertEqual((answer["value"], answer["clamped"]), (1.0, {"value": 1.0}))
            self.assertNotIn("clamped", self.done(action, value=1, **dict(place, **named)))

    def test_a_part_of_a_name_finds_a_track(self):
        answer = self.done("get_track_index_by_name", name="eY")
        self.assertEqual((answer["track_index"], answer["name"]), (0, "Keys"))

    def test_a_recording_may_have_a_length(self):
        self.done("arm_track", track_index=0)
        self.done("trigger_session_record", length=4.0)


if __name__ == "__main__":
    unittest.main()
