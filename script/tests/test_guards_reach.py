"""Reach of rules with names: nested devices, clips everywhere, new objects, and side effects."""

from LiveGate.name_patterns import matching_values
from livesim import SetPlan
from livesim.device_plan import ChainPlan, RackPlan
from livesim.model.track import MIDI
from tests.studio import KEY, Studio
from tests.test_guards import Terms

RACK = RackPlan("Audio Effect Rack", (ChainPlan((RackPlan("Audio Effect Rack", (ChainPlan(("Limiter",)),)),)),))
PLAN = SetPlan(
    tracks=(("Drums", MIDI), ("Bass", MIDI), ("Keys", MIDI)),
    scenes=3,
    clips={(0, 0): 4.0, (0, 1): 4.0, (1, 0): 4.0},
    devices={0: ("Reverb", RACK)},
)


def deny(**names):
    return [{"rule": "not these", "verdict": "deny", "when": names}, {"rule": "all", "verdict": "allow"}]


def allow(**names):
    return [{"rule": "only these", "verdict": "allow", "when": names}]


class ReachCase(Terms):
    def setUp(self):
        self.studio = Studio(plan=PLAN, key=KEY)
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect_keyed()
        self.song = self.studio.song

    def code(self, action, guard, **params):
        return self.client.ask_keyed(action, guard=guard, **params).get("code", "ok")


class Nested(ReachCase):
    def test_a_rule_for_a_device_spares_its_rack(self):
        rule = deny(device=["Limiter*"])
        for action in ("delete_device", "set_device_on_off", "get_rack_contents", "randomize_device"):
            self.assertEqual(self.code(action, rule, track_index=0, device_index=1), "forbidden", action)
        self.assertEqual(self.code("delete_track", rule, track_index=0), "forbidden")
        self.assertEqual(self.code("delete_device", rule, track_index=0, device_index=0), "ok")

    def test_a_rule_for_a_rack_excludes_its_devices(self):
        rack = self.song.tracks[0].devices[1].name
        place = {"track_index": 0, "device_index": 1}
        self.assertEqual(self.code("delete_device", allow(device=[rack]), **place), "forbidden")
        self.assertEqual(self.code("delete_device", allow(device=[rack, "Limiter"]), **place), "ok")


class TracksByName(ReachCase):
    """A snapshot names its track by name too, and what is on it by index or path."""

    def test_what_a_rule_forbids_is_not_read(self):
        track = self.song.tracks[0]
        track.clip_slots[1].clip.name = "Secret"
        for rule, place in ((deny(clip=["Secret"]), {"clip_index": 1}), (deny(device=["Reverb"]), {"device_index": 0})):
            for named in ({"track_index": 0}, {"track_name": track.name}):
                self.assertEqual(self.code("get_snapshot", rule, **dict(place, **named)), "forbidden", named)
        in_rack = {"device_path": [1, 0, 0]}
        for named in ({"track_index": 0}, {"track_name": track.name}):
            self.assertEqual(self.code("get_snapshot", deny(device=["Audio*"]), **dict(in_rack, **named)), "forbidden")

    def test_devices_of_returns_and_master_are_not_read(self):
        for track, place in ((self.song.return_tracks[0], {"return_index": 0}), (self.song.master_track, {"master": True})):
            track.insert_device("Delay")
            for device in ({"device_index": 0}, {"device_path": [0]}, {"device_name": "Delay"}):
                params = dict(place, **device)
                self.assertEqual(self.code("get_snapshot", deny(device=["Delay"]), **params), "forbidden", params)


class Clips(ReachCase):
    def test_clips_in_the_arrangement_are_seen(self):
        track = self.song.tracks[0]
        track.duplicate_clip_to_arrangement(track.clip_slots[0].clip, 8.0).name = "Keep"
        for action, params in (
            ("delete_track", {"track_index": 0}),
            ("duplicate_to_arrangement", {"track_index": 0, "clip_index": 1, "time": 8.0}),
            ("get_arrangement_clips", {"track_index": 0}),
        ):
            self.assertEqual(self.code(action, deny(clip=["Keep"]), **params), "forbidden", action)
        self.assertEqual(self.code("get_arrangement_clips", deny(clip=["Keep"]), track_index=1), "ok")

    def test_clips_in_take_lanes_are_seen(self):
        lane = self.song.tracks[0].create_take_lane()
        lane.create_midi_clip(0.0, 4.0).name = "Keep"
        place = {"track_index": 0, "lane_index": 0}
        for action, params in (
            ("delete_track", {"track_index": 0}),
            ("create_midi_clip_in_lane", place),
            ("get_clips_in_take_lane", place),
        ):
            self.assertEqual(self.code(action, deny(clip=["Keep"]), **params), "forbidden", action)

    def test_both_names_of_a_rename_count(self):
        self.song.tracks[0].clip_slots[0].clip.name = "Keep"
        place = {"track_index": 0, "scene_index": 0}
        self.assertEqual(self.code("set_clip_name", deny(clip=["Keep"]), name="Other", **place), "forbidden")
        self.assertEqual(self.code("set_clip_name", deny(clip=["Other"]), name="Other", **place), "forbidden")
        self.assertEqual(self.code("set_clip_name", allow(clip=["Keep"]), name="Other", **place), "forbidden")
        self.assertEqual(self.code("set_clip_name", allow(clip=["Keep", "Other"]), name="Other", **place), "ok")


class Making(ReachCase):
    """A rule for objects of certain names does not allow creating more of them."""

    def test_a_name_creates_no_track_or_scene(self):
        for action in ("create_midi_track", "create_audio_track"):
            self.assertEqual(self.code(action, allow(track=["Drums*"]), name="Drums 2"), "forbidden", action)
        self.assertEqual(self.code("create_scene", allow(scene=["Intro*"]), name="Intro 2"), "forbidden")
        self.song.scenes[0].name = "Intro"
        self.assertEqual(self.code("duplicate_scene", allow(scene=["Intro*"]), scene_index=0), "forbidden")
        self.assertEqual((len(self.song.tracks), len(self.song.scenes)), (3, 3))

    def test_a_denied_name_is_denied_to_new_objects(self):
        self.assertEqual(self.code("create_midi_track", deny(track=["Drums*"]), name="Drums 2"), "forbidden")
        self.assertEqual(self.code("create_midi_track", deny(track=["Drums*"]), name="Brass"), "ok")

    def test_duplicating_for_one_track_adds_no_scene(self):
        drums, copy = allow(track=["Drums"]), {"track_index": 0, "scene_index": 1}
        self.assertEqual(self.code("duplicate_clip", drums, **copy), "ok")
        self.assertEqual(self.code("duplicate_clip", drums, **copy), "forbidden")
        self.assertEqual(len(self.song.scenes), 3)
        self.assertEqual(self.code("duplicate_clip", allow(track=["Drums", "Bass", "Keys"]), **copy), "ok")
        self.assertEqual(len(self.song.scenes), 4)


class Launching(ReachCase):
    def test_launching_one_track_does_not_start_the_others(self):
        drums, place = allow(track=["Drums"]), {"track_index": 0, "scene_index": 0}
        self.assertEqual(self.code("launch_clip", drums, **place), "forbidden")
        self.assertFalse(self.song.is_playing)
        self.assertEqual(self.code("launch_clip", deny(track=["Keys"]), **place), "forbidden")
        self.song.start_playing()
        self.assertEqual(self.code("launch_clip", drums, **place), "ok")
        self.assertEqual(self.code("launch_clip", drums, track_index=1, scene_index=0), "forbidden")


class ByIndex(ReachCase):
    def test_an_index_allows_that_track_alone(self):
        second = allow(track=[1])
        self.assertEqual(self.code("mute_track", second, track_index=1), "ok")
        self.assertEqual(self.code("mute_track", second, track_index=0), "forbidden")
        self.assertEqual(self.code("rename_track", second, track_index=1, name="Low"), "ok")
        self.assertEqual(self.code("create_midi_track", second, name="Low"), "forbidden")

    def test_a_denied_index_spares_that_track(self):
        others = deny(track=[1])
        self.assertEqual(self.code("mute_track", others, track_index=0), "ok")
        self.assertEqual(self.code("rename_track", others, track_index=1, name="Low"), "forbidden")
        self.assertEqual(self.code("delete_track", others, track_index=1), "forbidden")

    def test_a_row_is_a_clips_index(self):
        first_row = allow(clip=[0])
        self.assertEqual(self.code("set_clip_name", first_row, track_index=0, clip_index=0, name="A"), "ok")
        self.assertEqual(self.code("set_clip_name", first_row, track_index=0, clip_index=1, name="A"), "forbidden")
        track = self.song.tracks[0]
        track.duplicate_clip_to_arrangement(track.clip_slots[0].clip, 8.0)
        self.assertEqual(self.code("get_arrangement_clips", deny(clip=[3]), track_index=0), "forbidden")

    def test_nested_devices_have_their_racks_index(self):
        rack = {"track_index": 0, "device_index": 1}
        self.assertEqual(self.code("delete_device", allow(device=[0]), **rack), "forbidden")
        self.assertEqual(self.code("delete_device", allow(device=[1]), **rack), "ok")


class Cost(ReachCase):
    def test_matching_more_than_fits_a_tick_is_refused(self):
        long = "x" * 200
        for track in self.song.tracks:
            track.name = long
        guard = [dict(rule, rule="%d" % number) for number in range(40) for rule in deny(track=["y*"])[:1]]
        allowed = [{"rule": "all", "verdict": "allow"}]
        self.assertEqual(self.code("mute_track", guard + allowed, track_index=0), "ok")
        self.assertEqual(self.code("solo_track", guard[:30] + allowed, track_index=0), "ok")
        more = [dict(rule, rule="%d" % number) for number in range(40) for rule in guard[:1]]
        self.assertEqual(self.code("launch_scene", (more * 6)[:200] + allowed, scene_index=0), "forbidden")
        self.assertEqual(self.code("launch_scene", more[:30] + allowed, scene_index=0), "ok")

    def test_names_in_other_forms_cost_more(self):
        plain, other = matching_values("a" * 60), matching_values("\u0301" * 60)
        self.assertEqual((plain, other), (11, 61))
