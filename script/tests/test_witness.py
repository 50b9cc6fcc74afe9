"""What a change tells the trail: the names of what it touched, and the values before and after."""

import unittest
from unittest import mock

from LiveGate import witness
from livesim import SetPlan
from livesim.model.track import AUDIO, MIDI
from tests.studio import KEY, Studio

PLAN = SetPlan(tracks=(("Drums", MIDI), ("Bass", MIDI), ("Vocals", AUDIO)), scenes=2, clips={(0, 0): 4.0})
DRUMS, BASS, VOCALS = range(3)


class WitnessCase(unittest.TestCase):
    key = KEY

    def setUp(self):
        self.studio = Studio(plan=PLAN, key=self.key)
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect_keyed() if self.key else self.studio.connect()
        self.song = self.studio.song

    def told(self, action, **parameters):
        return self.client.ask_keyed(action, **parameters).get("trail")


class Told(WitnessCase):
    def test_a_value_is_told_as_it_was_and_as_it_is(self):
        told = self.told("set_track_volume", track_index=VOCALS, volume=0.5)
        self.assertEqual(
            told, {"touched": {"track": ["Vocals"]}, "before": {"volume": 0.85}, "after": {"volume": 0.5}}
        )

    def test_what_has_another_name_now_is_touched_under_both(self):
        told = self.told("rename_track", track_index=BASS, name="Sub")
        self.assertEqual(told["touched"], {"track": ["Bass", "Sub"]})

    def test_what_reads_tells_nothing_nor_does_what_only_would_run(self):
        self.assertIsNone(self.told("get_track_info", track_index=BASS))
        self.assertIsNone(self.told("mute_track", track_index=BASS, dry_run=True))

    def test_what_failed_tells_nothing_unless_it_changed_something(self):
        self.assertIsNone(self.told("mute_track", track_index=9))
        self.song.add_tempo_listener(lambda: setattr(self.studio.live.set, "tempo", 99.0))
        answer = self.client.ask_keyed("set_tempo", bpm=90)
        self.assertEqual((answer["ok"], answer["trail"]), (False, {"before": {"tempo": 120.0}, "after": {"tempo": 99.0}}))

    def test_what_is_retried_is_told_once_it_is_done(self):
        self.studio.refuse_for_a_moment("mute")
        told = self.told("mute_track", track_index=BASS)
        self.assertEqual((told["before"], told["after"]), ({"mute": False}, {"mute": True}))

    def test_each_command_of_a_batch_tells_what_it_did(self):
        commands = [{"action": "mute_track", "track_index": index} for index in (DRUMS, 9, BASS)]
        answer = self.client.ask_keyed("batch", commands=commands, on_error="continue")
        touched = [result.get("trail", {}).get("touched") for result in answer["results"]]
        self.assertEqual(touched, [{"track": ["Drums"]}, None, {"track": ["Bass"]}])
        self.assertNotIn("trail", answer)

    def test_what_cannot_be_read_is_left_out_and_fails_nothing(self):
        with mock.patch.dict(witness.ROOTS, track=lambda host, params: 1 / 0):
            self.assertEqual(self.told("mute_track", track_index=BASS), {"touched": {"track": ["Bass"]}})
        self.assertTrue(self.song.tracks[BASS].mute)

    def test_too_much_is_left_out_and_said_to_be(self):
        with mock.patch.object(witness, "BYTES_MAX", 60):
            told = self.told("rename_track", track_index=BASS, name="Sub")
        self.assertEqual(told, {"omitted": True, "touched": {"track": ["Bass", "Sub"]}})
        with mock.patch.object(witness, "BYTES_MAX", 20):
            told = self.told("rename_track", track_index=BASS, name="Sub bass")
        self.assertEqual(told, {"omitted": True})


class ToNobody(WitnessCase):
    key = None

    def test_a_local_client_is_not_told(self):
        self.assertNotIn("trail", self.client.ask("mute_track", track_index=BASS))


class Plain(unittest.TestCase):
    def test_values_are_json_and_no_longer_than_they_say_something(self):
        told = witness.plain({"a": 0.8500000238418579, "b": float("nan"), "c": (True, None, 7), "d": "x" * 1000})
        self.assertEqual(told, {"a": 0.85, "b": None, "c": [True, None, 7], "d": "x" * witness.TEXT_MAX})


if __name__ == "__main__":
    unittest.main()
