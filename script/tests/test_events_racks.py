"""Events of devices inside racks, which their paths name."""

import unittest

from tests.device_events_cases import RACKS
from tests.events_case import EventsCase, topic


class InRacks(EventsCase):
    """Topics of devices inside racks, by their path."""

    def test_a_parameter_in_a_rack_is_followed(self):
        for word, place, track, action in RACKS:
            with self.subTest(word):
                self.open()
                place = dict(place, device_path=[place["device_index"], 0, 0])
                own = topic(word + "device_parameter", param_index=0, **place)
                self.assertEqual(self.follow(own), [1.0])
                rack = track(self.song).devices[place["device_index"]]
                rack.chains[0].devices[0].parameters[0].value = 0
                (line,) = self.lines()
                shown = {name: value for name, value in line.items() if name.endswith(("_index", "_path"))}
                expected = dict(place, param_index=0)
                del expected["device_index"]
                self.assertEqual((line["value"], shown), (0.0, expected))
                rack.chains[0].delete_device(0)
                self.assertEqual(self.values(ticks=4), [None])
                self.unsubscribe(own)
                self.assertEqual(self.listeners(), {})

    def test_a_path_of_one_is_the_index(self):
        one = topic("device_parameter", track_index=2, device_path=[0], param_index=0)
        other = topic("device_parameter", track_index=2, device_index=0, param_index=0)
        self.assertEqual(self.subscribe(one, other), 1)
        (line,) = self.lines()
        self.assertEqual((line["device_index"], "device_path" in line), (0, False))

    def test_what_leads_nowhere_is_null(self):
        for path in ([0, 0, 1], [0, 7, 0], [0, 0, 0, 0, 0], [7, 0, 0]):
            self.open()
            at = {"track_index": 2, "device_path": path}
            self.assertEqual(self.follow(topic("device_parameter", param_index=0, **at)), [None], path)
            self.assertEqual(self.follow(topic("rack_chains", **at)), [None], path)


class InRacksInLive11(InRacks):
    version = "11"


if __name__ == "__main__":
    unittest.main()
