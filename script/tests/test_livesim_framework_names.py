"""Imports from the framework stand-ins: present names, refused names, and unknown names."""

import importlib
import inspect
import unittest

from livesim import NotSimulated, SimulatedLive
from livesim.frameworks import OFFERED, names

V2 = "ableton.v2.control_surface"


def run(code):
    scope = {}
    exec(code, scope)  # as a script imports it
    return scope


class Names(unittest.TestCase):
    def setUp(self):
        self.live = SimulatedLive()

    def test_names_that_are_not_simulated_can_be_imported(self):
        """Scripts import more than they use; a use raises."""
        for code, name in (
            ("from _Framework.CompoundElement import CompoundElement as found", "_Framework.CompoundElement"),
            ("from _Framework.TrackEQComponent import TrackEQComponent as found", "TrackEQComponent"),
            ("from _Framework.InputControlElement import ParameterSlot as found", "ParameterSlot"),
            ("from ableton.v2.control_surface import InternalParameter as found", V2 + ".InternalParameter"),
            ("from ableton.v2.control_surface.components import ItemListerComponent as found", V2 + ".components"),
            ("from ableton.v2.control_surface.components.accent import AccentComponent as found", V2 + ".components"),
            ("from ableton.v2.control_surface.mode import NullModes as found", V2 + ".mode"),
            ("from ableton.v2.base import histogram as found", "ableton.v2.base.histogram"),
            ("from _Generic.Devices import DEVICE_DICT as found", "DEVICE_DICT"),
            ("from _Generic.Devices import *; found = DEVICE_DICT", "DEVICE_DICT"),
        ):
            with self.subTest(code=code):
                found = run(code)["found"]
                for use in (found, lambda: found.items, type("Mine", (found,), {})):
                    with self.assertRaisesRegex(NotSimulated, name):
                        use()

    def test_a_component_may_be_mixed_with_one(self):
        scope = run(
            "from _Framework.CompoundComponent import CompoundComponent\n"
            "from _Framework.M4LInterfaceComponent import M4LInterfaceComponent\n"
            "class Mine(M4LInterfaceComponent, CompoundComponent):\n    pass\n"
        )
        with self.assertRaisesRegex(NotSimulated, "M4LInterfaceComponent"):
            scope["Mine"]()

    def test_unknowable_names_and_other_scripts_are_refused(self):
        for code, name in (
            ("from ableton.v3.control_surface import Anything", "ableton.v3"),
            ("import ableton.v3.control_surface.display", "ableton.v3"),
            ("from _APC.ControlElementUtils import make_button", "_APC"),
            ("import pushbase", "pushbase"),
        ):
            with self.subTest(code=code), self.assertRaisesRegex(NotSimulated, name):
                run(code)

    def test_unknown_names_are_import_errors(self):
        for code in (
            "import _Framework.Loudness",
            "from _Framework.ControlSurface import Loudness",
            "from _Framework import Loudness",
            "from ableton.v2.base import loudness",
            "from ableton.v2.control_surface.elements import LoudnessElement",
            "import ableton.v4",
        ):
            with self.subTest(code=code), self.assertRaises(ImportError):
                run(code)

    def test_star_imports_defer_refusals_until_use(self):
        scope = run("from _Framework.InputControlElement import *")
        self.assertEqual(scope["MIDI_CC_TYPE"], 1)
        with self.assertRaisesRegex(NotSimulated, "ParameterSlot"):
            scope["ParameterSlot"]()
        with self.assertRaisesRegex(NotSimulated, "ParameterSlot.parameter"):
            scope["ParameterSlot"].parameter
        mine = type("Mine", (scope["ParameterSlot"],), {})
        with self.assertRaises(NotSimulated):
            mine()

    def test_present_and_lacking_names_are_disjoint(self):
        self.assertLessEqual(set(names.LACKING), set(OFFERED))
        self.assertFalse(names.MODULES & set(OFFERED))
        for module_name, offered in OFFERED.items():
            lacking = set(names.LACKING.get(module_name, "").split())
            self.assertFalse(lacking & set(offered), module_name)
            module = importlib.import_module(module_name)
            for name in lacking:
                with self.assertRaisesRegex(NotSimulated, name):
                    getattr(module, name)()

    def test_a_surfaces_missing_members_are_refused(self):
        scope = run("from _Framework.ControlSurface import ControlSurface as Old")
        scope.update(run("from ableton.v2.control_surface import ControlSurface as New"))
        old, new = self.live.host(scope["Old"]), self.live.host(scope["New"])
        for use, name in (
            (lambda: old._refresh_displays(), "_refresh_displays"),
            (lambda: old.mxd_midi_scheduler, "mxd_midi_scheduler"),
            (lambda: new.preferences, "preferences"),
            (lambda: old._c_instance.playhead, "playhead"),
        ):
            with self.assertRaisesRegex(NotSimulated, name):
                use()

    def test_unknown_surface_members_are_attribute_errors(self):
        surface = self.live.host(run("from ableton.v2.control_surface import ControlSurface")["ControlSurface"])
        for name in ("loudness", "set_highlighting_session_component"):
            with self.assertRaises(AttributeError):
                getattr(surface, name)
        with self.assertRaises(AttributeError):
            surface._c_instance.loudness

    def test_super_reaches_overridden_members(self):
        old = run("from _Framework.ControlSurface import ControlSurface")["ControlSurface"]

        class Mine(old):
            def toggle_lock(self):
                super().toggle_lock()

        with self.assertRaisesRegex(NotSimulated, "toggle_lock"):
            self.live.host(Mine).toggle_lock()

    def test_controls_and_components_refuse_missing_members(self):
        scope = run(
            "from _Framework.ControlSurface import ControlSurface\n"
            "from _Framework.ButtonElement import ButtonElement\n"
            "from _Framework.MixerComponent import MixerComponent"
        )
        surface = self.live.host(scope["ControlSurface"])
        button = scope["ButtonElement"]
        with surface.component_guard():
            for use in (
                lambda: button(True, 3, 0, 0),
                lambda: scope["MixerComponent"](1).track_eq(0),
                lambda: scope["MixerComponent"](1, with_eqs=True),
            ):
                with self.assertRaises(NotSimulated):
                    use()

    def test_the_members_of_a_class_can_be_listed(self):
        for module in ("_Framework.ControlSurface", V2):
            members = dict(inspect.getmembers(run("from %s import ControlSurface" % module)["ControlSurface"]))
            self.assertTrue(callable(members["schedule_message"]))

    def test_the_class_has_the_name_that_logs_show(self):
        for module in ("_Framework.ControlSurface", V2):
            self.assertEqual(run("from %s import ControlSurface" % module)["ControlSurface"].__name__, "ControlSurface")


if __name__ == "__main__":
    unittest.main()
