"""Side effects that rules with names must see: new tracks, copies, recorded clips, mappings that others lose."""

from LiveGate.registry import ACTIONS
from livesim import SetPlan
from livesim.model.track import AUDIO, MIDI
from tests.studio import KEY, Studio
from tests.test_guards_reach import ReachCase, allow, deny

RECORDING = ("start_recording", "set_record_mode", "set_arrangement_overdub", "set_punch_in", "set_punch_out")
ONLY_ASKED = ("randomize_rack_macros", "recall_rack_variation", "recall_last_rack_variation")


class NewTracks(ReachCase):
    def setUp(self):
        plan = SetPlan(tracks=(("Guitar", AUDIO), ("Guitar 2", MIDI), ("Drums", MIDI)), scenes=2)
        self.studio = Studio(plan=plan, key=KEY)
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect_keyed()
        self.song = self.studio.song

    def test_loading_for_one_track_creates_no_other(self):
        def code(index, name):
            found = self.code("load_device_from_browser", guitar, track_index=index, device_name=name)
            self.studio.live.run(4)
            return found

        guitar, tracks = allow(track=["Guitar*"]), len(self.song.tracks)
        # An instrument that the browser does not show as one gets a new track, if its own is for audio.
        self.assertEqual(code(0, "Sample Synth"), "forbidden")
        self.assertEqual(code(1, "Sample Synth"), "ok")
        self.assertEqual(code(2, "Sample Synth"), "forbidden")
        self.assertEqual(len(self.song.tracks), tracks)

    def test_a_rule_for_all_tracks_may_load(self):
        every = allow(track=["Guitar*", "Drums"])
        loaded = self.code("load_device_from_browser", every, track_index=0, device_name="Reverb")
        self.assertEqual(loaded, "ok")


class Copies(ReachCase):
    def test_a_denied_name_is_not_copied(self):
        self.song.tracks[0].clip_slots[0].clip.name = "Keep"
        self.assertEqual(self.code("duplicate_track", deny(clip=["Keep"]), track_index=0), "forbidden")
        self.assertEqual(self.code("duplicate_track", deny(device=["Limiter"]), track_index=0), "forbidden")
        self.assertEqual(len(self.song.tracks), 3)


class Recordings(ReachCase):
    def test_recording_may_replace_any_clip(self):
        track = self.song.tracks[0]
        track.duplicate_clip_to_arrangement(track.clip_slots[0].clip, 8.0).name = "Keep"
        for name in RECORDING:
            params = {"mode": 1} if name == "set_record_mode" else {}
            self.assertEqual(self.code(name, deny(clip=["Keep"]), **params), "forbidden", name)
            self.assertEqual(self.code(name, deny(clip=["Other"]), **params), "ok", name)


class Playing(ReachCase):
    def test_starting_the_set_makes_every_track_play(self):
        for name in ("start_playback", "continue_playing", "tap_tempo"):
            self.assertEqual(self.code(name, deny(track=["Keys"])), "forbidden", name)
            self.assertEqual(self.code(name, allow(track=["Drums"])), "forbidden", name)
            self.assertEqual(self.code(name, deny(track=["Other"])), "ok", name)


class Mappings(ReachCase):
    def test_a_mapping_of_another_track_is_not_taken(self):
        place = {"device_index": 0, "param_index": 1, "channel": 0}
        everything = [{"rule": "all", "verdict": "allow"}]
        self.studio.song.tracks[1].insert_device("Reverb", 0)
        drums, bass = allow(track=["Drums"]), allow(track=["Bass"])
        self.assertEqual(self.code("map_midi_cc", everything, track_index=1, cc_number=7, **place), "ok")
        self.assertEqual(self.code("map_midi_cc", drums, track_index=0, cc_number=7, **place), "forbidden")
        self.assertEqual(self.code("map_midi_cc", drums, track_index=0, cc_number=8, **place), "ok")
        self.assertEqual(self.code("map_midi_cc", bass, track_index=1, cc_number=7, **place), "ok")


class Edges(ReachCase):
    """What no larger case meets."""

    def test_a_new_name_counts_for_its_kind_alone(self):
        self.assertEqual(self.code("rename_track", deny(clip=["Keep"]), track_index=0, name="Keep"), "ok")
        self.assertEqual(self.code("create_midi_track", deny(clip=["Keep"]), name="Keep"), "ok")

    def test_without_a_name_no_name_counts(self):
        self.assertEqual(self.code("create_midi_track", deny(track=["Keep"])), "ok")

    def test_an_index_behind_the_last_names_nothing(self):
        self.assertEqual(self.code("mute_track", allow(track=["*"]), track_index=3), "forbidden")
        self.assertEqual(self.code("set_scene_color", allow(scene=["*"]), scene_index=3, color_index=1), "forbidden")

    def test_a_send_reaches_its_return_track(self):
        self.song.create_return_track().name = "Echo"
        index = len(self.song.return_tracks) - 1
        send = {"track_index": 0, "send_index": index, "value": 0.5}
        self.assertEqual(self.code("set_track_send", deny(**{"return": ["Echo"]}), **send), "forbidden")
        self.assertEqual(self.code("set_track_send", deny(**{"return": ["Other"]}), **send), "ok")

    def test_recording_into_the_arrangement_counts(self):
        quiet = [{"rule": "quiet", "verdict": "allow", "when": {"recording": False}}]
        self.assertEqual(self.code("mute_track", quiet, track_index=0), "ok")
        self.song.record_mode = True
        self.studio.live.run(1.0)
        self.assertEqual(self.code("mute_track", quiet, track_index=0), "forbidden")


class Declarations(ReachCase):
    def test_losing_all_macros_takes_the_right_to_destroy(self):
        for name in ONLY_ASKED:
            self.assertIn("destructive", ACTIONS[name].access, name)

    def test_link_reaches_beyond_the_set(self):
        self.assertIn("app", ACTIONS["set_ableton_link"].touches)
