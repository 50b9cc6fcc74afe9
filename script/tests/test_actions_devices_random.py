"""Randomized device parameters: which parameters change, their ranges, the count, and undo."""

import itertools
from unittest import mock

from livesim.model.device import OnSwitch
from livesim.model.parameter import DeviceParameter
from tests.devices_case import DENSITY, MIX, REVERB, SIMPLER, VOLUME, DevicesCase

ALMOST_ONE = 1 - 2.0**-48


class Randomizing(DevicesCase):
    def randomized(self, *fractions, target=REVERB, action="randomize_device_parameters"):
        """Returns how many changed, when the random source repeats these fractions."""
        source = itertools.cycle(fractions)
        with mock.patch("LiveGate.actions.randomizing.random_fraction", lambda: next(source)):
            answer = self.done(action, **target)
        return answer.get("randomized_count", answer.get("randomized_parameters"))

    def ranges(self, end):
        return [getattr(parameter, end) for parameter in self.device(0, 1).parameters][1:]

    def test_every_parameter_but_the_switch_is_randomized(self):
        # the reverb has switches at 2 and 7, and a chooser of four at 8
        self.randomized(0.125, 0.625)
        expected = [1.0, 0.125, 1.0, 0.125, 0.625, 0.125, 0.625, 0.0, 2.0, 0.125, 0.625, 0.125]
        self.assertEqual(self.values(0, 1), expected)

    def test_both_actions_do_the_same(self):
        first = self.randomized(0.1, 0.6, 0.9)
        values = self.values(0, 1)
        self.done("undo")
        self.assertEqual(self.randomized(0.1, 0.6, 0.9, action="randomize_device"), first)
        self.assertEqual(self.values(0, 1), values)

    def test_extreme_fractions_give_the_range_limits(self):
        self.randomized(0.0)
        self.assertEqual(self.values(0, 1)[1:], self.ranges("min"))
        self.randomized(ALMOST_ONE)
        self.assertEqual(self.values(0, 1)[1:], self.ranges("max"))
        self.randomized(0.0, target=SIMPLER)
        self.assertEqual(self.values(0, 0)[VOLUME], -36.0)

    def test_items_of_a_chooser_are_equally_likely(self):
        for step in range(4):
            self.randomized(step / 4, target=REVERB)
            self.assertEqual(self.values(0, 1)[DENSITY], step)
            self.randomized(step / 4 + 0.24, target=REVERB)
            self.assertEqual(self.values(0, 1)[DENSITY], step)

    def test_only_changed_parameters_are_counted(self):
        before = self.values(0, 1)
        changed = self.randomized(0.5)
        self.assertEqual(changed, sum(1 for old, new in zip(before, self.values(0, 1)) if old != new))
        self.assertLess(0, changed)
        self.assertLess(changed, 11)
        self.assertEqual(self.randomized(0.5), 0)

    def test_randomizing_is_one_undo_step(self):
        before = self.values(0, 1)
        self.randomized(0.3)
        self.done("undo")
        self.assertEqual(self.values(0, 1), before)

    def test_controlled_parameters_keep_their_value(self):
        before = self.values(0, 1)[MIX]
        with self.disabled("Dry/Wet"):
            self.randomized(0.125)
        self.assertEqual(self.values(0, 1)[MIX], before)
        self.assertEqual(self.values(0, 1)[MIX - 1], 0.125)

    def test_a_device_that_is_off_stays_off(self):
        self.done("set_device_on_off", enabled=False, **REVERB)
        self.randomized(ALMOST_ONE)
        self.assertFalse(self.device(0, 1).is_active)

    def test_a_device_without_anything_to_set_is_refused(self):
        is_switch = property(lambda parameter: isinstance(parameter, OnSwitch))
        with mock.patch.object(DeviceParameter, "is_enabled", is_switch):
            for action in ("randomize_device", "randomize_device_parameters"):
                self.refused(action, "Reverb has no parameters that can be set", **REVERB)

    def test_random_values_vary_within_their_ranges(self):
        self.done("randomize_device", **REVERB)
        first = self.values(0, 1)
        self.done("randomize_device", **REVERB)
        self.assertNotEqual(self.values(0, 1), first)
        for value, low, high in zip(first[1:], self.ranges("min"), self.ranges("max")):
            self.assertTrue(low <= value <= high)


class InLive11(Randomizing):
    version = "11"
