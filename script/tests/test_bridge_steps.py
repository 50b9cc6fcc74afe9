"""Commands that take several ticks or pieces: scheduling, interleaving and outcome."""

import json
import unittest

from LiveGate import steps
from LiveGate.registry import ACTIONS, Action
from tests.studio import KEY, TICK_S, Studio

PIECE_S = 0.002


class StepsCase(unittest.TestCase):
    def with_action(self, function):
        """Registers an action for one test; a studio made afterwards has it."""
        ACTIONS[function.__name__] = Action(function, "utility", ["transport"], {"set": None}, {})
        self.addCleanup(ACTIONS.pop, function.__name__)

    def open(self, **how):
        self.studio = Studio(**how)
        self.addCleanup(self.studio.close)

    def set_tempo_later(self):
        """An action that sets the tempo in the next tick."""

        def tempo_next_tick(host):
            """Sets the tempo to 90 in the next tick."""
            return steps.on_next_tick(lambda: set_it(host))

        def set_it(host):
            host.song.tempo = 90.0
            return {}

        self.with_action(tempo_next_tick)


class OverTicks(StepsCase):
    def test_the_second_step_runs_in_the_next_tick(self):
        ticks = []

        def wait_twice(host):
            """Continues in the next tick, twice."""
            ticks.append(host.tick)
            return {} if len(ticks) == 3 else steps.on_next_tick(lambda: wait_twice(host))

        self.with_action(wait_twice)
        self.open()
        self.assertTrue(self.studio.connect().ask("wait_twice")["ok"])
        self.assertEqual(ticks, [ticks[0], ticks[0] + 1, ticks[0] + 2])

    def test_later_commands_of_the_connection_wait(self):
        self.set_tempo_later()
        self.open()
        client = self.studio.connect()
        client.say({"action": "tempo_next_tick", "id": 1}, {"action": "set_tempo", "bpm": 70, "id": 2})
        self.assertEqual([client.answer()["id"], client.answer()["id"]], [1, 2])
        self.assertEqual(self.studio.song.tempo, 70.0)

    def test_other_connections_go_on_meanwhile(self):
        self.set_tempo_later()
        self.open()
        waiting, other = self.studio.connect(), self.studio.connect()
        waiting.say({"action": "tempo_next_tick"})
        other.say({"action": "ping"})
        self.studio.tick()
        self.assertEqual(other.lines_that_came()[0][:11], b'{"ok": true')
        self.assertFalse(waiting.has_answer())
        self.assertTrue(waiting.answer()["ok"])

    def test_the_gateways_lanes_run_independently(self):
        self.set_tempo_later()
        self.open(key=KEY)
        client = self.studio.connect_keyed()
        late = client.now_ms() + 10000
        client.say(
            {"action": "tempo_next_tick", "id": 1, "lane": 1, "expires_at_ms": late},
            {"action": "set_tempo", "bpm": 80, "id": 2, "lane": 1, "expires_at_ms": late},
            {"action": "ping", "id": 3, "lane": 2, "expires_at_ms": late},
        )
        self.assertEqual([client.answer()["id"] for _ in range(3)], [3, 1, 2])
        self.assertEqual(self.studio.song.tempo, 80.0)

    def test_a_begun_command_finishes_after_its_deadline(self):
        self.set_tempo_later()
        self.open(key=KEY)
        client = self.studio.connect_keyed()
        soon = client.now_ms() + int(TICK_S * 2000)
        client.say({"action": "tempo_next_tick", "id": 1, "expires_at_ms": soon})
        self.studio.tick()
        self.studio.live.stall(5)
        self.assertTrue(client.answer()["ok"])

    def test_a_begun_command_finishes_after_its_client(self):
        self.set_tempo_later()
        self.open()
        client = self.studio.connect()
        client.say({"action": "tempo_next_tick"}, {"action": "set_tempo", "bpm": 70})
        self.studio.tick()
        client.abort()
        self.studio.tick(3)
        self.assertEqual(self.studio.song.tempo, 90.0)
        self.assertEqual(self.studio.bridge.health()["queue_depth"], 0)

    def wait_for_ever(self):
        def never_done(host):
            """Has begun, and never ends."""
            return steps.on_next_tick(lambda: never_done(host))

        self.with_action(never_done)

    def close_in_between(self, *messages):
        self.open()
        client = self.studio.connect()
        client.say(*messages)
        self.studio.tick()
        self.studio.surface.disconnect()
        return client

    def test_closing_the_set_finishes_and_answers_quick_commands(self):
        self.set_tempo_later()
        client = self.close_in_between({"action": "tempo_next_tick", "id": 1}, {"action": "ping", "id": 2})
        answers = [json.loads(line) for line in client.lines_that_came()]
        self.assertEqual([(answer["id"], answer.get("code")) for answer in answers], [(1, None), (2, "shutting_down")])
        self.assertEqual(self.studio.song.tempo, 90.0)

    def test_closing_the_set_leaves_endless_commands_unanswered(self):
        self.wait_for_ever()
        client = self.close_in_between({"action": "never_done", "id": 1}, {"action": "ping", "id": 2})
        self.assertEqual([json.loads(line)["id"] for line in client.lines_that_came()], [2])

    def test_without_ids_an_unanswered_command_disconnects(self):
        self.wait_for_ever()
        self.assertTrue(self.close_in_between({"action": "never_done"}, {"action": "ping"}).is_closed())

    def test_removing_the_script_releases_a_held_button(self):
        self.open()
        self.studio.connect().say({"action": "nudge_up"})
        self.studio.tick()
        self.assertTrue(self.studio.song.nudge_up)
        self.studio.surface.disconnect()
        self.assertFalse(self.studio.song.nudge_up)

    def test_each_piece_is_retried_after_a_refusal(self):
        self.set_tempo_later()
        self.open()
        self.studio.refuse_for_a_moment("tempo")
        self.assertTrue(self.studio.connect().ask("tempo_next_tick")["ok"])
        self.assertEqual(self.studio.song.tempo, 90.0)


class Waiting(StepsCase):
    """A command that has only waited has not begun: its terms still hold."""

    def setUp(self):
        def set_tempo_after_waiting(host):
            """Waits three ticks without a change."""
            first = host.tick

            def wait():
                if host.tick < first + 3:
                    return steps.on_next_tick(wait, begun=False)
                host.song.tempo = 90.0
                return {}

            return steps.on_next_tick(wait, begun=False)

        self.with_action(set_tempo_after_waiting)
        self.open(key=KEY)
        self.client = self.studio.connect_keyed()

    def say(self, late_ms=10000, **terms):
        late = self.client.now_ms() + late_ms
        self.client.say(dict(terms, action="set_tempo_after_waiting", id=1, expires_at_ms=late))
        self.studio.tick()

    def test_a_waiting_command_finally_runs(self):
        self.say()
        self.assertTrue(self.client.answer()["ok"])
        self.assertEqual(self.studio.song.tempo, 90.0)

    def test_a_waiting_command_expires(self):
        self.say(late_ms=40)
        self.assertEqual((self.client.answer()["code"], self.studio.song.tempo), ("expired", 120.0))

    def test_expectations_must_hold_until_the_command_begins(self):
        self.say(expect={"playing": False})
        self.studio.song.start_playing()
        self.assertEqual((self.client.answer()["code"], self.studio.song.tempo), ("precondition_failed", 120.0))

    def test_a_waiting_command_can_be_cancelled(self):
        self.say()
        self.client.say({"action": "cancel", "ids": [1], "id": 2, "expires_at_ms": self.client.now_ms() + 10000})
        self.assertEqual([self.client.answer()["id"] for _ in range(2)], [1, 2])
        self.studio.tick(5)
        self.assertEqual(self.studio.song.tempo, 120.0)

    def test_a_waiting_command_is_dropped_with_its_client(self):
        self.say()
        self.client.abort()
        self.studio.tick(5)
        self.assertEqual(self.studio.song.tempo, 120.0)


class InPieces(StepsCase):
    def test_long_work_yields_to_other_commands(self):
        pieces = []

        def long_work(host):
            """Takes two milliseconds a piece."""
            pieces.append(host.tick)
            self.studio.live.clock.move_to(self.studio.live.clock.now() + PIECE_S)
            return {} if len(pieces) == 10 else steps.when_time_allows(lambda: long_work(host))

        self.with_action(long_work)
        self.open()
        working, other = self.studio.connect(), self.studio.connect()
        working.say({"action": "long_work"})
        other.say({"action": "ping"})
        self.studio.tick()
        self.assertTrue(other.has_answer())
        self.assertTrue(working.answer()["ok"])
        per_tick = [pieces.count(tick) for tick in set(pieces)]
        self.assertEqual(max(per_tick), 3)  # work starts as long as any of the 4.5 ms is left


class Availability(StepsCase):
    def test_missing_members_are_refused_by_name_first(self):
        def set_fade(host):
            """Always fails."""
            self.fail("it ran")

        made = Action(set_fade, "clip", ["edit"], {"clip": None}, {}, missing={"11": "Clip.fade_in_time"})
        ACTIONS["set_fade"] = made
        self.addCleanup(ACTIONS.pop, "set_fade")
        self.assertEqual(made.entry()["live"], {"11": {"missing": "Clip.fade_in_time"}, "12": True})
        self.open(version="11")
        answer = self.studio.connect().ask("set_fade")
        self.assertEqual((answer["code"], answer["missing"]), ("unsupported", "Clip.fade_in_time"))
        self.assertIn("Live 11.3.43 has no Clip.fade_in_time", answer["error"])


if __name__ == "__main__":
    unittest.main()
