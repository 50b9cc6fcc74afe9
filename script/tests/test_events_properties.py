"""The topics of members that no other topic reports."""

import unittest

from tests.events_case import EventsCase, topic

CLIP = {"track_index": 0, "clip_index": 0}
# The indexes, a member and its initial value, a change made in Live, and the value then.
PROPERTIES = {
    "song_properties": ({}, "punch_in", False, lambda song: setattr(song, "punch_in", True), True),
    "track_properties": (
        {"track_index": 1},
        "current_monitoring_state",
        1,
        lambda song: setattr(song.tracks[1], "current_monitoring_state", 0),
        0,
    ),
    "clip_properties": (
        CLIP,
        "looping",
        True,
        lambda song: setattr(song.tracks[0].clip_slots[0].clip, "looping", False),
        False,
    ),
    "slot_properties": (
        {"track_index": 0, "clip_index": 3},
        "has_clip",
        False,
        lambda song: song.tracks[0].clip_slots[3].create_clip(4.0),
        True,
    ),
    "scene_properties": (
        {"scene_index": 1},
        "name",
        "",
        lambda song: setattr(song.scenes[1], "name", "Verse"),
        "Verse",
    ),
    "device_properties": (
        {"track_index": 0, "device_index": 1},
        "name",
        "Reverb",
        lambda song: setattr(song.tracks[0].devices[1], "name", "Hall"),
        "Hall",
    ),
    "return_device_properties": (
        {"return_index": 1, "device_index": 0},
        "name",
        "Delay",
        lambda song: setattr(song.return_tracks[1].devices[0], "name", "Hall"),
        "Hall",
    ),
    "master_device_properties": (
        {"device_index": 0},
        "name",
        "Limiter",
        lambda song: setattr(song.master_track.devices[0], "name", "Hall"),
        "Hall",
    ),
    "track_level": ({"track_index": 0}, None, 0.0, None, None),
    "return_parameter_text": ({"return_index": 1, "device_index": 0, "param_index": 0}, None, "On", None, None),
    "master_parameter_text": ({"device_index": 0, "param_index": 0}, None, "On", None, None),
    "parameter_text": ({"track_index": 0, "device_index": 1, "param_index": 0}, None, "On", None, None),
}


class Properties(EventsCase):
    def test_each_reports_the_member_that_changed(self):
        for name, (indexes, member, at_first, change, then) in PROPERTIES.items():
            if member is not None:
                with self.subTest(name):
                    self.open()
                    (first,) = self.follow(topic(name, **indexes))
                    self.assertEqual(first[member], at_first)
                    change(self.song)
                    self.assertEqual(self.values(ticks=4)[-1], dict(first, **{member: then}))
                    self.unsubscribe(topic(name, **indexes))
                    self.assertEqual(self.listeners(), {})

    def test_a_missing_object_is_null(self):
        for name, (indexes, *_) in PROPERTIES.items():
            for index in indexes:
                self.assertEqual(self.follow(topic(name, **dict(indexes, **{index: 99}))), [None], (name, index))

    def test_the_level_follows_the_meter(self):
        self.assertEqual(self.follow(topic("track_level", track_index=0)), [0.0])
        self.ask("add_notes", track_index=0, scene_index=0, notes=[{"pitch": 60, "start": 0, "duration": 4}])
        self.song.tracks[0].clip_slots[0].fire()
        self.assertTrue(any(value > 0 for value in self.values(ticks=120)))

    def test_a_parameter_is_reported_as_displayed(self):
        (first,) = self.follow(topic("parameter_text", track_index=0, device_index=1, param_index=0))
        self.song.tracks[0].devices[1].parameters[0].value = 0
        (then,) = self.values(ticks=4)
        self.assertEqual((first, then), ("On", "Off"))

    def test_only_a_racks_variations_are_reported(self):
        rack, other = topic("device_properties", track_index=2, device_index=0), topic(
            "device_properties", track_index=1, device_index=0
        )
        of_rack, of_other = self.follow(rack, other)
        self.assertEqual((of_rack["variation_count"], "variation_count" in of_other), (0, False))


class PropertiesInLive11(Properties):
    version = "11"


if __name__ == "__main__":
    unittest.main()
