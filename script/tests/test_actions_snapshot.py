"""Snapshots: complete to the requested depth, spread over ticks, and consistent."""

import unittest

from livesim import SetPlan
from livesim.device_plan import ChainPlan, RackPlan
from livesim.model.track import AUDIO, MIDI
from tests.actions_case import NOTE
from tests.studio import Studio

PLAN = SetPlan(
    tracks=(("Drums", MIDI), ("Bass", MIDI), ("Bass", MIDI), ("Vocals", AUDIO)),
    returns=("A-Reverb",),
    scenes=3,
    clips={(0, 0): 8.0, (0, 2): 4.0, (3, 1): 4.0},
    devices={0: ("Operator", "Reverb"), "return 0": ("Delay",), "master": ("Limiter",)},
)
CLOCK_PER_FRAGMENT_S = 0.0003
BUDGET_MS = 5.0


class SnapshotCase(unittest.TestCase):
    version = "12"

    def setUp(self):
        self.open(PLAN)

    def open(self, plan, **limits):
        self.studio = Studio(self.version, plan, **limits)
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect()
        self.song = self.studio.song

    def snapshot(self, **params):
        answer = self.client.ask("get_snapshot", **params)
        self.assertTrue(answer["ok"], answer)
        return answer["snapshot"]

    def refused(self, code, *words, **params):
        answer = self.client.ask("get_snapshot", **params)
        self.assertEqual((answer["ok"], answer["code"]), (False, code), answer)
        for word in words:
            self.assertIn(word, answer["error"])


class Depths(SnapshotCase):
    def test_depth_nought_is_the_set_itself(self):
        answer = self.snapshot(depth=0)
        self.assertEqual((answer["num_tracks"], answer["tempo"]), (4, 120.0))
        self.assertNotIn("tracks", answer)

    def test_depth_one_lists_the_sets_members(self):
        answer = self.snapshot()
        self.assertEqual([track["name"] for track in answer["tracks"]], ["Drums", "Bass", "Bass", "Vocals"])
        self.assertEqual([track["name"] for track in answer["return_tracks"]], ["A-Reverb"])
        self.assertEqual(answer["master_track"]["kind"], "master")
        self.assertEqual([scene["scene_index"] for scene in answer["scenes"]], [0, 1, 2])
        self.assertEqual(answer["locators"], [])
        self.assertNotIn("clips", answer["tracks"][0])

    def test_further_levels_open_tracks_clips_and_devices(self):
        self.client.ask("add_notes", track_index=0, scene_index=2, notes=[NOTE])
        shallow, deep = self.snapshot(depth=2), self.snapshot(depth=3)
        drums = shallow["tracks"][0]
        self.assertEqual([clip["clip_index"] for clip in drums["clips"]], [0, 2])
        self.assertEqual([device["name"] for device in drums["devices"]], ["Operator", "Reverb"])
        self.assertNotIn("notes", drums["clips"][0])
        drums = deep["tracks"][0]
        self.assertEqual([note["pitch"] for note in drums["clips"][1]["notes"]], [36])
        names = [parameter["name"] for parameter in drums["devices"][0]["parameters"]]
        live = [parameter.name for parameter in self.song.tracks[0].devices[0].parameters]
        self.assertEqual(names, live)
        self.assertEqual(deep["return_tracks"][0]["devices"][0]["name"], "Delay")
        self.assertEqual(deep["master_track"]["devices"][0]["name"], "Limiter")
        self.assertEqual(deep["tracks"][3]["clips"][0]["notes"], [])

    def test_sends_and_markers_are_there_too(self):
        self.song.tracks[1].mixer_device.sends[0].value = 0.25
        self.song.tracks[0].clip_slots[0].clip.end_marker = 6.0
        answer = self.snapshot(depth=2)
        self.assertEqual([send["value"] for send in answer["tracks"][1]["sends"]], [0.25])
        clip = answer["tracks"][0]["clips"][0]
        self.assertEqual((clip["end_marker"], clip["looping"], clip["signature_numerator"]), (6.0, True, 4))

    def test_routing_sound_and_grooves_are_there_too(self):
        vocals = self.song.tracks[3]
        next(slot for slot in vocals.clip_slots if slot.has_clip).clip.gain = 0.4
        answer = self.snapshot(depth=2)
        routing = answer["tracks"][3]["routing"]
        self.assertEqual(routing["output_type"], vocals.output_routing_type.display_name)
        self.assertEqual(set(routing), {"input_type", "input_channel", "output_type", "output_channel"})
        clip = answer["tracks"][3]["clips"][0]
        self.assertAlmostEqual(clip["gain"], 0.4, places=5)
        self.assertEqual((clip["gain_display"], clip["warping"], clip["groove"]), ("0.0 dB", True, None))
        self.assertNotIn("gain", answer["tracks"][0]["clips"][0])
        self.assertEqual(len(answer["grooves"]), len(self.song.groove_pool.grooves))

    def test_take_lanes_have_their_clips(self):
        drums = self.song.tracks[0]
        if hasattr(drums, "create_take_lane"):
            drums.create_take_lane().create_midi_clip(4.0, 2.0)
        lanes = self.snapshot(track_index=0, depth=2)["take_lanes"]
        self.assertEqual(len(lanes), len(getattr(drums, "take_lanes", ())))
        self.assertEqual([clip["start_time"] for lane in lanes for clip in lane["clips"]], [4.0] * len(lanes))

    def test_the_values_are_those_of_the_set_now(self):
        self.song.tracks[1].mixer_device.volume.value = 0.5
        self.song.tracks[0].clip_slots[0].clip.name = "Verse"
        answer = self.snapshot(depth=2)
        self.assertEqual(answer["tracks"][1]["volume"], 0.5)
        self.assertEqual(answer["tracks"][0]["clips"][0]["name"], "Verse")


class Parts(SnapshotCase):
    def test_objects_are_addressed_by_index_or_name(self):
        self.song.tracks[0].clip_slots[2].clip.name = "Fill"
        self.assertEqual(self.snapshot(track_index=3)["name"], "Vocals")
        self.assertEqual(self.snapshot(track_name="Vocals")["track_index"], 3)
        self.assertEqual(self.snapshot(track_name="A-Reverb", depth=1)["devices"][0]["name"], "Delay")
        self.assertEqual(self.snapshot(track_name=self.song.master_track.name)["kind"], "master")
        self.assertEqual(self.snapshot(track_index=0, clip_index=2)["name"], "Fill")
        self.assertEqual(self.snapshot(track_name="Drums", clip_name="Fill", depth=0)["clip_index"], 2)
        self.assertEqual(self.snapshot(track_index=0, device_name="Reverb", depth=0)["index"], 1)
        self.assertEqual(self.snapshot(track_name="A-Reverb", device_index=0)["name"], "Delay")

    def test_returns_and_the_master_are_addressed(self):
        self.assertEqual(self.snapshot(return_index=0, depth=0)["name"], "A-Reverb")
        self.assertEqual(self.snapshot(return_index=0, device_index=0)["name"], "Delay")
        self.assertEqual(self.snapshot(master=True, depth=0)["kind"], "master")
        self.assertEqual(self.snapshot(master=True, device_name="Limiter", depth=0)["index"], 0)
        self.refused("live_error", "return_index 1 does not exist", return_index=1)
        self.refused("invalid_params", "either master or return_index", return_index=0, master=True)

    def test_devices_in_racks_are_addressed(self):
        inner = RackPlan("Audio Effect Rack", (ChainPlan(("Reverb", "Delay"), "Wet"),))
        rack = RackPlan("Audio Effect Rack", (ChainPlan(("EQ Three",)), ChainPlan((inner,))))
        self.open(SetPlan(tracks=(("Drums", MIDI),), devices={0: (rack,), "return 0": (rack,), "master": (rack,)}))
        for track in ({"track_index": 0}, {"track_name": "Drums"}, {"return_index": 0}, {"master": True}):
            found = self.snapshot(device_path=[0, 1, 0, 0, 1], **track)
            self.assertEqual((found["name"], found["index"]), ("Delay", 1), track)
            self.assertIn("parameters", found)
            self.assertEqual(self.snapshot(device_path=[0, 1, 0], **track)["chains"][0]["name"], "Wet")
            self.refused("live_error", "0.1.1 leads to no device", device_path=[0, 1, 1], **track)
            self.refused("live_error", "0.0.0.0.0 leads to no device", device_path=[0, 0, 0, 0, 0], **track)
            self.refused("invalid_params", "must be a device, then", device_path=[0, 1], **track)
        self.refused("invalid_params", "a device needs its track", device_path=[0, 1, 0])
        self.refused("invalid_params", "not both", track_index=0, device_path=[0], device_index=0)

    def test_missing_and_ambiguous_objects_are_refused(self):
        self.refused("live_error", "tracks 0 to 3", track_index=4)
        self.refused("live_error", "Basss", "there is none", track_name="Basss")
        self.refused("live_error", "several, at 1, 2", track_name="Bass")
        self.refused("live_error", "no clip at clip_index 1", track_index=0, clip_index=1)
        self.refused("live_error", "no device at device_index 2", track_index=0, device_index=2)
        self.refused("live_error", "no clip", track_name="A-Reverb", clip_index=0)

    def test_conflicting_parameters_are_refused(self):
        self.refused("invalid_params", "either track_index or track_name", track_index=0, track_name="Drums")
        self.refused("invalid_params", "either clip_index or clip_name", track_index=0, clip_index=0, clip_name="A")
        self.refused("invalid_params", "either a clip or a device", track_index=0, clip_index=0, device_index=0)
        self.refused("invalid_params", "a clip needs its track", clip_index=0)
        self.refused("invalid_params", "a device needs its track", device_name="Operator")


class OverTicks(SnapshotCase):
    def setUp(self):
        clips = {(track, scene): 4.0 for track in range(8) for scene in range(8)}
        self.open(SetPlan(tracks=tuple(("T%d" % index, MIDI) for index in range(8)), scenes=8, clips=clips))

    def let_each_part_take_time(self):
        from LiveGate.actions import snapshot

        original = snapshot.json_of

        def slow(value):
            self.studio.live.clock.move_to(self.studio.live.clock.now() + CLOCK_PER_FRAGMENT_S)
            return original(value)

        snapshot.json_of = slow
        self.addCleanup(setattr, snapshot, "json_of", original)

    def test_ticks_exceed_the_budget_by_one_piece_only(self):
        self.let_each_part_take_time()
        answer = self.client.ask("get_snapshot", depth=3)
        self.assertGreater(answer["ticks"], 3)
        self.assertEqual(sum(len(track["clips"]) for track in answer["snapshot"]["tracks"]), 64)
        piece_ms = 8 * CLOCK_PER_FRAGMENT_S * 1000
        self.assertLess(self.studio.bridge.health()["tick_ms_max"], BUDGET_MS + piece_ms)

    def test_others_are_served_meanwhile(self):
        self.let_each_part_take_time()
        other = self.studio.connect()
        self.client.say({"action": "get_snapshot", "depth": 3})
        other.say({"action": "ping"})
        self.studio.tick(2)
        self.assertTrue(other.has_answer())
        self.assertFalse(self.client.has_answer())
        self.assertTrue(self.client.answer()["ok"])

    def test_a_deletion_restarts_the_snapshot_and_is_reported(self):
        self.let_each_part_take_time()
        self.client.say({"action": "get_snapshot", "depth": 3})
        self.studio.tick(2)
        self.song.delete_track(7)
        answer = self.client.answer()
        self.assertTrue(answer["ok"], answer)
        self.assertEqual((answer["consistent"], len(answer["snapshot"]["tracks"])), (False, 7))

    def test_an_over_large_snapshot_is_refused(self):
        from LiveGate.actions import snapshot

        self.addCleanup(setattr, snapshot, "BYTES_MAX", snapshot.BYTES_MAX)
        snapshot.BYTES_MAX = 2000
        self.refused("live_error", "request less depth", depth=3)


class InLive11(Depths, Parts):
    version = "11"


class OverTicksInLive11(OverTicks):
    version = "11"


if __name__ == "__main__":
    unittest.main()
