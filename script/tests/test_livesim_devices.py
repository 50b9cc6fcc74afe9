"""Simulated devices and their parameters: names, switches, ranges, units, A/B comparison, undo, effects."""

import json
import os
import tempfile
import unittest

from livesim import ArgumentError, NotSimulated, SetPlan, SimulatedLive
from livesim.device_plan import ChainPlan, RackPlan


def named(device, name):
    return next(parameter for parameter in device.parameters if parameter.name == name)


class Devices(unittest.TestCase):
    version = "12"

    def setUp(self):
        plan = SetPlan.of(midi=1, audio=1, returns=1, devices={0: ("Operator", "EQ Eight"), 1: ("Utility",)})
        self.live = SimulatedLive(version=self.version, plan=plan)
        self.song = self.live.song
        self.operator, self.eq = self.song.tracks[0].devices
        self.utility = self.song.tracks[1].devices[0]
        self.notified = []

    def listen(self, subject, member):
        def record():
            self.notified.append(member)

        getattr(subject, "add_%s_listener" % member)(record)

    def test_a_device_reports_its_kind(self):
        self.assertEqual(
            [("Operator", "Operator", "Operator", 1), ("EQ Eight", "Eq8", "EQ Eight", 2)],
            [(device.name, device.class_name, device.class_display_name, device.type) for device in self.devices()],
        )
        self.assertEqual((False, False), (self.eq.can_have_chains, self.eq.can_have_drum_pads))
        self.assertEqual((0.0, 0), (self.eq.latency_in_ms, self.eq.latency_in_samples))
        self.assertEqual(self.song.tracks[0], self.eq.canonical_parent)

    def devices(self):
        return self.song.tracks[0].devices

    def test_types_are_those_of_lives_enumeration(self):
        import Live

        self.assertEqual(Live.Device.DeviceType.instrument, self.operator.type)
        self.assertEqual(Live.Device.DeviceType.audio_effect, self.eq.type)

    def test_clearing_a_devices_name_restores_the_default(self):
        self.listen(self.eq, "name")
        self.eq.name = "Low cut"
        self.assertEqual(("Low cut", "EQ Eight"), (self.eq.name, self.eq.class_display_name))
        self.eq.name = ""
        self.assertEqual("EQ Eight", self.eq.name)
        self.assertEqual(["name", "name"], self.notified)

    def test_the_first_parameter_switches_the_device(self):
        switch = self.eq.parameters[0]
        self.listen(self.eq, "is_active")
        self.assertEqual(("Device On", 1.0, True), (switch.name, switch.value, self.eq.is_active))
        switch.value = 0
        self.assertFalse(self.eq.is_active)
        self.song.undo()
        self.assertTrue(self.eq.is_active)
        self.assertEqual(["is_active", "is_active"], self.notified)

    def test_collapsing_a_device_is_not_undoable(self):
        self.eq.view.is_collapsed = True
        self.assertTrue(self.eq.view.is_collapsed)
        self.assertEqual(self.eq, self.eq.view.canonical_parent)
        self.assertFalse(self.song.can_undo)

    def test_control_surfaces_store_their_bank(self):
        self.eq.store_chosen_bank(0, 2)
        with self.assertRaises(ArgumentError):
            self.eq.store_chosen_bank(0)

    def test_a_value_beyond_the_range_is_refused(self):
        gain = named(self.eq, "1 Gain A")
        for wrong in (-15.1, 15.1, float("nan")):
            with self.assertRaisesRegex(RuntimeError, "Invalid value"):
                gain.value = wrong
        gain.value = -15
        self.assertEqual((-15.0, -15.0, 15.0), (gain.value, gain.min, gain.max))

    def test_values_are_shown_in_their_units(self):
        shown = {
            ("Gain", 0.0): "0.0 dB",
            ("Stereo Width", 2.0): "200 %",
            ("Balance", -0.5): "25L",
            ("Balance", 0.0): "C",
            ("Bass Freq", 1.0): "500 Hz",
            ("Mono", 1.0): "On",
            ("Channel Mode", 3.0): "Swap",
        }
        for (name, value), text in shown.items():
            self.assertEqual(text, named(self.utility, name).str_for_value(value))
        self.assertEqual("18.5 kHz", named(self.operator, "Filter Freq").str_for_value(1))
        self.assertEqual("20.0 s", named(self.operator, "Ae Attack").str_for_value(1))

    def test_choosers_have_items_and_integer_values(self):
        mode = named(self.utility, "Channel Mode")
        self.assertEqual(["Left", "Stereo", "Right", "Swap"], list(mode.value_items))
        self.assertEqual(list(mode.value_items), list(mode.short_value_items))
        self.assertTrue(mode.is_quantized)
        mode.value = 1.7
        self.assertEqual(2.0, mode.value)
        self.assertEqual(("Left", "Swap"), (mode.str_for_value(-1), mode.str_for_value(9)))
        with self.assertRaises(RuntimeError):
            mode.default_value
        with self.assertRaises(RuntimeError):
            named(self.utility, "Gain").value_items
        self.assertEqual(1.0, named(self.utility, "Stereo Width").default_value)

    def test_a_parameter_is_free_and_not_automated(self):
        gain = named(self.utility, "Gain")
        self.assertEqual((True, 0, 0, "Gain"), (gain.is_enabled, gain.state, gain.automation_state, gain.original_name))
        gain.begin_gesture()
        gain.end_gesture()
        gain.re_enable_automation()
        self.assertEqual(self.utility, gain.canonical_parent)

    def test_undo_takes_values_names_and_devices_back(self):
        gain = named(self.utility, "Gain")
        gain.value = 0.5
        self.utility.name = "Trim"
        self.song.tracks[1].delete_device(0)
        for _step in range(3):
            self.song.undo()
        utility = self.song.tracks[1].devices[0]
        self.assertEqual(("Utility", 0.0), (utility.name, named(utility, "Gain").value))
        for _step in range(2):
            self.song.redo()
        self.assertEqual(("Trim", 0.5), (utility.name, named(utility, "Gain").value))

    def test_deleting_a_device_kills_its_parts(self):
        gain, view = named(self.utility, "Gain"), self.utility.view
        self.song.tracks[1].delete_device(0)
        for read in (lambda: self.utility.name, lambda: gain.value, lambda: view.is_collapsed):
            with self.assertRaises(ArgumentError):
                read()
        self.assertTrue(self.utility == None)  # noqa: E711
        self.song.undo()
        with self.assertRaises(ArgumentError):
            gain.value
        self.assertEqual("Utility", self.song.tracks[1].devices[0].name)

    def test_changes_inside_a_listener_are_refused(self):
        refused = []

        def write():
            for change in (
                lambda: setattr(self.eq.parameters[0], "value", 0),
                lambda: self.song.tracks[0].delete_device(0),
            ):
                with self.assertRaisesRegex(RuntimeError, "notifications"):
                    change()
                refused.append(True)

        self.eq.add_name_listener(write)
        self.eq.name = "Other"
        self.assertEqual([True, True], refused)

    def test_a_duplicated_track_has_copies_of_the_devices(self):
        named(self.operator, "Tone").value = 0.25
        self.operator.name = "Lead"
        self.song.duplicate_track(0)
        copy = self.song.tracks[1].devices[0]
        self.assertEqual(("Lead", 0.25), (copy.name, named(copy, "Tone").value))
        self.assertEqual(self.song.tracks[1], copy.canonical_parent)
        named(copy, "Tone").value = 0.75
        self.assertEqual(0.25, named(self.operator, "Tone").value)


class DevicesInLive11(Devices):
    version = "11"

    def test_members_of_live_12_are_missing(self):
        for subject, member in (
            (self.eq, "can_compare_ab"),
            (self.eq, "save_preset_to_compare_ab_slot"),
            (self.eq.parameters[0], "display_value"),
            (self.song.tracks[0], "insert_device"),
            (self.song.tracks[0], "duplicate_device"),
        ):
            self.assertFalse(hasattr(subject, member), member)


class DisplayValues(unittest.TestCase):
    """Live 12's display values can be written, too."""

    def setUp(self):
        plan = SetPlan.of(midi=1, returns=1, devices={0: ("Operator", "Utility")})
        self.song = SimulatedLive(plan=plan).song
        self.operator, self.utility = self.song.tracks[0].devices

    def test_display_values_of_the_mixer_are_writable(self):
        mixer = self.song.tracks[0].mixer_device
        for parameter, shown, value, text in (
            (mixer.volume, -6.0, 0.7, "-6.0 dB"),
            (mixer.volume, -70.0, 0.0, "-inf dB"),
            (mixer.volume, 6.0, 1.0, "6.0 dB"),
            (mixer.panning, -25, -0.5, "25L"),
            (mixer.sends[0], -12.0, 0.7, "-12.0 dB"),
        ):
            parameter.display_value = shown
            self.assertAlmostEqual(value, parameter.value, 5)
            self.assertAlmostEqual(shown, parameter.display_value, 4)
            self.assertEqual(text, parameter.str_for_value(parameter.value))

    def test_frequencies_are_in_hertz_and_times_in_milliseconds(self):
        frequency, attack = named(self.operator, "Filter Freq"), named(self.operator, "Ae Attack")
        frequency.display_value, attack.display_value = 800, 1200
        self.assertEqual("800 Hz", frequency.str_for_value(frequency.value))
        self.assertEqual("1.20 s", attack.str_for_value(attack.value))

    def test_choosers_show_their_index(self):
        mode = named(self.utility, "Channel Mode")
        mode.display_value = 2
        self.assertEqual((2.0, 2.0), (mode.value, mode.display_value))

    def test_an_unreachable_display_value_is_refused(self):
        for wrong in (-0.01, 200.01, float("nan")):
            with self.assertRaisesRegex(RuntimeError, "Invalid value"):
                named(self.utility, "Stereo Width").display_value = wrong
        self.assertEqual(100.0, named(self.utility, "Stereo Width").display_value)

    def test_display_listeners_are_notified_of_every_value(self):
        notified = []

        def record():
            notified.append(True)

        tempo = self.song.master_track.mixer_device.song_tempo
        for parameter in (named(self.utility, "Gain"), tempo):
            parameter.add_display_value_listener(record)
        named(self.utility, "Gain").value = 0.5
        self.song.tempo = 99
        self.assertEqual([True, True], notified)
        self.assertEqual(99.0, tempo.display_value)


class Comparing(unittest.TestCase):
    def setUp(self):
        rack = RackPlan("Audio Effect Rack", (ChainPlan(("Utility",)),))
        self.song = SimulatedLive(plan=SetPlan.of(midi=0, audio=1, devices={0: ("Utility", rack)})).song
        self.utility, self.rack = self.song.tracks[0].devices
        self.gain = named(self.utility, "Gain")

    def test_b_starts_as_a_copy_of_a(self):
        self.gain.value = 0.25
        self.utility.is_using_compare_preset_b = True
        self.assertEqual(0.25, self.gain.value)
        self.gain.value = 0.75
        self.utility.is_using_compare_preset_b = False
        self.assertEqual(0.25, self.gain.value)
        self.utility.is_using_compare_preset_b = True
        self.assertEqual((True, 0.75), (self.utility.is_using_compare_preset_b, self.gain.value))
        self.song.undo()
        self.assertEqual((False, 0.25), (self.utility.is_using_compare_preset_b, self.gain.value))

    def test_saving_copies_the_state_to_the_other(self):
        self.gain.value = 0.25
        self.utility.save_preset_to_compare_ab_slot()
        self.gain.value = 0.5
        self.utility.is_using_compare_preset_b = True
        self.assertEqual(0.25, self.gain.value)

    def test_racks_cannot_be_compared(self):
        self.assertEqual((True, False), (self.utility.can_compare_ab, self.rack.can_compare_ab))
        for use in (
            lambda: self.rack.is_using_compare_preset_b,
            lambda: setattr(self.rack, "is_using_compare_preset_b", False),
            self.rack.save_preset_to_compare_ab_slot,
        ):
            with self.assertRaises(RuntimeError):
                use()


class Effects(unittest.TestCase):
    def test_device_changes_are_recorded_by_path(self):
        drums = RackPlan("Drum Rack", (ChainPlan(("Simpler",), note=36),))
        plan = SetPlan.of(
            midi=1, returns=1, devices={0: (drums, "Reverb"), "return 0": ("Echo",), "master": ("Limiter",)}
        )
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "effects.jsonl")
            live = SimulatedLive(plan=plan, effects=path)
            song = live.song
            rack, reverb = song.tracks[0].devices
            reverb.parameters[3].value = 0.5
            rack.chains[0].devices[0].parameters[0].value = 0
            rack.chains[0].mixer_device.volume.value = 0.5
            rack.drum_pads[36].mute = True
            rack.view.drum_pads_scroll_position = 4
            song.return_tracks[0].devices[0].name = "Wet"
            song.master_track.devices[0].view.is_collapsed = True
            song.tracks[0].insert_device("Delay", 2)
            song.move_device(song.tracks[0].devices[2], song.return_tracks[0], 0)
            live.close()
            with open(path, encoding="utf-8") as lines:
                recorded = [(line["path"], line["member"], line["value"]) for line in map(json.loads, lines)]
        self.assertEqual(
            [
                ("live_set tracks 0 devices 1 parameters 3", "value", 0.5),
                ("live_set tracks 0 devices 0 chains 0 devices 0 parameters 0", "value", 0.0),
                ("live_set tracks 0 devices 0 chains 0 mixer_device volume", "value", 0.5),
                ("live_set tracks 0 devices 0 drum_pads 36", "mute", True),
                ("live_set tracks 0 devices 0 view", "drum_pads_scroll_position", 4),
                ("live_set return_tracks 0 devices 0", "name", "Wet"),
                ("live_set master_track devices 0 view", "is_collapsed", True),
                ("live_set tracks 0", "insert_device", ["Delay", 2]),
                ("live_set", "move_device", ["live_set tracks 0 devices 2", "live_set return_tracks 0", 0]),
            ],
            recorded,
        )


class Unsimulated(unittest.TestCase):
    def test_extras_of_special_devices_are_refused_by_name(self):
        plan = SetPlan.of(midi=1, devices={0: ("Drift", "Hybrid Reverb")})
        drift, reverb = SimulatedLive(plan=plan).song.tracks[0].devices
        for use in (
            lambda: drift.voice_mode_index,
            lambda: setattr(reverb, "ir_size_factor", 1.0),
        ):
            with self.assertRaises(NotSimulated):
                use()
        self.assertEqual("Env 1 Attack", named(drift, "Env 1 Attack").name)


if __name__ == "__main__":
    unittest.main()
