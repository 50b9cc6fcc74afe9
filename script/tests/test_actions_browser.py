"""Actions on the browser: listing, loading onto tracks, and state that they leave unchanged."""

import unittest.mock

from livesim import NotSimulated
from livesim.model import browser_loading
from livesim.model.base import command, query
from livesim.model.browser import Browser
from livesim.model.browser_item import BrowserItem
from tests.actions_case import ActionsCase

AUDIO, MIDI = 2, 0


class BrowserCase(ActionsCase):
    def devices(self, track_index):
        return [device.name for device in self.song.tracks[track_index].devices]

    def load(self, track_index, name):
        return self.done("load_device_from_browser", track_index=track_index, device_name=name)


class Listings(BrowserCase):
    def test_devices_are_listed_by_type_without_their_presets(self):
        answer = self.done("browse_devices")
        by_type = {each["type"]: each for each in answer["types"]}
        self.assertEqual((answer["device_types"], answer["count"]), (list(by_type), len(by_type)))
        self.assertEqual(answer["device_count"], sum(each["count"] for each in by_type.values()))
        self.assertIn("Operator", [device["name"] for device in by_type["instruments"]["devices"]])
        effects = {device["name"]: device for device in by_type["audio_effects"]["devices"]}
        self.assertEqual(effects["Reverb"]["uri"], "query:AudioFx#Reverb%20%26%20Resonance:Reverb")
        self.assertEqual([device["name"] for device in by_type["drums"]["devices"]], ["Drum Rack"])
        self.assertFalse(any(each["truncated"] for each in by_type.values()))

    def test_plug_ins_are_listed_by_format(self):
        for plugin_type, folder in (("vst", "VST"), ("vst3", "VST3"), ("au", "AUv2")):
            answer = self.done("browse_plugins", plugin_type=plugin_type)
            self.assertEqual({plugin["folder"] for plugin in answer["plugins"]}, {folder + "/Northern Audio"})
        self.assertEqual(self.done("browse_plugins")["plugin_type"], "vst")

    def test_max_for_live_counts_as_a_format(self):
        names = [plugin["name"] for plugin in self.done("browse_plugins", plugin_type="max")["plugins"]]
        self.assertIn("Max MIDI Effect", names)
        self.assertIn("Max Instrument 007.amxd", names)

    def test_every_category_that_is_named_can_be_listed(self):
        for category in self.done("get_browser_items")["available_categories"]:
            answer = self.done("get_browser_items", category=category)
            self.assertEqual((answer["category"], answer["count"]), (category, len(answer["items"])))

    def test_shallower_items_are_found_first(self):
        items = self.done("get_browser_items", category="instruments")["items"]
        kinds = [item["kind"] for item in items]
        self.assertEqual(kinds, sorted(kinds))  # devices before files
        self.assertEqual(items[-1]["folder"], "Wavetable")

    def test_a_list_is_truncated_at_a_thousand_items(self):
        answer = self.done("get_browser_items", category="samples")
        self.assertEqual((answer["count"], answer["truncated"]), (1000, True))
        self.assertEqual(self.done("get_browser_items", category="drums")["truncated"], False)

    def test_an_unknown_category_is_refused_with_known_ones(self):
        answer = self.client.ask("get_browser_items", category="__class__")
        self.assertEqual(answer["code"], "invalid_params")
        self.assertIn("user_library", answer["error"])

    def test_searching_the_browser_yields_to_other_commands(self):
        self.opening_takes(0.003)
        other = self.studio.connect()
        self.client.say({"action": "get_browser_items", "category": "midi_effects"})
        self.studio.tick()
        self.assertTrue(other.ask("set_tempo", bpm=90)["ok"])
        self.assertFalse(self.client.has_answer())
        self.assertTrue(self.client.answer()["ok"])

    def opening_takes(self, seconds):
        """From now on Live needs that many seconds for the children of one item."""
        children, clock = BrowserItem.children, self.studio.live.clock

        def open_slowly(item):
            clock.move_to(clock.now() + seconds)
            return children.fget(item)

        BrowserItem.children = type(children)(open_slowly)
        self.addCleanup(setattr, BrowserItem, "children", children)


class ListingsInLive11(Listings):
    version = "11"


class Loading(BrowserCase):
    def test_loading_a_device_restores_the_selection(self):
        self.song.view.selected_track = self.song.tracks[1]
        answer = self.load(MIDI, "Operator")
        self.assertEqual((answer["track_index"], answer["device_index"], answer["device_name"]), (MIDI, 0, "Operator"))
        self.assertEqual(self.devices(MIDI), ["Operator"])
        self.assertEqual(self.song.view.selected_track, self.song.tracks[1])

    def test_names_match_without_case_and_file_suffix(self):
        self.load(MIDI, "oPERATOR 003")
        self.assertEqual(self.devices(MIDI), ["Operator 003"])

    def test_devices_take_precedence_over_presets(self):
        self.assertEqual(self.load(AUDIO, "Max Audio Effect")["device_name"], "Max Audio Effect")

    def test_effects_are_ordered_around_the_instrument(self):
        for name in ("Operator", "Reverb", "Pitch", "Delay"):
            self.load(MIDI, name)
        self.assertEqual(self.devices(MIDI), ["Pitch", "Operator", "Reverb", "Delay"])

    def test_plug_ins_and_max_devices_are_loaded_too(self):
        self.load(AUDIO, "Sample Echo")
        self.load(AUDIO, "Max Audio Effect 002")
        self.assertEqual(self.devices(AUDIO), ["Sample Echo", "Max Audio Effect 002"])

    def test_an_audio_track_refuses_midi_devices(self):
        for name in ("Operator", "Arpeggiator", "Max Instrument 001", "Drum Rack"):
            self.refused("load_device_from_browser", "MIDI track", "Vocals", track_index=AUDIO, device_name=name)
        self.assertEqual(len(self.song.tracks), 3)

    def test_an_instrument_does_not_silently_replace_another(self):
        self.load(MIDI, "Operator")
        self.refused("load_device_from_browser", "Operator", "delete it", track_index=MIDI, device_name="Analog")
        self.assertEqual(self.devices(MIDI), ["Operator"])

    def test_replacing_an_instrument_is_reported(self):
        self.load(MIDI, "Operator")
        self.assertIn("replaced Operator", self.load(MIDI, "Sample Synth")["message"])
        self.assertEqual(self.devices(MIDI), ["Sample Synth"])

    def test_an_unknown_item_name_is_refused(self):
        self.refused("load_device_from_browser", "Flux", track_index=MIDI, device_name="Flux")

    def test_samples_and_sounds_are_not_searched(self):
        self.refused("load_device_from_browser", "Kick", track_index=AUDIO, device_name="Kick 001.wav")

    def test_a_device_that_live_misplaces_is_an_error(self):
        self.song.view.selected_track = self.song.tracks[1]
        answer = self.client.ask("load_device_from_browser", track_index=AUDIO, device_name="Sample Synth")
        self.assertEqual(answer["code"], "live_error")
        self.assertEqual(self.devices(AUDIO), [])
        self.assertEqual(self.song.view.selected_track, self.song.tracks[1])

    def test_a_search_is_bounded_and_reports_it(self):
        with unittest.mock.patch("LiveGate.actions.loading.SEARCHED_ITEMS_MAX", 50):
            self.refused("load_device_from_browser", "first 50 items", track_index=AUDIO, device_name="Flux")

    def test_a_frozen_track_refuses_loading(self):
        self.studio.live.set.tracks[AUDIO].is_frozen = True
        self.refused("load_device_from_browser", "frozen", track_index=AUDIO, device_name="Reverb")

    def test_loading_during_hot_swap_is_refused(self):
        self.load(MIDI, "Operator")
        self.studio.live.application.browser.hotswap_target = self.song.tracks[MIDI].devices[0]
        self.refused("load_device_from_browser", "hot-swap", track_index=MIDI, device_name="Reverb")

    def test_every_failure_restores_selection_and_frees_loading(self):
        self.song.view.selected_track = self.song.tracks[1]

        @query
        def load_item(browser, item):
            raise NotSimulated("this item")

        with unittest.mock.patch.object(Browser, "load_item", load_item):
            answer = self.client.ask("load_device_from_browser", track_index=MIDI, device_name="Tension")
        self.assertEqual(answer["code"], "internal")
        self.assertEqual(self.song.view.selected_track, self.song.tracks[1])
        before = self.studio.live.clock.now()
        self.load(MIDI, "Operator")
        self.assertLess(self.studio.live.clock.now() - before, 1)

    def test_two_loads_at_once_reach_their_own_tracks(self):
        clients = [self.studio.connect() for _ in range(3)]
        for index, (client, name) in enumerate(zip(clients, ("Operator", "Analog", "Reverb"))):
            client.say({"action": "load_device_from_browser", "track_index": index, "device_name": name})
        self.assertEqual([client.answer()["ok"] for client in clients], [True] * 3)
        self.assertEqual([self.devices(index) for index in range(3)], [["Operator"], ["Analog"], ["Reverb"]])

    def test_deleting_the_track_ends_the_load(self):
        other = self.studio.connect()
        self.client.say({"action": "load_device_from_browser", "track_index": 1, "device_name": "Reverb"})
        other.say({"action": "delete_track", "track_index": 1})
        self.assertTrue(other.answer()["ok"])
        self.assertIn("deleted", self.client.answer()["error"])
        self.assertEqual(self.load(0, "Reverb")["device_index"], 0)

    def test_a_selection_made_meanwhile_is_kept(self):
        self.client.say({"action": "load_device_from_browser", "track_index": 0, "device_name": "Operator"})
        self.studio.tick()
        self.song.view.selected_track = self.song.tracks[1]
        self.client.answer()
        self.assertEqual(self.song.view.selected_track, self.song.tracks[1])

    def test_a_deferred_change_is_made_once_next_tick(self):
        for refusals in (1, 2):
            self.studio.live.notifications.refuse_next(refusals)
            self.load(AUDIO, "Reverb")
        self.assertEqual(self.devices(AUDIO), ["Reverb", "Reverb"])
        self.assertEqual(self.song.view.selected_track, self.song.tracks[0])

    def test_a_second_device_waits_for_the_first(self):
        other = self.studio.connect()
        with self.landing(lambda item: item, turns=10):
            self.client.say({"action": "load_device_from_browser", "track_index": AUDIO, "device_name": "Delay"})
            self.studio.tick()
            other.say({"action": "add_device", "track_index": AUDIO, "device_name": "Reverb"})
            self.assertEqual(self.client.answer()["device_name"], "Delay")
            self.assertEqual(other.answer()["device_name"], "Reverb")
        self.assertEqual(self.devices(AUDIO), ["Delay", "Reverb"])

    def test_another_clients_device_is_not_mistaken(self):
        folders = self.studio.live.application_model.browser.item("audio_effects").children
        reverb = next(item for folder in folders for item in folder.children if item.name == "Reverb")
        with self.landing(lambda item: reverb):
            answer = self.client.ask("load_device_from_browser", track_index=AUDIO, device_name="Delay")
        self.assertEqual(answer["code"], "live_error", answer)
        self.assertIn("Delay did not arrive", answer["error"])
        self.assertIn("Reverb did", answer["error"])

    def landing(self, chosen, turns=1):
        """Another item is loaded instead, or Live takes longer."""
        live = self.studio.live

        def load_item(browser, item):
            after(turns, lambda: browser_loading.land(browser, chosen(item).entry))

        def after(count, happens):
            live.loop.later(happens if count == 1 else lambda: after(count - 1, happens))

        return unittest.mock.patch.object(type(live.application_model.browser), "load_item", command(load_item))

    def test_loading_is_one_step_of_the_undo_history(self):
        self.load(AUDIO, "Reverb")
        self.song.undo()
        self.assertEqual(self.devices(AUDIO), [])


class LoadingInLive11(Loading):
    version = "11"


class Adding(BrowserCase):
    def add(self, track_index, name):
        return self.done("add_device", track_index=track_index, device_name=name)

    def test_devices_of_live_are_added(self):
        for name in ("Operator", "Reverb", "Max Audio Effect", "Pitch"):
            self.add(MIDI, name)
        self.assertEqual(self.devices(MIDI), ["Pitch", "Operator", "Reverb", "Max Audio Effect"])

    def test_plug_ins_and_presets_are_not(self):
        self.add(MIDI, "Operator")
        for name in ("Sample Synth", "Sample Echo", "Operator 003", "Max Instrument 001"):
            self.refused("add_device", "load_device_from_browser", track_index=MIDI, device_name=name)
        self.assertEqual(self.devices(MIDI), ["Operator"])

    def test_refusals_are_those_of_loading(self):
        self.refused("add_device", "MIDI track", track_index=AUDIO, device_name="Operator")
        self.refused("add_device", "Flux", track_index=AUDIO, device_name="Flux")
        self.add(MIDI, "Operator")
        self.refused("add_device", "instrument already", track_index=MIDI, device_name="Analog")

    def test_a_deferred_change_is_made_once_next_tick(self):
        self.studio.live.notifications.refuse_next(1)
        self.add(AUDIO, "Reverb")
        self.assertEqual(self.devices(AUDIO), ["Reverb"])


class AddingInLive11(Adding):
    version = "11"


class InsertionIn12(BrowserCase):
    def test_live_12_inserts_built_in_devices_directly(self):
        self.studio.live.application_model.browser.load_item = None  # would fail
        self.done("add_device", track_index=AUDIO, device_name="Reverb")
        self.assertEqual(self.devices(AUDIO), ["Reverb"])

    def test_a_second_instrument_is_refused(self):
        self.load(MIDI, "Operator")
        with unittest.mock.patch.object(type(self.studio.live.set.tracks[MIDI]), "insert_device", None):  # would fail
            self.refused("add_device", "instrument already", track_index=MIDI, device_name="Analog")
            self.done("add_device", track_index=MIDI, device_name="Reverb")
        self.assertEqual(self.devices(MIDI), ["Operator", "Reverb"])
