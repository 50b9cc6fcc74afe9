"""Batches: one undo step, an answer for each command, and no interleaved changes of other clients."""

import json
import unittest

from livesim import SetPlan
from livesim.model.track import AUDIO, MIDI
from tests.studio import KEY, Studio

PLAN = SetPlan(tracks=(("Drums", MIDI), ("Bass", MIDI), ("Vocals", AUDIO)), scenes=4)


def volume(value, track_index=0, **terms):
    return dict({"action": "set_track_volume", "track_index": track_index, "volume": value}, **terms)


class BatchCase(unittest.TestCase):
    def open(self, **how):
        self.studio = Studio(plan=PLAN, key=KEY, **how)
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect_keyed()
        self.song = self.studio.song

    def setUp(self):
        self.open()

    def batch(self, *commands, **how):
        return self.client.ask_keyed("batch", commands=list(commands), **how)

    def say_batch(self, client, command_id, commands, lane=0):
        late = client.now_ms() + 60000
        client.say({"action": "batch", "id": command_id, "lane": lane, "expires_at_ms": late, "commands": commands})

    def faders(self):
        return [round(track.mixer_device.volume.value, 3) for track in self.song.tracks]


class Results(BatchCase):
    def test_each_command_is_answered_in_its_place(self):
        answer = self.batch(volume(0.1), {"action": "set_tempo", "bpm": 90}, {"action": "get_track_info", "track_index": 1})
        self.assertEqual((answer["ok"], answer["undo_steps"]), (True, 1))
        self.assertEqual([result["ok"] for result in answer["results"]], [True] * 3)
        self.assertEqual((answer["results"][1]["bpm"], answer["results"][2]["name"]), (90.0, "Bass"))
        self.assertEqual((self.faders()[0], self.song.tempo), (0.1, 90.0))

    def test_a_batch_stops_at_the_first_failure(self):
        commands = [volume(0.1), volume(0.2, track_index=9), volume(0.3, track_index=1)]
        answer = self.batch(*commands)
        self.assertEqual([result.get("code") for result in answer["results"]], [None, "live_error", "cancelled"])
        self.assertEqual((answer["ok"], answer["code"]), (False, "live_error"))
        self.assertIn("2 of 3 commands failed or did not run; the first, commands[1]", answer["error"])
        self.assertEqual(self.faders(), [0.1, 0.85, 0.85])

    def test_a_batch_may_continue_after_failures(self):
        answer = self.batch(volume(0.1), volume(0.2, track_index=9), volume(0.3, track_index=1), on_error="continue")
        self.assertEqual([result["ok"] for result in answer["results"]], [True, False, True])
        self.assertEqual(self.faders(), [0.1, 0.3, 0.85])

    def test_expectations_are_checked_right_before_each_command(self):
        answer = self.batch(
            {"action": "rename_track", "track_index": 0, "name": "Kit"},
            volume(0.1, expect={"track": "Kit"}),
            volume(0.2, expect={"track": "Drums"}),
            on_error="continue",
        )
        self.assertEqual([result.get("code") for result in answer["results"]], [None, None, "precondition_failed"])
        self.assertEqual(self.faders()[0], 0.1)

    def test_each_guard_too(self):
        drums = [{"rule": "drummer", "verdict": "allow", "when": {"track": ["Drums*"]}}]
        answer = self.batch(volume(0.1, guard=drums), volume(0.2, track_index=1, guard=drums), on_error="continue")
        self.assertEqual([result.get("code") for result in answer["results"]], [None, "forbidden"])
        self.assertEqual(self.faders(), [0.1, 0.85, 0.85])

    def test_a_dry_run_changes_nothing(self):
        answer = self.batch(volume(0.1), volume(0.1, track_index=2), dry_run=True)
        self.assertEqual([result["targets"]["track"] for result in answer["results"]], [["Drums"], ["Vocals"]])
        self.assertEqual(self.faders(), [0.85] * 3)

    def test_an_invalid_command_stops_the_batch_beforehand(self):
        for wrong, code in (
            ({"action": "set_tempo", "bpm": 2000}, "invalid_params"),
            ({"action": "set_tempoo", "bpm": 90}, "unknown_action"),
            ({"action": "batch", "commands": []}, "unknown_action"),
            ({"bpm": 90}, "missing_action"),
            (volume(0.1, expect={}), "invalid_params"),
            (volume(0.1, id=3), "invalid_params"),
        ):
            answer = self.batch(volume(0.1), wrong)
            self.assertEqual(answer["code"], code, wrong)
            self.assertIn("commands[1]: ", answer["error"])
        for commands in ([], [3], "all", None):
            self.assertEqual(self.client.ask_keyed("batch", commands=commands)["code"], "invalid_params")
        self.assertEqual(self.client.ask_keyed("batch", commands=[volume(0.1)], on_error="retry")["code"], "invalid_params")
        self.assertEqual(self.faders(), [0.85] * 3)

    def test_a_snapshot_may_be_part_of_it(self):
        answer = self.batch({"action": "set_tempo", "bpm": 93}, {"action": "get_snapshot", "depth": 1})
        self.assertEqual([result["ok"] for result in answer["results"]], [True, True])
        self.assertEqual(answer["results"][1]["snapshot"]["tempo"], 93.0)

    def test_the_number_of_commands_is_bounded(self):
        self.open(batch_commands_max=2)
        self.assertTrue(self.batch(volume(0.1), volume(0.2))["ok"])
        self.assertIn("1 to 2 items, got 3", self.batch(volume(0.1), volume(0.2), volume(0.3))["error"])

    def test_local_clients_have_batches_too(self):
        studio = Studio(plan=PLAN)
        self.addCleanup(studio.close)
        client = studio.connect()
        self.assertTrue(client.ask("batch", commands=[volume(0.1)])["ok"])
        self.assertEqual(client.ask("batch", commands=[volume(0.1, guard=[])])["code"], "invalid_params")


class Undo(BatchCase):
    def test_one_undo_reverts_the_batch(self):
        self.batch(
            volume(0.1),
            {"action": "create_midi_track", "name": "Keys"},
            {"action": "set_time_signature", "numerator": 3, "denominator": 8},
            volume(0.2, track_index=1),
        )
        self.assertEqual(len(self.song.tracks), 4)
        self.song.undo()
        self.assertEqual((len(self.song.tracks), self.faders()), (3, [0.85] * 3))
        self.assertEqual((self.song.signature_numerator, self.song.signature_denominator), (4, 4))

    def test_the_step_is_closed_after_a_failure(self):
        self.batch(volume(0.1), volume(0.1, track_index=9))
        self.client.ask_keyed("set_tempo", bpm=90)
        self.song.undo()
        self.assertEqual((self.song.tempo, self.faders()[0]), (120.0, 0.1))


class OverTicks(BatchCase):
    def slow(self, seconds):
        """Every change of a volume takes Live that many seconds."""
        for track in self.song.tracks:
            volume = track.mixer_device.volume
            volume.add_value_listener(lambda: self.studio.live.clock.move_to(self.studio.live.clock.now() + seconds))

    def test_a_batch_continues_after_the_ticks_budget(self):
        self.slow(0.002)
        self.say_batch(self.client, 1, [volume(0.01 * number) for number in range(10)])
        self.studio.tick()
        self.assertFalse(self.client.has_answer())
        self.assertEqual(self.faders()[0], 0.02)
        self.assertTrue(self.client.answer()["ok"])
        self.song.undo()
        self.assertEqual(self.faders()[0], 0.85)

    def test_only_reads_are_interleaved_with_a_batch(self):
        self.slow(0.002)
        other = self.studio.connect_keyed()
        late = self.client.now_ms() + 60000
        self.say_batch(self.client, 1, [volume(0.01 * number) for number in range(10)])
        other.say(
            {"action": "set_track_volume", "track_index": 1, "volume": 0.5, "id": 1, "lane": 1, "expires_at_ms": late},
            {"action": "ping", "id": 2, "lane": 2, "expires_at_ms": late},
        )
        self.studio.tick()
        self.assertEqual(other.answer()["id"], 2)
        self.assertEqual(self.faders()[1], 0.85)
        self.assertTrue(self.client.answer()["ok"])
        self.assertTrue(other.answer()["ok"])
        self.assertEqual(self.faders()[1], 0.5)

    def test_a_stop_gets_through_all_the_same(self):
        self.slow(0.002)
        self.song.start_playing()
        other = self.studio.connect_keyed()
        self.say_batch(self.client, 1, [volume(0.01 * number) for number in range(30)])
        self.studio.tick()
        late = self.client.now_ms() + 60000
        other.say({"action": "stop_playback", "id": 1, "expires_at_ms": late})
        self.studio.tick()
        self.assertFalse(self.song.is_playing)
        self.assertFalse(self.client.has_answer())

    def test_an_expired_batch_runs_no_command(self):
        self.slow(0.004)
        commands = [volume(0.01 * number) for number in range(1, 31)]
        late = self.client.now_ms() + 100
        self.client.say({"action": "batch", "id": 1, "expires_at_ms": late, "commands": commands})
        answer = self.client.answer()
        codes = [result.get("code") for result in answer["results"]]
        done = codes.count(None)
        self.assertGreater(done, 2)
        self.assertEqual(codes[done:], ["expired"] * (30 - done))
        self.assertEqual(self.faders()[0], round(0.01 * done, 3))

    def test_results_that_fill_the_answer_end_it(self):
        self.open(answer_bytes_max=6000)
        answer = self.batch(*([{"action": "get_track_info", "track_index": 0}] * 20), on_error="continue")
        codes = [result.get("code") for result in answer["results"]]
        self.assertEqual((codes[0], codes[-1], len(codes)), (None, "overloaded", 20))

    def test_retries_keep_others_out_of_the_undo_step(self):
        self.studio.refuse_for_a_moment("tempo")
        late = self.client.now_ms() + 60000
        self.client.say(
            {"action": "batch", "id": 1, "lane": 1, "expires_at_ms": late, "commands": [{"action": "set_tempo", "bpm": 90}]},
            {"action": "rename_track", "track_index": 0, "name": "Kit", "id": 2, "lane": 2, "expires_at_ms": late},
        )
        self.assertEqual([self.client.answer()["ok"] for _ in range(2)], [True, True])
        self.song.undo()
        self.assertEqual((self.song.tempo, self.song.tracks[0].name), (90.0, "Drums"))

    def test_but_not_for_longer_than_the_bound(self):
        self.open(batch_hold_ms_max=30)
        self.slow(0.004)
        other = self.studio.connect_keyed()
        self.say_batch(self.client, 1, [volume(0.01 * number) for number in range(1, 9)])
        self.studio.tick()
        late = self.client.now_ms() + 60000
        other.say({"action": "set_track_volume", "track_index": 1, "volume": 0.5, "id": 1, "expires_at_ms": late})
        self.assertTrue(other.answer()["ok"])
        self.assertFalse(self.client.has_answer())
        answer = self.client.answer()
        self.assertTrue(answer["ok"])
        self.assertGreater(answer["undo_steps"], 1)
        self.assertEqual(self.faders()[:2], [0.08, 0.5])

    def test_a_refused_command_is_retried_once(self):
        self.studio.refuse_for_a_moment("value")
        answer = self.batch(volume(0.1), volume(0.2, track_index=1))
        self.assertTrue(answer["ok"], answer)
        self.assertEqual(self.faders()[:2], [0.1, 0.2])

    def test_a_disconnecting_client_leaves_no_undo_step_open(self):
        self.slow(0.004)
        self.say_batch(self.client, 1, [volume(0.01 * number) for number in range(1, 9)])
        self.studio.tick()
        self.client.abort()
        self.studio.tick(20)
        self.assertEqual(self.faders()[0], 0.08)
        other = self.studio.connect_keyed()
        self.assertTrue(other.ask_keyed("set_tempo", bpm=90)["ok"])
        self.song.undo()
        self.assertEqual((self.song.tempo, self.faders()[0]), (120.0, 0.08))

    def test_removing_the_script_leaves_no_undo_step_open(self):
        self.slow(0.004)
        self.say_batch(self.client, 1, [volume(0.01 * number) for number in range(1, 9)])
        self.studio.tick()
        self.studio.surface.disconnect()
        answer = json.loads(self.client.line())
        codes = [result.get("code") for result in answer["results"]]
        done = codes.count(None)
        self.assertEqual((codes[done:], answer["ok"]), (["shutting_down"] * (8 - done), False))
        self.assertEqual(self.faders()[0], round(0.01 * done, 3))
        self.song.tempo = 90.0
        self.song.undo()
        self.assertEqual(self.song.tempo, 120.0)
        self.assertNotEqual(self.faders()[0], 0.85)

    def test_a_thousand_changes_take_under_a_second(self):
        commands = [volume(number % 100 / 100, track_index=number % 3) for number in range(1000)]
        began = self.studio.live.clock.now()
        self.say_batch(self.client, 1, commands)
        self.assertTrue(self.client.answer()["ok"])
        self.assertLess(self.studio.live.clock.now() - began, 1.0)
        self.song.undo()
        self.assertEqual(self.faders(), [0.85] * 3)


if __name__ == "__main__":
    unittest.main()
