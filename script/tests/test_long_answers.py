"""Over-long answers: pages, refusals that name them, and short answers of changes."""

import json
import unittest

from livesim import SetPlan
from livesim.model.track import MIDI
from tests.actions_case import ActionsCase
from tests.studio import KEY, Studio

PLAN = SetPlan(tracks=(("Drums", MIDI),), scenes=1, clips={(0, 0): 4.0})
BYTES_MAX = 2000
CLIP = {"track_index": 0, "clip_index": 0}


def notes(count):
    return [{"pitch": number % 128, "start": float(number), "duration": 0.5} for number in range(count)]


class Pages(ActionsCase):
    def fill(self, count):
        clip = self.slot(0, 0).clip
        host = self.studio.bridge._host
        clip.add_new_notes([host.note(velocity=100, mute=False, **note) for note in notes(count)])

    def test_pages_together_are_all_notes_in_order(self):
        self.fill(205)
        for action in ("get_clip_notes", "get_notes_extended"):
            listed, following = [], 0
            for count in (100, 100, 5):
                page = self.done(action, **dict(CLIP, offset=following, limit=100))
                self.assertEqual((page["count"], page["total"], len(page["notes"])), (count, 205, count))
                listed += page["notes"]
                following = page["next"]
            self.assertEqual(following, 205)
            self.assertEqual([note["start"] for note in listed], [float(number) for number in range(205)])

    def test_a_page_beyond_the_end_is_empty(self):
        self.fill(3)
        page = self.done("get_clip_notes", **dict(CLIP, offset=7))
        self.assertEqual((page["count"], page["total"], page["next"], page["notes"]), (0, 3, 7, []))

    def test_results_are_truncated_only_on_request(self):
        self.fill(10001)
        for action in ("get_clip_notes", "get_notes_extended"):
            answer = self.client.ask(action, **dict(CLIP, **({"time_span": 99999} if action != "get_clip_notes" else {})))
            self.assertEqual(answer["code"], "live_error", action)
            self.assertIn("offset and limit", answer["error"])
        self.assertEqual(self.done("get_clip_notes", **dict(CLIP, offset=1))["count"], 10000)


class Bounded(unittest.TestCase):
    def setUp(self):
        # below the minimum in settings.json, so that an answer exceeds it quickly
        self.studio = Studio("12", PLAN, key=KEY, answer_bytes_max=BYTES_MAX)
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect_keyed()

    def ask(self, action, **parameters):
        self.client._next_id += 1
        envelope = {"action": action, "id": self.client._next_id, "expires_at_ms": self.client.now_ms() + 10000}
        self.client.say(dict(envelope, **parameters))
        line = self.client.line()
        self.assertTrue(line.startswith(b'{"id": %d, ' % self.client._next_id), line[:40])
        self.assertLessEqual(len(line), BYTES_MAX)
        return json.loads(line)

    def add(self, count):
        return self.ask("add_notes", track_index=0, scene_index=0, notes=notes(count))

    def test_an_over_long_read_is_refused_with_remedy(self):
        self.add(40)
        answer = self.ask("get_clip_notes", **CLIP)
        self.assertEqual((answer["ok"], answer["code"]), (False, "live_error"))
        self.assertIn("offset and limit", answer["error"])
        self.assertIn("ask for less", self.ask("get_snapshot", depth=3)["error"])

    def test_an_over_long_change_answers_briefly(self):
        answer = self.add(900)
        self.assertTrue(answer["ok"], answer)
        self.assertEqual((answer["note_count"], answer["omitted"]), (900, ["note_ids"]))
        self.assertIn("trail", answer)

    def test_results_of_a_batch_are_bounded_and_complete(self):
        self.add(40)
        commands = [dict(CLIP, action="get_clip_notes"), {"action": "set_tempo", "bpm": 90.0}, {"action": "ping"}]
        results = self.ask("batch", commands=commands, on_error="continue")["results"]
        self.assertEqual([result.get("code") for result in results], ["live_error", None, None])
        self.assertIn("offset and limit", results[0]["error"])


if __name__ == "__main__":
    unittest.main()
