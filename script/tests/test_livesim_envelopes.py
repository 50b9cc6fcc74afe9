"""Automation envelopes in the simulated Live: curves, lifetime, and playback of parameters."""

import unittest

from livesim import ArgumentError, SetPlan, SimulatedLive

PLAN = SetPlan.of(
    midi=2, scenes=2, clips={(0, 0): 4.0, (0, 1): 4.0, (1, 0): 4.0}, devices={0: ("Reverb",), 1: ("Delay",)}
)
UNAUTOMATED, AUTOMATED, OVERRIDDEN = 0, 1, 2


class EnvelopeCase(unittest.TestCase):
    version = "12"

    def setUp(self):
        self.live = SimulatedLive(version=self.version, plan=PLAN)
        self.addCleanup(self.live.close)
        self.song = self.live.song
        self.track = self.song.tracks[0]
        self.clip = self.track.clip_slots[0].clip
        self.device = self.track.devices[0]
        self.parameter, self.other = self.device.parameters[1], self.device.parameters[5]
        self.parameter.value = 0.5

    def automate(self, parameter=None):
        return self.clip.create_automation_envelope(parameter or self.parameter)

    @staticmethod
    def read(envelope, *times):
        return [round(envelope.value_at_time(time), 3) for time in times]


class Lives(EnvelopeCase):
    def test_a_clip_starts_without_envelopes(self):
        self.assertIsNone(self.clip.automation_envelope(self.parameter))
        envelope = self.automate()
        self.assertEqual(envelope, self.clip.automation_envelope(self.parameter))
        self.assertIsNone(self.clip.automation_envelope(self.other))

    def test_an_envelope_starts_at_the_parameters_value(self):
        envelope = self.automate()
        self.parameter.value = 0.9
        self.assertEqual([0.5, 0.5, 0.5], self.read(envelope, -10.0, 0.0, 100.0))

    def test_the_mixer_can_be_automated_as_well(self):
        self.assertEqual([0.85], self.read(self.automate(self.track.mixer_device.volume), 1.0))

    def test_there_is_only_one_for_a_parameter(self):
        self.automate()
        with self.assertRaises(RuntimeError):
            self.automate()

    def test_parameters_of_other_tracks_have_none(self):
        other = self.song.tracks[1].devices[0].parameters[1]
        self.assertIsNone(self.clip.automation_envelope(other))
        for parameter in (other, self.song.master_track.mixer_device.volume):
            with self.assertRaises(RuntimeError):
                self.automate(parameter)
        self.assertFalse(self.clip.has_envelopes)

    def test_clips_of_the_arrangement_have_none(self):
        self.automate()
        copy = self.track.duplicate_clip_to_arrangement(self.clip, 0.0)
        self.assertIsNone(copy.automation_envelope(self.parameter))
        self.assertFalse(copy.has_envelopes)
        with self.assertRaises(RuntimeError):
            copy.create_automation_envelope(self.parameter)

    def test_first_and_last_envelope_notify_listeners(self):
        notified = []
        self.clip.add_has_envelopes_listener(lambda: notified.append(self.clip.has_envelopes))
        self.automate()
        self.automate(self.other)
        self.clip.clear_envelope(self.parameter)
        self.clip.clear_envelope(self.other)
        self.song.undo()
        self.assertEqual([True, False, True], notified)

    def test_a_cleared_envelope_is_dead(self):
        envelope = self.automate()
        self.clip.clear_envelope(self.parameter)
        self.assertTrue(envelope == None)  # noqa: E711
        with self.assertRaises(ArgumentError):
            envelope.value_at_time(0.0)

    def test_clearing_all_leaves_none(self):
        self.automate()
        self.automate(self.other)
        self.clip.clear_all_envelopes()
        self.assertFalse(self.clip.has_envelopes)
        self.clip.clear_envelope(self.parameter)

    def test_envelopes_and_steps_are_undoable(self):
        self.automate().insert_step(1.0, 1.0, 0.75)
        self.clip.clear_envelope(self.parameter)
        self.song.undo()
        self.assertEqual([0.75], self.read(self.clip.automation_envelope(self.parameter), 1.0))
        self.song.undo()
        self.assertEqual([0.5], self.read(self.clip.automation_envelope(self.parameter), 1.0))
        self.song.undo()
        self.assertFalse(self.clip.has_envelopes)
        self.song.redo()
        self.song.redo()
        self.assertEqual([0.75], self.read(self.clip.automation_envelope(self.parameter), 1.0))

    def test_envelopes_go_and_come_back_with_their_device(self):
        envelope = self.automate()
        envelope.insert_step(1.0, 1.0, 0.75)
        self.track.delete_device(0)
        self.assertEqual((False, True), (self.clip.has_envelopes, envelope == None))  # noqa: E711
        self.song.undo()
        back = self.clip.automation_envelope(self.track.devices[0].parameters[1])
        self.assertEqual([0.75], self.read(back, 1.0))

    def test_a_restored_clip_lacks_deleted_devices_envelopes(self):
        self.automate()
        self.track.delete_device(0)
        self.track.clip_slots[0].delete_clip()
        self.song.undo()
        self.assertFalse(self.track.clip_slots[0].clip.has_envelopes)
        self.song.undo()
        self.assertTrue(self.track.clip_slots[0].clip.has_envelopes)

    def test_envelopes_live_with_clip_and_track(self):
        envelope = self.automate()
        self.track.clip_slots[0].delete_clip()
        self.assertTrue(envelope == None)  # noqa: E711
        self.song.undo()
        self.song.delete_track(0)
        self.song.undo()
        track = self.song.tracks[0]
        self.assertIsNotNone(track.clip_slots[0].clip.automation_envelope(track.devices[0].parameters[1]))

    def test_restoring_a_device_keeps_envelopes_cleared(self):
        self.automate()
        self.clip.clear_envelope(self.parameter)
        self.track.delete_device(0)
        self.song.undo()
        self.assertFalse(self.clip.has_envelopes)

    def test_a_clip_copy_has_its_own_envelopes(self):
        self.automate().insert_step(1.0, 1.0, 0.75)
        self.track.clip_slots[0].duplicate_clip_to(self.track.clip_slots[1])
        copy = self.track.clip_slots[1].clip.automation_envelope(self.parameter)
        copy.insert_step(1.0, 1.0, 0.25)
        own = self.clip.automation_envelope(self.parameter)
        self.assertEqual(([0.75], [0.25]), (self.read(own, 1.0), self.read(copy, 1.0)))

    def test_a_copy_elsewhere_keeps_matching_envelopes(self):
        self.automate()
        self.automate(self.device.parameters[0])
        self.automate(self.track.mixer_device.volume)
        other = self.song.tracks[1]
        self.track.clip_slots[0].duplicate_clip_to(other.clip_slots[0])
        copy = other.clip_slots[0].clip
        self.assertIsNotNone(copy.automation_envelope(other.mixer_device.volume))
        self.assertTrue(all(copy.automation_envelope(known) is None for known in other.devices[0].parameters))

    def test_a_track_copy_automates_its_own_devices(self):
        self.automate().insert_step(1.0, 1.0, 0.75)
        self.song.duplicate_track(0)
        copy = self.song.tracks[1]
        envelope = copy.clip_slots[0].clip.automation_envelope(copy.devices[0].parameters[1])
        self.assertEqual([0.75], self.read(envelope, 1.0))
        self.assertIsNone(copy.clip_slots[0].clip.automation_envelope(self.parameter))


class Steps(EnvelopeCase):
    def test_a_step_holds_its_value(self):
        envelope = self.automate()
        envelope.insert_step(1.0, 0.5, 1.0)
        self.assertEqual([0.5, 1.0, 1.0, 0.5, 0.5], self.read(envelope, 0.99, 1.0, 1.49, 1.5, 3.0))

    def test_a_later_step_replaces_an_earlier_one(self):
        envelope = self.automate()
        envelope.insert_step(1.0, 2.0, 1.0)
        envelope.insert_step(2.0, 2.0, 0.0)
        self.assertEqual([0.5, 1.0, 0.0, 0.0, 0.5], self.read(envelope, 0.5, 1.5, 2.0, 3.5, 4.0))

    def test_steps_side_by_side_leave_each_other_alone(self):
        envelope = self.automate()
        for step in range(4):
            envelope.insert_step(step * 1.0, 1.0, step / 4)
        self.assertEqual([0.0, 0.25, 0.5, 0.75, 0.5], self.read(envelope, 0.5, 1.5, 2.5, 3.5, 4.5))

    def test_quantized_parameters_take_integer_steps(self):
        envelope = self.automate(self.device.parameters[0])
        envelope.insert_step(0.0, 1.0, 0.4)
        self.assertEqual([0.0, 1.0], self.read(envelope, 0.5, 1.0))

    def test_invalid_steps_are_refused(self):
        envelope = self.automate()
        for length, value in ((1.0, 1.1), (1.0, -0.1), (0.0, 0.5), (-1.0, 0.5)):
            with self.assertRaises(RuntimeError):
                envelope.insert_step(0.0, length, value)
        self.assertEqual([0.5], self.read(envelope, 0.0))


class Playing(EnvelopeCase):
    def play(self, seconds=0.1):
        """A clip with a step on its second beat."""
        self.automate().insert_step(1.0, 1.0, 0.75)
        self.clip.fire()
        self.live.run(seconds)

    def test_the_parameter_follows_while_the_clip_plays(self):
        self.assertEqual(UNAUTOMATED, self.parameter.automation_state)
        notified = []
        self.parameter.add_value_listener(lambda: notified.append(self.parameter.value))
        self.play(0.75)
        self.assertEqual((AUTOMATED, 0.75), (self.parameter.automation_state, self.parameter.value))
        self.live.run(0.5)
        self.assertEqual((0.5, [0.75, 0.5]), (self.parameter.value, notified))

    def test_an_override_lasts_until_automation_is_enabled(self):
        self.play()
        self.parameter.value = 0.1
        self.live.run(0.75)
        self.assertEqual(OVERRIDDEN, self.parameter.automation_state)
        self.assertAlmostEqual(0.1, self.parameter.value)
        self.assertTrue(self.song.re_enable_automation_enabled)
        self.song.re_enable_automation()
        self.live.run(0.1)
        self.assertEqual((AUTOMATED, 0.75), (self.parameter.automation_state, self.parameter.value))
        self.assertFalse(self.song.re_enable_automation_enabled)

    def test_relaunching_the_clip_enables_automation(self):
        self.play()
        self.parameter.value = 0.1
        self.clip.fire()
        self.live.run(2.0)
        self.assertEqual(AUTOMATED, self.parameter.automation_state)

    def test_automation_ends_with_its_clip(self):
        self.play(0.75)
        self.track.stop_all_clips(False)
        self.assertEqual((UNAUTOMATED, 0.75), (self.parameter.automation_state, self.parameter.value))

    def test_envelopes_apply_while_the_clip_plays(self):
        self.play()
        self.automate(self.other)
        self.assertEqual(AUTOMATED, self.other.automation_state)
        self.clip.clear_envelope(self.other)
        self.assertEqual(UNAUTOMATED, self.other.automation_state)

    def test_following_is_no_step_of_the_undo_history(self):
        self.play(0.75)
        self.song.undo()
        self.assertEqual([0.5], self.read(self.clip.automation_envelope(self.parameter), 1.0))


class InLive11(Lives, Steps, Playing):
    version = "11"

    def test_live_11_envelopes_have_few_members(self):
        import Live

        envelope = self.automate()
        self.assertIsInstance(envelope, Live.Clip.AutomationEnvelope)
        self.assertFalse(hasattr(envelope, "events_in_range") or hasattr(envelope, "canonical_parent"))


class Breakpoints(EnvelopeCase):
    """Live 12 only."""

    @staticmethod
    def events(envelope, start, end):
        return [(event.time, event.value) for event in envelope.events_in_range(start, end)]

    def test_a_step_is_two_jumps(self):
        envelope = self.automate()
        envelope.insert_step(1.0, 1.0, 1.0)
        self.assertEqual([(1.0, 0.5), (1.0, 1.0), (2.0, 1.0), (2.0, 0.5)], self.events(envelope, 0.0, 4.0))

    def test_a_range_is_half_open(self):
        envelope = self.automate()
        envelope.insert_step(1.0, 1.0, 1.0)
        self.assertEqual([(1.0, 0.5), (1.0, 1.0)], self.events(envelope, 1.0, 2.0))
        self.assertEqual([], self.events(envelope, 1.1, 2.0))

    def test_between_breakpoints_the_curve_is_a_straight_line(self):
        envelope = self.automate()
        envelope.insert_step(1.0, 1.0, 1.0)
        envelope.insert_step(3.0, 1.0, 0.0)
        envelope.delete_events_in_range(1.5, 3.0)
        expected = [(1.0, 0.5), (1.0, 1.0), (3.0, 0.5), (3.0, 0.0), (4.0, 0.0), (4.0, 0.5)]
        self.assertEqual(expected, self.events(envelope, 0.0, 5.0))
        self.assertEqual([1.0, 0.75, 0.0], self.read(envelope, 1.0, 2.0, 3.0))

    def test_without_its_step_an_envelope_is_level_again(self):
        envelope = self.automate()
        envelope.insert_step(1.0, 1.0, 1.0)
        envelope.delete_events_in_range(0.0, 4.0)
        self.assertEqual(([], [0.5]), (self.events(envelope, 0.0, 4.0), self.read(envelope, 1.5)))
        self.song.undo()
        self.assertEqual([1.0], self.read(envelope, 1.5))

    def test_a_curve_keeps_at_least_one_value(self):
        envelope = self.automate()
        envelope.delete_events_in_range(-1e9, 1e9)
        self.assertEqual([0.5], self.read(envelope, 1.0))

    def test_events_are_copies_with_straight_lines(self):
        envelope = self.automate()
        envelope.insert_step(1.0, 1.0, 1.0)
        event = envelope.events_in_range(1.0, 2.0)[0]
        coefficients = event.control_coefficients
        self.assertEqual([0.5] * 4, [getattr(coefficients, name) for name in ("x1", "y1", "x2", "y2")])
        event.value = 0.0
        coefficients.x1 = 0.25
        self.assertEqual((0.0, 0.25), (event.value, event.control_coefficients.x1))
        self.assertEqual((1.0, 0.5), self.events(envelope, 1.0, 2.0)[0])

    def test_scripts_can_make_events_of_their_own(self):
        from Live.Envelope import EnvelopeEvent, EnvelopeEventControlCoefficients

        event = EnvelopeEvent(1.0, 0.5, EnvelopeEventControlCoefficients(0.1, 0.2, 0.3, 0.4))
        self.assertEqual((1.0, 0.5, 0.4), (event.time, event.value, event.control_coefficients.y2))
        with self.assertRaises(ArgumentError):
            EnvelopeEvent(1.0, 0.5, 3.0)

    def test_a_clip_is_its_envelopes_parent(self):
        envelope = self.automate()
        self.assertEqual([envelope], list(self.clip.automation_envelopes))
        self.assertEqual(self.clip, envelope.canonical_parent)
        self.track.delete_device(0)
        self.assertEqual([], list(self.clip.automation_envelopes))


if __name__ == "__main__":
    unittest.main()
