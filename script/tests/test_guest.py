"""A guest with `where = {track = ["Guitar*"]}`: no action changes, names or plays anything of another track."""

import json
import unittest

from LiveGate import reach
from LiveGate.registry import ACTIONS
from livesim.effects import Effects
from tests import cases
from tests.studio import KEY, Studio

GUARD = [{"rule": "guest", "verdict": "allow", "when": {"track": ["Guitar*"]}}]
SECRET = "Secret 7Q"


class Guest:
    """A set in which one track is the guest's, and everything on the other tracks has a secret name."""

    def __init__(self, plan, case, own):
        self.own = own
        self.studio = Studio("12", plan, key=KEY)
        self.song = self.studio.song
        if case.before is not None:
            case.before(self.song)
            self.studio.tick()
        for index, track in enumerate(self.song.tracks):
            is_own = index == own
            track.name = "Guitar" if is_own else "%s track %d" % (SECRET, index)
            for kind in () if is_own else ("clip", "device"):
                for _, item in reach.ON_TRACK[kind](track):
                    if item is not None:
                        item.name = SECRET
        self.studio.tick()
        self.effects = []
        self._follow_changes()

    def _follow_changes(self):
        live, described = self.studio.live, Effects.describe
        change = live.change

        def followed(subject, member, value, act):
            self.effects.append(described(None, subject, member, value))
            return change(subject, member, value, act)

        live.change = followed

    def elsewhere(self):
        """The changes outside of the guest's track."""
        own = "live_set tracks %s" % self.own
        return {each["member"] for each in self.effects if not (each["path"] + " ").startswith(own + " ")}

    def playing(self):
        """What plays or is about to, on the other tracks and in the transport."""
        others = [track for index, track in enumerate(self.song.tracks) if index != self.own]
        return self.song.is_playing, [(track.playing_slot_index, track.fired_slot_index) for track in others]

    def ask(self, name, params):
        return self.studio.connect_keyed().ask_keyed(name, **dict(params, guard=GUARD))


class Alone(unittest.TestCase):
    # What an action on the guest's own track changes beside it: the track itself, and what is selected.
    BESIDE = {
        "delete_track": {"delete_track"},
        "focus_track": {"selected_track"},
        # The selection belongs to the view; what is selected is the guest's.
        "select_clip_slot": {"selected_track", "selected_scene", "highlighted_clip_slot"},
        "select_device": {"select_device"},
        "show_plugin_window": {"select_device"},
        "load_device_from_browser": {"load_item"},  # selects the track and the previous one again
    }

    # Promise: Conditions are checked in Live when the command runs
    def test_no_action_reaches_another_track(self):
        allowed = set()
        for plan, of_plan in cases.by_plan():
            for name, case in of_plan.items():
                if "12" in ACTIONS[name].missing:
                    continue
                named = case.params.get("track_index")
                for own in range(2) if named is None else {named, (named + 1) % 2}:
                    with self.subTest(action=name, own=own):
                        guest = Guest(plan, case, own)
                        self.addCleanup(guest.studio.close)
                        allowed |= self.check(guest, name, case, may_be_allowed=named in (None, own))
                        guest.studio.close()
        self.assertGreater(len(allowed), 80, "hardly anything is allowed")

    def check(self, guest, name, case, may_be_allowed):
        playing = guest.playing()
        answer = guest.ask(name, case.params)
        answer.pop("trail", None)  # for the gateway alone
        guest.studio.live.run(case.run_s)
        self.assertNotIn(SECRET, json.dumps(answer))
        if not answer["ok"]:
            self.assertEqual(guest.effects, [])
            return set()
        self.assertTrue(may_be_allowed, answer)
        self.assertLessEqual(guest.elsewhere(), self.BESIDE.get(name, set()))
        if name != "delete_track":
            self.assertEqual(guest.playing(), playing)
        return {name}


class Declared(unittest.TestCase):
    """Each change that an action makes lies within what it declares to touch."""

    # Members of the set that create, remove or move objects of a kind.
    MAKERS = {
        "create_midi_track": "track",
        "create_audio_track": "track",
        "delete_track": "track",
        "duplicate_track": "track",
        "create_scene": "scene",
        "delete_scene": "scene",
        "duplicate_scene": "scene",
        "capture_and_insert_scene": "scene",
        "create_return_track": "return",
        "delete_return_track": "return",
        "stop_all_clips": "track",
    }

    def test_every_change_is_declared(self):
        checked = 0
        for plan, of_plan in cases.by_plan():
            for name, case in of_plan.items():
                if "12" in ACTIONS[name].missing or ACTIONS[name].is_read:
                    continue
                with self.subTest(action=name):
                    guest = Guest(plan, case, None)
                    self.addCleanup(guest.studio.close)
                    answer = guest.studio.connect_keyed().ask_keyed(name, **case.params)
                    guest.studio.live.run(case.run_s)
                    for effect in guest.effects if answer["ok"] else ():
                        checked += 1
                        self.assert_declared(ACTIONS[name], case.params, effect)
                    guest.studio.close()
        self.assertGreater(checked, 120)

    def assert_declared(self, action, params, effect):
        words = effect["path"].split()
        kinds = self.kinds_of(words, effect["member"])
        # A new object is a change of the set.
        kinds |= {"set"} if {action.makes, action.names} & kinds else set()
        self.assertTrue(kinds & set(action.touches), (effect, action.touches))
        on_track = words[1:2] == ["tracks"]
        if on_track and "set" not in action.touches and action.touches.get("track", "") is not None:
            parameter = action.touches.get("track") or action.targets.get("track")
            self.assertEqual(params.get(parameter), int(words[2]), (effect, action.touches))

    def kinds_of(self, words, member):
        """The kinds of which one must be declared: that of the object, or of its owner."""
        if words[0] != "live_set":
            return {"app", "selection", "device"}
        owners = {"tracks": "track", "return_tracks": "return", "master_track": "master", "scenes": "scene"}
        kinds = {owners.get(words[1], "set") if len(words) > 1 else self.MAKERS.get(member, "set")}
        kinds |= {"device"} if "devices" in words else set()
        kinds |= {"selection"} if "view" in words else set()
        kinds |= {"clip"} if {"clip_slots", "arrangement_clips", "take_lanes"} & set(words) else set()
        return kinds | ({"set"} if len(words) == 1 else set())


if __name__ == "__main__":
    unittest.main()
