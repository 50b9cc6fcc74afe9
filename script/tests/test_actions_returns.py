"""Actions on returns and the master, exclusive buttons, and the selection by steps."""

import functools

from LiveGate.actions import other_tracks
from LiveGate.registry import ACTIONS
from livesim import SetPlan
from livesim.model.track import AUDIO, GROUP, MIDI
from tests.actions_case import ActionsCase
from tests.cases import other_tracks as devices
from tests.test_guards_reach import ReachCase, allow, deny

TRACKS = (("Kit", GROUP), ("Kick", MIDI), ("Bass", MIDI), ("Vocals", AUDIO))


class Returns(ActionsCase):
    plan = SetPlan(tracks=TRACKS, groups={0: (1, 2)}, scenes=3)

    def test_sends_of_a_return_are_bounded(self):
        self.assertEqual(self.done("get_return_track_sends", return_index=0)["sends"][1]["return_name"], "B-Delay")
        self.refused("set_return_track_send", "send_index 7 does not exist", return_index=0, send_index=7, value=0.5)
        self.refused("set_return_track_send", "between 0 and 1", return_index=0, send_index=1, value=2)

    def test_a_name_that_nothing_has_is_refused(self):
        self.refused("get_return_track_index_by_name", "no return track is called", name="Hall")
        self.refused("get_scene_index_by_name", "no scene is called", name="Hall")

    def test_exclusive_releases_the_buttons_of_others(self):
        for index in (1, 3):
            self.done("arm_track", track_index=index)
            self.done("solo_track", track_index=index)
        self.done("solo_return_track", return_index=0)
        self.done("arm_track", track_index=2, exclusive=True)
        self.done("solo_track", track_index=2, exclusive=True)
        tracks = self.song.tracks
        self.assertEqual([track.can_be_armed and track.arm for track in tracks], [False, False, True, False])
        self.assertEqual([track.solo for track in tracks], [False, False, True, False])
        self.assertFalse(self.song.return_tracks[0].solo)
        self.done("arm_track", track_index=3)
        self.done("arm_track", track_index=2, armed=False, exclusive=True)
        self.assertTrue(tracks[3].arm, "an armed track is released alone")

    def test_scenes_are_selected_by_steps(self):
        for params, expected in (({}, 1), ({"steps": 7}, 2), ({"steps": 1, "wrap": True}, 0), ({"steps": -1}, 0)):
            self.assertEqual(self.done("step_selected_scene", **params)["scene_index"], expected, params)
        self.assertEqual(self.song.view.selected_scene, self.song.scenes[0])

    def test_tracks_in_folded_groups_are_passed_over(self):
        self.song.tracks[0].fold_state = 1
        self.song.view.selected_track = self.song.tracks[0]
        self.assertEqual(self.done("step_selected_track")["track_index"], 3)
        self.assertEqual(self.done("step_selected_track", wrap=True)["track_index"], 0)
        self.song.view.selected_track = self.song.master_track
        self.assertEqual(self.done("step_selected_track", steps=-1)["track_index"], 3)


class OtherTracks(ActionsCase):
    """Devices of return tracks and of the master track."""

    plan = devices.PLAN
    # Actions on devices of tracks that return tracks and the master track lack, and why.
    OF_TRACKS_ALONE = {
        "the same as another action": (
            "get_device_parameters get_track_device_params set_device_param set_track_device_param"
            " set_device_parameter_by_name set_device_param_by_name set_track_device_param_by_name"
            " randomize_device_parameters get_m4l_param_by_name is_max_device"
        ),
        "its answer is the same for every device of a kind": "get_device_members",
        "instruments alone": "get_sample_playback_mode set_sample_playback_mode",
        "Live cannot do it": "map_midi_cc",
    }

    def test_each_action_on_devices_is_there(self):
        alone = set(" ".join(self.OF_TRACKS_ALONE.values()).split())
        takes = {name for name, found in ACTIONS.items() if found.takes("track_index") and found.takes("device_index")}
        takes = {name for name in takes if not ACTIONS[name].takes("clip_index")} - alone
        self.assertEqual(takes | {"add_device", "load_device_from_browser"}, {name.format("") for name in other_tracks.NAMES})

    def test_a_device_in_a_rack_is_reached(self):
        for word, place in (("return", {"return_index": 1}), ("master", {})):
            track = self.song.return_tracks[1] if place else self.song.master_track
            chain = track.devices[0].chains[0]
            ask = functools.partial(self.client.ask, device_path=[0, 0, 1], **place)
            answer = ask("set_%s_device_on_off" % word, enabled=False)
            self.assertEqual((answer["ok"], answer["device_path"], chain.devices[1].is_active), (True, [0, 0, 1], False))
            self.assertTrue(ask("delete_%s_device" % word)["ok"])
            self.assertEqual([device.name for device in chain.devices], ["Reverb"])

    def test_refusals_name_the_kind_of_track(self):
        for action, place, words in (
            ("set_return_chain_mute", {"return_index": 1}, "of return track 1 (Reverb) is not a rack"),
            ("set_master_chain_mute", {}, "of the master track (Reverb) is not a rack"),
        ):
            self.refused(action, words, device_index=1, chain_index=0, **place)
        self.refused("delete_return_device", "return_index 7 does not exist", return_index=7, device_index=0)
        self.refused("delete_return_device", "return track 0 has no devices", return_index=0, device_index=0)
        self.refused("delete_master_device", "the master track has devices 0 to 2", device_index=7)

    def test_only_effects_are_added(self):
        self.refused("add_return_device", "needs a MIDI track", return_index=1, device_name="Operator")
        self.refused("add_master_device", "needs a MIDI track", device_name="Operator")


class Policy(ReachCase):
    def test_a_rule_for_a_return_spares_it(self):
        names = [track.name for track in self.song.return_tracks]
        other = {"return_index": 0}
        for action, params in (
            ("mute_return_track", other),
            ("rename_return_track", dict(other, name="X")),
            ("set_return_track_send", dict(other, send_index=1, value=0.5)),
            ("add_return_device", dict(other, device_name="Reverb")),
        ):
            self.assertEqual(self.code(action, deny(**{"return": names[:1]}), **params), "forbidden", action)
            self.assertEqual(self.code(action, allow(**{"return": names[1:]}), **params), "forbidden", action)
        send = dict(other, send_index=1, value=0.5)
        self.assertEqual(self.code("set_return_track_send", deny(**{"return": names[1:]}), **send), "forbidden")
        self.assertEqual(self.code("set_return_track_send", allow(**{"return": names}), **send), "ok")
        self.assertEqual(self.code("mute_return_track", allow(**{"return": names[:1]}), **other), "ok")

    def test_a_rule_for_a_device_spares_it_anywhere(self):
        for track in (self.song.return_tracks[0], self.song.master_track):
            track.insert_device("Reverb")
        for action, place in (("delete_return_device", {"return_index": 0}), ("delete_master_device", {})):
            params = dict(place, device_index=0)
            self.assertEqual(self.code(action, deny(device=["Rev*"]), **params), "forbidden", action)
            self.assertEqual(self.code(action, allow(device=["Delay"]), **params), "forbidden", action)
            self.assertEqual(self.code(action, allow(track=["*"]), **params), "forbidden", action)
            self.assertEqual(self.code(action, allow(device=["Reverb"]), **params), "ok", action)

    def test_an_exclusive_button_reaches_all_tracks(self):
        drums, place = allow(track=["Drums"]), {"track_index": 0}
        self.assertEqual(self.code("arm_track", drums, **place), "ok")
        self.assertEqual(self.code("arm_track", drums, exclusive=True, **place), "forbidden")
        self.assertEqual(self.code("arm_track", deny(track=["Keys"]), exclusive=True, **place), "forbidden")
