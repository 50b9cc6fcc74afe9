"""Kinds of device in the simulated Live: the built-in ones, plug-ins, Max devices, Simplers and their samples."""

import unittest

from livesim import NotSimulated, SetPlan, SimulatedLive
from livesim.device_plan import ChainPlan, MaxPlan, PluginPlan, RackPlan, SimplerPlan
from livesim.model.device_kinds import kind_names, make_device
from livesim.model.audio_file import AudioFile

MIDI_EFFECT, INSTRUMENT, AUDIO_EFFECT = 4, 1, 2
BREAK = AudioFile("/Samples/Break 1.wav", 48000, 48000.0)


class BuiltIn(unittest.TestCase):
    def lives(self):
        for version in ("11", "12"):
            with self.subTest(version=version):
                yield SimulatedLive(version=version, plan=SetPlan.of(midi=1))

    def test_every_kind_can_be_made_and_read(self):
        for live in self.lives():
            for name, device_type in kind_names(live).items():
                live.set.tracks[0].devices = (make_device(live.set.tracks[0], name),)
                (device,) = live.song.tracks[0].devices
                self.assertEqual((name, name, device_type), (device.name, device.class_display_name, device.type))
                self.assertEqual(("Device On", 1.0), (device.parameters[0].name, device.parameters[0].value))
                for parameter in device.parameters:
                    self.assertLess(parameter.min, parameter.max, (name, parameter.name))
                    for value in (parameter.min, parameter.value, parameter.max):
                        self.assertTrue(parameter.str_for_value(value), (name, parameter.name))
                        parameter.value = value
                names = [parameter.name for parameter in device.parameters]
                self.assertEqual(len(set(names)), len(names), name)

    def test_class_names_are_lives(self):
        classes = {
            "EQ Eight": "Eq8",
            "Compressor": "Compressor2",
            "Utility": "StereoGain",
            "Simpler": "OriginalSimpler",
            "Sampler": "MultiSampler",
            "Wavetable": "InstrumentVector",
            "Instrument Rack": "InstrumentGroupDevice",
            "Drum Rack": "DrumGroupDevice",
            "Audio Effect Rack": "AudioEffectGroupDevice",
            "MIDI Effect Rack": "MidiEffectGroupDevice",
            "Arpeggiator": "MidiArpeggiator",
            "EQ Three": "FilterEQ3",
        }
        for live in self.lives():
            made = {name: make_device(live.set.tracks[0], name).class_name for name in classes}
            self.assertEqual(classes, made)

    def test_each_version_has_its_own_kinds(self):
        older, newer = self.lives()
        new = {"Auto Pan-Tremolo", "Auto Shift", "Drum Sampler", "Meld", "Roar"}
        self.assertEqual(new, set(kind_names(newer)) - set(kind_names(older)))
        self.assertEqual({"Auto Pan"}, set(kind_names(older)) - set(kind_names(newer)))
        with self.assertRaisesRegex(ValueError, "Device Meld not found"):
            make_device(older.set.tracks[0], "Meld")
        filters = [make_device(live.set.tracks[0], "Auto Filter").class_name for live in (older, newer)]
        self.assertEqual(["AutoFilter", "AutoFilter2"], filters)

    def test_special_devices_are_of_their_own_classes(self):
        import Live

        devices = ("Operator", "EQ Eight", "Compressor", "Audio Effect Rack")
        song = SimulatedLive(plan=SetPlan.of(midi=1, devices={0: devices})).song
        self.assertEqual(
            [
                Live.Device.Device,
                Live.Eq8Device.Eq8Device,
                Live.CompressorDevice.CompressorDevice,
                Live.RackDevice.RackDevice,
            ],
            [type(device) for device in song.tracks[0].devices],
        )

    def test_eq_eight_has_modes_and_a_selected_band(self):
        song = SimulatedLive(plan=SetPlan.of(midi=1, devices={0: ("EQ Eight",)})).song
        (eq,) = song.tracks[0].devices
        eq.global_mode, eq.edit_mode, eq.oversample, eq.view.selected_band = 2, True, True, 7
        self.assertEqual((2, True, True, 7), (eq.global_mode, eq.edit_mode, eq.oversample, eq.view.selected_band))
        for subject, member, wrong in ((eq, "global_mode", 3), (eq.view, "selected_band", 8)):
            with self.assertRaises(RuntimeError):
                setattr(subject, member, wrong)
        for _step in range(3):
            song.undo()
        self.assertEqual((0, False, False, 7), (eq.global_mode, eq.edit_mode, eq.oversample, eq.view.selected_band))


class PlugIns(unittest.TestCase):
    version = "12"

    def setUp(self):
        plugin = PluginPlan("Synth", parameters=("Cutoff", "Resonance", "Mix"), presets=("Init", "Lead", "Bass"))
        devices = {0: (plugin, PluginPlan("Comp", AUDIO_EFFECT, class_name="AuPluginDevice"))}
        self.song = SimulatedLive(version=self.version, plan=SetPlan.of(midi=1, devices=devices)).song
        self.synth, self.compressor = self.song.tracks[0].devices

    def test_plug_ins_report_name_class_and_type(self):
        looks = [(d.name, d.class_name, d.class_display_name, d.type) for d in (self.synth, self.compressor)]
        self.assertEqual(
            [("Synth", "PluginDevice", "Synth", INSTRUMENT), ("Comp", "AuPluginDevice", "Comp", AUDIO_EFFECT)], looks
        )

    def test_a_plug_in_has_presets(self):
        notified = []
        self.synth.add_selected_preset_index_listener(lambda: notified.append(True))
        self.assertEqual((["Init", "Lead", "Bass"], 0), (list(self.synth.presets), self.synth.selected_preset_index))
        self.synth.selected_preset_index = 2
        for wrong in (3, -1):
            with self.assertRaisesRegex(RuntimeError, "Invalid value"):
                self.synth.selected_preset_index = wrong
        self.assertEqual((2, [True]), (self.synth.selected_preset_index, notified))
        self.synth.selected_preset_index = 0
        self.song.undo()
        self.song.undo()
        self.assertEqual(0, self.synth.selected_preset_index)
        self.assertEqual(["Default"], list(self.compressor.presets))

    def test_a_plug_in_names_its_parameters(self):
        self.assertEqual(["Device On", "Cutoff", "Resonance", "Mix"], [p.name for p in self.synth.parameters])
        self.assertEqual(["Cutoff", "Resonance", "Mix"], list(self.synth.get_parameter_names()))
        self.assertEqual(["Resonance", "Mix"], list(self.synth.get_parameter_names(1)))
        self.assertEqual(["Resonance"], list(self.synth.get_parameter_names(1, 2)))


class PlugInsInLive11(PlugIns):
    version = "11"


class MaxDevices(unittest.TestCase):
    version = "12"

    def setUp(self):
        parameters = tuple("Knob %d" % number for number in range(1, 11))
        devices = {
            0: (
                MaxPlan("Notes", MIDI_EFFECT),
                MaxPlan("Synth", INSTRUMENT),
                MaxPlan("LFO", AUDIO_EFFECT, parameters, 1, 2),
            )
        }
        self.song = SimulatedLive(version=self.version, plan=SetPlan.of(midi=2, audio=1, devices=devices)).song
        self.lfo = self.song.tracks[0].devices[2]

    def test_each_type_has_its_class(self):
        self.assertEqual(
            [
                ("Notes", "MxDeviceMidiEffect", "Max MIDI Effect", MIDI_EFFECT),
                ("Synth", "MxDeviceInstrument", "Max Instrument", INSTRUMENT),
                ("LFO", "MxDeviceAudioEffect", "Max Audio Effect", AUDIO_EFFECT),
            ],
            [(d.name, d.class_name, d.class_display_name, d.type) for d in self.song.tracks[0].devices],
        )

    def test_its_parameters_lie_in_banks_of_eight(self):
        self.assertEqual(2, self.lfo.get_bank_count())
        self.assertEqual(("Bank 1", "Bank 2"), (self.lfo.get_bank_name(0), self.lfo.get_bank_name(1)))
        self.assertEqual(list(range(1, 9)), list(self.lfo.get_bank_parameters(0)))
        self.assertEqual([9, 10] + [-1] * 6, list(self.lfo.get_bank_parameters(1)))
        self.assertEqual(list(range(1, 9)), list(self.lfo.get_bank_parameters(-1)))
        for wrong in (2, -2):
            for look in (self.lfo.get_bank_parameters, self.lfo.get_bank_name):
                with self.assertRaises(RuntimeError):
                    look(wrong)
        full, none = (self.lfo_with(count).get_bank_count() for count in (8, 0))
        self.assertEqual((1, 0), (full, none))

    def lfo_with(self, count):
        plan = SetPlan.of(devices={0: (MaxPlan("LFO", parameters=("Knob",) * count),)})
        return SimulatedLive(version=self.version, plan=plan).song.tracks[0].devices[0]

    def test_its_choosers_have_no_icons(self):
        self.assertEqual(["", ""], list(self.lfo.get_value_item_icons(self.lfo.parameters[0])))

    def test_its_own_connections_lead_to_tracks(self):
        self.assertEqual((1, 2, 0, 0), tuple(len(ends) for ends in self.ends()))
        end = self.lfo.audio_outputs[1]
        offered = [entry.display_name for entry in end.available_routing_types]
        self.assertIn("3-Audio", offered)
        self.assertEqual((offered[-1], self.lfo), (end.routing_type.display_name, end.canonical_parent))
        end.routing_type = end.available_routing_types[offered.index("3-Audio")]
        self.assertEqual("3-Audio", end.routing_type.display_name)
        end.routing_channel = end.available_routing_channels[0]
        self.assertEqual(end.available_routing_channels[0].display_name, end.routing_channel.display_name)
        source = self.lfo.audio_inputs[0]
        with self.assertRaises(ValueError):
            end.routing_type = source.available_routing_types[1]
        source.routing_type = source.available_routing_types[0]
        with self.assertRaises(ValueError):
            end.routing_channel = source.available_routing_channels[0]

    def ends(self):
        return self.lfo.audio_inputs, self.lfo.audio_outputs, self.lfo.midi_inputs, self.lfo.midi_outputs


class MaxDevicesInLive11(MaxDevices):
    version = "11"


class Simplers(unittest.TestCase):
    version = "12"

    def setUp(self):
        plan = SetPlan.of(midi=2, devices={0: (SimplerPlan(BREAK),), 1: ("Simpler",)})
        self.song = SimulatedLive(version=self.version, plan=plan).song
        (self.simpler,), (self.empty,) = (track.devices for track in self.song.tracks)
        self.sample = self.simpler.sample

    def test_a_simpler_is_named_after_its_sample(self):
        self.assertEqual(("Break 1", "Simpler"), (self.simpler.name, self.simpler.class_display_name))
        self.assertEqual(
            ("/Samples/Break 1.wav", 48000, 48000.0),
            (self.sample.file_path, self.sample.length, self.sample.sample_rate),
        )
        self.assertEqual(self.simpler, self.sample.canonical_parent)

    def test_a_simpler_has_three_playback_modes(self):
        self.assertEqual(0, self.simpler.playback_mode)
        self.simpler.playback_mode = 2
        self.simpler.slicing_playback_mode = 1
        for member in ("playback_mode", "slicing_playback_mode"):
            with self.assertRaisesRegex(RuntimeError, "Invalid value"):
                setattr(self.simpler, member, 3)
        self.assertEqual((2, 1), (self.simpler.playback_mode, self.simpler.slicing_playback_mode))
        self.song.undo()
        self.song.undo()
        self.assertEqual(0, self.simpler.playback_mode)

    def test_an_empty_one_has_no_sample(self):
        self.assertIsNone(self.empty.sample)
        self.assertEqual((-1, -1), (self.empty.view.sample_start, self.empty.view.sample_env_fade_in))
        self.assertEqual((False, 0.0), (self.empty.playing_position_enabled, self.empty.playing_position))

    def test_markers_keep_their_order_within_the_sample(self):
        self.sample.start_marker, self.sample.end_marker = 100, 40000
        self.assertEqual((100, 40000), (self.simpler.view.sample_start, self.simpler.view.sample_end))
        for member, wrong in (
            ("start_marker", 40000),
            ("start_marker", -1),
            ("end_marker", 100),
            ("end_marker", 48001),
        ):
            with self.assertRaisesRegex(RuntimeError, "Invalid value"):
                setattr(self.sample, member, wrong)
        self.sample.start_marker, self.sample.end_marker = 0, 48000
        self.assertEqual((0, 48000), (self.sample.start_marker, self.sample.end_marker))
        self.song.undo()
        self.assertEqual(40000, self.sample.end_marker)

    def test_its_gain_is_shown_in_decibels(self):
        self.assertEqual("0.0 dB", self.sample.gain_display_string())
        self.sample.gain = 1.0
        self.assertEqual("24.0 dB", self.sample.gain_display_string())
        self.sample.gain = 0.0
        self.assertEqual("-inf dB", self.sample.gain_display_string())
        with self.assertRaises(RuntimeError):
            self.sample.gain = 1.5

    def test_slices_come_by_region_and_by_hand(self):
        with self.assertRaises(NotSimulated):
            self.sample.slices
        self.sample.slicing_style, self.sample.slicing_region_count = 2, 4
        self.assertEqual((0, 12000, 24000, 36000), self.sample.slices)
        for change in (
            lambda: self.sample.insert_slice(1),
            lambda: self.sample.remove_slice(0),
            lambda: self.sample.move_slice(0, 1),
            self.sample.clear_slices,
        ):
            with self.assertRaises(NotSimulated):
                change()
        self.sample.slicing_style = 3
        self.sample.insert_slice(0)
        self.sample.move_slice(0, 1)
        self.sample.move_slice(1, 0)
        self.sample.remove_slice(0)
        self.sample.insert_slice(9000)
        self.sample.insert_slice(500)
        self.sample.insert_slice(9000)
        self.assertEqual(700, self.sample.move_slice(500, 700))
        self.assertEqual((700, 9000), self.sample.slices)
        self.sample.remove_slice(700)
        self.assertEqual((9000,), self.sample.slices)
        for wrong in (
            lambda: self.sample.insert_slice(48000),
            lambda: self.sample.move_slice(1, 2),
            lambda: self.sample.move_slice(9000, 48000),
        ):
            with self.assertRaises(RuntimeError):
                wrong()
        self.sample.clear_slices()
        self.song.undo()
        self.assertEqual((9000,), self.sample.slices)

    def test_audio_processing_is_not_simulated(self):
        for use in (self.simpler.crop, self.simpler.reverse, self.simpler.warp_double, self.sample.reset_slices):
            with self.assertRaises(NotSimulated):
                use()

    def test_a_pad_of_a_drum_rack_holds_one(self):
        rack = RackPlan("Drum Rack", (ChainPlan((SimplerPlan(BREAK),), note=36),))
        song = SimulatedLive(version=self.version, plan=SetPlan.of(devices={0: (rack,)})).song
        (device,) = song.tracks[0].devices
        self.assertEqual("Break 1", device.drum_pads[36].name)
        device.copy_pad(36, 40)
        copy = device.drum_pads[40].chains[0].devices[0].sample
        copy.gain = 0.5
        self.assertAlmostEqual(0.4, device.drum_pads[36].chains[0].devices[0].sample.gain, 6)


class SimplersInLive11(Simplers):
    version = "11"


if __name__ == "__main__":
    unittest.main()
