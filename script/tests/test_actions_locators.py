"""Actions on locators: setting and deleting them away from the play position, which always returns."""

from unittest import mock

from livesim import SetPlan
from livesim.model.track import MIDI
from tests.actions_case import ActionsCase

A_BEAT_S = 0.5  # at 120 beats per minute
PATIENCE_TICKS = 180  # a little more than 3 s


class LocatorsCase(ActionsCase):
    plan = SetPlan(tracks=(("Drums", MIDI),), scenes=1, locators=((16.0, "Chorus"), (4.0, "Verse")))

    def setUp(self):
        super().setUp()
        self.go_home()

    def go_home(self):
        self.song.current_song_time = 8.0
        self.studio.tick()
        self.song.start_time = 2.0

    def snapshot(self):
        return (self.song.current_song_time, self.song.start_time, self.song.is_playing, self.cues())

    def cues(self):
        return sorted((cue.time, cue.name) for cue in self.song.cue_points)

    def times(self):
        return [time for time, _name in self.cues()]

    def at_home(self):
        return (self.song.current_song_time, self.song.start_time) == (8.0, 2.0)

    def away(self, action, **parameters):
        """The command runs: the song is at the locator, and the next tick continues."""
        self.client.say(dict(parameters, action=action))
        self.studio.tick()
        self.assertNotEqual(self.song.current_song_time, 8.0)


class Setting(LocatorsCase):
    def test_setting_a_locator_restores_the_play_position(self):
        answer = self.done("create_locator", time_in_beats=12)
        self.assertEqual((answer["time"], answer["locator_index"]), (12.0, 1))
        self.assertEqual(self.times(), [4.0, 12.0, 16.0])
        self.assertTrue(self.at_home())

    def test_locators_work_at_position_and_at_start(self):
        self.done("create_locator", time_in_beats=8)
        self.done("create_locator", time_in_beats=0)
        self.assertEqual(self.times(), [0.0, 4.0, 8.0, 16.0])
        self.assertTrue(self.at_home())

    def test_setting_and_naming_is_one_step_to_undo(self):
        self.done("create_locator", time_in_beats=12)
        self.song.undo()
        self.assertEqual(self.times(), [4.0, 16.0])

    def test_an_existing_locator_is_kept(self):
        self.refused("create_locator", "Chorus", "16.0 already", time_in_beats=16)

    def test_a_playing_or_recording_set_is_refused(self):
        self.song.start_playing()
        answer = self.client.ask("create_locator", time_in_beats=12)
        self.assertEqual((answer["code"], self.song.is_playing), ("live_error", True))
        self.assertIn("plays", answer["error"])
        self.song.record_mode = True
        self.assertIn("records", self.client.ask("create_locator", time_in_beats=12)["error"])
        self.song.stop_playing()
        self.studio.live.set._record_mode = True
        self.assertIn("records", self.client.ask("create_locator", time_in_beats=12)["error"])
        self.assertEqual(self.times(), [4.0, 16.0])

    def test_a_locator_that_live_ignores_is_an_error(self):
        with mock.patch.object(type(self.studio.live.set), "add_cue_point", lambda song, time: None):
            self.refused("create_locator", "did not set", time_in_beats=12)

    def test_two_clients_set_locators_independently(self):
        other = self.studio.connect()
        self.client.say({"action": "create_locator", "time_in_beats": 12})
        other.say({"action": "create_locator", "time_in_beats": 24})
        self.assertTrue(self.client.answer()["ok"] and other.answer()["ok"])
        self.assertEqual(self.times(), [4.0, 12.0, 16.0, 24.0])
        self.assertTrue(self.at_home())

    def test_two_clients_at_the_same_place_set_one(self):
        other = self.studio.connect()
        for client in (self.client, other):
            client.say({"action": "create_locator", "time_in_beats": 12})
        self.assertEqual(sorted([self.client.answer()["ok"], other.answer()["ok"]]), [False, True])
        self.assertEqual(self.times(), [4.0, 12.0, 16.0])


class SettingInLive12(LocatorsCase):
    def test_a_locator_has_the_given_or_default_name(self):
        self.assertEqual(self.done("create_locator", time_in_beats=12, name="Bridge \u266b")["name"], "Bridge \u266b")
        self.assertEqual(self.done("create_locator", time_in_beats=24)["name"], "Locator")
        self.assertEqual(self.cues()[1:], [(12.0, "Bridge \u266b"), (16.0, "Chorus"), (24.0, "Locator")])


class SettingInLive11(LocatorsCase):
    version = "11"

    def test_names_are_refused_before_anything_changes(self):
        self.refused("create_locator", "cannot name locators", time_in_beats=12, name="Bridge")

    def test_an_unnamed_locator_has_lives_number(self):
        self.assertEqual(self.done("create_locator", time_in_beats=12)["name"], "3")


class Deleting(LocatorsCase):
    def test_locators_are_counted_by_time(self):
        listed = self.done("get_locators")
        self.assertEqual([locator["name"] for locator in listed["locators"]], ["Verse", "Chorus"])
        self.done("delete_locator", locator_index=1)
        self.assertEqual(self.cues(), [(4.0, "Verse")])
        self.assertTrue(self.at_home())

    def test_an_unknown_locator_is_refused_with_existing_ones(self):
        self.refused("delete_locator", "locators 0 to 1", locator_index=2)
        self.done("delete_locator", locator_index=0)
        self.done("delete_locator", locator_index=0)
        self.refused("delete_locator", "no locators", locator_index=0)

    def test_a_set_that_plays_is_left_alone(self):
        self.song.start_playing()
        self.assertEqual(self.client.ask("delete_locator", locator_index=0)["code"], "live_error")
        self.assertEqual(self.times(), [4.0, 16.0])

    def test_a_locator_deleted_meanwhile_is_not_created(self):
        self.away("delete_locator", locator_index=1)
        self.song.set_or_delete_cue()
        answer = self.client.answer()
        self.assertEqual((answer["code"], self.times()), ("live_error", [4.0]))
        self.assertTrue(self.at_home())

    def test_a_locator_that_live_keeps_is_an_error(self):
        with mock.patch.object(type(self.studio.live.set), "cue_points", property(lambda song: self.kept, self.ignore)):
            self.kept = self.studio.live.set._values["cue_points"]
            self.refused("delete_locator", "did not delete", locator_index=0)

    def ignore(self, song, value):
        pass


class OnTheWay(LocatorsCase):
    def test_playback_started_meanwhile_begins_at_the_old_position(self):
        self.away("create_locator", time_in_beats=32)
        self.song.continue_playing()
        answer = self.client.answer()
        self.assertEqual((answer["code"], self.times()), ("live_error", [4.0, 16.0]))
        self.assertIn("plays", answer["error"])
        self.assertTrue(self.song.is_playing)
        self.assertAlmostEqual(self.song.current_song_time, 8.0, 0)
        self.assertEqual(self.song.start_time, 2.0)

    def test_a_position_moved_meanwhile_is_kept(self):
        self.away("create_locator", time_in_beats=32)
        self.song.current_song_time = 20.0
        answer = self.client.answer()
        self.assertEqual((answer["code"], self.times()), ("live_error", [4.0, 16.0]))
        self.assertIn("moved the play position to 20.0", answer["error"])
        self.assertEqual(self.song.current_song_time, 20.0)

    def test_commands_that_care_for_the_position_wait(self):
        other = self.studio.connect()
        for command, position in (
            ({"action": "start_playback"}, 2.0),
            ({"action": "continue_playing"}, 8.0),
            ({"action": "get_current_time"}, 8.0),
            ({"action": "get_session_info"}, 8.0),
            ({"action": "jump_by_amount", "amount_in_beats": 0}, 8.0),
        ):
            times = self.times()
            self.away("create_locator", time_in_beats=32 + len(times))
            other.say(command)
            self.assertTrue(self.client.answer()["ok"], command)
            self.assertTrue(other.answer()["ok"], command)
            self.assertAlmostEqual(self.song.current_song_time, position, 0)
            self.song.stop_playing()
            self.go_home()

    def test_each_refused_change_is_retried_once(self):
        for refusals in range(1, 9):
            self.away("create_locator", time_in_beats=30 + refusals)
            self.studio.live.notifications.refuse_next(refusals)
            self.assertTrue(self.client.answer()["ok"])
            self.assertTrue(self.at_home())
            self.assertEqual(self.times(), [4.0, 16.0] + [30.0 + done for done in range(1, refusals + 1)])

    def test_a_refused_first_change_is_retried(self):
        self.studio.live.notifications.refuse_next(1)
        self.done("create_locator", time_in_beats=12)
        self.assertTrue(self.at_home())

    def test_the_position_returns_after_a_final_refusal(self):
        self.away("create_locator", time_in_beats=32)
        self.studio.live.notifications.refuse_next(PATIENCE_TICKS)
        answer = self.client.answer()
        self.assertEqual((answer["code"], self.times()), ("live_error", [4.0, 16.0]))
        self.assertIn("took no changes for 3 s", answer["error"])
        self.assertTrue(self.at_home())
        self.done("create_locator", time_in_beats=32)

    def test_a_permanent_refusal_does_not_block_others(self):
        self.away("create_locator", time_in_beats=32)
        self.studio.live.notifications.refuse_next(PATIENCE_TICKS * 3)
        self.assertIn("took no changes for 3 s", self.client.answer()["error"])
        self.studio.live.notifications.refuse_next(0)
        self.done("jump_to_time", time_in_beats=1)

    def test_a_disconnecting_client_leaves_no_partial_change(self):
        self.away("create_locator", time_in_beats=32)
        self.client.abort()
        self.studio.tick(3)
        self.assertEqual(self.times(), [4.0, 16.0, 32.0])
        self.assertTrue(self.at_home())

    def test_loading_another_set_ends_the_wait(self):
        self.away("create_locator", time_in_beats=32)
        self.studio.live.reload()
        self.studio.surface = self.studio.live.surfaces[0].script
        self.studio.tick()
        self.client = self.studio.connect()
        self.song = self.studio.song
        self.done("create_locator", time_in_beats=12)
        self.assertEqual(self.times(), [4.0, 12.0, 16.0])


class Jumping(LocatorsCase):
    def test_a_stopped_song_moves_to_the_next_locator(self):
        self.assertEqual(self.done("jump_to_next_cue")["time"], 16.0)
        self.assertEqual(self.song.current_song_time, 16.0)
        self.assertEqual(self.done("jump_to_prev_cue")["time"], 4.0)
        self.assertEqual(self.song.current_song_time, 4.0)

    def test_a_jump_without_target_is_refused(self):
        self.assertTrue(self.done("get_can_jump_to_next_cue")["can_jump_to_next_cue"])
        self.done("jump_to_next_cue")
        self.assertFalse(self.done("get_can_jump_to_next_cue")["can_jump_to_next_cue"])
        self.refused("jump_to_next_cue", "no locator after")
        self.done("jump_to_prev_cue")
        self.assertFalse(self.done("get_can_jump_to_prev_cue")["can_jump_to_prev_cue"])
        self.refused("jump_to_prev_cue", "no locator before")

    def test_a_playing_song_jumps_at_launch_quantization(self):
        self.song.start_playing()
        self.studio.live.run(A_BEAT_S)
        self.assertIn("next launch quantization", self.done("jump_to_next_cue")["message"])
        self.assertLess(self.song.current_song_time, 4.1)
        self.studio.live.run(4 * A_BEAT_S)
        self.assertGreater(self.song.current_song_time, 4.0)


class InLive11(Setting, Deleting, OnTheWay, Jumping):
    version = "11"
