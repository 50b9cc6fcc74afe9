"""Commands that a person has to approve: what the person saw is compared in the tick in which they run."""

import unittest
from unittest import mock

from livesim import SetPlan
from livesim.model.track import AUDIO, MIDI
from tests.studio import KEY, Studio

PLAN = SetPlan(tracks=(("Drums", MIDI), ("Bass", MIDI), ("Vocals", AUDIO)), scenes=4, clips={(0, 0): 8.0})
ASK = [{"rule": "agent", "verdict": "ask"}]


class Approvals(unittest.TestCase):
    def setUp(self):
        self.studio = Studio(plan=PLAN, key=KEY)
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect_keyed()
        self.song = self.studio.song

    def delete(self, **terms):
        return self.client.ask_keyed("delete_track", track_index=0, guard=ASK, **terms)

    def names(self):
        return [track.name for track in self.song.tracks]

    def seen(self):
        answer = self.delete()
        self.assertEqual((answer["ok"], answer["code"], answer["rule"]), (False, "approval_pending", "agent"), answer)
        self.assertEqual(self.names(), ["Drums", "Bass", "Vocals"])
        return answer["seen"]

    # Promise: An approval is for what the person saw
    def test_an_approved_command_runs(self):
        seen = self.seen()
        self.assertEqual(seen["targets"]["track"], [{"name": "Drums", "clips": 1, "arrangement_clips": 0, "devices": 0}])
        self.assertTrue(self.delete(approved=seen["digest"])["ok"])
        self.assertEqual(self.names(), ["Bass", "Vocals"])

    # Promise: An approval is for what the person saw
    def test_a_changed_target_is_another_target(self):
        def rename():
            self.song.tracks[0].name = "Kit"

        def fill():
            self.song.tracks[0].clip_slots[1].create_clip(4.0)

        def empty():
            self.song.tracks[0].clip_slots[0].delete_clip()

        def swap():
            self.song.delete_track(0)
            self.song.create_midi_track(0)
            self.song.tracks[0].name = "Drums"
            self.song.tracks[0].clip_slots[0].create_clip(8.0)

        for change in (rename, fill, empty, swap):
            with self.subTest(change.__name__):
                self.setUp()
                digest = self.seen()["digest"]
                change()
                answer = self.delete(approved=digest)
                self.assertEqual(answer["code"], "precondition_failed", answer)
                self.assertEqual(len(self.names()), 3)

    def test_the_digest_is_no_way_round_a_deny(self):
        digest = self.seen()["digest"]
        deny = [{"rule": "owner", "verdict": "deny", "when": {"track": ["Dr*"]}}] + ASK
        answer = self.client.ask_keyed("delete_track", track_index=0, guard=deny, approved=digest)
        self.assertEqual(answer["code"], "forbidden")

    def test_a_dry_run_and_a_batch_ask_nobody(self):
        answer = self.delete(dry_run=True)
        self.assertEqual((answer["code"], "seen" in answer), ("approval_pending", False))
        line = {"action": "delete_track", "track_index": 0, "guard": ASK, "approved": self.seen()["digest"]}
        answer = self.client.ask_keyed("batch", commands=[line])
        self.assertEqual(answer["results"][0]["code"], "forbidden")
        self.assertEqual(self.names(), ["Drums", "Bass", "Vocals"])

    def test_too_many_objects_can_be_shown_to_nobody(self):
        with mock.patch("LiveGate.budget.VALUES_MAX", 8):
            answer = self.delete()
        self.assertEqual(answer["code"], "forbidden", answer)
        self.assertIn("reaches more objects", answer["error"])

    def test_the_status_bar_says_what_waits(self):
        with mock.patch.object(self.studio.live, "log") as log:
            self.seen()
        log.assert_any_call("StatusBar: livegate: delete_track waits for approval")


if __name__ == "__main__":
    unittest.main()
