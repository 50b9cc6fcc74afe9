"""Actions on racks: chains, nested devices, and chains' mute and solo buttons."""

from livesim import SetPlan
from livesim.device_plan import ChainPlan, RackPlan
from livesim.model.track import AUDIO, MIDI
from tests.actions_case import ActionsCase

LAYERS = {"track_index": 0, "device_index": 0}
DRUMS = {"track_index": 1, "device_index": 0}
ONION = {"track_index": 2, "device_index": 0}
HOLLOW = {"track_index": 2, "device_index": 1}
NO_RACK = {"track_index": 2, "device_index": 2}
ONION_RACKS = 6


def onion(racks):
    inside = (onion(racks - 1),) if racks > 1 else ("Reverb",)
    return RackPlan("Audio Effect Rack", chains=(ChainPlan(inside),))


class Racks(ActionsCase):
    plan = SetPlan(
        tracks=(("Keys", MIDI), ("Drums", MIDI), ("Vocals", AUDIO)),
        scenes=1,
        devices={
            0: (RackPlan(chains=(ChainPlan(("Operator", "Reverb"), "Bright"), ChainPlan((), "Nothing"))),),
            1: (RackPlan("Drum Rack", chains=(ChainPlan(("Simpler",), "Kick", 36), ChainPlan((), "Snare", 38))),),
            2: (onion(ONION_RACKS), "Audio Effect Rack", "Reverb"),
        },
    )

    def rack(self, target):
        return self.song.tracks[target["track_index"]].devices[target["device_index"]]

    def snapshot(self):
        chains = [chain for target in (LAYERS, DRUMS) for chain in self.rack(target).chains]
        return super().snapshot(), [(chain.mute, chain.solo) for chain in chains]

    def test_chains_are_listed(self):
        bright, nothing = self.done("get_device_chains", **LAYERS)["chains"]
        self.assertEqual(
            bright,
            {"index": 0, "name": "Bright", "mute": False, "solo": False, "muted_via_solo": False, "num_devices": 2},
        )
        self.assertEqual((nothing["index"], nothing["name"], nothing["num_devices"]), (1, "Nothing", 0))
        drums = self.done("get_device_chains", **DRUMS)["chains"]
        self.assertEqual([chain["name"] for chain in drums], ["Kick", "Snare"])
        self.assertEqual(self.done("get_device_chains", **HOLLOW)["chains"], [])

    def test_chain_devices_are_listed_like_track_devices(self):
        operator, reverb = self.done("get_chain_devices", chain_index=0, **LAYERS)["devices"]
        self.assertEqual((operator["class_name"], operator["index"], reverb["index"]), ("Operator", 0, 1))
        self.assertEqual(set(operator), set(self.done("get_track_devices", track_index=0)["devices"][0]))
        self.assertEqual(self.done("get_chain_devices", chain_index=1, **LAYERS)["devices"], [])

    def test_a_disabled_rack_makes_its_devices_inactive(self):
        self.assertFalse(self.done("set_device_on_off", enabled=False, **LAYERS)["is_active"])
        operator = self.done("get_chain_devices", chain_index=0, **LAYERS)["devices"][0]
        self.assertEqual((operator["is_on"], operator["is_active"]), (True, False))

    def test_chains_are_muted_and_soloed_alone(self):
        for action, parameter in (("set_chain_mute", "mute"), ("set_chain_solo", "solo")):
            for target in (LAYERS, DRUMS):
                answer = self.done(action, chain_index=1, **target)
                self.assertEqual((answer["chain_index"], answer[parameter]), (1, True))
                self.assertEqual([getattr(chain, parameter) for chain in self.rack(target).chains], [False, True])
                self.assertFalse(self.done(action, chain_index=1, **dict(target, **{parameter: False}))[parameter])
                self.assertEqual([getattr(chain, parameter) for chain in self.rack(target).chains], [False, False])

    def test_a_solo_is_seen_on_the_other_chains(self):
        self.done("set_chain_solo", chain_index=0, **LAYERS)
        chains = self.done("get_device_chains", **LAYERS)["chains"]
        self.assertEqual([(chain["solo"], chain["muted_via_solo"]) for chain in chains], [(True, False), (False, True)])

    def test_contents_are_the_chains_with_their_devices(self):
        bright, nothing = self.done("get_rack_contents", **LAYERS)["chains"]
        self.assertEqual([device["name"] for device in bright["devices"]], ["Operator", "Reverb"])
        self.assertEqual((bright["name"], bright["num_devices"], nothing["devices"]), ("Bright", 2, []))
        self.assertNotIn("chains", bright["devices"][0])
        self.assertEqual(self.done("get_rack_contents", **HOLLOW)["chains"], [])

    def test_contents_are_listed_four_racks_deep(self):
        chains = self.done("get_rack_contents", **ONION)["chains"]
        for _rack in range(3):
            (device,) = chains[0]["devices"]
            chains = device["chains"]
        (deepest,) = chains[0]["devices"]
        self.assertEqual((deepest["class_name"], deepest["num_chains"]), ("AudioEffectGroupDevice", 1))
        self.assertNotIn("chains", deepest)

    def test_only_racks_have_chains(self):
        self.refused("get_device_chains", "device 2 of track 2 (Reverb) is not a rack", **NO_RACK)
        self.refused("get_rack_contents", "is not a rack", **NO_RACK)
        for action in ("get_chain_devices", "set_chain_mute", "set_chain_solo"):
            self.refused(action, "is not a rack", chain_index=0, **NO_RACK)

    def test_a_chain_that_does_not_exist_is_refused(self):
        for action in ("get_chain_devices", "set_chain_mute", "set_chain_solo"):
            self.refused(action, "chain_index 2", "Instrument Rack has chains 0 to 1", chain_index=2, **LAYERS)
            self.refused(action, "Audio Effect Rack has no chains", chain_index=0, **HOLLOW)


class InLive11(Racks):
    version = "11"
