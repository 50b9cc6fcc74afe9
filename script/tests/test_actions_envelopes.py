"""Actions on automation envelopes: inserting and removing steps, reading curves, refusals."""

from unittest import mock

from livesim import SetPlan
from livesim.errors import change_in_notification
from livesim.model.base import command, query
from livesim.model.clip import Clip
from livesim.model.envelope import AutomationEnvelope, Envelope
from livesim.model.track import AUDIO, MIDI
from tests.actions_case import ActionsCase

PREDELAY = {"track_index": 0, "clip_index": 0, "device_index": 0, "param_index": 1}
SWITCH = dict(PREDELAY, param_index=0)
EACH_ACTION = {
    "get_clip_automation_envelope": {},
    "create_automation_envelope": {},
    "clear_automation_envelope": {},
    "insert_automation_step": {"time": 0, "value": 0.5},
    "remove_automation_step": {"time": 0},
    "get_automation_envelope_values": {},
}


def doing_nothing(model, name):
    """A method that exists and silently fails."""
    return mock.patch.object(model, name, command(lambda _self, *_arguments: None))


class EnvelopesCase(ActionsCase):
    plan = SetPlan(
        tracks=(("Keys", MIDI), ("Vocals", AUDIO), ("Bare", MIDI)),
        scenes=2,
        clips={(0, 0): 4.0, (1, 0): 4.0, (2, 0): 4.0},
        devices={0: ("Reverb",), 1: ("Reverb",)},
    )

    def setUp(self):
        super().setUp()
        self.clip = self.slot(0, 0).clip
        self.parameter = self.song.tracks[0].devices[0].parameters[1]
        self.parameter.value = 0.5

    @property
    def kind(self):
        return AutomationEnvelope if self.version == "11" else Envelope

    @property
    def envelope(self):
        return self.clip.automation_envelope(self.parameter)

    def curve(self, *times):
        return [round(self.envelope.value_at_time(time), 3) for time in times]

    def step(self, time, value, length=1.0):
        return self.done("insert_automation_step", time=time, value=value, length=length, **PREDELAY)

    def snapshot(self):
        times = range(-1, 6)
        return super().snapshot(), self.envelope and self.curve(*times), self.clip.has_envelopes


class Envelopes(EnvelopesCase):
    def test_an_envelope_is_created_seen_and_cleared(self):
        self.assertFalse(self.done("get_clip_automation_envelope", **PREDELAY)["has_envelope"])
        answer = self.done("create_automation_envelope", **PREDELAY)
        self.assertEqual((answer["device_name"], answer["parameter_name"]), ("Reverb", "Predelay"))
        self.assertTrue(self.done("get_clip_automation_envelope", **PREDELAY)["has_envelope"])
        self.assertFalse(self.done("get_clip_automation_envelope", **SWITCH)["has_envelope"])
        self.done("clear_automation_envelope", **PREDELAY)
        self.assertIsNone(self.envelope)

    def test_an_audio_clip_has_them_as_well(self):
        self.done("create_automation_envelope", **dict(PREDELAY, track_index=1))
        self.assertTrue(self.slot(1, 0).clip.has_envelopes)

    def test_missing_envelopes_are_refused_and_never_duplicated(self):
        self.assertIs(self.done("clear_automation_envelope", **PREDELAY)["changed"], False)
        self.refused("insert_automation_step", "create_automation_envelope", time=0, value=0.5, **PREDELAY)
        self.done("create_automation_envelope", **PREDELAY)
        self.refused("create_automation_envelope", "has an envelope already", **PREDELAY)

    def test_a_missing_target_is_refused_with_existing_ones(self):
        for action, params in EACH_ACTION.items():
            if self.version == "11" and action == "remove_automation_step":
                continue
            self.refused(action, "no clip in row 1", **dict(PREDELAY, clip_index=1, **params))
            self.refused(action, "device_index 1", "devices 0 to 0", **dict(PREDELAY, device_index=1, **params))
            self.refused(action, "no devices", **dict(PREDELAY, track_index=2, **params))
            self.refused(action, "param_index 99", "parameters 0 to 11", **dict(PREDELAY, param_index=99, **params))

    def test_a_change_without_effect_is_an_error(self):
        with doing_nothing(Clip, "create_automation_envelope"):
            self.refused("create_automation_envelope", "did not create", **PREDELAY)
        self.done("create_automation_envelope", **PREDELAY)
        with doing_nothing(Clip, "clear_envelope"):
            self.refused("clear_automation_envelope", "did not delete", **PREDELAY)
        with doing_nothing(self.kind, "insert_step"):
            self.refused("insert_automation_step", "the step of Predelay", time=0, value=0.75, **PREDELAY)


class Steps(EnvelopesCase):
    def setUp(self):
        super().setUp()
        self.done("create_automation_envelope", **PREDELAY)

    def test_a_step_lasts_a_quarter_beat_by_default(self):
        answer = self.done("insert_automation_step", time=1, value=0.75, **PREDELAY)
        self.assertEqual((answer["time"], answer["length"], answer["value"]), (1.0, 0.25, 0.75))
        self.assertEqual(self.curve(0.9, 1.0, 1.2, 1.25), [0.5, 0.75, 0.75, 0.5])
        self.assertEqual(self.curve(0.9), [0.5])
        self.step(2, 0.1, length=2)
        self.assertEqual(self.curve(2.0, 3.9, 4.0), [0.1, 0.1, 0.5])

    def test_values_keep_the_parameters_range_and_steps(self):
        for value in (-0.01, 1.01):
            self.refused("insert_automation_step", "between 0 and 1", "Predelay", time=0, value=value, **PREDELAY)
        self.assertEqual([self.step(0, value)["value"] for value in (0, 1)], [0.0, 1.0])
        self.done("create_automation_envelope", **SWITCH)
        self.refused("insert_automation_step", "whole number", time=0, value=0.5, **SWITCH)

    def test_a_step_has_a_length(self):
        for length in (0, -1):
            answer = self.client.ask("insert_automation_step", time=0, value=0.5, length=length, **PREDELAY)
            self.assertEqual(answer["code"], "invalid_params")

    def test_the_curve_is_sampled_every_quarter_beat(self):
        self.step(1, 0.75)
        self.clip.loop_start, self.clip.loop_end = 0.5, 2.25
        answer = self.done("get_automation_envelope_values", **PREDELAY)
        read = [(value["time"], value["value"]) for value in answer["values"]]
        expected = [(number / 4, 0.75 if 4 <= number < 8 else 0.5) for number in range(9)]
        self.assertEqual(read, expected)

    def test_a_step_outside_the_clip_is_refused(self):
        for time in (-1, 4, 20):
            self.refused("insert_automation_step", "outside the clip", "0 to 4", **dict(PREDELAY, time=time, value=1))

    def test_reading_requires_an_envelope(self):
        answer = self.done("get_automation_envelope_values", **SWITCH)
        self.assertEqual((answer["has_envelope"], answer["values"], answer["events"]), (False, [], []))

    def test_reading_a_long_loop_is_bounded(self):
        self.clip.loop_end = 1000.0
        answer = self.done("get_automation_envelope_values", **PREDELAY)
        self.assertEqual((len(answer["values"]), answer["values"][-1]["time"]), (1024, 255.75))

    def test_an_envelope_deleted_during_reading_is_refused(self):
        self.clip.loop_end = 1000.0
        self.refuse_after(40, lambda: self.clip.clear_all_envelopes())

    def test_an_envelope_replaced_during_reading_is_refused(self):
        self.clip.loop_end = 1000.0

        def exchange():
            self.clip.clear_envelope(self.parameter)
            self.clip.create_automation_envelope(self.parameter)

        self.refuse_after(40, exchange)

    def refuse_after(self, reads, happens):
        """Changes the set between two pieces of the reading, which a slow clock splits."""
        read, count = self.kind.value_at_time, []

        @query
        def value_at_time(envelope, time):
            count.append(time)
            self.studio.live.clock.move_to(self.studio.live.clock.now() + 0.001)
            return read(envelope, time)

        with mock.patch.object(self.kind, "value_at_time", value_at_time):
            self.client.say(dict(PREDELAY, action="get_automation_envelope_values"))
            self.studio.tick(2)
            self.assertGreater(len(count), reads)
            self.assertFalse(self.client.has_answer())
            happens()
            answer = self.client.answer()
        self.assertEqual((answer["code"], "changed meanwhile" in answer["error"]), ("live_error", True))


class Breakpoints(EnvelopesCase):
    """Live 12 only: reading breakpoints, and removing steps."""

    def setUp(self):
        super().setUp()
        self.done("create_automation_envelope", **PREDELAY)

    def remove(self, time):
        return self.done("remove_automation_step", time=time, **PREDELAY)

    def events(self):
        answer = self.done("get_automation_envelope_values", **PREDELAY)
        return [(event["time"], event["value"]) for event in answer["events"]]

    def test_breakpoints_are_read_with_the_values(self):
        self.step(1, 0.75)
        self.assertEqual(self.events(), [(1.0, 0.5), (1.0, 0.75), (2.0, 0.75), (2.0, 0.5)])

    def test_removing_a_step_restores_the_curve(self):
        for time in (1, 1.5, 1.99):
            self.step(1, 0.75)
            answer = self.remove(time)
            self.assertEqual((answer["time"], answer["length"], answer["value"]), (1.0, 1.0, 0.5))
            self.assertEqual((self.events(), self.curve(1.5)), ([], [0.5]))

    def test_a_step_is_removed_in_one_undo_step(self):
        self.step(1, 0.75)
        self.remove(1)
        self.song.undo()
        self.assertEqual(self.curve(0.5, 1.5, 2.5), [0.5, 0.75, 0.5])

    def test_a_removal_refused_midway_is_completed(self):
        for refused in ("delete_events_in_range", "insert_step"):
            self.step(1, 0.75)
            original, left = self.studio.live.notifications.require_no_notification, [refused] * 3
            left = left if refused != "insert_step" else left[:1]

            def require_no_notification(name):
                if left and name == left[0]:
                    left.pop()
                    raise change_in_notification()
                original(name)

            with mock.patch.object(self.studio.live.notifications, "require_no_notification", require_no_notification):
                self.assertEqual(self.remove(1.5)["value"], 0.5)
            self.assertEqual((self.events(), left), ([], []))

    def test_a_step_among_others_leaves_them_alone(self):
        for time, value in enumerate((0.25, 0.75, 1.0)):
            self.step(time, value)
        self.remove(1.5)
        self.assertEqual(self.curve(-1, 0.5, 1.5, 2.5, 3.5), [0.5, 0.25, 0.25, 1.0, 0.5])

    def test_a_step_beyond_the_clip_is_removed_too(self):
        self.step(3.5, 0.75)
        self.remove(3.75)
        self.assertEqual(self.curve(3.75, 4.25), [0.5, 0.5])

    def test_removing_outside_a_step_changes_nothing(self):
        self.refused("remove_automation_step", "no step", time=1, **PREDELAY)
        self.step(1, 0.75)
        for time in (0.9, 2, 5):
            self.refused("remove_automation_step", "no step", time=time, **PREDELAY)
        self.envelope.insert_step(3.0, 1.0, 0.5)
        self.refused("remove_automation_step", "no step", time=3.5, **PREDELAY)
        self.envelope.insert_step(3.0, 1.0, 0.0)
        self.envelope.delete_events_in_range(2.0, 3.5)
        self.refused("remove_automation_step", "no step", time=1.5, **PREDELAY)


class EnvelopesInLive11(Envelopes):
    version = "11"


class StepsInLive11(Steps):
    version = "11"
