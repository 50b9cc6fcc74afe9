"""Racks of the simulated Live: chains and their mixers, macros and variations."""

import unittest

from livesim import ArgumentError, SetPlan, SimulatedLive
from livesim.device_plan import ChainPlan, RackPlan
from tests.rack_case import RackCase, named

KICK, SNARE = 36, 38


class Chains(RackCase):
    def setUp(self):
        chains = ChainPlan(("Operator", "Reverb")), ChainPlan(("Drift",), "Sub"), ChainPlan()
        (self.rack,) = self.song_with(RackPlan(chains=chains))
        self.first, self.second, self.third = self.rack.chains

    def test_a_rack_has_chains_with_devices(self):
        self.assertTrue(self.rack.can_have_chains)
        self.assertEqual((False, 0), (self.rack.can_have_drum_pads, len(self.rack.return_chains)))
        self.assertEqual(["Operator", "Sub", "Chain"], [chain.name for chain in self.rack.chains])
        self.assertEqual((self.rack, self.first), (self.first.canonical_parent, self.first.devices[0].canonical_parent))

    def test_an_unnamed_chain_has_its_devices_name(self):
        self.listen(self.first, "name", "devices")
        self.first.delete_device(0)
        self.assertEqual("Reverb", self.first.name)
        self.first.name = "Wet"
        self.assertEqual("Wet", self.first.name)
        self.assertEqual(["devices", "name", "name"], self.notified)

    def test_a_chains_mixer(self):
        mixer = self.first.mixer_device
        self.listen(self.first, "mute")
        self.assertEqual(("0.0 dB", "C", 0), (self.shown(mixer.volume), self.shown(mixer.panning), len(mixer.sends)))
        mixer.chain_activator.value = 0
        self.assertTrue(self.first.mute)
        self.first.mute = False
        self.assertEqual(1.0, mixer.chain_activator.value)
        self.assertEqual((["mute", "mute"], self.first), (self.notified, mixer.canonical_parent))

    def shown(self, parameter):
        return parameter.str_for_value(parameter.value)

    def test_chain_solo_is_not_exclusive(self):
        self.listen(self.second, "muted_via_solo")
        self.first.solo = True
        self.third.solo = True
        self.assertEqual([False, True, False], [chain.muted_via_solo for chain in self.rack.chains])
        self.assertEqual([True, False, True], [chain.solo for chain in self.rack.chains])
        self.song.undo()
        self.song.undo()
        self.assertFalse(self.second.muted_via_solo)
        self.assertEqual(["muted_via_solo"] * 4, self.notified)

    def test_a_chain_defaults_to_the_tracks_color(self):
        self.song.tracks[0].color_index = 5
        self.assertEqual((True, 5), (self.first.is_auto_colored, self.first.color_index))
        self.first.color_index = 14
        self.assertEqual((False, 14, 0xFF3636), (self.first.is_auto_colored, self.first.color_index, self.first.color))
        self.first.is_auto_colored = True
        self.assertEqual(5, self.first.color_index)
        with self.assertRaises(RuntimeError):
            self.first.color_index = 70

    def test_a_chain_has_inputs_and_outputs_by_kind(self):
        self.assertEqual([(True, False)] * 3, [(c.has_midi_input, c.has_audio_input) for c in self.rack.chains])
        self.assertEqual([True, True, False], [chain.has_audio_output for chain in self.rack.chains])
        self.assertEqual([False, False, True], [chain.has_midi_output for chain in self.rack.chains])

    def test_a_disabled_rack_deactivates_nested_devices(self):
        reverb = self.first.devices[1]
        self.listen(reverb, "is_active")
        self.rack.parameters[0].value = 0
        self.assertEqual((False, False), (self.rack.is_active, reverb.is_active))
        self.assertEqual(1.0, reverb.parameters[0].value)
        self.rack.parameters[0].value = 1
        self.assertTrue(reverb.is_active)
        self.assertEqual(["is_active", "is_active"], self.notified)

    def test_deleting_from_a_chain_is_undoable(self):
        self.first.delete_device(1)
        with self.assertRaises(IndexError):
            self.first.delete_device(1)
        self.assertEqual(["Operator"], [device.name for device in self.first.devices])
        self.song.undo()
        self.assertEqual(["Operator", "Reverb"], [device.name for device in self.first.devices])

    def test_the_view_selects_its_own_racks_chain(self):
        view = self.rack.view
        self.listen(view, "selected_chain")
        self.assertEqual(self.first, view.selected_chain)
        view.selected_chain = self.second
        self.assertEqual((self.second, ["selected_chain"]), (view.selected_chain, self.notified))
        view.is_showing_chain_devices = False
        self.assertFalse(view.is_showing_chain_devices)
        view.selected_chain = None
        self.assertEqual(self.first, view.selected_chain)
        (other,) = (
            SimulatedLive(version=self.version, plan=SetPlan.of(devices={0: (RackPlan(chains=(ChainPlan(),)),)}))
            .song.tracks[0]
            .devices
        )
        with self.assertRaises(RuntimeError):
            view.selected_chain = other.chains[0]

    def test_without_chains_none_is_selected(self):
        (rack,) = self.song_with("Audio Effect Rack")
        self.assertIsNone(rack.view.selected_chain)

    def test_only_instrument_racks_can_show_chains(self):
        self.assertEqual((True, False), (self.rack.can_show_chains, self.rack.is_showing_chains))
        self.assertEqual((True, False), (self.song.tracks[0].can_show_chains, self.song.tracks[0].is_showing_chains))
        self.rack.is_showing_chains = True
        self.assertTrue(self.song.tracks[0].is_showing_chains)
        (single,) = self.song_with(RackPlan(chains=(ChainPlan(("Operator",)),)))
        self.assertEqual((False, False), (single.can_show_chains, self.song.tracks[0].can_show_chains))
        with self.assertRaises(RuntimeError):
            single.is_showing_chains = True
        self.song_with("Reverb")
        self.assertEqual((False, False), (self.song.tracks[0].can_show_chains, self.song.tracks[0].is_showing_chains))

    def test_other_racks_have_no_pads(self):
        (drums,) = self.song_with("Drum Rack")
        self.setUp()
        for use in (
            lambda: self.rack.drum_pads,
            lambda: self.rack.visible_drum_pads,
            lambda: self.rack.has_drum_pads,
            lambda: self.rack.copy_pad(KICK, SNARE),
            lambda: self.rack.view.selected_drum_pad,
            lambda: setattr(self.rack.view, "drum_pads_scroll_position", 3),
            lambda: self.rack.view.drum_pads_scroll_position,
            lambda: setattr(self.rack.view, "selected_drum_pad", drums.drum_pads[0]),
        ):
            with self.assertRaisesRegex(RuntimeError, "Only drum racks"):
                use()

    def test_midi_effect_racks_have_no_chain_mixer(self):
        (rack,) = self.song_with(RackPlan("MIDI Effect Rack", (ChainPlan(("Chord",)),)))
        (chain,) = rack.chains
        for part in ("volume", "panning", "sends"):
            with self.assertRaises(RuntimeError):
                getattr(chain.mixer_device, part)
        self.assertEqual((False, True), (chain.has_audio_output, chain.has_midi_output))
        chain.mute = True
        self.assertEqual(0.0, chain.mixer_device.chain_activator.value)


class ChainsInLive11(Chains):
    version = "11"

    def test_chains_and_devices_cannot_be_inserted(self):
        self.assertFalse(hasattr(self.rack, "insert_chain") or hasattr(self.first, "insert_device"))


class InsertingChains(RackCase):
    """From Live 12.3 on."""

    def test_racks_begin_empty_and_are_filled(self):
        rack = self.song_with() or self.song.tracks[0].insert_device("Instrument Rack")
        self.listen(rack, "chains")
        last = rack.insert_chain()
        first = rack.insert_chain(0)
        self.assertEqual(["Chain", "Chain"], [chain.name for chain in rack.chains])
        self.assertEqual((first, last), tuple(rack.chains))
        operator = first.insert_device("Operator")
        first.insert_device("Chord", 0)
        self.assertEqual(["Chord", "Operator"], [device.name for device in first.devices])
        self.assertEqual((first, True), (operator.canonical_parent, operator.is_active))
        for index in (3, -2):
            with self.assertRaises(RuntimeError):
                rack.insert_chain(index)
        self.assertEqual(["chains", "chains"], self.notified)
        self.song.undo()
        self.song.undo()
        self.song.undo()
        self.assertEqual([last], list(rack.chains))
        with self.assertRaises(ArgumentError):
            operator.name

    def test_a_chain_takes_its_racks_device_types(self):
        for rack_name, taken, refused in (
            ("Instrument Rack", ("Operator", "Reverb"), ("Chord",)),
            ("MIDI Effect Rack", ("Chord",), ("Operator", "Reverb")),
            ("Audio Effect Rack", ("Reverb",), ("Operator", "Chord")),
        ):
            track = self.song_with() or self.song.tracks[0]
            chain = track.insert_device(rack_name).insert_chain()
            for name in taken:
                chain.insert_device(name)
            for name in refused:
                with self.assertRaises(RuntimeError):
                    chain.insert_device(name)
            with self.assertRaises(ValueError):
                chain.insert_device("No Such Device")
            self.assertEqual(list(taken), [device.name for device in chain.devices])

    def test_a_new_drum_chain_plays_all_notes(self):
        rack = self.song_with() or self.song.tracks[0].insert_device("Drum Rack")
        chain = rack.insert_chain()
        self.assertEqual(-1, chain.in_note)
        chain.in_note = KICK
        self.assertEqual([chain], list(rack.drum_pads[KICK].chains))


class Macros(RackCase):
    def setUp(self):
        chains = ChainPlan(("Operator", "Utility")), ChainPlan(("Drift",))
        macros = {0: ((0, 0, "Tone"),), 2: ((0, 1, "Stereo Width"), (1, 0, "Volume"))}
        (self.rack,) = self.song_with(RackPlan(chains=chains, macros=macros))
        self.tone = named(self.rack.chains[0].devices[0], "Tone")
        self.macros = self.rack.parameters[1:17]

    def test_sixteen_macros_and_a_chain_selector_exist(self):
        self.assertEqual(18, len(self.rack.parameters))
        self.assertEqual(("Chain Selector", 0.0, 127.0), self.range_of(self.rack.parameters[17]))
        self.assertEqual(self.rack.parameters[17], self.rack.chain_selector)
        self.assertEqual(("Macro 2", 0.0, 127.0), self.range_of(self.macros[1]))

    def range_of(self, parameter):
        return parameter.name, parameter.min, parameter.max

    def test_a_macro_is_named_after_its_only_target(self):
        self.assertEqual(("Tone", "Macro 1"), (self.macros[0].name, self.macros[0].original_name))
        self.assertEqual("Macro 3", self.macros[2].name)
        self.assertTrue(self.rack.has_macro_mappings)
        self.assertEqual((True, False, True) + (False,) * 13, self.rack.macros_mapped)

    def test_only_its_macro_moves_a_mapped_parameter(self):
        width = named(self.rack.chains[0].devices[1], "Stereo Width")
        self.listen(self.tone, "value")
        self.assertAlmostEqual(0.7 * 127, self.macros[0].value, 4)
        self.macros[0].value = 127
        self.macros[2].value = 127
        self.assertEqual(2.0, width.value)
        self.macros[2].value = 63.5
        self.assertEqual((1.0, 1.0), (self.tone.value, width.value))
        self.assertEqual((False, 2), (self.tone.is_enabled, self.tone.state))
        with self.assertRaisesRegex(RuntimeError, "disabled"):
            self.tone.value = 0.5
        for _step in range(3):
            self.song.undo()
        self.assertAlmostEqual(0.7, self.tone.value, 6)
        self.song.redo()
        self.assertEqual((1.0, 127.0), (self.tone.value, self.macros[0].value))
        self.assertEqual(["value"] * 3, self.notified)

    def test_a_device_that_leaves_the_rack_is_free(self):
        operator = self.rack.chains[0].devices[0]
        self.song.move_device(operator, self.song.create_midi_track(), 0)
        self.macros[0].value = 127
        self.assertTrue(self.tone.is_enabled)
        self.tone.value = 0.5
        self.assertEqual(0.5, self.tone.value)

    def test_a_copied_rack_has_mappings_of_its_own(self):
        self.song.duplicate_track(0)
        (copy,) = self.song.tracks[1].devices
        copy.parameters[1].value = 127
        self.assertEqual(1.0, named(copy.chains[0].devices[0], "Tone").value)
        self.assertAlmostEqual(0.7, self.tone.value, 6)
        self.assertFalse(named(copy.chains[0].devices[0], "Tone").is_enabled)

    def test_macros_are_shown_and_hidden_in_pairs(self):
        self.listen(self.rack, "visible_macro_count")
        self.assertEqual(8, self.rack.visible_macro_count)
        for _pair in range(4):
            self.rack.add_macro()
        self.assertEqual(16, self.rack.visible_macro_count)
        with self.assertRaises(RuntimeError):
            self.rack.add_macro()
        for _pair in range(7):
            self.rack.remove_macro()
        with self.assertRaises(RuntimeError):
            self.rack.remove_macro()
        self.song.undo()
        self.assertEqual((4, 12), (self.rack.visible_macro_count, len(self.notified)))

    def test_the_shown_macros_are_randomized(self):
        before = [macro.value for macro in self.macros]
        self.rack.randomize_macros()
        values = [macro.value for macro in self.macros]
        self.assertTrue(all(0 <= value <= 127 for value in values))
        self.assertEqual((8, [0.0] * 8), (len(set(values[:8])), values[8:]))
        self.assertAlmostEqual(values[0] / 127, self.tone.value, 6)
        self.song.undo()
        self.assertEqual(before, [macro.value for macro in self.macros])

    def test_variations_are_stored_recalled_and_deleted(self):
        rack = self.rack
        self.listen(rack, "variation_count")
        self.assertEqual((0, -1), (rack.variation_count, rack.selected_variation_index))
        rack.recall_selected_variation()
        rack.recall_last_used_variation()
        rack.delete_selected_variation()
        self.macros[0].value = 10
        rack.store_variation()
        self.macros[0].value = 20
        rack.store_variation()
        self.assertEqual((2, 1), (rack.variation_count, rack.selected_variation_index))
        rack.selected_variation_index = 0
        self.assertEqual(20.0, self.macros[0].value)
        rack.recall_selected_variation()
        self.assertEqual(10.0, self.macros[0].value)
        rack.selected_variation_index = 1
        self.macros[0].value = 30
        rack.recall_last_used_variation()
        self.assertEqual((10.0, 0), (self.macros[0].value, rack.selected_variation_index))
        rack.delete_selected_variation()
        rack.delete_selected_variation()
        self.assertEqual((0, -1), (rack.variation_count, rack.selected_variation_index))
        self.song.undo()
        self.assertEqual((1, 0), (rack.variation_count, rack.selected_variation_index))
        self.assertEqual(["variation_count"] * 5, self.notified)

    def test_an_unknown_variation_cannot_be_selected(self):
        self.rack.store_variation()
        for wrong in (1, -2):
            with self.assertRaisesRegex(RuntimeError, "Invalid value"):
                self.rack.selected_variation_index = wrong
        self.rack.selected_variation_index = -1
        self.assertEqual(-1, self.rack.selected_variation_index)


class MacrosInLive11(Macros):
    version = "11"


if __name__ == "__main__":
    unittest.main()
