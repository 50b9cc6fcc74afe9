"""The simulated Live has exactly the members of the facts, and refuses by name those it does not simulate."""

import sys
import unittest

from livesim import NotSimulated, SimulatedLive, facts
from livesim.boost import package
from livesim.model.base import MODELS, Model, State


def _public(cls):
    return {name for name in dir(cls) if not name.startswith("__")}


def _nested(known, class_name):
    """Last names of the classes and enums inside a class and its ancestors."""
    names = {
        name.rpartition(".")[2]
        for name in [*known["classes"], *known["enums"]]
        if name.rpartition(".")[0] == class_name
    }
    for base in known["classes"][class_name]["bases"]:
        names |= _nested(known, base)
    return names


class Members(unittest.TestCase):
    def setUp(self):
        self.versions = [(facts.load(version), package.package_of(version)) for version in facts.VERSIONS]

    def test_classes_have_exactly_the_facts_members(self):
        for known, made in self.versions:
            for class_name in known["classes"]:
                properties, methods = facts.described(known, class_name)
                listeners = {
                    pattern % name
                    for name, fact in properties.items()
                    if "listen" in fact
                    for pattern in ("add_%s_listener", "remove_%s_listener", "%s_has_listener")
                }
                expected = set(properties) | set(methods) | listeners | _nested(known, class_name)
                with self.subTest(version=known["live_version"], class_name=class_name):
                    self.assertEqual(expected, _public(made.classes[class_name]))

    def test_exactly_the_settable_properties_are_writable(self):
        for known, made in self.versions:
            for class_name in known["classes"]:
                for name, fact in facts.described(known, class_name)[0].items():
                    with self.subTest(version=known["live_version"], member="%s.%s" % (class_name, name)):
                        self.assertEqual("set" in fact, getattr(made.classes[class_name], name).fset is not None)

    def test_every_class_has_the_facts_bases(self):
        for known, made in self.versions:
            for class_name, described in known["classes"].items():
                for base in described["bases"]:
                    self.assertTrue(issubclass(made.classes[class_name], made.classes[base]), class_name)

    def test_modules_hold_exactly_the_facts_names(self):
        for known, made in self.versions:
            top = {name: set() for name in made.modules if name != "Live"}
            for name in [*known["classes"], *known["enums"], *known["functions"], "Base.LimitationError"]:
                module, _, rest = name.partition(".")
                top["Live." + module].add(rest.partition(".")[0])
            for module_name, expected in top.items():
                self.assertEqual(expected, _public(made.modules[module_name]), module_name)

    def test_enums_are_integers_with_the_facts_values(self):
        for known, made in self.versions:
            for name, members in known["enums"].items():
                enum = made.modules["Live." + name.partition(".")[0]]
                for part in name.split(".")[1:]:
                    enum = getattr(enum, part)
                self.assertEqual(members, {member: int(value) for member, value in enum.names.items()}, name)
                self.assertEqual({value: value for value in members.values()}, enum.values, name)

    def test_members_without_a_model_are_refused(self):
        for known, made in self.versions:
            for class_name in known["classes"]:
                model = MODELS.get(class_name)
                modelled = package.marked_members(model) if not class_name.endswith("Vector") else ("append", "extend")
                properties, methods = facts.described(known, class_name)
                uses = {name: getattr(made.classes[class_name], name).fget for name in properties}
                uses.update((name, getattr(made.classes[class_name], name)) for name in methods)
                for name in set(uses).difference(modelled):
                    with self.assertRaisesRegex(NotSimulated, name):
                        uses[name](None)

    def test_an_unknown_marked_member_fails_the_import(self):
        class Inventive(Model):
            loudness = State(0.0)

        MODELS["Track.DeviceContainer"] = Inventive
        self.addCleanup(MODELS.pop, "Track.DeviceContainer")
        with self.assertRaisesRegex(AttributeError, "loudness"):
            package.check_models([known for known, _made in self.versions])


class Versions(unittest.TestCase):
    def test_import_yields_the_chosen_version(self):
        for version, full in (("11", "11.3.43"), ("12", "12.3.6")):
            live = SimulatedLive(version=version)
            import Live

            self.assertEqual(full, Live.Application.get_application().get_version_string())
            self.assertEqual(version == "12", hasattr(Live.Track.Track, "take_lanes"))
            self.assertEqual({"11": "Master", "12": "Main"}[version], live.song.master_track.name)

    def test_submodules_are_imported_as_modules(self):
        SimulatedLive()
        import Live.Base
        from Live.Song import Song

        self.assertIs(Live.Base, sys.modules["Live.Base"])
        self.assertIs(Live.Song.Song, Song)

    def test_members_of_later_versions_do_not_exist(self):
        song = SimulatedLive(version="11").song
        with self.assertRaises(AttributeError):
            song.tuning_system
        with self.assertRaises(AttributeError):
            song.tracks[0].create_midi_clip
        self.assertFalse(hasattr(song, "scale_mode"))

    def test_unknown_members_can_neither_be_read_nor_written(self):
        song = SimulatedLive().song
        with self.assertRaises(AttributeError):
            song.loudness
        with self.assertRaises(AttributeError):
            song.loudness = 1

    def test_unsimulated_members_refuse_every_use(self):
        track = SimulatedLive().song.tracks[0]
        track.insert_device("Hybrid Reverb")
        reverb = track.devices[0]
        for use in (
            lambda: setattr(track, "is_showing_chains", True),
            lambda: reverb.ir_size_factor,
            lambda: setattr(reverb, "ir_size_factor", 1.0),
            lambda: reverb.add_ir_size_factor_listener(print),
        ):
            with self.assertRaises(NotSimulated):
                use()


if __name__ == "__main__":
    unittest.main()
