"""The cost of one step of a command: every action in a large set, measured in calls to Live's API."""

import dataclasses
import unittest
from unittest import mock

from LiveGate import execution
from LiveGate.parameters import Object
from LiveGate.registry import ACTIONS, CHECKED_AT_ONCE
from livesim import SetPlan
from livesim.boost import members
from livesim.model.track import MIDI
from tests import cases
from tests.studio import KEY, Studio

MANY = 120
# items processed between two checks of the clock, each with at most a dozen values
CALLS_PER_STEP_MAX = 64 * 9
# state of one moment is read in one piece: this many values of each track, or of each locator
VALUES_AT_ONCE = {
    "capture_midi": 5,
    "create_locator": 4,
    "delete_locator": 3,
    "jump_to_next_cue": 3,
    "jump_to_prev_cue": 3,
}
NOTES = 3000
# An action that must not replace notes unasked checks all of them in the tick of the change, with so many values of each.
VALUES_OF_NOTES_AT_ONCE = {"quantize_clip": 2}


class Meter:
    """Counts the calls of Live's API within each step."""

    def __init__(self):
        self.worst = {}
        self._calls = 0
        self._subject_of, self._run = members.subject_of, execution.run

    def subject_of(self, handle):
        self._calls += 1
        return self._subject_of(handle)

    def run(self, command, host, log):
        self._calls = 0
        try:
            return self._run(command, host, log)
        finally:
            name = command.action.name
            self.worst[name] = max(self.worst.get(name, 0), self._calls)


class CostCase(unittest.TestCase):
    def setUp(self):
        self.meter = Meter()
        for target, name in ((members, "subject_of"), (execution, "run")):
            patched = mock.patch.object(target, name, getattr(self.meter, name))
            patched.start()
            self.addCleanup(patched.stop)

    def open(self, plan):
        studio = Studio("12", plan, key=KEY)
        self.addCleanup(studio.close)
        return studio

    def assert_bounded(self):
        worst = {name: calls for name, calls in self.meter.worst.items() if calls > allowed(name)}
        self.assertEqual(worst, {})


class LargeSets(CostCase):
    def test_no_step_of_a_read_scans_the_set(self):
        self.run_all(lambda action: "read" in action.access)

    def test_no_step_of_a_change_scans_the_set(self):
        self.run_all(lambda action: "read" not in action.access)

    def run_all(self, is_wanted):
        for plan, of_plan in cases.by_plan():
            for name, case in of_plan.items():
                if is_wanted(ACTIONS[name]) and not ACTIONS[name].missing:
                    studio = self.open(enlarged(plan))
                    if case.before is not None:
                        case.before(studio.song)
                        studio.tick()
                    answer = studio.connect_keyed().ask_keyed(name, **case.params)
                    self.assertTrue(answer["ok"], (name, answer))
                    studio.close()
        self.assertGreater(len(self.meter.worst), 60)
        self.assert_bounded()


def allowed(name):
    if name in VALUES_AT_ONCE:
        return VALUES_AT_ONCE[name] * 2 * MANY
    return CALLS_PER_STEP_MAX + VALUES_OF_NOTES_AT_ONCE.get(name, 0) * NOTES


def enlarged(plan):
    tracks = tuple(plan.tracks) + (("", MIDI),) * MANY
    locators = tuple(plan.locators) + tuple((1000.0 + number, "") for number in range(2 * MANY))
    arrangement = dict(plan.arrangement)
    lanes = tuple((2000.0 + number, 1.0) for number in range(2 * MANY))
    arrangement[0] = tuple(arrangement.get(0, ())) + lanes
    return dataclasses.replace(plan, tracks=tracks, locators=locators, arrangement=arrangement)


class LargeClips(CostCase):
    plan = SetPlan(tracks=(("Drums", MIDI),), scenes=1, clips={(0, 0): 4.0})

    def test_no_step_reads_all_notes_of_a_clip(self):
        studio = self.open(self.plan)
        client = studio.connect_keyed()
        notes = [{"pitch": number % 128, "start": float(number), "duration": 0.5} for number in range(NOTES)]
        place = {"track_index": 0, "clip_index": 0}
        for name, params in (
            ("add_notes", {"track_index": 0, "scene_index": 0, "notes": notes}),
            ("get_clip_notes", place),
            ("get_notes_extended", dict(place, time_span=99999)),
            ("get_snapshot", dict(place, depth=6)),
            ("quantize_clip", dict(place, quantize_to=0.25)),
            ("quantize_clip_pitch", dict(place, pitch=60, quantize_to=0.25)),
            ("select_all_notes", place),
            ("replace_selected_notes", dict(place, notes=notes)),
            ("remove_notes", dict(place, time_to=99999)),
        ):
            answer = client.ask_keyed(name, **params)
            self.assertTrue(answer["ok"], (name, answer))
        self.assertEqual(len(self.meter.worst), 9)
        self.assert_bounded()


class LargeParameters(CostCase):
    def test_no_step_checks_all_items_of_an_array(self):
        notes = [{"pitch": number % 128, "start": float(number), "duration": 0.5} for number in range(NOTES)]
        params = {"track_index": 0, "scene_index": 0, "notes": notes}
        client = self.open(LargeClips.plan).connect_keyed()
        checked = []
        check = Object.check
        run = execution.run

        def count(form, value):
            checked[-1] += 1
            return check(form, value)

        with mock.patch.object(Object, "check", count), mock.patch.object(
            execution, "run", lambda *arguments: checked.append(0) or run(*arguments)
        ):
            checked.append(0)
            answer = client.ask_keyed("add_notes", **params)
            self.assertEqual((answer["ok"], answer["note_count"]), (True, NOTES))
            self.assertLessEqual(max(checked), CHECKED_AT_ONCE + 8)
            notes[NOTES - 1]["pitch"] = 128
            answer = client.ask_keyed("add_notes", **params)
        self.assertEqual((answer["code"], answer["error"][:17]), ("invalid_params", "notes[2999].pitch"))


class LargeTopics(CostCase):
    def test_no_tick_sends_all_track_names_at_once(self):
        studio = self.open(SetPlan(tracks=(("", MIDI),) * MANY * 8, scenes=1))
        client = studio.connect_keyed()
        worst = []
        move = studio.live.clock.move_to

        def count(handle):
            worst[-1] += 1
            move(studio.live.clock.now() + 0.00001)
            return self.meter._subject_of(handle)

        publish = studio.bridge._subscriptions.publish
        with mock.patch.object(members, "subject_of", count), mock.patch.object(
            studio.bridge._subscriptions, "publish", side_effect=lambda *arguments: worst.append(0) or publish(*arguments)
        ):
            worst.append(0)
            client.ask_keyed("subscribe", topics=[{"event": "tracks"}, {"event": "scenes"}])
            events = [client.answer() for _ in range(2)]
        self.assertEqual([len(event["value"]) for event in events], [MANY * 8, 1])
        # as many as fit into a tick of 5 ms at 10 us each, and one piece more
        self.assertLessEqual(max(worst[1:]), 500 + 64)


if __name__ == "__main__":
    unittest.main()
