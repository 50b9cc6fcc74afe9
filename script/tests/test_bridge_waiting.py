"""Waiting commands: cancelled by their client, or coalesced with a later value."""

import unittest

from livesim import SetPlan
from livesim.model.track import MIDI
from tests.studio import KEY, Studio

PLAN = SetPlan(tracks=(("Drums", MIDI), ("Bass", MIDI)), scenes=2)


class Waiting(unittest.TestCase):
    def setUp(self):
        self.studio = Studio(plan=PLAN, key=KEY)
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect_keyed()
        self.song = self.studio.song

    def volume(self, command_id, value, track_index=0, **terms):
        command = {"action": "set_track_volume", "id": command_id, "track_index": track_index, "volume": value}
        return dict(command, expires_at_ms=self.client.now_ms() + 10000, **terms)

    def command(self, name, command_id, **parameters):
        return dict(parameters, action=name, id=command_id, expires_at_ms=self.client.now_ms() + 10000)

    def answers(self, count):
        return {answer["id"]: answer for answer in self.client.answers(count)}

    def fader(self, index=0):
        return round(self.song.tracks[index].mixer_device.volume.value, 3)


class Coalescing(Waiting):
    def test_a_later_value_replaces_a_waiting_one(self):
        values = [0.1, 0.2, 0.3, 0.4]
        notified = []
        self.song.tracks[0].mixer_device.volume.add_value_listener(lambda: notified.append(self.fader()))
        self.client.say(*(self.volume(number, value, coalesce=True) for number, value in enumerate(values)))
        answers = self.answers(4)
        self.assertEqual([answers[number].get("superseded", False) for number in range(4)], [True, True, True, False])
        self.assertEqual([answer["ok"] for answer in answers.values()], [True] * 4)
        self.assertEqual((notified, self.fader()), ([0.4], 0.4))

    def test_both_commands_must_allow_coalescing(self):
        self.client.say(self.volume(1, 0.1), self.volume(2, 0.2, coalesce=True), self.volume(3, 0.3))
        self.assertFalse(any("superseded" in answer for answer in self.answers(3).values()))

    def test_other_targets_lanes_and_terms_are_left_alone(self):
        self.client.say(
            self.volume(1, 0.1, coalesce=True),
            self.volume(2, 0.2, track_index=1, coalesce=True),
            self.volume(3, 0.3, coalesce=True, lane=5),
            self.volume(4, 0.4, coalesce=True, lane=6),
            self.volume(5, 0.5, coalesce=True, lane=6, expect={"track": "Drums"}),
        )
        self.assertFalse(any("superseded" in answer for answer in self.answers(5).values()))

    def test_an_intervening_command_keeps_both_values(self):
        self.client.say(
            self.volume(1, 0.1, coalesce=True),
            self.command("stop_playback", 2),
            self.volume(3, 0.3, coalesce=True),
        )
        self.assertFalse(any("superseded" in answer for answer in self.answers(3).values()))

    def test_relative_changes_are_never_coalesced(self):
        answer = self.client.ask_keyed("create_midi_track", coalesce=True)
        self.assertEqual((answer["code"], len(self.song.tracks)), ("invalid_params", 2))

    def test_local_clients_get_their_answers_in_order(self):
        studio = Studio(plan=PLAN)
        self.addCleanup(studio.close)
        client = studio.connect()
        one = {"action": "set_track_volume", "track_index": 0, "coalesce": True}
        client.say({"action": "ping", "id": 1}, dict(one, volume=0.1, id=2), dict(one, volume=0.2, id=3), {"action": "ping", "id": 4})
        answers = client.answers(4)
        self.assertEqual([answer["id"] for answer in answers], [1, 2, 3, 4])
        self.assertEqual([answer.get("superseded", False) for answer in answers], [False, True, False, False])


class Cancelling(Waiting):
    def test_a_waiting_command_is_cancelled_and_answered(self):
        self.client.say(self.volume(1, 0.1), self.volume(2, 0.2), self.command("cancel", 3, ids=[2, 9]))
        answers = self.answers(3)
        self.assertEqual((answers[1]["ok"], answers[2]["code"], answers[2]["category"]), (True, "cancelled", "network"))
        self.assertEqual(answers[3]["cancelled"], [2])
        self.assertEqual(self.fader(), 0.1)

    def test_a_cancel_overtakes_the_commands_it_cancels(self):
        self.client.say(*(self.volume(number, 0.1) for number in range(20)), self.command("cancel", 99, ids=list(range(20))))
        answers = self.answers(21)
        self.assertEqual(answers[99]["cancelled"], list(range(20)))
        self.assertEqual(self.fader(), 0.85)

    def test_a_finished_command_is_not_cancelled(self):
        self.assertTrue(self.client.ask_keyed("set_track_volume", track_index=0, volume=0.5)["ok"])
        self.assertEqual(self.client.ask_keyed("cancel", ids=[1])["cancelled"], [])

    def test_answers_after_a_cancelled_command_still_arrive(self):
        self.client.say(
            self.command("start_playback", 1),
            self.volume(2, 0.1, coalesce=True),
            self.volume(3, 0.2, coalesce=True),
            self.command("cancel", 4, ids=[1]),
        )
        answers = self.answers(4)
        self.assertEqual((answers[1]["code"], answers[2]["superseded"], answers[3]["ok"]), ("cancelled", True, True))

    def test_others_commands_are_out_of_reach(self):
        other = self.studio.connect_keyed()
        other.say(self.volume(1, 0.3))
        self.client.say(self.command("cancel", 1, ids=[1]))
        self.assertEqual(self.client.answer()["cancelled"], [])
        self.assertTrue(other.answer()["ok"])

    def test_ids_that_are_none_are_refused(self):
        for ids in (None, "1", [True], [1.5], ["a"], list(range(2000))):
            self.assertEqual(self.client.ask_keyed("cancel", ids=ids)["code"], "invalid_params", str(ids)[:40])

    def test_cancel_is_not_in_the_catalogue(self):
        studio = Studio(plan=PLAN)
        self.addCleanup(studio.close)
        self.assertEqual(studio.connect().ask("cancel", ids=[1])["code"], "unknown_action")


if __name__ == "__main__":
    unittest.main()
