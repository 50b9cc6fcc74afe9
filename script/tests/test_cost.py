"""The cost of one step of a command: every action in a large set, measured in calls to Live's API."""

import dataclasses
import inspect
import unittest
from unittest import mock

from LiveGate import dialects, execution, json_pieces, subscriptions
from LiveGate.budget import VALUES_MAX
from LiveGate.parameters import Object
from LiveGate.registry import ACTIONS, CHECKED_AT_ONCE
from livesim import SetPlan
from livesim.boost import members
from livesim.device_plan import ChainPlan, RackPlan
from livesim.model.track import MIDI
from tests import cases
from tests.studio import KEY, Studio

MANY = 120
SCENES_MORE = 600
DEVICES_MORE = 60
# items processed between two checks of the clock, each with at most a dozen values
CALLS_PER_STEP_MAX = 64 * 12
# State of one moment is read in one piece, within a bound.
AT_ONE_MOMENT = {
    "capture_midi",
    "create_locator",
    "delete_locator",
    "jump_to_next_cue",
    "jump_to_prev_cue",
    "quantize_clip",
    "quantize_clip_pitch",
    "randomize_device",
    "randomize_device_parameters",
    "trigger_session_record",
}
NOTES = 3000


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
        self.run_all(with_tracks, lambda action: "read" in action.access)

    def test_no_step_of_a_change_scans_the_set(self):
        self.run_all(with_tracks, lambda action: "read" not in action.access)

    def test_no_step_of_a_read_scans_a_track(self):
        self.run_all(with_contents, lambda action: "read" in action.access)

    def test_no_step_of_a_change_scans_a_track(self):
        self.run_all(with_contents, lambda action: "read" not in action.access)

    def run_all(self, enlarged, is_wanted):
        for plan, of_plan in cases.by_plan():
            unchanged = self.open(enlarged(plan))
            for name, case in of_plan.items():
                if is_wanted(ACTIONS[name]) and not ACTIONS[name].missing:
                    is_shared = ACTIONS[name].is_read and case.before is None
                    studio = unchanged if is_shared else self.open(enlarged(plan))
                    if case.before is not None:
                        case.before(studio.song)
                        studio.tick()
                    client = studio.connect_keyed()
                    answer = client.ask_keyed(name, **case.params)
                    client.close()
                    self.assertTrue(answer["ok"], (name, answer))
                    if not is_shared:
                        studio.close()
            unchanged.close()
        self.assertGreater(len(self.meter.worst), 60)
        self.assert_bounded()


def allowed(name):
    return CALLS_PER_STEP_MAX + (VALUES_MAX if name in AT_ONE_MOMENT else 0)


def with_tracks(plan):
    tracks = tuple(plan.tracks) + (("", MIDI),) * MANY
    locators = tuple(plan.locators) + tuple((1000.0 + number, "") for number in range(2 * MANY))
    arrangement = dict(plan.arrangement)
    lanes = tuple((2000.0 + number, 1.0) for number in range(2 * MANY))
    arrangement[0] = tuple(arrangement.get(0, ())) + lanes
    return dataclasses.replace(plan, tracks=tracks, locators=locators, arrangement=arrangement)


def with_contents(plan):
    return dataclasses.replace(
        plan,
        scenes=plan.scenes + SCENES_MORE,
        grooves=tuple(plan.grooves) + ("Swing",) * MANY,
        take_lanes={track: (*lanes, *(("", ()),) * MANY) for track, lanes in plan.take_lanes.items()},
        devices={place: with_more(devices) for place, devices in plan.devices.items()},
    )


def with_more(devices):
    """More devices on a track, and more chains in its rack."""
    chains = (ChainPlan(("Reverb",) * DEVICES_MORE),) + (ChainPlan(),) * MANY
    racks = tuple(
        dataclasses.replace(each, chains=each.chains + chains) if type(each) is RackPlan else each for each in devices
    )
    return racks + ("Reverb",) * DEVICES_MORE


class LargeTracks(CostCase):
    def test_a_stop_reads_the_slot_that_plays(self):
        studio = self.open(SetPlan(tracks=(("Drums", MIDI),), scenes=SCENES_MORE, clips={(0, 0): 4.0, (0, 1): 4.0}))
        slots = studio.song.tracks[0].clip_slots
        slots[0].fire()
        studio.live.run(0.2)
        slots[1].fire()
        self.assertTrue(slots[0].is_playing and slots[1].is_triggered)
        answer = studio.connect_keyed().ask_keyed("stop_clip", track_index=0, scene_index=1)
        self.assertIn("row 0 plays", answer["error"])
        self.assertLess(self.meter.worst["stop_clip"], 64)


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
            ("quantize_clip", dict(place, quantize_to=0.25, overwrite=True)),
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
            topics = [{"event": name} for name in ("tracks", "scenes", "selection")]
            client.ask_keyed("subscribe", topics=topics)
            events = [client.answer() for _ in topics]
        self.assertEqual([len(event["value"]) for event in events], [MANY * 8, 1, 3])
        # as many as fit into a tick of 5 ms at 10 us each, and one piece more
        self.assertLessEqual(max(worst[1:]), 500 + 64)


class Timed(unittest.TestCase):
    """Each piece of work takes some simulated time; a tick is the budget and one piece long."""

    BUDGET_MS = 5
    PIECE_MS = 4

    def setUp(self):
        self.open(LargeClips.plan)

    def open(self, plan):
        self.studio = Studio("12", plan, subscriptions_max=16384)
        self.addCleanup(self.studio.close)
        self.clock = self.studio.live.clock
        self.steps = 0

    def take_time(self, subject, name, seconds):
        """From now on each call, or each piece of a generator, takes that long."""
        original = getattr(subject, name)

        def timed(*arguments, **more):
            made = original(*arguments, **more)
            if not inspect.isgenerator(made):
                self.move(seconds)
                return made
            return pieces(made)

        def pieces(made):
            while True:
                self.move(seconds)
                try:
                    yield next(made)
                except StopIteration as end:
                    return end.value

        patched = mock.patch.object(subject, name, timed)
        patched.start()
        self.addCleanup(patched.stop)

    def move(self, seconds):
        self.steps += 1
        self.clock.move_to(self.clock.now() + seconds)

    def assert_short_ticks(self, least_steps):
        self.assertGreaterEqual(self.steps, least_steps)
        self.assertLessEqual(self.studio.bridge.health()["tick_ms_max"], self.BUDGET_MS + self.PIECE_MS)

    def test_a_long_line_takes_several_ticks(self):
        self.take_time(json_pieces, "decode", 0.001)
        notes = [{"pitch": number % 128, "start": float(number), "duration": 0.5} for number in range(9000)]
        client = self.studio.connect()
        answer = client.ask("add_notes", track_index=0, scene_index=0, notes=notes)
        self.assertEqual((answer["ok"], answer["note_count"]), (True, 9000))
        self.assert_short_ticks(50)

    def test_a_long_batch_is_checked_in_pieces(self):
        self.take_time(dialects, "_read_inner", 0.0001)
        client = self.studio.connect()
        answer = client.ask("batch", commands=[{"action": "ping"}] * 1000)
        self.assertEqual(len(answer["results"]), 1000)
        self.assert_short_ticks(1000)

    def test_many_subscriptions_begin_and_end_in_pieces(self):
        for name in ("_follow", "_unfollow"):
            self.take_time(subscriptions.Subscriptions, name, 0.00001)
        client = self.studio.connect()
        topics = [{"event": "track_name", "track_index": number} for number in range(16384)]
        self.assertEqual(client.ask("subscribe", topics=topics)["subscribed"], 16384)
        client.abort()
        self.studio.tick(60)
        self.assertEqual(len(self.studio.bridge._subscriptions._topics), 0)
        self.assert_short_ticks(32000)

    def test_changes_of_many_followed_values_take_several_ticks(self):
        self.open(SetPlan(tracks=(("", MIDI),) * 50, scenes=1))
        faders = range(50)
        client = self.studio.connect()
        client.ask("subscribe", topics=[{"event": "track_volume", "track_index": track} for track in faders])
        client.answers(len(faders))
        self.take_time(members, "subject_of", 0.00001)
        sets = [{"action": "set_track_volume", "track_index": track, "volume": 0.5} for track in faders]
        client.say({"action": "batch", "commands": sets})
        came = client.answers(len(faders) + 1)
        self.assertEqual(sum(each.get("event") == "track_volume" for each in came), len(faders))
        self.assert_short_ticks(500)

    def test_a_track_before_thousands_takes_several_ticks(self):
        self.open(SetPlan(tracks=(("", MIDI),) * 1000, scenes=1))
        client = self.studio.connect()
        topics = [{"event": "track_name", "track_index": track} for track in range(1000)]
        client.ask("subscribe", topics=topics + [{"event": "tracks"}, {"event": "selection"}])
        client.answers(1002)
        self.take_time(members, "subject_of", 0.00001)
        self.studio.song.create_midi_track(0)
        listed = next(each for each in iter(client.answer, None) if each["event"] == "tracks")
        self.assertEqual(len(listed["value"]), 1001)
        self.studio.tick(40)
        self.assert_short_ticks(2000)


class LargeChecks(CostCase):
    """A guard, an expectation and a check before overwriting are decided in the tick of the effect, within a bound."""

    RULE = {"rule": "rules[0]", "verdict": "deny", "when": {"clip": ["Secret*"]}}
    GUARD = [RULE, {"rule": "rules[1]", "verdict": "allow"}]

    def ask(self, tracks, scenes, action, **terms):
        studio = self.open(SetPlan(tracks=(("", MIDI),) * tracks, scenes=scenes))
        answer = studio.connect_keyed().ask_keyed(action, **terms)
        self.assertLessEqual(self.meter.worst[action], VALUES_MAX + CALLS_PER_STEP_MAX)
        return answer

    def test_a_guard_on_many_clips_is_bounded(self):
        self.assertTrue(self.ask(20, 100, "stop_all_clips", guard=self.GUARD)["ok"])
        answer = self.ask(20, 400, "stop_all_clips", guard=self.GUARD)
        self.assertEqual((answer["ok"], answer["code"]), (False, "forbidden"))
        self.assertIn("cannot be decided within one tick", answer["error"])

    def test_an_expectation_about_many_tracks_is_bounded(self):
        self.assertTrue(self.ask(500, 1, "set_tempo", bpm=100, expect={"armed": False})["ok"])
        answer = self.ask(2100, 1, "set_tempo", bpm=100, expect={"armed": False})
        self.assertEqual((answer["ok"], answer["code"]), (False, "precondition_failed"))
        self.assertIn("cannot be decided within one tick", answer["error"])

    def test_a_check_of_many_notes_is_bounded(self):
        studio = self.open(LargeClips.plan)
        client = studio.connect_keyed()
        notes = [{"pitch": 60, "start": float(number), "duration": 0.5} for number in range(NOTES)]
        place = {"track_index": 0, "scene_index": 0}
        self.assertTrue(client.ask_keyed("add_notes", notes=notes, **place)["ok"])
        late = [{"pitch": 60, "start": NOTES + 10.0, "duration": 0.5}]
        for action, params in (
            ("add_notes", dict(place, notes=late)),
            ("quantize_clip", {"track_index": 0, "clip_index": 0, "quantize_to": 0.25}),
        ):
            self.meter.worst.clear()
            answer = client.ask_keyed(action, **params)
            self.assertEqual((answer["ok"], answer["code"]), (False, "precondition_failed"))
            self.assertIn("too many to check", answer["error"])
            self.assertLessEqual(self.meter.worst[action], CALLS_PER_STEP_MAX)


if __name__ == "__main__":
    unittest.main()
