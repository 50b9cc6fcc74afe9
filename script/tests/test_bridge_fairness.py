"""Fair scheduling: callers of one gateway share Live's time, however many connections each has."""

import json
import unittest

from LiveGate import steps
from LiveGate.registry import ACTIONS, Action
from LiveGate.shares import AHEAD_S_MAX, Shares
from tests.studio import KEY, Studio

PIECE_S = 0.001
LONG_ANSWER_BYTES = 3 << 20
LANES = 40


class FairnessCase(unittest.TestCase):
    def setUp(self):
        def read_without_end(host):
            """Takes a millisecond a piece, and never ends."""
            self.take_time()
            return steps.when_time_allows(lambda: read_without_end(host), begun=False)

        def read_a_piece(host):
            """Takes a millisecond."""
            self.take_time()
            return {}

        def read_much(host):
            """Answers three MiB."""
            return {"text": "x" * LONG_ANSWER_BYTES}

        for function in (read_without_end, read_a_piece, read_much):
            ACTIONS[function.__name__] = Action(function, "utility", ["read"], {}, {})
            self.addCleanup(ACTIONS.pop, function.__name__)
        self.studio = Studio(key=KEY)
        self.addCleanup(self.studio.close)
        self.gateway = self.studio.connect_keyed()
        self.late = self.gateway.now_ms() + 60000

    def take_time(self):
        self.studio.live.clock.move_to(self.studio.live.clock.now() + PIECE_S)

    def line(self, number, action, caller, lane, **parameters):
        return dict(parameters, id=number, action=action, caller=caller, lane=lane, expires_at_ms=self.late)

    def say(self, *lines):
        self.gateway.say(*lines)

    def answered(self):
        return [json.loads(line)["id"] for line in self.gateway.lines_that_came()]


class BetweenCallers(FairnessCase):
    def setUp(self):
        super().setUp()
        self.say(*(self.line(lane, "read_without_end", 1, lane) for lane in range(1, LANES + 1)))
        self.studio.tick(3)

    def test_many_lanes_of_one_caller_delay_no_other(self):
        self.say(self.line(100, "set_tempo", 2, 100, bpm=90))
        self.studio.tick()
        self.assertEqual(self.answered(), [100])

    def test_a_stop_overtakes_steps_in_progress(self):
        # of the caller over its share, on its own lane
        self.say(self.line(100, "stop_playback", 1, 100))
        self.studio.tick()
        self.assertEqual(self.answered(), [100])

    def test_short_and_long_commands_get_equal_time(self):
        self.say(*(self.line(100 + number, "ping", 2, 100) for number in range(20)))
        self.studio.tick()
        self.assertEqual(self.answered(), list(range(100, 120)))

    def test_two_busy_callers_have_half_each(self):
        self.say(*(self.line(100 + number, "read_a_piece", 2, 100) for number in range(40)))
        self.studio.tick(6)
        before = len(self.answered())
        self.studio.tick(4)
        done = len(self.answered())
        # a tick starts five pieces of a millisecond
        self.assertTrue(before and 8 <= done <= 12, (before, done))


class WithinACaller(FairnessCase):
    def test_lanes_keep_their_order_across_connections(self):
        self.say(
            self.line(1, "read_a_piece", 1, 7),
            self.line(2, "read_a_piece", 1, 7),
            self.line(3, "ping", 2, 7),
            self.line(4, "ping", 2, 8),
        )
        self.studio.tick(3)
        order = self.answered()
        self.assertEqual([number for number in order if number < 4], [1, 2, 3])
        self.assertIn(4, order)

    def test_without_a_caller_lanes_take_turns(self):
        lines = [self.line(number, "read_a_piece", 0, lane) for number, lane in ((1, 1), (2, 1), (3, 2))]
        for line in lines:
            del line["caller"]
        self.say(*lines)
        self.studio.tick(2)
        self.assertEqual(self.answered(), [1, 3, 2])


class BehindWithReading(FairnessCase):
    def test_a_slow_gateway_is_throttled_and_stays_connected(self):
        self.say(*(self.line(number, "read_much", 1, number) for number in range(1, 13)))
        self.studio.tick(20)
        waiting = self.studio.bridge.health()["queue_depth"]
        self.assertGreater(waiting, 0)
        self.say(self.line(50, "set_tempo", 2, 50, bpm=90))
        self.studio.tick(3)
        self.assertEqual(self.studio.song.tempo, 120.0)
        answers = [self.gateway.answer() for _ in range(13)]
        self.assertTrue(all(answer["ok"] for answer in answers))
        self.assertEqual({answer["id"] for answer in answers}, {*range(1, 13), 50})


class TimeHad(unittest.TestCase):
    def test_the_caller_with_least_share_runs_first(self):
        shares = Shares()
        for caller in "abc":
            shares.join(caller)
        shares.charge("a", 0.002)
        shares.charge("c", 0.001)
        self.assertEqual(shares.in_turn("abc"), ["b", "c", "a"])

    def test_a_new_caller_starts_at_the_least_share(self):
        shares = Shares()
        shares.join("a")
        for _ in range(100):
            shares.charge("a", 0.01)
            shares.in_turn("a")
        shares.join("b")
        shares.charge("b", 0.001)
        self.assertEqual(shares.in_turn("ab"), ["a", "b"])

    def test_one_slow_command_does_not_starve_its_caller(self):
        shares = Shares()
        for caller in "ab":
            shares.join(caller)
        shares.charge("a", 60.0)
        shares.charge("b", AHEAD_S_MAX + 0.001)
        shares.in_turn("ab")
        shares.charge("b", 0.01)
        self.assertEqual(shares.in_turn("ab"), ["a", "b"])


if __name__ == "__main__":
    unittest.main()
