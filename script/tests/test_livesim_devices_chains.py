"""Device chains in the simulated Live: allowed positions, insertion, deletion, duplicates, moves, selection."""

import unittest

from livesim import ArgumentError, SetPlan, SimulatedLive
from livesim.device_plan import ChainPlan, PluginPlan, RackPlan

MIDI_TRACK = ("Arpeggiator", "Operator", "Reverb")


def names(chain):
    return [device.name for device in chain.devices]


class Inserting(unittest.TestCase):
    def setUp(self):
        self.live = SimulatedLive(plan=SetPlan.of(midi=2, audio=1, returns=1, devices={0: MIDI_TRACK}))
        self.song = self.live.song
        self.track, self.empty, self.audio = self.song.tracks

    def test_a_device_is_inserted_last_or_at_index(self):
        delay = self.track.insert_device("Delay")
        self.assertEqual(delay, self.track.devices[3])
        self.track.insert_device("Echo", 2)
        self.track.insert_device("Limiter", -1)
        self.assertEqual(["Arpeggiator", "Operator", "Echo", "Reverb", "Delay", "Limiter"], names(self.track))
        self.assertEqual((True, self.track), (delay.is_active, delay.canonical_parent))

    def test_names_are_exact(self):
        for name in ("operator", "Eq8", "Operator ", "", "No Such Device"):
            with self.assertRaisesRegex(ValueError, "not found"):
                self.empty.insert_device(name)
        self.assertEqual([], names(self.empty))

    def test_each_type_has_its_place_in_a_chain(self):
        for name, index in (
            ("Chord", 2),
            ("Chord", -1),
            ("Echo", 0),
            ("Echo", 1),
            ("Wavetable", 1),
            ("Wavetable", 2),
            ("Echo", 4),
            ("Echo", -2),
        ):
            with self.assertRaisesRegex(RuntimeError, "Can not insert device '%s'" % name):
                self.track.insert_device(name, index)
        self.track.insert_device("Chord", 0)
        self.assertEqual(["Chord", *MIDI_TRACK], names(self.track))

    def test_tracks_of_audio_take_audio_effects_alone(self):
        for track in (self.audio, self.song.return_tracks[0], self.song.master_track):
            for name in ("Operator", "Chord", "Instrument Rack", "MIDI Effect Rack"):
                with self.assertRaises(RuntimeError):
                    track.insert_device(name)
            track.insert_device("Utility")
            self.assertEqual(["Utility"], names(track))

    def test_audio_effects_may_precede_the_instrument(self):
        self.empty.insert_device("Reverb")
        with self.assertRaises(RuntimeError):
            self.empty.insert_device("Operator")
        self.empty.insert_device("Operator", 0)
        self.assertEqual(["Operator", "Reverb"], names(self.empty))

    def test_an_instrument_gives_a_midi_track_audio_output(self):
        notified = []

        def record():
            notified.append(True)

        self.empty.add_has_audio_output_listener(record)
        self.assertEqual((False, True), (self.empty.has_audio_output, self.empty.has_midi_output))
        self.empty.insert_device("Operator")
        self.assertEqual((True, False), (self.empty.has_audio_output, self.empty.has_midi_output))
        self.song.undo()
        self.assertEqual((False, True), (self.empty.has_audio_output, self.empty.has_midi_output))
        self.assertEqual([True, True], notified)

    def test_an_unknown_device_is_neither_deleted_nor_duplicated(self):
        for change in (self.track.delete_device, self.track.duplicate_device):
            for index in (3, -1):
                with self.assertRaises(IndexError):
                    change(index)
        self.track.delete_device(1)
        self.assertEqual(["Arpeggiator", "Reverb"], names(self.track))

    def test_a_duplicate_follows_its_original(self):
        reverb = self.track.devices[2]
        reverb.parameters[1].value, reverb.name = 0.5, "Hall"
        self.track.duplicate_device(2)
        copy = self.track.devices[3]
        self.assertEqual(("Hall", 0.5), (copy.name, copy.parameters[1].value))
        copy.parameters[1].value = 0.75
        self.assertEqual(0.5, reverb.parameters[1].value)
        with self.assertRaisesRegex(RuntimeError, "duplicate instrument"):
            self.track.duplicate_device(1)
        self.track.duplicate_device(0)
        self.assertEqual(["Arpeggiator", "Arpeggiator", "Operator", "Hall", "Hall"], names(self.track))

    def test_undo_of_devices_notifies_listeners(self):
        notified = []

        def record():
            notified.append(names(self.track))

        self.track.add_devices_listener(record)
        self.track.insert_device("Delay")
        self.track.delete_device(0)
        self.song.undo()
        self.song.undo()
        self.song.redo()
        with_delay = [*MIDI_TRACK, "Delay"]
        self.assertEqual([with_delay, with_delay[1:], with_delay, list(MIDI_TRACK), with_delay], notified)

    def test_a_frozen_track_keeps_its_devices(self):
        plan = SetPlan.of(midi=2, devices={0: MIDI_TRACK})
        plan.frozen = (0,)
        song = SimulatedLive(plan=plan).song
        track, other = song.tracks
        for change in (
            lambda: track.insert_device("Delay"),
            lambda: track.delete_device(0),
            lambda: track.duplicate_device(2),
            lambda: song.move_device(track.devices[2], other, 0),
        ):
            with self.assertRaisesRegex(RuntimeError, "frozen"):
                change()
        self.assertEqual((list(MIDI_TRACK), []), (names(track), names(other)))


class Moving(unittest.TestCase):
    version = "12"

    def setUp(self):
        rack = RackPlan("Audio Effect Rack", (ChainPlan(("Saturator",)), ChainPlan()))
        devices = {0: (*MIDI_TRACK, "Delay"), 2: (rack, "Utility")}
        self.live = SimulatedLive(version=self.version, plan=SetPlan.of(midi=2, audio=1, devices=devices))
        self.song = self.live.song
        self.track, self.empty, self.audio = self.song.tracks
        self.rack = self.audio.devices[0]

    def test_a_device_is_moved_within_its_chain(self):
        reverb = self.track.devices[2]
        self.assertEqual(3, self.song.move_device(reverb, self.track, 4))
        self.assertEqual(["Arpeggiator", "Operator", "Delay", "Reverb"], names(self.track))
        self.assertEqual(2, self.song.move_device(reverb, self.track, 2))
        self.assertEqual([*MIDI_TRACK, "Delay"], names(self.track))
        self.assertEqual(2, self.song.move_device(reverb, self.track, 3))
        self.assertEqual([*MIDI_TRACK, "Delay"], names(self.track))

    def test_a_moved_device_stays_alive(self):
        reverb = self.track.devices[2]
        reverb.parameters[1].value = 0.5
        self.assertEqual(0, self.song.move_device(reverb, self.rack.chains[1], 0))
        self.assertEqual(("Reverb", 0.5, self.rack.chains[1]), (*self.looks(reverb), reverb.canonical_parent))
        self.song.undo()
        self.assertEqual([*MIDI_TRACK, "Delay"], names(self.track))
        self.assertEqual(("Reverb", 0.5, self.track), (*self.looks(reverb), reverb.canonical_parent))
        self.song.redo()
        self.assertEqual((["Reverb"], self.rack.chains[1]), (names(self.rack.chains[1]), reverb.canonical_parent))

    def looks(self, device):
        return device.name, device.parameters[1].value

    def test_the_nearest_place_is_taken(self):
        arpeggiator, operator, reverb, _delay = self.track.devices
        self.assertEqual(0, self.song.move_device(arpeggiator, self.track, 4))
        self.assertEqual(1, self.song.move_device(operator, self.track, 0))
        self.assertEqual(2, self.song.move_device(reverb, self.track, 0))
        self.assertEqual(0, self.song.move_device(operator, self.empty, 7))
        self.assertEqual(["Operator"], names(self.empty))

    def test_an_unsuitable_chain_refuses_a_device(self):
        arpeggiator, operator, reverb, _delay = self.track.devices
        for device, target in (
            (operator, self.audio),
            (arpeggiator, self.rack.chains[0]),
            (self.rack, self.rack.chains[1]),
        ):
            self.assertEqual(-1, self.song.find_device_position(device, target, 0))
            with self.assertRaises(RuntimeError):
                self.song.move_device(device, target, 0)
        with self.assertRaises(ArgumentError):
            self.song.move_device(reverb, self.song, 0)
        self.assertEqual([*MIDI_TRACK, "Delay"], names(self.track))

    def test_a_second_instrument_is_refused(self):
        plan = SetPlan.of(midi=2, devices={0: ("Operator",), 1: ("Drift",)})
        song = SimulatedLive(version=self.version, plan=plan).song
        self.assertEqual(-1, song.find_device_position(song.tracks[0].devices[0], song.tracks[1], 0))

    def test_a_position_is_found_without_moving(self):
        operator, reverb = self.track.devices[1:3]
        self.assertEqual(2, self.song.find_device_position(reverb, self.audio, 9))
        self.assertEqual(4, self.song.find_device_position(reverb, self.track, 4))
        self.assertEqual(1, self.song.find_device_position(operator, self.track, 0))
        self.assertEqual([*MIDI_TRACK, "Delay"], names(self.track))

    def test_moving_notifies_both_chains(self):
        notified = []

        def record():
            notified.append(True)

        self.track.add_devices_listener(record)
        self.rack.chains[0].add_devices_listener(record)
        reverb = self.track.devices[2]
        reverb.add_is_active_listener(record)
        self.rack.parameters[0].value = 0
        self.song.move_device(reverb, self.rack.chains[0], 1)
        self.assertEqual((3, False), (len(notified), reverb.is_active))


class MovingInLive11(Moving):
    version = "11"


class Selecting(unittest.TestCase):
    version = "12"

    def setUp(self):
        rack = RackPlan(chains=(ChainPlan(("Operator",)), ChainPlan(("Drift", "Utility"))))
        devices = {0: ("Chord", rack, "Reverb"), 1: ("Delay", "Utility"), "master": ("Limiter",)}
        self.song = SimulatedLive(version=self.version, plan=SetPlan.of(midi=1, audio=1, devices=devices)).song
        self.notified = []

    def test_the_first_device_is_selected_by_default(self):
        delay, utility = self.song.tracks[1].devices
        view = self.song.tracks[1].view
        view.add_selected_device_listener(lambda: self.notified.append(True))
        self.assertEqual(delay, view.selected_device)
        self.song.view.select_device(utility)
        self.assertEqual((utility, self.song.tracks[1]), (view.selected_device, self.song.view.selected_track))
        self.song.tracks[1].delete_device(1)
        self.assertEqual(delay, view.selected_device)
        self.song.tracks[1].delete_device(0)
        self.assertIsNone(view.selected_device)
        self.assertEqual(3, len(self.notified))

    def test_selecting_shows_the_chains_around_the_device(self):
        rack = self.song.tracks[0].devices[1]
        inner = rack.chains[1].devices[1]
        self.song.view.select_device(inner)
        self.assertEqual((inner, rack.chains[1]), (self.song.tracks[0].view.selected_device, rack.view.selected_chain))
        self.assertFalse(self.song.can_undo)

    def test_selecting_a_device_appoints_it_by_default(self):
        delay, utility = self.song.tracks[1].devices
        self.song.add_appointed_device_listener(lambda: self.notified.append(True))
        self.assertIsNone(self.song.appointed_device)
        self.song.view.select_device(delay)
        self.song.view.select_device(utility, False)
        self.assertEqual(delay, self.song.appointed_device)
        self.song.appointed_device = utility
        self.assertEqual(utility, self.song.appointed_device)
        self.song.tracks[1].delete_device(1)
        self.assertIsNone(self.song.appointed_device)
        self.assertEqual(3, len(self.notified))
        self.song.appointed_device = None
        self.assertIsNone(self.song.appointed_device)

    def test_selecting_the_instrument_falls_back_to_the_first(self):
        self.assertTrue(self.song.tracks[0].view.select_instrument())
        self.assertEqual(self.song.tracks[0].devices[1], self.song.tracks[0].view.selected_device)
        self.song.view.select_device(self.song.tracks[1].devices[1])
        self.assertTrue(self.song.tracks[1].view.select_instrument())
        self.assertEqual(self.song.tracks[1].devices[0], self.song.tracks[1].view.selected_device)
        self.song.tracks[1].delete_device(0)
        self.song.tracks[1].delete_device(0)
        self.assertFalse(self.song.tracks[1].view.select_instrument())

    def test_the_main_tracks_devices_can_be_selected_too(self):
        limiter = self.song.master_track.devices[0]
        self.song.view.select_device(limiter)
        self.assertEqual(self.song.master_track, self.song.view.selected_track)


class SelectingInLive11(Selecting):
    version = "11"


class Planned(unittest.TestCase):
    def test_plug_ins_are_placed_by_their_type(self):
        plan = SetPlan.of(midi=1, devices={0: ("Chord", PluginPlan("Synth"), PluginPlan("Verb", type=2))})
        song = SimulatedLive(plan=plan).song
        self.assertEqual(["Chord", "Synth", "Verb"], names(song.tracks[0]))
        with self.assertRaises(RuntimeError):
            song.tracks[0].insert_device("Operator", 1)

    def test_building_the_set_is_not_undoable(self):
        song = SimulatedLive(plan=SetPlan.of(midi=1, devices={0: MIDI_TRACK})).song
        self.assertFalse(song.can_undo)


if __name__ == "__main__":
    unittest.main()
