"""Actions that set device parameters by index or by name, on tracks and on the master: effects and refusals."""

from LiveGate.registry import ACTIONS
from livesim.model.parameter import single_precision
from tests.devices_case import DENSITY, EQ, MIX, PLUGIN, REVERB, SIMPLER, TWINS, VOLUME, DevicesCase


def strictly(action, params):
    """`params`, and for an action that may clamp a value, that it does not."""
    return dict(params, clamp=False) if ACTIONS[action].takes("clamp") else params


class Setting(DevicesCase):
    """All the actions that set a parameter, by index or by name."""

    BY_INDEX = ("set_device_param", "set_track_device_param")
    BY_NAME = ("set_device_parameter_by_name", "set_device_param_by_name", "set_track_device_param_by_name")

    def each(self, name, index):
        """Each action, with its arguments that name this parameter of the reverb."""
        for action in self.BY_INDEX:
            yield action, dict(REVERB, param_index=index)
        for action in self.BY_NAME:
            yield action, dict(REVERB, param_name=name)

    def test_the_whole_range_works_without_side_effects(self):
        for action, target in self.each("Dry/Wet", MIX):
            for value in (0, 1, 0.3):
                before = self.values(0, 1)
                answer = self.done(action, value=value, **target)
                self.assertAlmostEqual(answer["value"], value, 5)
                self.assertEqual(self.values(0, 1), before[:MIX] + [answer["value"]], action)

    def test_a_value_outside_is_refused_with_the_range(self):
        for action, target in self.each("Dry/Wet", MIX):
            for value in (-0.01, 1.01, 1e9):
                self.refused(action, "value must be between 0 and 1", "Dry/Wet of Reverb", value=value, **strictly(action, target))
        for value in (-36.5, 37):
            self.refused("set_device_param", "between -36 and 36", param_index=VOLUME, value=value, **SIMPLER)

    def test_quantized_parameters_take_integers_only(self):
        for action, target in self.each("Density", DENSITY):
            self.assertEqual(self.done(action, value=1.0, **target)["value"], 1.0)
            self.refused(action, "whole number", "1.5", value=1.5, **target)
            self.assertEqual(self.done(action, value=3, **target)["value"], 3.0)
            self.refused(action, "between 0 and 3", value=4, **strictly(action, target))

    def test_a_controlled_parameter_stays_unchanged(self):
        with self.disabled("Dry/Wet"):
            for action, target in self.each("Dry/Wet", MIX):
                self.refused(action, "Dry/Wet of Reverb", "controls it", value=0.1, **target)

    def test_a_value_that_live_drops_is_an_error(self):
        parameter = self.device(0, 1).parameters[MIX]
        model = self.studio.live.set.tracks[0].devices[1].parameters[MIX]
        parameter.add_value_listener(lambda: setattr(model, "value", 0.5))
        for action, target in self.each("Dry/Wet", MIX):
            answer = self.client.ask(action, value=0.9, **target)
            self.assertEqual(answer["code"], "live_error")
            self.assertIn("it is 0.5", answer["error"])

    def test_setting_is_undone_in_one_step(self):
        before = self.values(0, 1)
        self.done("set_device_param", param_index=MIX, value=0.25, **REVERB)
        self.done("undo")
        self.assertEqual(self.values(0, 1), before)

    def test_limits_may_have_more_digits_than_live(self):
        self.studio.live.set.tracks[0].devices[1].parameters[MIX]._high = single_precision(0.7)
        answer = self.done("set_device_param", param_index=MIX, value=0.7, **REVERB)
        self.assertAlmostEqual(answer["value"], 0.7, 5)
        self.refused("set_device_param", "between 0 and 0.7", param_index=MIX, value=0.701, **REVERB)

    def test_the_answer_reports_the_value_set(self):
        answer = self.done("set_device_param_by_name", param_name="dry/wet", value=0.25, **REVERB)
        self.assertEqual((answer["param_index"], answer["param_name"], answer["value"]), (MIX, "Dry/Wet", 0.25))
        answer = self.done("set_device_parameter_by_name", param_name="DRY/WET", value=0.5, **REVERB)
        self.assertEqual((answer["name"], answer["message"]), ("Dry/Wet", "Dry/Wet of Reverb is 0.5"))


    def test_a_text_sets_the_middle_of_its_values(self):
        target = {"param_name": "Dry/Wet", **REVERB}
        for text, value in (("30 %", 0.3), ("0 %", 0.0), ("100 %", 1.0), ("12%", 0.12)):
            answer = self.done("set_device_param_by_name", value=text, **target)
            self.assertAlmostEqual(answer["value"], value, 6, text)
        self.refused("set_device_param_by_name", "displays no value", value="101 %", **target)


class Naming(DevicesCase):
    """Resolution of parameter names."""

    ACTIONS = ("get_device_parameter_by_name", "set_device_parameter_by_name", "set_device_param_by_name")

    def named(self, action, param_name, **target):
        value = {"value": 0.5} if action.startswith("set") else {}
        return dict(target, param_name=param_name, **value)

    def test_an_exact_name_precedes_another_case(self):
        for name, index in (("Mix", 1), ("mix", 2)):
            answer = self.done("get_device_parameter_by_name", param_name=name, **PLUGIN)
            self.assertEqual((answer["index"], answer["name"]), (index, name))
        answer = self.done("get_device_parameter_by_name", param_name="SIZE", **PLUGIN)
        self.assertEqual((answer["index"], answer["name"]), (3, "Size"))

    def test_an_ambiguous_name_is_refused_with_indexes(self):
        for action in self.ACTIONS:
            self.refused(action, "Chorale", '"MIX"', "1, 2", **self.named(action, "MIX", **PLUGIN))

    def test_a_duplicate_name_is_refused_with_indexes(self):
        for action in (*self.ACTIONS, "get_m4l_param_by_name"):
            self.refused(action, "Twins", '"Gain"', "1, 2", **self.named(action, "Gain", **TWINS))

    def test_a_name_that_none_has_is_refused(self):
        for action in self.ACTIONS:
            self.refused(action, "Reverb has no parameter", '"Wetness"', **self.named(action, "Wetness", **REVERB))
            self.refused(action, '"Dry"', **self.named(action, "Dry", **REVERB))


class OnTheMaster(DevicesCase):
    """The same rules on the master track."""

    SLOPE, LOW = 9, 1

    def value(self, index):
        return self.song.master_track.devices[0].parameters[index].value

    def test_values_are_set_within_their_range(self):
        self.assertEqual(self.done("set_master_device_param", param_index=self.LOW, value=0.5, **EQ)["value"], 0.5)
        self.assertEqual(self.value(self.LOW), 0.5)
        self.refused("set_master_device_param", "between 0 and 1", param_index=self.LOW, value=1.5, clamp=False, **EQ)
        self.refused("set_master_device_param", "whole number", param_index=self.SLOPE, value=0.5, **EQ)

    def test_they_are_set_by_name(self):
        answer = self.done("set_master_device_param_by_name", param_name="slope", value=0, **EQ)
        self.assertEqual((answer["param_index"], self.value(self.SLOPE)), (self.SLOPE, 0.0))
        self.refused("set_master_device_param_by_name", "EQ Three has no", param_name="Tilt", value=0, **EQ)

    def test_unknown_parameters_are_refused(self):
        self.refused("get_master_device_params", "the master track has devices 0 to 0", device_index=1)
        self.refused("set_master_device_param", "devices 0 to 0", device_index=1, param_index=0, value=0)
        self.refused("get_master_device_param_info", "EQ Three has parameters 0 to 9", param_index=10, **EQ)

    def test_a_continuous_parameter_has_no_item_names(self):
        answer = self.done("get_master_device_param_info", param_index=self.LOW, **EQ)
        self.assertEqual((answer["index"], answer["value_items"], answer["is_quantized"]), (self.LOW, [], False))
        self.assertEqual(answer["automation_state"], 0)

    def test_the_chain_is_summarised(self):
        answer = self.done("get_master_chain_summary")
        self.assertEqual([device["class_name"] for device in answer["devices"]], ["FilterEQ3"])
        self.assertEqual(answer["track_name"], self.song.master_track.name)


class InLive11(Setting, Naming, OnTheMaster):
    version = "11"
