"""The simulated browser: its tree, deferred loading, hot-swap and previews."""

import unittest

from livesim import SetPlan, SimulatedLive
from livesim.model.browser_item import BrowserItem
from livesim.model.track import AUDIO, MIDI

TURN_S = 0.017
ROOTS = "instruments audio_effects midi_effects max_for_live plugins drums clips samples".split()
PLAN = SetPlan(tracks=(("Keys", MIDI), ("Vocals", AUDIO)), returns=("A-Reverb",), scenes=2)


class BrowserCase(unittest.TestCase):
    version = "12"

    def setUp(self):
        self.log = []
        self.live = SimulatedLive(version=self.version, plan=PLAN, log=self.log.append)
        self.song = self.live.song
        self.browser = self.live.application.browser

    def item(self, name, roots=ROOTS):
        """The first item of a name, root by root, less deep ones first."""
        for root in roots:
            waiting = [getattr(self.browser, root)]
            for item in waiting:
                if item.name == name:
                    return item
                waiting += item.children
        raise AssertionError("the browser has no %s" % name)

    def select(self, track_index):
        self.song.view.selected_track = self.song.tracks[track_index]

    def load(self, name):
        self.browser.load_item(self.item(name))
        self.live.run(TURN_S)

    def devices(self, track_index=0):
        return [device.name for device in self.song.tracks[track_index].devices]


class AutomaticNames(BrowserCase):
    """Of tracks that got no name of their own, as measured in Live 12.4."""

    def setUp(self):
        super().setUp()
        self.song.create_midi_track(-1)
        self.song.create_return_track()
        self.notified = []

    def load_onto(self, track, name):
        track.add_name_listener(lambda: self.notified.append(track.name))
        self.song.view.selected_track = track
        self.load(name)

    def test_a_midi_track_is_named_after_its_instrument(self):
        self.load_onto(self.song.tracks[2], "Operator")
        self.assertEqual((self.song.tracks[2].name, self.notified), ("3-Operator", ["3-Operator"]))
        self.song.tracks[2].delete_device(0)
        self.assertEqual(self.song.tracks[2].name, "3-MIDI")

    def test_a_return_is_named_after_its_first_device(self):
        self.load_onto(self.song.return_tracks[1], "Echo")
        self.load("Reverb")
        self.assertEqual(self.song.return_tracks[1].name, "B-Echo")

    def test_an_instrument_on_a_return_makes_a_track(self):
        self.load_onto(self.song.return_tracks[1], "Operator")
        self.assertEqual([track.name for track in self.song.tracks][-1], "4-Operator")
        self.assertEqual(list(self.song.return_tracks[1].devices), [])

    def test_given_names_stay(self):
        self.load_onto(self.song.tracks[0], "Operator")
        self.assertEqual((self.song.tracks[0].name, self.notified), ("Keys", []))


class Tree(BrowserCase):
    def test_items_report_their_kind(self):
        folder, device = self.item("Utilities"), self.item("Operator")
        preset = device.children[0]
        described = [(item.is_folder, item.is_device, item.is_loadable) for item in (folder, device, preset)]
        self.assertEqual(described, [(True, False, False), (False, True, True), (False, False, True)])

    def test_addresses_are_unique_paths(self):
        self.assertEqual(self.browser.instruments.uri, "query:Synths")
        self.assertEqual(self.item("Operator").uri, "query:Synths#Operator")
        self.assertEqual(self.item("Audio Effect Rack").uri, "query:AudioFx#Utilities:Audio%20Effect%20Rack")
        addresses = [child.uri for device in self.browser.instruments.children for child in device.children]
        self.assertEqual(len(set(addresses)), len(addresses))

    def test_children_are_iterable_once_or_a_list(self):
        going = self.browser.midi_effects.iter_children
        names = [item.name for item in going]
        self.assertEqual(names, [item.name for item in self.browser.midi_effects.children])
        self.assertEqual(list(going), [])
        self.assertEqual(type(going).__name__, "BrowserItemIterator")

    def test_items_of_one_address_are_equal(self):
        self.assertEqual(self.browser.drums.children[0], self.browser.drums.children[0])
        self.assertNotEqual(self.browser.drums.children[0], self.browser.drums.children[1])

    def test_the_tree_is_built_on_access(self):
        made = []
        original = BrowserItem.__init__

        def count(item, *arguments):
            made.append(item)
            original(item, *arguments)

        BrowserItem.__init__ = count
        self.addCleanup(setattr, BrowserItem, "__init__", original)
        browser = SimulatedLive(version=self.version, plan=PLAN).application.browser
        self.assertEqual(len(made), 0)
        browser.samples
        few = len(made)
        self.assertLess(few, 30)
        self.assertGreater(len(browser.samples.children), 3000)
        self.assertGreater(len(made), 3000)

    def test_folders_of_the_user_and_collections_are_lists(self):
        self.assertEqual([item.name for item in self.browser.user_folders], ["Field Recordings"])
        self.assertEqual(len(self.browser.colors), 7)
        self.assertEqual(len(self.browser.legacy_libraries), 0)

    def test_items_are_read_only(self):
        with self.assertRaises(AttributeError):
            self.item("Operator").name = "Mine"

    def test_the_devices_are_those_of_the_version(self):
        names = [item.name for item in self.browser.instruments.children]
        self.assertEqual("Meld" in names, self.version == "12")


class TreeInLive11(Tree):
    version = "11"


class Loading(BrowserCase):
    def test_a_device_arrives_a_turn_later(self):
        self.browser.load_item(self.item("Operator"))
        self.assertEqual(self.devices(), [])
        self.live.run(TURN_S)
        self.assertEqual(self.devices(), ["Operator"])
        self.assertEqual(self.song.tracks[0].view.selected_device.name, "Operator")

    def test_the_selection_at_insertion_counts(self):
        self.browser.load_item(self.item("Reverb"))
        self.select(1)
        self.live.run(TURN_S)
        self.assertEqual((self.devices(0), self.devices(1)), ([], ["Reverb"]))

    def test_loading_notifies_and_is_one_undo_step(self):
        notified = []
        self.song.tracks[0].add_devices_listener(lambda: notified.append(self.devices()))
        self.load("Operator")
        self.assertEqual(notified, [["Operator"]])
        self.song.undo()
        self.assertEqual(self.devices(), [])
        self.song.redo()
        self.assertEqual(self.devices(), ["Operator"])

    def test_each_kind_has_its_place_in_the_chain(self):
        for name in ("Reverb", "Operator", "Pitch", "Delay", "Chord"):
            self.load(name)
        self.assertEqual(self.devices(), ["Pitch", "Chord", "Operator", "Reverb", "Delay"])

    def test_an_instrument_replaces_the_previous_one(self):
        for name in ("Operator", "Reverb", "Analog"):
            self.load(name)
        self.assertEqual(self.devices(), ["Analog", "Reverb"])

    def test_an_unsuitable_track_gets_a_new_neighbour(self):
        self.select(1)
        self.load("Operator")
        self.assertEqual((self.devices(1), self.devices(2)), ([], ["Operator"]))
        self.assertEqual(self.song.view.selected_track, self.song.tracks[2])
        self.song.view.selected_track = self.song.return_tracks[0]
        self.load("Pitch")
        self.assertEqual(len(self.song.tracks), 4)

    def test_returns_and_main_track_take_audio_effects(self):
        for track in (self.song.return_tracks[0], self.song.master_track):
            self.song.view.selected_track = track
            self.load("Reverb")
            self.assertEqual([device.name for device in track.devices], ["Reverb"])

    def test_a_preset_gives_the_device_its_name(self):
        self.load("Operator 002.adv")
        device = self.song.tracks[0].devices[0]
        self.assertEqual((device.name, device.class_display_name), ("Operator 002", "Operator"))

    def test_plug_ins_and_max_devices_have_their_classes(self):
        self.load("Sample Synth")
        self.load("Max Audio Effect 001.amxd")
        classes = [type(device).__name__ for device in self.song.tracks[0].devices]
        self.assertEqual(classes, ["PluginDevice", "MaxDevice"])
        self.assertEqual(self.song.tracks[0].devices[1].class_name, "MxDeviceAudioEffect")

    def test_items_without_content_are_refused_at_once(self):
        with self.assertRaises(RuntimeError):
            self.browser.load_item(self.item("Utilities"))
        with self.assertRaises(TypeError):
            self.browser.load_item("Operator")

    def test_every_device_of_the_browser_loads(self):
        wanted = [item for root in ("instruments", "midi_effects") for item in getattr(self.browser, root).children]
        wanted += [item for folder in self.browser.audio_effects.children for item in folder.children]
        for item in wanted:
            self.browser.load_item(item)
            self.live.run(TURN_S)
            self.assertIn(item.name, [device.name for device in self.song.view.selected_track.devices])

    def test_a_kit_has_pads_with_samples_players(self):
        self.load("Kit 001.adg")
        rack = self.song.tracks[0].devices[0]
        filled = [(pad.note, pad.name) for pad in rack.drum_pads if pad.chains]
        self.assertEqual((rack.name, filled[0], len(filled)), ("Kit 001", (36, "Kick"), 10))
        self.assertEqual(rack.drum_pads[38].chains[0].devices[0].class_name, "OriginalSimpler")

    def test_rack_presets_have_chains_with_devices(self):
        self.browser.load_item(self.item("Bass 001.adg", ("sounds",)))
        self.live.run(TURN_S)
        rack = self.song.tracks[0].devices[0]
        names = [[device.name for device in chain.devices] for chain in rack.chains]
        self.assertEqual(names, [["Operator", "Chorus-Ensemble"], ["Analog"]])

    def test_a_sample_on_a_midi_track_is_simpler(self):
        self.load("Operator")
        self.load("Kick 001.wav")
        (simpler,) = self.song.tracks[0].devices
        self.assertEqual((simpler.name, simpler.class_name), ("Kick 001", "OriginalSimpler"))
        self.assertEqual(simpler.sample.file_path, "/Library/Samples/Kick 001.wav")
        self.song.undo()
        self.assertEqual(self.devices(), ["Operator"])

    def test_a_sample_on_audio_tracks_becomes_a_clip(self):
        self.select(1)
        self.load("Kick 001.wav")
        slot = self.song.view.highlighted_clip_slot
        self.assertEqual((slot.clip.name, slot.clip.is_audio_clip), ("Kick 001", True))
        self.song.view.selected_track = self.song.return_tracks[0]
        self.load("Kick 002.wav")
        self.assertTrue(self.song.view.selected_track.has_audio_input)
        self.assertEqual(self.song.view.highlighted_clip_slot.clip.name, "Kick 002")

    def test_a_clip_goes_to_the_highlighted_slot(self):
        for name in ("Groove 001", "Groove 002"):
            self.load(name + ".alc")
        names = [slot.clip.name for slot in self.song.tracks[0].clip_slots if slot.has_clip]
        self.assertEqual(names, ["Groove 001", "Groove 002"])

    def test_a_sample_replaces_the_device_under_hot_swap(self):
        self.load("Operator")
        self.browser.hotswap_target = self.song.tracks[0].devices[0]
        self.load("Kick 003.wav")
        self.assertEqual([device.name for device in self.song.tracks[0].devices], ["Kick 003"])

    def test_a_frozen_track_refuses_loading(self):
        plan = SetPlan(tracks=(("Keys", MIDI),), frozen=(0,))
        live = SimulatedLive(version=self.version, plan=plan, log=self.log.append)
        live.application.browser.load_item(live.application.browser.instruments.children[0])
        live.run(TURN_S)
        self.assertEqual(len(live.song.tracks[0].devices), 0)
        self.assertIn("StatusBar", self.log[-1])

    def test_a_listener_cannot_load(self):
        refused = []

        def load():
            try:
                self.browser.load_item(self.item("Operator"))
            except RuntimeError as error:
                refused.append(str(error))

        self.song.add_tempo_listener(load)
        self.song.tempo = 90
        self.live.run(TURN_S)
        self.assertEqual((len(refused), self.devices()), (1, []))


class LoadingInLive11(Loading):
    version = "11"


class HotSwap(BrowserCase):
    def setUp(self):
        super().setUp()
        for name in ("Operator", "Reverb"):
            self.load(name)
        self.device = self.song.tracks[0].devices[1]
        self.browser.hotswap_target = self.device

    def test_the_target_notifies_and_filters_by_kind(self):
        notified = []
        self.browser.add_hotswap_target_listener(lambda: notified.append("target"))
        self.browser.add_filter_type_listener(lambda: notified.append("filter"))
        self.browser.hotswap_target = self.song.tracks[0].devices[0]
        self.assertEqual(sorted(notified), ["filter", "target"])
        self.assertEqual(self.browser.filter_type, 1)

    def test_a_loaded_device_replaces_the_target(self):
        self.load("Delay")
        self.assertEqual(self.devices(), ["Operator", "Delay"])
        self.assertEqual(self.browser.hotswap_target.name, "Delay")
        self.assertTrue(self.device == None)  # noqa: E711 it is deleted

    def test_items_know_how_they_stand_to_the_target(self):
        relations = {
            "Reverb & Resonance": "ancestor",
            "Reverb": "equal",
            "Reverb 001.adv": "descendant",
            "Operator": "none",
        }
        for name, relation in relations.items():
            self.assertEqual(str(self.browser.relation_to_hotswap_target(self.item(name))), relation)
        self.assertTrue(self.item("Reverb & Resonance").is_selected)
        self.assertFalse(self.item("Utilities").is_selected)

    def test_deleting_the_device_ends_hot_swap(self):
        self.song.tracks[0].delete_device(1)
        self.assertIsNone(self.browser.hotswap_target)
        self.assertFalse(self.live.application.view.browse_mode)

    def test_the_keyboard_toggles_hot_swap_for_the_selection(self):
        view = self.live.application.view
        notified = []
        view.add_browse_mode_listener(lambda: notified.append(view.browse_mode))
        view.toggle_browse()
        self.assertIsNone(self.browser.hotswap_target)
        view.toggle_browse()
        self.assertEqual(self.browser.hotswap_target.name, "Reverb")
        self.assertEqual(notified, [False, True])

    def test_filters_are_those_that_live_has(self):
        self.browser.filter_type = 6
        with self.assertRaises(RuntimeError):
            self.browser.filter_type = 99


class HotSwapInLive11(HotSwap):
    version = "11"


class Previews(BrowserCase):
    def test_a_preview_keeps_the_set(self):
        self.browser.preview_item(self.item("Kick 001.wav"))
        self.assertEqual(self.live.application_model.browser.previewed.name, "Kick 001.wav")
        self.browser.stop_preview()
        self.assertIsNone(self.live.application_model.browser.previewed)
        self.assertFalse(self.song.can_undo)


if __name__ == "__main__":
    unittest.main()
