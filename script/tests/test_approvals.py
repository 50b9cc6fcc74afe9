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

    # Promise: An approval covers only what the person saw
    def test_an_approved_command_runs(self):
        seen = self.seen()
        self.assertEqual(seen["targets"]["track"], [{"name": "Drums", "clips": 1, "arrangement_clips": 0, "devices": 0}])
        self.assertTrue(self.delete(approved=seen["digest"])["ok"])
        self.assertEqual(self.names(), ["Bass", "Vocals"])

    # Promise: An approval covers only what the person saw
    def test_a_clip_with_new_notes_is_another(self):
        def delete(**terms):
            return self.client.ask_keyed("delete_clip", track_index=0, scene_index=0, guard=ASK, **terms)

        seen = delete()["seen"]
        self.assertEqual(seen["targets"]["clip"][0]["notes"], 0)
        note = {"pitch": 60, "start": 1.0, "duration": 1.0}
        self.assertTrue(self.client.ask_keyed("add_notes", track_index=0, scene_index=0, notes=[note])["ok"])
        self.assertEqual(delete(approved=seen["digest"])["code"], "precondition_failed")
        seen = delete()["seen"]
        self.assertEqual(seen["targets"]["clip"][0]["notes"], 1)
        self.assertTrue(delete(approved=seen["digest"])["ok"])

    def test_an_approval_is_a_digest(self):
        for approved in (7, [], {}, "x" * 65):
            self.assertEqual(self.delete(approved=approved)["code"], "invalid_params", approved)
        self.assertEqual(self.names(), ["Drums", "Bass", "Vocals"])

    # Promise: An approval covers only what the person saw
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

    # Promise: An approval covers only what the person saw
    def test_identity_is_object_and_name_without_contents(self):
        whole, first = self.seen()["digest"], self.seen()["identity"]
        self.song.tracks[0].clip_slots[0].clip.loop_end = 4.0
        self.assertNotEqual(self.seen()["digest"], whole)
        self.assertEqual(self.seen()["identity"], first)
        self.song.tracks[0].name = "Kit"
        self.assertNotEqual(self.delete()["seen"]["identity"], first)
        self.song.delete_track(0)
        self.song.create_midi_track(0)
        self.song.tracks[0].name = "Drums"
        self.song.tracks[0].clip_slots[0].create_clip(8.0)
        self.assertNotEqual(self.delete()["seen"]["identity"], first)

    def test_the_digest_is_no_way_round_a_deny(self):
        digest = self.seen()["digest"]
        deny = [{"rule": "owner", "verdict": "deny", "when": {"track": ["Dr*"]}}] + ASK
        answer = self.client.ask_keyed("delete_track", track_index=0, guard=deny, approved=digest)
        self.assertEqual(answer["code"], "forbidden")

    def test_a_dry_run_asks_no_person(self):
        answer = self.delete(dry_run=True)
        self.assertEqual((answer["code"], "seen" in answer), ("approval_pending", False))
        line = {"action": "delete_track", "track_index": 0, "guard": ASK, "dry_run": True}
        answer = self.client.ask_keyed("batch", commands=[line])
        self.assertEqual((answer["results"][0]["code"], "seen" in answer["results"][0]), ("approval_pending", False))

    def test_too_many_objects_cannot_be_shown(self):
        with mock.patch("LiveGate.budget.VALUES_MAX", 8):
            answer = self.delete()
        self.assertEqual(answer["code"], "forbidden", answer)
        self.assertIn("reaches more objects", answer["error"])

    def test_the_status_bar_says_what_waits(self):
        with mock.patch.object(self.studio.live, "log") as log:
            self.seen()
        log.assert_any_call("StatusBar: livegate: delete_track waits for approval")


class Batches(unittest.TestCase):
    """A batch waits whole: what of it asks is found before its first command runs."""

    def setUp(self):
        self.studio = Studio(plan=PLAN, key=KEY)
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect_keyed()
        self.song = self.studio.song

    def names(self):
        return [track.name for track in self.song.tracks]

    def ask(self, *commands, **terms):
        return self.client.ask_keyed("batch", commands=list(commands), **terms)

    def delete(self, index, guard=ASK):
        return {"action": "delete_track", "track_index": index, "guard": guard}

    def mute(self, index, guard=ASK[:0]):
        return {"action": "mute_track", "track_index": index, "guard": guard or [{"rule": "all", "verdict": "allow"}]}

    def digest(self, *commands):
        answer = self.ask(*commands)
        self.assertEqual((answer["ok"], answer["code"], answer["rule"]), (False, "approval_pending", "agent"), answer)
        return answer["seen"]["digest"]

    def test_nothing_runs_before_the_approval(self):
        commands = self.mute(1), self.delete(0)
        answer = self.ask(*commands)
        self.assertEqual(answer["seen"]["targets"]["track"][0]["name"], "Drums")
        self.assertFalse(self.song.tracks[1].mute)
        self.assertTrue(self.ask(*commands, approved=answer["seen"]["digest"])["ok"])
        self.assertEqual((self.names(), self.song.tracks[0].mute), (["Bass", "Vocals"], True))

    def test_an_index_that_moves_is_another_target(self):
        commands = self.delete(0), self.delete(0)
        answer = self.ask(*commands, approved=self.digest(*commands))
        self.assertEqual([each.get("code") for each in answer["results"]], [None, "forbidden"], answer)
        self.assertEqual(self.names(), ["Bass", "Vocals"])

    def test_what_turns_out_to_ask_is_refused(self):
        kit = [{"rule": "agent", "verdict": "ask", "when": {"track": ["Kit"]}}, {"rule": "all", "verdict": "allow"}]
        rename = {"action": "rename_track", "track_index": 1, "name": "Kit", "guard": [{"rule": "all", "verdict": "allow"}]}
        commands = self.delete(0), rename, self.mute(0, kit)
        answer = self.ask(*commands, approved=self.digest(*commands))
        self.assertEqual([each.get("code") for each in answer["results"]], [None, None, None], answer)
        rename = dict(rename, track_index=0)
        answer = self.ask(rename, self.mute(0, kit))
        self.assertEqual(answer["results"][1]["code"], "forbidden", answer)

    def test_a_forbidden_command_in_a_batch_asks_nothing(self):
        deny = [{"rule": "owner", "verdict": "deny"}]
        answer = self.ask(self.delete(0), self.mute(1, deny))
        self.assertEqual((answer["code"], "seen" in answer), ("forbidden", False), answer)
        self.assertIn("commands[1]: ", answer["error"])
        self.assertEqual(len(self.names()), 3)

    def test_a_changed_target_ends_the_batch(self):
        commands = self.mute(1), self.delete(0)
        digest = self.digest(*commands)
        self.song.tracks[0].name = "Kit"
        answer = self.ask(*commands, approved=digest)
        self.assertEqual(answer["code"], "precondition_failed", answer)
        self.assertFalse(self.song.tracks[1].mute)

    def test_the_batch_may_change_its_targets(self):
        self.song.tracks[0].clip_slots[1].create_clip(4.0)
        commands = [{"action": "delete_clip", "track_index": 0, "clip_index": row, "guard": ASK} for row in (0, 1)]
        self.assertTrue(self.ask(*commands, approved=self.digest(*commands))["ok"])
        self.assertFalse(any(slot.has_clip for slot in self.song.tracks[0].clip_slots))


if __name__ == "__main__":
    unittest.main()
