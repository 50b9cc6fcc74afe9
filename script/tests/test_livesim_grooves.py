"""Grooves of the simulated Live: the pool of the plan, their amounts, and the clips that use them."""

import unittest

from livesim import ArgumentError, SetPlan, SimulatedLive
from livesim.model.track import MIDI


class Grooves(unittest.TestCase):
    version = "12"

    def setUp(self):
        plan = SetPlan(tracks=(("Drums", MIDI),), scenes=2, clips={(0, 0): 4.0}, grooves=("Swing", "Push"))
        self.song = SimulatedLive(self.version, plan=plan).song
        self.slots = self.song.tracks[0].clip_slots
        self.clip = self.slots[0].clip
        self.grooves = self.song.groove_pool.grooves

    def test_the_pool_has_those_of_the_plan(self):
        self.assertEqual(["Swing", "Push"], [groove.name for groove in self.grooves])
        self.assertEqual(self.song, self.song.groove_pool.canonical_parent)
        self.assertEqual(0, len(SimulatedLive(self.version).song.groove_pool.grooves))

    def test_a_new_groove_has_full_timing_only(self):
        groove = self.grooves[0]
        self.assertEqual(
            (1.0, 0.0, 0.0, 0.0),
            (groove.timing_amount, groove.quantization_amount, groove.random_amount, groove.velocity_amount),
        )

    def test_amounts_have_their_ranges_and_single_precision(self):
        groove = self.grooves[0]
        for member, value in (("timing_amount", 1.1), ("random_amount", -0.1), ("velocity_amount", -1.1)):
            with self.assertRaisesRegex(RuntimeError, "Invalid value"):
                setattr(groove, member, value)
        groove.velocity_amount = -1
        groove.timing_amount = 0.3
        self.assertEqual((-1.0, 0.30000001192092896), (groove.velocity_amount, groove.timing_amount))

    def test_the_base_is_an_enum(self):
        import Live

        self.grooves[0].base = Live.Groove.Base.gb_eight_triplet
        self.assertEqual(Live.Groove.Base.gb_eight_triplet, self.grooves[0].base)
        self.grooves[0].base = 2
        self.assertIs(Live.Groove.Base.values[2], self.grooves[0].base)
        with self.assertRaises(ArgumentError):
            self.grooves[0].base = "gb_quarter"
        with self.assertRaises(RuntimeError):
            self.grooves[0].base = Live.Groove.Base.count

    def test_assigning_a_groove_is_undoable(self):
        self.assertEqual((None, False), (self.clip.groove, self.clip.has_groove))
        notified = []
        self.clip.add_groove_listener(lambda: notified.append(self.clip.groove))
        self.clip.groove = self.grooves[1]
        self.assertEqual((True, [self.grooves[1]]), (self.clip.has_groove, notified))
        self.song.undo()
        self.assertFalse(self.clip.has_groove)

    def test_a_groove_cannot_be_removed(self):
        self.clip.groove = self.grooves[0]
        with self.assertRaises(ArgumentError):
            self.clip.groove = None
        self.assertEqual(self.grooves[0], self.clip.groove)

    def test_a_copy_uses_the_same_one(self):
        self.clip.groove = self.grooves[0]
        self.slots[0].duplicate_clip_to(self.slots[1])
        self.grooves[0].name = "Renamed"
        self.assertEqual("Renamed", self.slots[1].clip.groove.name)


class InLive11(Grooves):
    version = "11"


if __name__ == "__main__":
    unittest.main()
