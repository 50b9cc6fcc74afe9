"""What a change reports to the trail: the names of its targets, and the values before and after."""

import unittest
from unittest import mock

from LiveGate import audit_detail
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
        with mock.patch.dict(audit_detail.ROOTS, track=lambda host, params: 1 / 0):
            self.assertEqual(self.told("mute_track", track_index=BASS), {"touched": {"track": ["Bass"]}})
        self.assertTrue(self.song.tracks[BASS].mute)

    def test_too_much_is_left_out_and_said_to_be(self):
        with mock.patch.object(audit_detail, "BYTES_MAX", 60):
            told = self.told("rename_track", track_index=BASS, name="Sub")
        self.assertEqual(told, {"omitted": True, "touched": {"track": ["Bass", "Sub"]}})
        with mock.patch.object(audit_detail, "BYTES_MAX", 20):
            told = self.told("rename_track", track_index=BASS, name="Sub bass")
        self.assertEqual(told, {"omitted": True})


class Lost(WitnessCase):
    """Records deleted objects in enough detail to create them again."""

    def add_notes(self, count):
        notes = [{"pitch": 36 + index % 24, "start": index / 8, "duration": 0.1} for index in range(count)]
        self.client.ask_keyed("add_notes", track_index=DRUMS, scene_index=0, notes=notes)

    def test_a_deleted_clip_with_its_notes(self):
        self.add_notes(2)
        self.client.ask_keyed("set_clip_name", track_index=DRUMS, scene_index=0, name="Beat")
        told = self.told("delete_clip", track_index=DRUMS, scene_index=0)
        self.assertEqual(told["touched"], {"track": ["Drums"], "clip": ["Beat"]})
        clip = told["before"]["clip"]
        self.assertEqual((clip["name"], clip["length"], clip["looping"]), ("Beat", 4.0, True))
        first = [[36, 0.0, 0.1, 100.0, 0], [37, 0.125, 0.1, 100.0, 0]]
        self.assertEqual(clip["notes"], {"count": 2, "first": first})
        self.assertNotIn("after", told)

    def test_removed_notes_of_many_the_first(self):
        self.add_notes(32)
        notes = self.told("remove_notes", track_index=DRUMS, clip_index=0, time_from=0.5)["before"]["notes"]
        self.assertEqual((notes["count"], len(notes["first"])), (28, 24))
        self.assertEqual([note[1] for note in notes["first"][:2]], [0.5, 0.625])

    def test_a_deleted_track_with_its_mixer_devices_and_clips(self):
        self.client.ask_keyed("add_device", track_index=DRUMS, device_name="Reverb")
        self.client.ask_keyed("set_track_volume", track_index=DRUMS, volume=0.25)
        told = self.told("delete_track", track_index=DRUMS)
        track = told["before"]["track"]
        self.assertEqual((track["name"], track["volume"], track["devices"]), ("Drums", 0.25, ["Reverb"]))
        self.assertEqual(track["clips"], [[0, ""]])
        self.assertEqual(told["touched"], {"track": ["Drums"]})

    def test_what_a_device_was_set_to_before_chance_had_its_way(self):
        self.client.ask_keyed("add_device", track_index=DRUMS, device_name="Reverb")
        told = self.told("randomize_device", track_index=DRUMS, device_index=0)
        before, after = told["before"]["values"], told["after"]["values"]
        self.assertEqual(len(before), len(after))
        self.assertNotEqual(before, after)

    def test_what_is_new_is_touched_by_its_name(self):
        self.assertEqual(self.told("create_midi_track", name="Lead")["touched"], {"track": ["Lead"]})
        self.assertEqual(self.told("duplicate_track", track_index=BASS)["after"]["new_index"], 2)
        told = self.told("add_device", track_index=DRUMS, device_name="reverb")
        self.assertEqual(told["touched"], {"track": ["Drums"], "device": ["Reverb"]})

    def test_each_object_is_looked_at_where_it_was_though_others_have_moved(self):
        """A command of several ticks, during which the track before it is deleted."""
        self.client.say(
            {"action": "set_track_input_routing", "id": 90, "expires_at_ms": self.client.now_ms() + 9000, "lane": 1,
             "track_index": VOCALS, "routing_type_name": "No Input"},
            {"action": "delete_track", "id": 91, "expires_at_ms": self.client.now_ms() + 9000, "lane": 2,
             "track_index": DRUMS},
        )
        answers = {answer["id"]: answer for answer in self.client.answers(2)}
        told = answers[90]["trail"]
        self.assertEqual(told["touched"], {"track": ["Vocals"]})
        self.assertEqual(told["after"]["routing_type"], "No Input")


class ToNobody(WitnessCase):
    key = None

    def test_a_local_client_is_not_told(self):
        self.assertNotIn("trail", self.client.ask("mute_track", track_index=BASS))


class Plain(unittest.TestCase):
    def test_values_are_json_and_no_longer_than_they_say_something(self):
        told = audit_detail.plain({"a": 0.8500000238418579, "b": float("nan"), "c": (True, None, 7), "d": "x" * 1000})
        self.assertEqual(told, {"a": 0.85, "b": None, "c": [True, None, 7], "d": "x" * audit_detail.TEXT_MAX})


if __name__ == "__main__":
    unittest.main()
