"""Test base for device actions: a set with devices of every kind, and a check that nothing else changes."""

from unittest import mock

from livesim import SetPlan
from livesim.device_plan import ChainPlan, MaxPlan, PluginPlan, RackPlan
from livesim.model.device import AUDIO_EFFECT
from livesim.model.parameter import DeviceParameter
from livesim.model.track import AUDIO, MIDI
from tests.actions_case import ActionsCase

REVERB = {"track_index": 0, "device_index": 1}
SIMPLER = {"track_index": 0, "device_index": 0}
LAYERS = {"track_index": 0, "device_index": 2}
PLUGIN = {"track_index": 1, "device_index": 0}
TWINS = {"track_index": 1, "device_index": 1}
EQ = {"device_index": 0}
DENSITY, MIX, VOLUME = 8, 11, 8


class DevicesCase(ActionsCase):
    plan = SetPlan(
        tracks=(("Keys", MIDI), ("Vocals", AUDIO), ("Empty", AUDIO)),
        scenes=1,
        devices={
            0: ("Simpler", "Reverb", RackPlan("Audio Effect Rack", chains=(ChainPlan(("Reverb",), "Wide"),))),
            1: (
                PluginPlan("Chorale", AUDIO_EFFECT, ("Mix", "mix", "Size"), ("Small", "Large")),
                MaxPlan("Twins", parameters=("Gain", "Gain")),
            ),
            "master": ("EQ Three",),
        },
    )

    def device(self, track_index, device_index):
        return self.song.tracks[track_index].devices[device_index]

    def values(self, track_index, device_index):
        return [parameter.value for parameter in self.device(track_index, device_index).parameters]

    def snapshot(self):
        tracks = [*self.song.tracks, self.song.master_track]
        devices = [device for track in tracks for device in track.devices]
        return super().snapshot(), [
            (device.name, device.view.is_collapsed, [parameter.value for parameter in device.parameters])
            for device in devices
        ]

    def disabled(self, *names):
        """Disables the parameters of these names, as if a macro controlled them."""
        return mock.patch.object(DeviceParameter, "is_enabled", property(lambda own: own.name not in names))
