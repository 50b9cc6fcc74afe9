"""Deferred commands: terms are checked again before the first change; a change that Live defers is finished once."""

import unittest
from unittest import mock

from LiveGate.lom import browser_walk
from LiveGate.registry import ACTIONS
from livesim import SetPlan
from livesim.errors import change_in_notification
from livesim.model.track import AUDIO, MIDI
from tests.actions_case import NOTE, ActionsCase
from tests.devices_case import REVERB, DevicesCase
from tests.studio import KEY, Studio

PLAN = SetPlan(
    tracks=(("Drums", MIDI), ("Bass", AUDIO), ("Keys", MIDI)),
    scenes=3,
    clips={(0, 0): 8.0, (0, 1): 4.0},
    locators=((4.0, "Verse"),),
)
LAG_S = 0.3
FAR = 64.0


class TermsCase(unittest.TestCase):
    """Commands of several lanes in one tick, as the gateway sends them."""

    def setUp(self):
        self.studio = Studio("12", PLAN, key=KEY)
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect_keyed()
        self.song = self.studio.song

    def say(self, *commands, late_ms=10000):
        """Gives each its own lane and id, from 1."""
        late = self.client.now_ms() + late_ms
        terms = [{"id": number, "lane": number, "expires_at_ms": late} for number in range(1, len(commands) + 1)]
        self.client.say(*(dict(own, **command) for own, command in zip(terms, commands)))

    def codes(self, count):
        answers = {answer["id"]: answer for answer in self.client.answers(count)}
        return [answers[number].get("code") for number in range(1, count + 1)]

    def slow_browser(self):
        """From now on Live needs a third of a tick for each item."""
        clock = self.studio.live.clock

        def walk_slowly(*arguments):
            for visit in browser_walk.below(*arguments):
                clock.move_to(clock.now() + 0.005)
                yield visit

        self.patch("LiveGate.lom.browser_walk.ITEMS_PER_PIECE", 1)
        self.patch("LiveGate.actions.browser.below", walk_slowly)
        self.patch("LiveGate.actions.loading.below", walk_slowly)

    def patch(self, name, new):
        patch = mock.patch(name, new)
        patch.start()
        self.addCleanup(patch.stop)


def load(track_index, name, **terms):
    return dict(terms, action="load_device_from_browser", track_index=track_index, device_name=name)


RENAME = {"action": "rename_track", "track_index": 0, "name": "Locked"}
LOCATOR = {"action": "create_locator", "time_in_beats": FAR}
LAUNCH = {"action": "launch_clip", "track_index": 0, "scene_index": 0}
AT_REST = {"playing": False}


class Terms(TermsCase):
    def test_a_queued_load_checks_its_expectations_again(self):
        self.say(load(2, "Analog"), load(0, "Operator", expect={"track": "Drums"}), RENAME)
        self.assertEqual(self.codes(3), [None, "precondition_failed", None])
        self.assertEqual([len(track.devices) for track in self.song.tracks], [0, 0, 1])

    def test_a_queued_search_checks_its_expectations(self):
        self.slow_browser()
        self.say(load(0, "Operator", expect={"track": "Drums"}), RENAME)
        self.assertEqual(self.codes(2), ["precondition_failed", None])
        self.assertEqual(len(self.song.tracks[0].devices), 0)

    def test_a_search_expires_and_can_be_cancelled(self):
        self.slow_browser()
        self.say(load(0, "Operator"), late_ms=20)
        self.assertEqual(self.codes(1), ["expired"])
        self.say(load(0, "Operator"))
        self.studio.tick()
        self.client.say({"action": "cancel", "ids": [1], "id": 2, "expires_at_ms": self.client.now_ms() + 1000})
        self.assertEqual(self.codes(2), ["cancelled", None])
        self.studio.tick(20)
        self.assertEqual(len(self.song.tracks[0].devices), 0)

    def test_a_deferred_load_expires_and_blocks_no_others(self):
        self.song.view.selected_track = self.song.tracks[1]
        self.studio.live.notifications.refuse_next(3)
        self.say(load(0, "Operator", expect={"track": "Drums"}))
        self.studio.tick()
        self.studio.live.set.tracks[0].name = "Locked"
        self.assertEqual(self.codes(1), ["precondition_failed"])
        began = self.studio.live.clock.now()
        self.say(load(1, "Reverb"))
        self.assertEqual(self.codes(1), [None])
        self.assertLess(self.studio.live.clock.now() - began, 1.0)

    def test_a_track_that_moved_into_place_stays_unchanged(self):
        self.slow_browser()
        self.say(load(0, "Operator", expect={"track": "Drums"}))
        self.studio.tick()
        self.song.create_midi_track(0)
        self.song.tracks[0].name, self.song.tracks[1].name = "Drums", "Locked"
        self.assertEqual(self.codes(1), ["live_error"])
        self.assertEqual([len(track.devices) for track in self.song.tracks], [0, 0, 0, 0])

    def test_expectations_are_checked_after_waiting_for_position(self):
        self.say(LOCATOR, {"action": "jump_to_time", "time_in_beats": 8, "expect": AT_REST}, LAUNCH)
        codes = self.codes(3)
        self.assertEqual(codes[1:], ["precondition_failed", None])
        self.assertLess(self.song.current_song_time, 4.0)

    def test_listings_snapshots_and_curves_expire(self):
        clock = self.studio.live.clock
        self.slow_browser()
        self.say({"action": "get_browser_items"}, late_ms=20)
        self.assertEqual(self.codes(1), ["expired"])
        with mock.patch("LiveGate.actions.snapshot.FRAGMENTS_PER_PIECE", 1), mock.patch(
            "LiveGate.actions.snapshot.json_of", lambda own: clock.move_to(clock.now() + 0.01) or "{}"
        ):
            self.say({"action": "get_snapshot"}, late_ms=20)
            self.assertEqual(self.codes(1), ["expired"])


def refuse(studio, member, times=1):
    """The next changes of this member fail as within a notification."""
    original, left = studio.live.notifications.require_no_notification, [member] * times

    def require_no_notification(name):
        if name in left:
            left.remove(name)
            raise change_in_notification()
        original(name)

    studio.live.notifications.require_no_notification = require_no_notification
    return left


class Away(ActionsCase):
    """While a locator is being set, the play position is elsewhere."""

    plan = PLAN

    def leave(self):
        """The play position stays there for some ticks: Live refuses to set the locator at first."""
        refuse(self.studio, "set_or_delete_cue", 5)
        self.client.say({"action": "create_locator", "time_in_beats": FAR})
        self.studio.tick(2)
        self.assertEqual(self.song.current_song_time, FAR)

    def beside_an_excursion(self, action, **parameters):
        other = self.studio.connect()
        self.leave()
        answer = other.ask(action, **parameters)
        self.assertTrue(answer["ok"], answer)
        self.assertTrue(self.client.answer()["ok"])
        return answer

    def test_a_snapshot_reports_the_original_play_position(self):
        answer = self.beside_an_excursion("get_snapshot", depth=0)
        self.assertEqual(answer["snapshot"]["current_song_time"], 0.0)

    def test_a_copy_to_the_play_position_lands_there(self):
        answer = self.beside_an_excursion("duplicate_to_arrangement", track_index=0, clip_index=0)
        self.assertEqual(answer["start_time"], 0.0)

    def test_a_copy_to_an_explicit_time_runs_immediately(self):
        other = self.studio.connect()
        self.leave()
        answer = other.ask("duplicate_to_arrangement", track_index=0, clip_index=0, time=8)
        self.assertEqual((answer["start_time"], self.song.current_song_time), (8.0, FAR))


class Interrupted(ActionsCase):
    """Live refuses one change in the middle of several."""

    def test_both_parts_of_a_signature_are_set(self):
        for times in (1, 2, 5):
            self.song.signature_numerator, self.song.signature_denominator = 4, 4
            left = refuse(self.studio, "signature_denominator", times)
            self.done("set_time_signature", numerator=7, denominator=8)
            self.assertEqual((self.song.signature_numerator, self.song.signature_denominator, left), (7, 8, []))

    def test_a_begun_command_does_not_expire(self):
        studio = Studio("12", PLAN, key=KEY)
        self.addCleanup(studio.close)
        song, client = studio.song, studio.connect_keyed()
        signature = {"action": "set_time_signature", "numerator": 7, "denominator": 8, "id": 1}
        stop = {"action": "stop_recording", "id": 2}
        for command, member in ((signature, "signature_denominator"), (stop, "session_record")):
            song.record_mode = song.session_record = True
            refuse(studio, member, 3)
            client.say(dict(command, expires_at_ms=client.now_ms() + 30))
            self.assertTrue(client.answer()["ok"], member)
        self.assertEqual((song.signature_numerator, song.signature_denominator), (7, 8))
        self.assertEqual((song.record_mode, song.session_record), (False, False))

    def test_all_recording_ends(self):
        for member in ("session_record", "trigger_session_record"):
            self.song.tracks[0].arm = True
            self.song.record_mode = True
            self.done("trigger_session_record")
            self.studio.live.run(4.0)
            self.song.session_record = member == "session_record"
            left = refuse(self.studio, member, 4)
            self.done("stop_recording")
            self.studio.live.run(4.0)
            self.assertEqual((self.song.record_mode, self.song.session_record, left), (False, False, []))
            self.assertEqual(int(self.song.session_record_status), 0)


class InterruptedRandomizing(DevicesCase):
    def test_each_parameter_is_set_once(self):
        """The value of the fourth is refused for a few ticks."""
        written = []
        original = self.studio.live.notifications.require_no_notification
        refusals = [4, 4, 4]

        def require_no_notification(name):
            if name == "value":
                if refusals and len(written) == refusals[0] - 1:
                    refusals.pop()
                    raise change_in_notification()
                written.append(name)
            original(name)

        self.studio.live.notifications.require_no_notification = require_no_notification
        count = len([one for one in list(self.device(0, 1).parameters)[1:] if one.is_enabled])
        self.assertGreater(self.done("randomize_device", **REVERB)["randomized_parameters"], 0)
        self.assertEqual((len(written), refusals), (count, []))

    def test_a_device_deleted_meanwhile_is_reported(self):
        other = self.studio.connect()
        track = self.song.tracks[0]
        first = list(self.device(0, 1).parameters)[1]
        first.add_value_listener(lambda: self.studio.live.notifications.refuse_next(1))
        self.client.say(dict(REVERB, action="randomize_device"))
        self.studio.tick()
        self.assertFalse(self.client.has_answer())
        track.delete_device(1)
        answer = self.client.answer()
        self.assertEqual(answer["code"], "live_error", answer)
        self.assertIn("deleted meanwhile", answer["error"])
        self.assertTrue(other.ask("ping")["ok"])


class Lagging(ActionsCase):
    """Live reports a new record mode only after a while."""

    def setUp(self):
        super().setUp()
        kind, clock = type(self.studio.live.set), self.studio.live.clock
        present, changes = kind.record_mode, []

        def read(song):
            changed = changes and clock.now() - changes[-1] >= LAG_S
            return present.fget(song) if changed or not changes else not present.fget(song)

        def write(song, value):
            if present.fget(song) != value:
                changes.append(clock.now())
            present.fset(song, value)

        patch = mock.patch.object(kind, "record_mode", type(present)(read, write))
        patch.start()
        self.addCleanup(patch.stop)

    def test_a_late_record_mode_is_awaited(self):
        self.assertTrue(self.done("start_recording")["record_mode"])
        self.assertFalse(self.done("stop_recording")["record_mode"])
        self.assertTrue(self.done("set_record_mode", mode=1)["record_mode"])
        self.assertFalse(self.done("set_record_mode", mode=0)["record_mode"])


class Honest(ActionsCase):
    """A change without effect is not reported as success."""

    def test_an_ignored_change_of_position_is_an_error(self):
        self.song.current_song_time = 8.0
        self.studio.tick()
        kind = type(self.studio.live.set)
        stuck = type(kind.current_song_time)(kind.current_song_time.fget, lambda song, time: None)
        with mock.patch.object(kind, "current_song_time", stuck):
            self.refused("jump_to_time", "did not move", time_in_beats=4)
            self.refused("jump_by_amount", "did not move", amount_in_beats=-4)

    def test_overlapping_notes_are_counted_once(self):
        answer = self.done("add_notes", track_index=0, scene_index=0, notes=[NOTE, NOTE])
        there = [note.note_id for note in self.slot(0, 0).clip.get_all_notes_extended()]
        self.assertEqual((answer["note_count"], answer["note_ids"]), (len(there), there))
        self.assertIn("1 of 2", answer["message"])

    def test_the_selection_is_replaced_at_execution(self):
        clip = self.slot(0, 0).clip
        for selected in (0, 1):
            answer = self.done("replace_selected_notes", track_index=0, clip_index=0, notes=[NOTE, NOTE])
            there = [note.note_id for note in clip.get_all_notes_extended()]
            self.assertEqual((answer["note_ids"], answer["removed"]), (there, selected))

    def test_stopping_a_fired_clip_spares_the_playing_one(self):
        self.song.tracks[0].clip_slots[1].create_clip(4.0)
        self.slot(0, 0).fire()
        self.studio.live.run(0.5)
        self.slot(0, 1).fire()
        self.studio.tick()
        self.refused("stop_clip", "row 0", "both", track_index=0, scene_index=1)
        self.done("stop_clip", track_index=0, scene_index=0)
        self.studio.live.run(3.0)
        self.assertFalse(self.slot(0, 0).is_playing or self.slot(0, 1).is_playing)

    def test_changes_beyond_one_clip_declare_no_clip(self):
        for name in ("launch_clip", "stop_clip", "set_clip_groove_amount"):
            self.assertIsNone(ACTIONS[name].touches["clip"], name)
        self.assertIsNone(ACTIONS["set_clip_groove_amount"].touches["track"])

    def test_a_fired_clip_alone_is_stopped(self):
        self.song.start_playing()
        self.studio.live.run(0.5)
        self.slot(0, 0).fire()
        self.done("stop_clip", track_index=0, scene_index=0)
        self.studio.live.run(3.0)
        self.assertFalse(self.slot(0, 0).is_playing or self.slot(0, 0).is_triggered)


if __name__ == "__main__":
    unittest.main()
