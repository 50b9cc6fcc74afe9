"""Drum racks of the simulated Live: their pads, and the chains that notes play."""

import unittest

from livesim import ArgumentError, NotSimulated, SetPlan, SimulatedLive
from livesim.device_plan import ChainPlan, RackPlan
from tests.rack_case import RackCase, named

KICK, SNARE, HAT = 36, 38, 42


class DrumRacks(RackCase):
    def setUp(self):
        chains = (
            ChainPlan(("Simpler",), "Kick", KICK),
            ChainPlan(("Simpler", "Saturator"), "Snare", SNARE),
            ChainPlan(("Simpler",), "Rim", SNARE),
        )
        (self.rack,) = self.song_with(RackPlan("Drum Rack", chains, returns=(ChainPlan(("Echo",)),)))
        self.kick, self.snare = self.rack.drum_pads[KICK], self.rack.drum_pads[SNARE]

    def test_every_note_has_a_pad(self):
        self.assertEqual(
            (True, True, 128), (self.rack.can_have_drum_pads, self.rack.has_drum_pads, len(self.rack.drum_pads))
        )
        self.assertEqual(list(range(128)), [pad.note for pad in self.rack.drum_pads])
        self.assertEqual((self.rack, [self.rack.chains[0]]), (self.kick.canonical_parent, list(self.kick.chains)))

    def test_a_pad_is_named_by_chain_or_note(self):
        self.assertEqual(
            ("Kick", "Multi", "C#1", "C-2", "G8"),
            (self.kick.name, self.snare.name, *(self.rack.drum_pads[note].name for note in (37, 0, 127))),
        )
        self.listen(self.kick, "name")
        self.rack.chains[0].name = "Boom"
        self.assertEqual(("Boom", ["name"]), (self.kick.name, self.notified))

    def test_a_pad_mutes_and_solos_all_its_chains(self):
        self.listen(self.snare, "mute", "solo")
        self.listen(self.kick, "mute")
        self.snare.mute = True
        self.assertEqual([False, True, True], [chain.mute for chain in self.rack.chains])
        self.rack.chains[1].mute = False
        self.assertFalse(self.snare.mute)
        self.kick.solo = True
        self.assertEqual((True, False), (self.kick.solo, self.snare.solo))
        self.assertEqual([False, True, True], [chain.muted_via_solo for chain in self.rack.chains])
        self.assertEqual(["mute"] * 2, self.notified)
        empty = self.rack.drum_pads[HAT]
        empty.mute = True
        self.assertFalse(empty.mute)

    def test_scrolling_shows_sixteen_pads(self):
        self.listen(self.rack, "visible_drum_pads")
        self.assertEqual(list(range(36, 52)), [pad.note for pad in self.rack.visible_drum_pads])
        self.rack.view.drum_pads_scroll_position = 28
        self.assertEqual(list(range(112, 128)), [pad.note for pad in self.rack.visible_drum_pads])
        for wrong in (-1, 29):
            with self.assertRaises(RuntimeError):
                self.rack.view.drum_pads_scroll_position = wrong
        self.assertEqual(["visible_drum_pads"], self.notified)

    def test_a_pad_is_selected(self):
        view = self.rack.view
        self.assertEqual(self.kick, view.selected_drum_pad)
        view.selected_drum_pad = self.snare
        self.assertEqual(self.snare, view.selected_drum_pad)
        (other,) = (
            SimulatedLive(version=self.version, plan=SetPlan.of(devices={0: ("Drum Rack",)})).song.tracks[0].devices
        )
        with self.assertRaises(RuntimeError):
            view.selected_drum_pad = other.drum_pads[0]

    def test_pad_selection_and_scrolling_are_not_undoable(self):
        view = self.rack.view
        view.drum_pads_scroll_position = 0
        view.selected_drum_pad = self.rack.drum_pads[0]
        view.selected_chain = self.rack.chains[1]
        view.is_showing_chain_devices = False
        self.rack.is_showing_chains = True
        self.assertFalse(self.song.can_undo)
        self.assertEqual((0, self.rack.drum_pads[0]), (self.rack.visible_drum_pads[0].note, view.selected_drum_pad))

    def test_emptying_a_pad_is_undoable(self):
        self.listen(self.snare, "chains")
        self.snare.delete_all_chains()
        self.assertEqual((1, 0), (len(self.rack.chains), len(self.snare.chains)))
        self.song.undo()
        self.assertEqual(["Snare", "Rim"], [chain.name for chain in self.snare.chains])
        self.assertEqual(["chains", "chains"], self.notified)

    def test_copying_a_pad_replaces_the_target(self):
        named(self.rack.chains[1].devices[0], "Volume").value = -20
        self.rack.copy_pad(SNARE, KICK)
        self.assertEqual(["Snare", "Rim"], [chain.name for chain in self.kick.chains])
        self.assertEqual(["Snare", "Rim"], [chain.name for chain in self.snare.chains])
        copy = self.kick.chains[0]
        self.assertEqual(["Simpler", "Saturator"], [device.name for device in copy.devices])
        self.assertEqual(-20.0, named(copy.devices[0], "Volume").value)
        named(copy.devices[0], "Volume").value = -30
        self.assertEqual(-20.0, named(self.snare.chains[0].devices[0], "Volume").value)
        self.song.undo()
        self.song.undo()
        self.assertEqual(["Kick"], [chain.name for chain in self.kick.chains])

    def test_empty_and_unknown_pads_are_not_copied(self):
        for source, destination in ((HAT, KICK), (KICK, 128), (-1, KICK), (128, KICK)):
            with self.assertRaises(RuntimeError):
                self.rack.copy_pad(source, destination)
        self.assertEqual(3, len(self.rack.chains))

    def test_chains_have_out_note_and_choke_group(self):
        chain = self.rack.chains[0]
        chain.out_note, chain.choke_group = 48, 16
        self.assertEqual((48, 16), (chain.out_note, chain.choke_group))
        for member, wrong in (("out_note", 128), ("out_note", -1), ("choke_group", 17), ("choke_group", -1)):
            with self.assertRaises(RuntimeError):
                setattr(chain, member, wrong)

    def test_its_chains_send_to_its_return_chains(self):
        (echo,) = self.rack.return_chains
        self.assertEqual(["Echo"], [device.name for device in echo.devices])
        self.assertEqual(["Send A"], [send.name for send in self.rack.chains[0].mixer_device.sends])
        self.rack.parameters[0].value = 0
        self.assertFalse(echo.devices[0].is_active)
        self.song.view.select_device(echo.devices[0])
        self.assertEqual(echo, self.rack.view.selected_chain)

    def test_parameters_include_macros_without_chain_selector(self):
        self.assertEqual(["Device On", *("Macro %d" % n for n in range(1, 17))], [p.name for p in self.rack.parameters])
        with self.assertRaises(NotSimulated):
            self.rack.chain_selector

    def test_a_nested_drum_rack_has_no_pads(self):
        inner = RackPlan("Drum Rack", (ChainPlan(("Simpler",), note=KICK),))
        (rack,) = self.song_with(RackPlan("Drum Rack", (ChainPlan((inner,), note=KICK),)))
        inner = rack.chains[0].devices[0]
        self.assertEqual((True, False), (inner.can_have_drum_pads, inner.has_drum_pads))
        self.assertEqual((0, 0), (len(inner.drum_pads), len(inner.visible_drum_pads)))
        self.song.move_device(rack.chains[0].devices[0], self.song.create_midi_track(), 0)
        self.assertEqual((True, 128), (inner.has_drum_pads, len(inner.drum_pads)))

    def test_its_pads_die_with_it(self):
        self.song.tracks[0].delete_device(0)
        with self.assertRaises(ArgumentError):
            self.kick.name


class DrumRacksInLive11(DrumRacks):
    version = "11"

    def test_the_note_of_a_chain_cannot_be_seen(self):
        self.assertFalse(hasattr(self.rack.chains[0], "in_note"))


class InNotes(RackCase):
    """Live 12.3 shows which note plays a chain."""

    def test_a_chain_moves_to_another_pad(self):
        (rack,) = self.song_with(RackPlan("Drum Rack", (ChainPlan(("Simpler",), "Kick", KICK),)))
        self.listen(rack.drum_pads[KICK], "chains", "name")
        rack.chains[0].in_note = HAT
        self.assertEqual(("C1", "Kick"), (rack.drum_pads[KICK].name, rack.drum_pads[HAT].name))
        rack.chains[0].in_note = -1
        self.assertEqual("F#1", rack.drum_pads[HAT].name)
        for wrong in (-2, 128):
            with self.assertRaises(RuntimeError):
                rack.chains[0].in_note = wrong
        self.assertEqual(["chains", "name"] * 2, self.notified)


if __name__ == "__main__":
    unittest.main()
