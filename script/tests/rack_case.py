"""Test base for simulated racks: a track with devices, and a recorder of notifications."""

import unittest

from livesim import SetPlan, SimulatedLive


def named(device, name):
    return next(parameter for parameter in device.parameters if parameter.name == name)


class RackCase(unittest.TestCase):
    version = "12"

    def song_with(self, *devices, **plan):
        self.live = SimulatedLive(version=self.version, plan=SetPlan.of(midi=1, devices={0: devices}, **plan))
        self.song = self.live.song
        self.notified = []
        return self.song.tracks[0].devices

    def listen(self, subject, *members):
        for member in members:
            getattr(subject, "add_%s_listener" % member)(lambda member=member: self.notified.append(member))
