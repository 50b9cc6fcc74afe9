"""The items of lists that the original script answers, with the fields and types that its clients read."""

import unittest

from LiveGate.actions import ACTIONS
from livesim import set_file
from tests.studio import Studio
from tests.test_original_clients import FORK, TABLE

DRUMS, KEYS, VOCALS = 0, 2, 3
NUMBER = (int, float)
DEVICE = {"index": int, "name": str, "class_name": str, "type": int, "is_active": bool, "num_parameters": int}
NOTE = {
    "pitch": int,
    "start": NUMBER,
    "start_time": NUMBER,
    "duration": NUMBER,
    "velocity": NUMBER,
    "mute": bool,
    "muted": bool,
}
RANGE = {"name": str, "min": NUMBER, "max": NUMBER, "is_quantized": bool}
PARAMETER = dict(RANGE, index=int, value=NUMBER, is_enabled=bool)
SHOWN = dict(RANGE, raw_value=NUMBER, display_value=str, value_items=list)
CLIP = {"index": int, "name": str, "start_time": NUMBER, "end_time": NUMBER, "length": NUMBER}
# The parameters, the list, and the fields of its items; None: the items are texts.
ITEMS = {
    "get_clip_notes": ({"track_index": DRUMS, "clip_index": 0}, "notes", NOTE),
    "get_notes_extended": ({"track_index": DRUMS, "clip_index": 0}, "notes", dict(NOTE, note_id=int)),
    "get_track_devices": ({"track_index": VOCALS}, "devices", DEVICE),
    "get_master_devices": ({}, "devices", DEVICE),
    "get_chain_devices": ({"track_index": KEYS, "device_index": 0, "chain_index": 0}, "devices", DEVICE),
    "get_device_chains": (
        {"track_index": KEYS, "device_index": 0},
        "chains",
        {"index": int, "name": str, "mute": bool, "solo": bool, "num_devices": int},
    ),
    "get_device_parameters": ({"track_index": VOCALS, "device_index": 1}, "parameters", PARAMETER),
    "get_all_param_display_values": (
        {"track_index": VOCALS, "device_index": 1},
        "parameters",
        {"index": int, "name": str, "raw_value": NUMBER, "display_value": str},
    ),
    "get_track_sends": ({"track_index": VOCALS}, "sends", {"index": int, "name": str, "value": NUMBER}),
    "get_track_available_input_routing_types": ({"track_index": VOCALS}, "routing_types", None),
    "get_track_available_output_routing_types": ({"track_index": VOCALS}, "routing_types", None),
    "browse_devices": ({}, "device_types", None),
    "get_browser_items": ({}, "available_categories", None),
    "get_locators": ({}, "locators", {"index": int, "name": str, "time": NUMBER}),
    "get_warp_markers": (
        {"track_index": VOCALS, "clip_index": 1},
        "markers",
        {"beat_time": NUMBER, "sample_time": NUMBER},
    ),
    "get_groove_pool_grooves": (
        {},
        "grooves",
        {"index": int, "name": str, "timing_amount": NUMBER, "random_amount": NUMBER, "velocity_amount": NUMBER},
    ),
    "get_arrangement_clips": ({"track_index": VOCALS}, "clips", CLIP),
    "get_take_lanes": ({"track_index": VOCALS}, "take_lanes", {"index": int, "name": str}),
    "get_clips_in_take_lane": ({"track_index": VOCALS, "lane_index": 0}, "clips", dict(CLIP, is_midi=bool)),
}
# The same of what a later fork added; a list of lists holds the fields of the inner items.
FORK_DEVICE = {"index": int, "name": str, "class_name": str, "is_active": bool, "parameters": [dict(SHOWN, index=int)]}
FORK_ITEMS = {
    "get_master_device_params": ({"device_index": 0}, "parameters", dict(SHOWN, index=int)),
    "get_track_device_params": ({"track_index": VOCALS, "device_index": 1}, "parameters", dict(SHOWN, index=int)),
    "get_master_chain_summary": ({}, "devices", FORK_DEVICE),
    "get_track_chain_summary": ({"track_index": VOCALS}, "devices", FORK_DEVICE),
    "get_rack_contents": (
        {"track_index": KEYS, "device_index": 0},
        "chains",
        {
            "chain_index": int,
            "chain_name": str,
            "devices": [
                {"device_index": int, "name": str, "class_name": str, "is_active": bool, "parameters": [SHOWN]}
            ],
        },
    ),
}
# Their lists need devices made in Max: ALSO in test_original_clients.py, and test_actions_devices_racks.py.
ELSEWHERE = {"get_m4l_devices", "get_cv_tools_devices"}


class Items(unittest.TestCase):
    def test_every_list_of_the_original_is_here(self):
        lists = {
            name
            for name, fields in TABLE.items()
            for result in ACTIONS[name].entry()["result"]
            if result["type"] == "array" and result["name"] in fields["result"]
        }
        self.assertEqual(lists, set(ITEMS) | ELSEWHERE)

    def test_items_have_the_fields_that_clients_read(self):
        studio = Studio("12", set_file.read("showcase", "12"))
        self.addCleanup(studio.close)
        client = studio.connect()
        for name, (params, listed, fields) in dict(ITEMS, **FORK_ITEMS).items():
            with self.subTest(name):
                answer = client.ask(name, **params)
                self.assertTrue(answer["ok"], answer)
                self.check_items(answer[listed], fields)

    def check_items(self, items, fields):
        self.assertTrue(items, "an empty list shows nothing")
        for item in items:
            self.assertIsInstance(item, dict if fields else str)
            for field, kind in (fields or {}).items():
                if type(kind) is list:
                    self.check_items(item[field], *kind)
                    continue
                self.assertIsInstance(item[field], kind, field)
                self.assertIs(type(item[field]) is bool, kind is bool, field)

    def test_every_list_of_the_fork_is_here(self):
        lists = {
            name
            for name, fields in FORK.items()
            for result in ACTIONS[name].entry()["result"]
            if result["type"] == "array" and result["name"] in fields["result"]
        }
        # value_items is a list of texts.
        self.assertEqual(lists - {"get_master_device_param_info"}, set(FORK_ITEMS))
