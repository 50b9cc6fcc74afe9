"""Devices inside racks, named by their path or by their name: every action that takes device_index, and policy."""

from LiveGate.registry import ACTIONS
from livesim import SetPlan
from livesim.device_plan import ChainPlan, RackPlan
from livesim.model.track import MIDI
from tests.actions_case import ActionsCase
from tests.studio import KEY, Studio
from tests.test_guards import Terms
from tests.test_guards_reach import allow, deny

INNER = RackPlan("Audio Effect Rack", (ChainPlan(("Limiter", "Reverb")),))
OUTER = RackPlan("Audio Effect Rack", (ChainPlan(("EQ Eight",)), ChainPlan(("Compressor", INNER))))
PLAN = SetPlan(
    tracks=(("Drums", MIDI), ("Bass", MIDI)), scenes=2, clips={(0, 0): 4.0}, devices={0: ("Auto Filter", OUTER)}
)
COMPRESSOR, REVERB = [1, 1, 0], [1, 1, 1, 0, 1]


class Places(ActionsCase):
    plan = PLAN

    def inner(self):
        return self.song.tracks[0].devices[1].chains[1].devices[1].chains[0]

    def ask(self, action, **params):
        return self.client.ask(action, track_index=0, **params)

    def test_a_path_leads_to_a_nested_device(self):
        answer = self.ask("get_device_parameters", device_path=COMPRESSOR)
        self.assertEqual((answer["device_name"], answer["device_index"]), ("Compressor", 1), answer)
        self.assertEqual(answer["device_path"], COMPRESSOR)
        answer = self.ask("set_device_on_off", device_path=REVERB, enabled=False)
        self.assertEqual(answer["device_name"], "Reverb", answer)
        self.assertEqual(self.inner().devices[1].parameters[0].value, 0.0)
        self.assertEqual(self.song.tracks[0].devices[1].parameters[0].value, 1.0)

    def test_a_name_leads_to_a_nested_device(self):
        answer = self.ask("set_device_param", device_name="Limiter", param_index=0, value=0)
        self.assertEqual((answer["device_name"], answer["device_path"]), ("Limiter", [1, 1, 1, 0, 0]), answer)
        self.assertEqual(self.inner().devices[0].parameters[0].value, 0.0)

    def test_a_name_of_several_or_none_is_refused(self):
        for name in ("Audio Effect Rack", "Echo"):
            answer = self.ask("get_device_parameters", device_name=name)
            self.assertEqual(answer.get("code"), "live_error", answer)
            self.assertIn("called '%s', or several" % name, answer["error"].replace('"', "'"))

    def test_a_path_that_leads_nowhere_is_refused(self):
        for path in ([0, 0, 0], [1, 2, 0], [1, 0, 1], [1, 1, 1, 0, 2], [7]):
            answer = self.ask("delete_device", device_path=path)
            self.assertEqual(answer.get("code"), "live_error", answer)
        self.assertEqual(len(self.inner().devices), 2)

    def test_only_one_way_to_name_it(self):
        for params, words in (
            ({"device_path": [1, 1]}, "device_path must be a device, then"),
            ({"device_path": []}, "device_path must be a device, then"),
            ({"device_path": REVERB, "device_index": 0}, "device_index must be the first of device_path"),
            ({"device_path": REVERB, "device_name": "Reverb"}, "device_name is another way"),
            ({"device_index": 1, "device_name": "Reverb"}, "device_name is another way"),
            ({}, "device_index is required"),
        ):
            answer = self.ask("get_device_type", **params)
            self.assertEqual(answer.get("code"), "invalid_params", answer)
            self.assertIn(words, answer["error"])
        self.assertTrue(self.ask("get_device_type", device_path=REVERB, device_index=1)["ok"])

    def test_deleting_a_nested_device_leaves_the_rest(self):
        self.assertTrue(self.ask("delete_device", device_path=[1, 1, 1, 0, 0])["ok"])
        self.assertEqual([device.name for device in self.inner().devices], ["Reverb"])
        self.assertEqual(len(self.song.tracks[0].devices), 2)

    def test_another_device_supersedes_no_value(self):
        first, second = (
            ACTIONS["set_device_param"].check(dict(track_index=0, device_path=path, param_index=0, value=0))
            for path in (COMPRESSOR, REVERB)
        )
        self.assertNotEqual(ACTIONS["set_device_param"].target_of(first), ACTIONS["set_device_param"].target_of(second))

    def test_every_action_on_a_device_takes_a_path(self):
        for name, action in ACTIONS.items():
            if action.takes("device_index") and name != "get_snapshot":
                self.assertTrue(action.takes("device_path") and action.takes("device_name"), name)

    def test_an_envelope_follows_a_nested_parameter(self):
        place = {"clip_index": 0, "device_path": COMPRESSOR, "param_index": 1}
        self.assertTrue(self.ask("create_automation_envelope", **place)["ok"])
        parameter = self.song.tracks[0].devices[1].chains[1].devices[0].parameters[1]
        self.assertIsNotNone(self.slot(0, 0).clip.automation_envelope(parameter))


class OnMaster(ActionsCase):
    plan = SetPlan.of(midi=1, devices={"master": (OUTER,)})

    def test_a_path_leads_into_racks_on_the_master(self):
        answer = self.client.ask("set_master_device_param", device_path=[0, 1, 0], param_index=0, value=0)
        self.assertEqual(answer.get("device_name"), "Compressor", answer)
        answer = self.client.ask("get_master_device_params", device_name="Reverb")
        self.assertEqual(answer.get("device_path"), [0, 1, 1, 0, 1], answer)


class OnReturn(Terms):
    def setUp(self):
        plan = SetPlan.of(midi=1, returns=2, devices={"return 1": (OUTER,)})
        self.studio = Studio(plan=plan, key=KEY)
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect_keyed()

    def test_rules_see_devices_on_returns(self):
        names = [track.name for track in self.studio.song.return_tracks]
        line = {"return_index": 1, "device_path": [0, 1, 0], "param_index": 0, "value": 0}
        for guard, code in (
            (deny(device=["Comp*"]), "forbidden"),
            (deny(**{"return": names[1:]}), "forbidden"),
            (allow(**{"return": names[:1]}), "forbidden"),
            (allow(device=["Comp*"]), None),
        ):
            answer = self.client.ask_keyed("set_return_device_param", guard=guard, **line)
            self.assertEqual(answer.get("code"), code, answer)
        self.assertEqual(answer["trail"]["touched"], {"return": names[1:], "device": ["Compressor"]})
        for action in ("get_return_devices", "get_return_track_info"):
            shown = [dict(rule, shown=True) for rule in deny(device=["Comp*"])]
            self.client.ask_keyed(action, guard=shown, return_index=1)
        answer = self.client.ask_keyed("get_return_devices", guard=shown, return_index=1)
        self.assertEqual(answer.get("code"), "forbidden", answer)


class Policy(Terms):
    def setUp(self):
        self.studio = Studio(plan=PLAN, key=KEY)
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect_keyed()
        self.song = self.studio.song

    def code(self, guard, **params):
        params = dict({"track_index": 0, "enabled": False}, **params)
        return self.client.ask_keyed("set_device_on_off", guard=guard, **params).get("code", "ok")

    def test_rules_see_a_nested_device(self):
        for place in ({"device_path": [1, 1, 1, 0, 0]}, {"device_name": "Limiter"}):
            self.assertEqual(self.code(deny(device=["Lim*"]), **place), "forbidden", place)
            self.assertEqual(self.code(deny(track=["Drums"]), **place), "forbidden", place)
            self.assertEqual(self.code(allow(device=["Comp*"]), **place), "forbidden", place)
            self.assertEqual(self.code(allow(device=["Lim*"]), **place), "ok", place)
            self.assertEqual(self.code(allow(device=[1]), **place), "ok", place)
            self.assertEqual(self.code(allow(device=[0]), **place), "forbidden", place)

    def test_a_forbidden_rack_forbids_its_devices(self):
        self.song.tracks[0].devices[1].name = "Mastering"
        self.assertEqual(self.code(deny(device=["Mastering"]), device_path=REVERB), "forbidden")
        self.assertEqual(self.code(deny(device=["Mastering"]), device_name="Reverb"), "forbidden")
        self.assertEqual(self.code(deny(device=["Mastering"]), device_index=0), "ok")

    def test_a_denied_name_need_not_exist(self):
        for name in ("Secret", "Limiter"):
            self.assertEqual(self.code(deny(device=["Secret", "Limiter"]), device_name=name), "forbidden", name)

    def test_an_expectation_is_compared_with_the_nested_device(self):
        line = {"track_index": 0, "device_path": REVERB, "enabled": False}
        wrong = self.client.ask_keyed("set_device_on_off", expect={"device": "Limiter"}, **line)
        self.assertEqual(wrong.get("code"), "precondition_failed", wrong)
        right = self.client.ask_keyed("set_device_on_off", expect={"device": "Reverb"}, **line)
        self.assertTrue(right["ok"], right)
        self.assertEqual(right["trail"]["touched"]["device"], ["Reverb"])
        self.assertEqual((right["trail"]["before"], right["trail"]["after"]), ({"enabled": True}, {"enabled": False}))
