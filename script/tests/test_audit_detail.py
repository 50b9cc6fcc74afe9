"""What a change reports to the trail: the names of its targets, and the values before and after."""

import unittest
from unittest import mock

from LiveGate import audit_detail
from livesim import SetPlan
from livesim.model.track import AUDIO, MIDI
from tests.studio import KEY, Studio

PLAN = SetPlan(tracks=(("Drums", MIDI), ("Bass", MIDI), ("Vocals", AUDIO)), scenes=2, clips={(0, 0): 4.0})
DRUMS, BASS, VOCALS = range(3)


class AuditDetailCase(unittest.TestCase):
    key = KEY

    def setUp(self):
        self.studio = Studio(plan=PLAN, key=self.key)
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect_keyed() if self.key else self.studio.connect()
        self.song = self.studio.song

    def report(self, action, **parameters):
        return self.client.ask_keyed(action, **parameters).get("trail")


class Reports(AuditDetailCase):
    def test_values_are_reported_before_and_after(self):
        report = self.report("set_track_volume", track_index=VOCALS, volume=0.5)
        self.assertEqual(
            report, {"touched": {"track": ["Vocals"]}, "before": {"volume": 0.85}, "after": {"volume": 0.5}}
        )

    def test_a_renamed_object_is_reported_under_both_names(self):
        report = self.report("rename_track", track_index=BASS, name="Sub")
        self.assertEqual(report["touched"], {"track": ["Bass", "Sub"]})

    def test_reads_and_dry_runs_report_nothing(self):
        self.assertIsNone(self.report("get_track_info", track_index=BASS))
        self.assertIsNone(self.report("mute_track", track_index=BASS, dry_run=True))

    def test_failures_report_only_partial_changes(self):
        self.assertIsNone(self.report("mute_track", track_index=9))
        self.song.add_tempo_listener(lambda: setattr(self.studio.live.set, "tempo", 99.0))
        answer = self.client.ask_keyed("set_tempo", bpm=90)
        self.assertEqual((answer["ok"], answer["trail"]), (False, {"before": {"tempo": 120.0}, "after": {"tempo": 99.0}}))

    def test_a_retried_change_is_reported_once(self):
        self.studio.refuse_for_a_moment("mute")
        report = self.report("mute_track", track_index=BASS)
        self.assertEqual((report["before"], report["after"]), ({"mute": False}, {"mute": True}))

    def test_each_command_of_a_batch_is_reported(self):
        commands = [{"action": "mute_track", "track_index": index} for index in (DRUMS, 9, BASS)]
        answer = self.client.ask_keyed("batch", commands=commands, on_error="continue")
        touched = [result.get("trail", {}).get("touched") for result in answer["results"]]
        self.assertEqual(touched, [{"track": ["Drums"]}, None, {"track": ["Bass"]}])
        self.assertNotIn("trail", answer)

    def test_an_unreadable_value_is_left_out(self):
        with mock.patch.dict(audit_detail.ROOTS, track=lambda host, params: 1 / 0):
            self.assertEqual(self.report("mute_track", track_index=BASS), {"touched": {"track": ["Bass"]}})
        self.assertTrue(self.song.tracks[BASS].mute)

    def test_an_over_long_report_is_marked_omitted(self):
        with mock.patch.object(audit_detail, "BYTES_MAX", 60):
            report = self.report("rename_track", track_index=BASS, name="Sub")
        self.assertEqual(report, {"omitted": True, "touched": {"track": ["Bass", "Sub"]}})
        with mock.patch.object(audit_detail, "BYTES_MAX", 20):
            report = self.report("rename_track", track_index=BASS, name="Sub bass")
        self.assertEqual(report, {"omitted": True})


class DeletedObjects(AuditDetailCase):
    """Records deleted objects in enough detail to create them again."""

    def add_notes(self, count):
        notes = [{"pitch": 36 + index % 24, "start": index / 8, "duration": 0.1} for index in range(count)]
        self.client.ask_keyed("add_notes", track_index=DRUMS, scene_index=0, notes=notes)

    def test_a_deleted_clip_with_its_notes(self):
        self.add_notes(2)
        self.client.ask_keyed("set_clip_name", track_index=DRUMS, scene_index=0, name="Beat")
        report = self.report("delete_clip", track_index=DRUMS, scene_index=0)
        self.assertEqual(report["touched"], {"track": ["Drums"], "clip": ["Beat"]})
        clip = report["before"]["clip"]
        self.assertEqual((clip["name"], clip["length"], clip["looping"]), ("Beat", 4.0, True))
        first = [[36, 0.0, 0.1, 100.0, 0], [37, 0.125, 0.1, 100.0, 0]]
        self.assertEqual(clip["notes"], {"count": 2, "first": first})
        self.assertNotIn("after", report)

    def test_removed_notes_of_many_the_first(self):
        self.add_notes(32)
        notes = self.report("remove_notes", track_index=DRUMS, clip_index=0, time_from=0.5)["before"]["notes"]
        self.assertEqual((notes["count"], len(notes["first"])), (28, 24))
        self.assertEqual([note[1] for note in notes["first"][:2]], [0.5, 0.625])

    def test_a_deleted_track_is_reported_in_full(self):
        self.client.ask_keyed("add_device", track_index=DRUMS, device_name="Reverb")
        self.client.ask_keyed("set_track_volume", track_index=DRUMS, volume=0.25)
        report = self.report("delete_track", track_index=DRUMS)
        track = report["before"]["track"]
        self.assertEqual((track["name"], track["volume"], track["devices"]), ("Drums", 0.25, ["Reverb"]))
        self.assertEqual(track["clips"], [[0, ""]])
        self.assertEqual(report["touched"], {"track": ["Drums"]})

    def test_randomizing_reports_the_previous_values(self):
        self.client.ask_keyed("add_device", track_index=DRUMS, device_name="Reverb")
        report = self.report("randomize_device", track_index=DRUMS, device_index=0)
        before, after = report["before"]["values"], report["after"]["values"]
        self.assertEqual(len(before), len(after))
        self.assertNotEqual(before, after)

    def test_a_new_object_is_reported_by_name(self):
        self.assertEqual(self.report("create_midi_track", name="Lead")["touched"], {"track": ["Lead"]})
        self.assertEqual(self.report("duplicate_track", track_index=BASS)["after"]["new_index"], 2)
        report = self.report("add_device", track_index=DRUMS, device_name="reverb")
        self.assertEqual(report["touched"], {"track": ["Drums"], "device": ["Reverb"]})

    def test_moved_objects_are_reported_at_their_old_index(self):
        """A command of several ticks, during which the track before it is deleted."""
        self.client.say(
            {"action": "set_track_input_routing", "id": 90, "expires_at_ms": self.client.now_ms() + 9000, "lane": 1,
             "track_index": VOCALS, "routing_type_name": "No Input"},
            {"action": "delete_track", "id": 91, "expires_at_ms": self.client.now_ms() + 9000, "lane": 2,
             "track_index": DRUMS},
        )
        answers = {answer["id"]: answer for answer in self.client.answers(2)}
        report = answers[90]["trail"]
        self.assertEqual(report["touched"], {"track": ["Vocals"]})
        self.assertEqual(report["after"]["routing_type"], "No Input")


class PlainConnections(AuditDetailCase):
    key = None

    def test_a_plain_connection_gets_no_report(self):
        self.assertNotIn("trail", self.client.ask("mute_track", track_index=BASS))


class Plain(unittest.TestCase):
    def test_values_are_json_of_bounded_length(self):
        report = audit_detail.plain({"a": 0.8500000238418579, "b": float("nan"), "c": (True, None, 7), "d": "x" * 1000})
        self.assertEqual(report, {"a": 0.85, "b": None, "c": [True, None, 7], "d": "x" * audit_detail.TEXT_MAX})


if __name__ == "__main__":
    unittest.main()
