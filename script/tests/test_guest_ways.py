"""A guest with `where = {track = ["Guitar*"]}`, by every way a command can take: dry run, batch, race, new set."""

import json
import unittest

from LiveGate.registry import ACTIONS
from tests import cases
from tests.test_guest import GUARD, SECRET, Guest

VERSION = "12"


class Ways(unittest.TestCase):
    def for_each(self, check, wanted=lambda name, case: True):
        """Calls `check` with a guest whose track is not the one that the case names, for every action."""
        checked = 0
        for plan, of_plan in cases.by_plan():
            for name, case in of_plan.items():
                if VERSION not in ACTIONS[name].missing and wanted(name, case):
                    with self.subTest(action=name):
                        guest = Guest(plan, case, (case.params.get("track_index", 0) + 1) % 2)
                        self.addCleanup(guest.studio.close)
                        check(guest, name, case)
                        guest.studio.close()
                        checked += 1
        self.assertGreater(checked, 100)

    def assert_nothing(self, guest, answer, playing, run_s):
        """Nothing happened outside of the guest's track, and the answer names nothing of it."""
        guest.studio.live.run(run_s)
        self.assertNotIn(SECRET, json.dumps({key: value for key, value in answer.items() if key != "trail"}))
        self.assertEqual(guest.elsewhere(), set(), answer)
        self.assertEqual(guest.playing(), playing)


class OnAnotherTrack(Ways):
    """Requests for a track that is not the guest's, or for none."""

    def is_for_another(self, name, case):
        return "track_index" in case.params or not ACTIONS[name].is_read

    # Promise: Denied names appear in no answer
    def test_a_dry_run_reveals_nothing(self):
        self.for_each(self.check_dry_run, self.is_for_another)

    def check_dry_run(self, guest, name, case):
        playing = guest.playing()
        answer = guest.ask(name, dict(case.params, dry_run=True))
        self.assertEqual(answer.get("code"), "forbidden", answer)
        self.assert_nothing(guest, answer, playing, 0.1)

    def test_an_expectation_reveals_nothing(self):
        self.for_each(self.check_expectation, self.is_for_another)

    def check_expectation(self, guest, name, case):
        playing = guest.playing()
        for expect in ({"track": SECRET + "*"}, {"exists": ["clip", "device"]}, {"armed": True}):
            answer = guest.ask(name, dict(case.params, expect=expect))
            self.assertEqual(answer.get("code"), "forbidden", answer)
            self.assert_nothing(guest, answer, playing, 0.1)

    # Promise: Conditions are checked in Live when the command runs
    def test_a_batch_is_no_way_around(self):
        self.for_each(self.check_batch, self.is_for_another)

    def check_batch(self, guest, name, case):
        playing = guest.playing()
        own = {"action": "set_track_volume", "track_index": guest.own, "volume": 0.3, "guard": GUARD}
        other = dict(case.params, action=name, guard=GUARD)
        client = guest.studio.connect_keyed()
        answer = client.ask_keyed("batch", commands=[own, other, own], on_error="continue")
        # A group reaches its tracks, which are not the guest's.
        has_track = guest.own < len(guest.song.tracks) and not guest.song.tracks[guest.own].is_foldable
        expected = ["ok", "forbidden", "ok"] if has_track else ["forbidden"] * 3
        self.assertEqual([each.get("code", "ok") for each in answer["results"]], expected, answer)
        self.assert_nothing(guest, answer, playing, case.run_s)


class Racing(Ways):
    """The guest's track is another one when the command runs."""

    def names_a_track(self, name, case):
        return "track_index" in case.params

    def say(self, guest, name, case):
        client = guest.studio.connect_keyed()
        client.say(dict(case.params, action=name, id=1, expires_at_ms=client.now_ms() + 10000, guard=GUARD))
        return client

    def guest_of(self, guest, case):
        """The track that the case names becomes the guest's."""
        named = case.params["track_index"]
        for index, track in enumerate(guest.song.tracks):
            track.name = "Guitar" if index == named else SECRET
        guest.studio.tick()

    # Promise: Conditions are checked in Live when the command runs
    def test_a_renamed_track_is_another(self):
        self.for_each(self.check_renamed, self.names_a_track)

    def check_renamed(self, guest, name, case):
        self.guest_of(guest, case)
        client = self.say(guest, name, case)
        guest.song.tracks[case.params["track_index"]].name = SECRET
        self.assert_refused(guest, client, case)

    # Promise: Conditions are checked in Live when the command runs
    def test_a_moved_track_is_another(self):
        self.for_each(self.check_moved, self.names_a_track)

    def check_moved(self, guest, name, case):
        self.guest_of(guest, case)
        client = self.say(guest, name, case)
        guest.song.create_midi_track(0).name = SECRET
        guest.song.tracks[case.params["track_index"]].name = SECRET
        self.assert_refused(guest, client, case)

    def assert_refused(self, guest, client, case):
        guest.effects.clear()
        guest.own = None
        playing = guest.playing()
        answer = client.answer()
        self.assertEqual(answer.get("code"), "forbidden", answer)
        self.assert_nothing(guest, answer, playing, case.run_s)


if __name__ == "__main__":
    unittest.main()
