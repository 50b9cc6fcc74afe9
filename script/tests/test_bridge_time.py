"""Deadlines, turns, budgets and bounds of the bridge."""

import unittest
from unittest import mock

from livesim import SetPlan
from tests.studio import KEY, Studio


class Deadlines(unittest.TestCase):
    """Without a key, a command counts as sent when its connection was last seen empty, so a late one is refused."""

    def setUp(self):
        self.studio = Studio()
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect()

    def test_a_command_survives_a_short_dialog(self):
        self.client.say({"action": "set_tempo", "bpm": 66})
        self.studio.live.stall(9.5)
        self.assertTrue(self.client.answer()["ok"])

    def test_a_connection_may_stay_idle(self):
        self.studio.live.run(60)
        self.assertTrue(self.client.ask("ping")["ok"])

    def test_so_may_the_port(self):
        self.studio.live.run(60)
        client = self.studio.knock()
        client.say_without_listeners({"action": "ping"})
        self.assertTrue(client.answer()["ok"])

    def test_a_command_expires_behind_a_longer_one(self):
        self.client.say({"action": "set_tempo", "bpm": 66})
        self.studio.live.stall(10.5)
        answer = self.client.answer()
        self.assertEqual((answer["code"], answer["category"]), ("expired", "network"))
        self.studio.live.run(30)
        self.assertEqual(self.studio.song.tempo, 120.0)

    def test_a_new_clients_command_expires_too(self):
        late = Studio()
        self.addCleanup(late.close)
        client = late.knock()
        client.say_without_listeners({"action": "set_tempo", "bpm": 66})
        late.live.stall(10.5)
        self.assertEqual(client.answer()["code"], "expired")
        self.assertEqual(late.song.tempo, 120.0)

    def test_a_client_may_only_shorten_the_deadline(self):
        now = self.client.now_ms()
        self.client.say(
            {"action": "set_tempo", "bpm": 66, "expires_at_ms": now + 100},
            {"action": "set_tempo", "bpm": 67, "expires_at_ms": now + 10 ** 6},
        )
        self.studio.live.stall(1)
        self.assertEqual([answer["ok"] for answer in self.client.answers(2)], [False, True])
        self.client.say({"action": "set_tempo", "bpm": 68, "expires_at_ms": now + 10 ** 6})
        self.studio.live.stall(11)
        self.assertEqual(self.client.answer()["code"], "expired")

    def test_a_command_expires_in_the_queue(self):
        studio = Studio(key=KEY)
        self.addCleanup(studio.close)
        studio.take_time(0.5)
        gateway = studio.connect_keyed()
        soon = gateway.now_ms() + 300
        gateway.say(
            {"action": "set_tempo", "id": 1, "expires_at_ms": soon, "bpm": 66},
            {"action": "mute_track", "id": 2, "expires_at_ms": soon, "track_index": 0},
        )
        first, second = gateway.answers(2)
        self.assertEqual((first["ok"], second["code"]), (True, "expired"))
        self.assertFalse(studio.song.tracks[0].mute)


class Turns(unittest.TestCase):
    def setUp(self):
        self.studio = Studio()
        self.addCleanup(self.studio.close)
        self.order = []
        self.studio.song.add_tempo_listener(lambda: self.order.append(self.studio.song.tempo))
        self.studio.song.add_metronome_listener(lambda: self.order.append("metronome"))
        self.studio.song.add_is_playing_listener(lambda: self.order.append("playing"))
        self.clients = [self.studio.connect() for _ in range(3)]

    def say_tempos(self, client, *tempos):
        client.say(*({"action": "set_tempo", "bpm": tempo} for tempo in tempos))

    def test_clients_take_turns(self):
        for number, client in enumerate(self.clients):
            self.say_tempos(client, *(100 * (number + 1) + step for step in range(4)))
        for client in self.clients:
            client.answers(4)
        hundreds = [int(tempo // 100) for tempo in self.order]
        for round_start in range(0, 12, 3):
            self.assertEqual(sorted(hundreds[round_start : round_start + 3]), [1, 2, 3])
        for number in (1, 2, 3):
            own = [tempo for tempo in self.order if tempo // 100 == number]
            self.assertEqual(own, sorted(own))

    def test_a_stop_precedes_other_clients_commands(self):
        self.studio.song.start_playing()
        self.studio.take_time(0.02)
        self.say_tempos(self.clients[0], 61, 62, 63)
        self.say_tempos(self.clients[1], 71, 72, 73)
        self.studio.bridge.tick()
        del self.order[:]
        self.clients[2].say({"action": "stop_playback"})
        self.assertTrue(self.clients[2].answer()["ok"])
        self.assertEqual(self.order[0], "playing")

    def test_a_stop_is_not_delayed_by_earlier_commands(self):
        self.studio.take_time(0.02)
        self.say_tempos(self.clients[0], 61, 62, 63)
        self.clients[0].say({"action": "stop_playback"})
        self.say_tempos(self.clients[1], 71)
        self.clients[1].answer()
        self.assertLessEqual(self.order.index(71.0), 1)

    def test_a_stop_keeps_its_own_clients_order(self):
        self.clients[0].say({"action": "start_playback"}, {"action": "stop_playback"})
        self.clients[0].answers(2)
        self.assertFalse(self.studio.song.is_playing)

    def test_one_clients_flood_does_not_starve_another(self):
        self.clients[0].say(*({"action": "ping"} for _ in range(200)))
        self.clients[1].say({"action": "set_metronome"})
        self.clients[1].answer()
        self.assertEqual(self.order, ["metronome"])


class Budget(unittest.TestCase):
    def setUp(self):
        self.studio = Studio(queue_max=4)
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect()

    def ticks_of(self, count):
        """Sends slow commands and returns the duration of each tick that ran some."""
        took = []
        self.client.say(*({"action": "set_tempo", "bpm": 60 + number} for number in range(count)))
        done = self.studio.song.tempo
        while self.studio.song.tempo != 59 + count:
            before = self.studio.live.clock.now()
            self.studio.bridge.tick()
            took.append(self.studio.live.clock.now() - before)
            self.assertNotEqual(self.studio.song.tempo, done)
            done = self.studio.song.tempo
        return took

    def test_an_idle_tick_only_polls_the_sockets(self):
        client = self.studio.connect()
        self.assertTrue(client.ask("ping")["ok"])
        self.studio.tick(2)
        with mock.patch.object(self.studio.bridge, "_work", side_effect=AssertionError("there is work")):
            self.studio.tick(3)
        self.assertNotIn("there is work", self.studio.log_text())
        self.assertTrue(client.ask("ping")["ok"])

    def test_a_tick_exceeds_its_budget_by_one_command(self):
        self.studio.take_time(0.002)
        self.assertEqual([round(took, 3) for took in self.ticks_of(4)], [0.006, 0.002])

    def test_a_command_over_budget_runs_alone(self):
        self.studio.take_time(0.02)
        self.assertEqual([round(took, 3) for took in self.ticks_of(3)], [0.02, 0.02, 0.02])

    def test_lines_alone_cannot_keep_commands_waiting(self):
        studio = Studio()
        self.addCleanup(studio.close)
        client = studio.connect()
        slow = _SlowReading(studio, 0.006)
        client.say(*({"action": "set_tempo", "bpm": 60 + number} for number in range(60)))
        for _ in range(20):
            studio.bridge.tick()
        self.assertGreaterEqual(studio.song.tempo, 69.0)
        for done in slow.ticks:
            self.assertNotIn("line", done[:-1], "something was done after a line that took all the time")

    def test_slow_parsing_of_one_client_delays_no_other(self):
        studio = Studio()
        self.addCleanup(studio.close)
        first, second = studio.connect(), studio.connect()
        for client in (first, second):
            client.say(*({"action": "ping"} for _ in range(20)))
        _SlowReading(studio, 0.006)
        for _ in range(8):
            studio.bridge.tick()
        self.assertTrue(first.has_answer() and second.has_answer())

    def test_commands_beyond_the_queue_are_refused_in_order(self):
        self.client.say(*({"action": "ping", "id": number} for number in range(10)))
        answers = self.client.answers(10)
        self.assertEqual([answer["id"] for answer in answers], list(range(10)))
        self.assertEqual([answer["ok"] for answer in answers], [True] * 4 + [False] * 6)
        self.assertEqual({answer["code"] for answer in answers[4:]}, {"overloaded"})
        self.assertTrue(self.client.ask("ping")["ok"])

    def test_bytes_read_in_a_tick_are_bounded(self):
        studio = Studio(read_bytes_per_tick=100)
        self.addCleanup(studio.close)
        client = studio.connect()
        client.send(b'{"action": "ping", "id": 12}\n' * 10)
        studio.bridge.tick()
        self.assertEqual(len(client.lines_that_came()), 3)


class _SlowReading:
    """Each line read costs that much time; `ticks` records the work of each tick."""

    def __init__(self, studio, seconds):
        self.ticks = []
        bridge = studio.bridge
        take, run, tick = bridge._dispatcher.take, bridge._run_command, bridge.tick

        def slow_take(connection, now_ms):
            self.ticks[-1].append("line")
            studio.live.clock.move_to(studio.live.clock.now() + seconds)
            take(connection, now_ms)

        def counted_run(command):
            self.ticks[-1].append("command")
            run(command)

        def counted_tick():
            self.ticks.append([])
            tick()

        bridge._dispatcher.take, bridge._run_command, bridge.tick = slow_take, counted_run, counted_tick


class Bounds(unittest.TestCase):
    def test_an_excess_connection_is_refused_and_closed(self):
        studio = Studio(connections_max=2)
        self.addCleanup(studio.close)
        first, second = studio.connect(), studio.connect()
        third = studio.connect()
        self.assertEqual(third.answer()["code"], "overloaded")
        self.assertTrue(third.is_closed())
        self.assertTrue(first.ask("ping")["ok"] and second.ask("ping")["ok"])

    def test_only_the_client_that_stops_reading_is_closed(self):
        studio = Studio(unanswered_bytes_max=100000)
        self.addCleanup(studio.close)
        deaf, other = studio.connect(), studio.connect()
        deaf.flood({"action": "get_available_tools"}, 40 << 20)
        self.assertIn("does not read its answers", studio.log_text())
        self.assertTrue(other.ask("ping")["ok"])

    def test_a_client_with_many_unread_answers_is_closed(self):
        studio = Studio(plan=SetPlan(clips={(0, 0): 4.0}), unanswered_bytes_max=100000)
        self.addCleanup(studio.close)
        deaf = studio.connect()
        notes = [{"pitch": number % 128, "start": number, "duration": 1} for number in range(8000)]
        deaf.ask("add_notes", track_index=0, scene_index=0, notes=notes)
        deaf.say(*({"action": "get_clip_notes", "track_index": 0, "clip_index": 0} for _ in range(30)))
        studio.bridge.tick()
        self.assertIn("does not read its answers", studio.log_text())

    def test_neither_do_refusals_pile_up_for_one(self):
        studio = Studio(unanswered_bytes_max=100000)
        self.addCleanup(studio.close)
        deaf = studio.connect()
        deaf.say({"action": "ping"})
        deaf.flood({"action": "x" * 60}, 40 << 20)
        self.assertIn("does not read its answers", studio.log_text())


if __name__ == "__main__":
    unittest.main()
