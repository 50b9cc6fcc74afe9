"""Actions on devices: listing, switching, showing and deleting, and the kinds of device they accept."""

from unittest import mock

from livesim.model.device import OnSwitch
from tests.devices_case import LAYERS, MIX, PLUGIN, REVERB, SIMPLER, TWINS, DevicesCase


class Listing(DevicesCase):
    def test_devices_are_listed_with_their_kind(self):
        self.device(0, 1).parameters[0].value = 0
        for action in ("get_track_devices", "get_track_chain_summary"):
            simpler, reverb, rack = self.done(action, track_index=0)["devices"]
            listed = simpler.pop("parameters", None)
            self.assertEqual(listed is not None, action == "get_track_chain_summary")
            self.assertEqual(
                simpler,
                {
                    "index": 0,
                    "name": "Simpler",
                    "class_name": "OriginalSimpler",
                    "type": 1,
                    "type_name": "instrument",
                    "is_on": True,
                    "is_active": True,
                    "num_parameters": len(self.device(0, 0).parameters),
                    "num_chains": 0,
                },
            )
            self.assertEqual((reverb["is_on"], reverb["is_active"], reverb["type"]), (False, False, 2))
            self.assertEqual((rack["index"], rack["num_chains"]), (2, 1))

    def test_a_track_without_devices_has_an_empty_list(self):
        for action, field in (
            ("get_track_devices", "devices"),
            ("get_track_chain_summary", "devices"),
            ("get_m4l_devices", "devices"),
            ("get_cv_tools_devices", "cv_devices"),
        ):
            answer = self.done(action, track_index=2)
            self.assertEqual((answer["count"], answer[field]), (0, []))

    def test_parameters_are_listed_with_their_steps(self):
        for action in ("get_device_parameters", "get_track_device_params"):
            entries = self.done(action, **REVERB)["parameters"]
            self.assertEqual([entry["index"] for entry in entries], list(range(12)))
            self.assertEqual((entries[0]["name"], entries[0]["value_items"]), ("Device On", ["Off", "On"]))
            mix = entries[MIX]
            self.assertEqual((mix["name"], mix["value_items"], mix["is_quantized"]), ("Dry/Wet", [], False))
            self.assertEqual((mix["min"], mix["max"]), (0.0, 1.0))

    def test_a_controlled_parameter_is_listed_as_disabled(self):
        with self.disabled("Dry/Wet"):
            entries = self.done("get_device_parameters", **REVERB)["parameters"]
            self.assertEqual([entry["name"] for entry in entries if not entry["is_enabled"]], ["Dry/Wet"])

    def test_values_are_displayed_as_live_does(self):
        entries = self.done("get_all_param_display_values", **REVERB)["parameters"]
        parameters = self.device(0, 1).parameters
        self.assertEqual(
            [(entry["raw_value"], entry["display_value"]) for entry in entries],
            [(parameter.value, parameter.str_for_value(parameter.value)) for parameter in parameters],
        )
        answer = self.done("get_device_param_display_value", param_index=MIX, **REVERB)
        self.assertEqual((answer["name"], answer["display_value"]), ("Dry/Wet", "55 %"))


class Switching(DevicesCase):
    def test_a_device_is_switched_off_and_on(self):
        self.assertFalse(self.done("set_device_on_off", enabled=False, **REVERB)["is_active"])
        self.assertFalse(self.device(0, 1).is_active)
        self.assertTrue(self.done("set_device_on_off", **REVERB)["is_active"])
        self.assertTrue(self.device(0, 1).is_active)

    def test_a_controlled_switch_stays_unchanged(self):
        with self.disabled("Device On"):
            self.refused("set_device_on_off", "Device On of Reverb", enabled=False, **REVERB)

    def test_a_device_without_switch_stays_unchanged(self):
        with mock.patch.object(OnSwitch, "original_name", "Gain", create=True):
            self.refused("set_device_on_off", "Reverb has no switch", enabled=False, **REVERB)


class WrongKinds(DevicesCase):
    def test_only_plugins_have_presets(self):
        for target in (REVERB, TWINS, LAYERS):
            self.refused("get_device_presets", "is not a plug-in", **target)
            self.refused("set_device_preset", "is not a plug-in", preset_index=0, **target)

    def test_a_preset_that_does_not_exist_is_refused(self):
        self.refused("set_device_preset", "preset_index 2", "Chorale has presets 0 to 1", preset_index=2, **PLUGIN)
        self.assertEqual(self.device(1, 0).selected_preset_index, 0)

    def test_only_simplers_have_a_playback_mode(self):
        for target in (REVERB, PLUGIN, LAYERS):
            self.refused("get_sample_playback_mode", "is not a Simpler", **target)
            self.refused("set_sample_playback_mode", "is not a Simpler", mode=1, **target)

    def test_only_max_devices_have_max_parameters(self):
        for target in (SIMPLER, PLUGIN, LAYERS):
            self.refused("get_m4l_param_by_name", "not a Max for Live device", param_name="Device On", **target)
            self.assertFalse(self.done("is_max_device", **target)["is_m4l"])
        self.assertTrue(self.done("is_max_device", **TWINS)["is_m4l"])

    def test_only_max_devices_are_cv_tools(self):
        self.device(0, 1).name = "CV Reverb"
        self.assertEqual(self.done("get_cv_tools_devices", track_index=0)["count"], 0)
        self.device(1, 1).name = "My CV Out"
        answer = self.done("get_cv_tools_devices", track_index=1)
        self.assertEqual([(device["index"], device["name"]) for device in answer["cv_devices"]], [(1, "My CV Out")])

    def test_the_existing_devices_and_parameters_are_named(self):
        self.refused("get_device_type", "track 1 has devices 0 to 1", track_index=1, device_index=2)
        self.refused("get_device_type", "track 2 has no devices", track_index=2, device_index=0)
        self.refused("set_device_param", "Reverb has parameters 0 to 11", param_index=12, value=0, **REVERB)


class Deleting(DevicesCase):
    def test_deletion_moves_the_following_devices_up(self):
        self.done("delete_device", **REVERB)
        self.assertEqual([device.name for device in self.song.tracks[0].devices], ["Simpler", "Audio Effect Rack"])
        self.done("undo")
        self.assertEqual(len(self.song.tracks[0].devices), 3)

    def test_deletion_by_index_distinguishes_equal_names(self):
        self.device(0, 2).name = "Reverb"
        answer = self.done("delete_device", **LAYERS)
        self.assertEqual(answer["device_name"], "Reverb")
        self.assertEqual([device.class_name for device in self.song.tracks[0].devices], ["OriginalSimpler", "Reverb"])

    def test_a_frozen_track_refuses_deletion(self):
        self.studio.live.set.tracks[0].is_frozen = True
        self.refused("delete_device", "frozen", **REVERB)


class Showing(DevicesCase):
    def test_hiding_leaves_the_selection_alone(self):
        self.done("show_plugin_window", **PLUGIN)
        self.done("hide_plugin_window", **REVERB)
        self.assertTrue(self.device(0, 1).view.is_collapsed)
        self.assertEqual(self.song.view.selected_track.view.selected_device, self.device(1, 0))


class InLive11(Listing, Switching, WrongKinds, Deleting, Showing):
    version = "11"
