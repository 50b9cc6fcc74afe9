"""Actions on the transport: the play position, stopped and playing, the loop, nudging, and restored state."""

from unittest import mock

from tests.actions_case import ActionsCase

A_BEAT_S = 0.5  # at 120 beats per minute
NEVER = 10 ** 6


class Position(ActionsCase):
    def test_a_jump_at_rest_moves_the_position_exactly(self):
        self.assertEqual(self.done("jump_to_time", time_in_beats=12.5), {"time": 12.5, "current_song_time": 12.5})
        self.assertEqual((self.song.current_song_time, self.song.is_playing), (12.5, False))

    def test_a_playing_set_continues_from_there(self):
        self.song.start_playing()
        self.studio.live.run(A_BEAT_S)
        answer = self.done("jump_to_time", time_in_beats=40)
        self.assertAlmostEqual(answer["current_song_time"], 40.0, 1)
        self.studio.live.run(A_BEAT_S)
        self.assertTrue(self.song.is_playing)
        self.assertAlmostEqual(self.song.current_song_time, 41.0, 0)

    def test_a_deferred_jump_counts_despite_the_loop(self):
        simulated = self.studio.live.set
        move, later = simulated._move_to, self.studio.live.loop.later
        self.song.loop = True
        self.song.start_playing()
        with mock.patch.object(simulated, "_move_to", lambda position: later(lambda: move(position))):
            answer = self.done("jump_to_time", time_in_beats=15.99)
        self.assertEqual(answer["time"], 15.99)
        self.assertLess(answer["current_song_time"], 0.1)

    def test_a_start_may_follow_a_jump_directly(self):
        self.client.say({"action": "jump_to_time", "time_in_beats": 24}, {"action": "start_playback"})
        self.assertEqual([answer["ok"] for answer in self.client.answers(2)], [True, True])
        self.assertGreaterEqual(self.song.current_song_time, 24.0)
        self.assertTrue(self.song.is_playing)

    def test_a_jump_that_live_ignores_is_an_error(self):
        with mock.patch.object(type(self.studio.live.set), "_move_to", lambda song, position: None):
            self.refused("jump_to_time", "did not move", "it is at 0.0", time_in_beats=8)
            self.song.start_playing()
            answer = self.client.ask("jump_to_time", time_in_beats=80)
            self.assertEqual(answer["code"], "live_error")

    def test_jumping_by_an_amount_ends_at_the_beginning(self):
        self.done("jump_to_time", time_in_beats=6)
        answer = self.done("jump_by_amount", amount_in_beats=2.5)
        self.assertEqual(answer, {"jumped_by": 2.5, "old_time": 6.0, "new_time": 8.5})
        answer = self.done("jump_by_amount", amount_in_beats=-100)
        self.assertEqual(answer, {"jumped_by": -8.5, "old_time": 8.5, "new_time": 0.0})
        self.assertEqual(self.song.current_song_time, 0.0)

    def test_jumping_by_an_amount_keeps_playing(self):
        self.song.start_playing()
        self.studio.live.run(A_BEAT_S)
        answer = self.done("jump_by_amount", amount_in_beats=8)
        self.assertAlmostEqual(answer["new_time"] - answer["old_time"], 8.0)
        self.assertTrue(self.song.is_playing)
        self.assertGreaterEqual(self.song.current_song_time, answer["new_time"])

    def test_the_position_is_reported(self):
        self.done("jump_to_time", time_in_beats=7)
        self.assertEqual(self.done("get_current_time"), {"current_song_time": 7.0, "is_playing": False})
        self.song.start_playing()
        self.assertTrue(self.done("get_current_time")["is_playing"])


class Loop(ActionsCase):
    def test_the_loop_is_switched_and_reported(self):
        self.song.loop_start, self.song.loop_length = 8.0, 4.0
        expected = {"loop_enabled": True, "loop_start": 8.0, "loop_length": 4.0}
        self.assertEqual(self.done("set_loop_enabled"), expected)
        self.assertEqual(self.done("get_loop_enabled"), expected)
        self.assertFalse(self.done("set_loop_enabled", enabled=False)["loop_enabled"])
        self.assertFalse(self.song.loop)


class Nudging(ActionsCase):
    def pressed(self):
        return (self.song.nudge_up, self.song.nudge_down)

    def test_the_button_is_pressed_for_one_tick(self):
        for button, held in (("nudge_up", (True, False)), ("nudge_down", (False, True))):
            self.client.say({"action": button})
            self.studio.tick()
            self.assertEqual(self.pressed(), held)
            self.assertTrue(self.client.answer()["ok"])
            self.assertEqual(self.pressed(), (False, False))

    def test_nudging_moves_a_playing_set(self):
        self.song.start_playing()
        played = self.studio.live.set.tempo / 60
        began = self.studio.live.clock.now()
        for _ in range(10):
            self.done("nudge_up")
        self.assertGreater(self.song.current_song_time, (self.studio.live.clock.now() - began) * played + 0.01)

    def test_the_button_is_released_despite_refused_changes(self):
        self.client.say({"action": "nudge_up"})
        self.studio.tick()
        self.studio.live.notifications.refuse_next(10)
        self.assertTrue(self.client.answer()["ok"])
        self.assertEqual(self.pressed(), (False, False))

    def test_the_button_is_released_without_its_client(self):
        self.client.say({"action": "nudge_up"})
        self.studio.tick()
        self.client.abort()
        self.studio.tick(2)
        self.assertEqual(self.pressed(), (False, False))

    def test_a_button_held_by_the_user_stays_pressed(self):
        self.song.nudge_up = True
        self.refused("nudge_up", "pressed already")
        self.assertEqual(self.pressed(), (True, False))

    def test_releasing_is_retried_for_a_bounded_time(self):
        self.client.say({"action": "nudge_up"})
        self.studio.tick()
        self.studio.live.notifications.refuse_next(NEVER)
        self.assertEqual(self.client.answer()["code"], "live_error")


class BackToTheArrangement(ActionsCase):
    def test_the_arrangement_replaces_session_clips(self):
        self.slot(0, 0).fire()
        self.studio.live.run(A_BEAT_S)
        self.assertTrue(self.done("set_back_to_arranger")["back_to_arranger"])
        self.assertTrue(self.slot(0, 0).is_playing)
        self.assertIs(self.done("set_back_to_arranger", enabled=False)["changed"], True)
        self.assertIs(self.done("set_back_to_arranger", enabled=False)["changed"], False)
        self.assertFalse(self.slot(0, 0).is_playing or self.song.back_to_arranger)

    def test_only_live_lights_the_button(self):
        self.refused("set_back_to_arranger", "pass enabled false")

    def test_that_the_arrangement_plays_already_is_no_error(self):
        self.assertFalse(self.done("set_back_to_arranger", enabled=False)["back_to_arranger"])


class InLive11(Position, Loop, Nudging, BackToTheArrangement):
    version = "11"
