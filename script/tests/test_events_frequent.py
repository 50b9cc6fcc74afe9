"""Events while the set plays: positions, notes, meters."""

import unittest
from unittest import mock

from LiveGate.events import Event
from tests.events_case import EventsCase, topic
from tests.frequent_events_cases import CLIP


class Playing(EventsCase):
    """What changes while the set plays."""

    def test_positions_follow_the_playing_set(self):
        self.assertEqual(self.follow(topic("beat"), topic("song_position")), [0, 0.0])
        self.follow(topic("playing_position", **CLIP))
        self.song.tracks[0].clip_slots[0].fire()
        lines = self.lines(ticks=120)
        beats = [line["value"] for line in lines if line["event"] == "beat"]
        self.assertEqual(beats, list(range(beats[0], beats[-1] + 1)))
        self.assertGreaterEqual(len(beats), 3)
        for name in ("playing_position", "song_position"):
            positions = [line["value"] for line in lines if line["event"] == name]
            self.assertTrue(positions and all(value * 16 == int(value * 16) for value in positions), positions)
        self.assertNotIn(True, [line.get("in_live") for line in lines])

    def test_changed_notes_are_announced_without_them(self):
        (first,) = self.follow(topic("clip_notes", **CLIP))
        self.ask("add_notes", track_index=0, scene_index=0, notes=[{"pitch": 60, "start": 0, "duration": 1}])
        (second,) = self.values(ticks=4)
        self.assertGreater(second, first)
        self.assertEqual(self.values(ticks=4), [])
        self.assertEqual(self.follow(topic("clip_notes", track_index=0, clip_index=2)), [None])

    def test_meters_of_returns_and_master_follow(self):
        self.follow(topic("master_meters"), topic("return_meters", return_index=0))
        notes = [{"pitch": 60, "start": start, "duration": 0.5} for start in range(4)]
        self.ask("add_notes", track_index=0, scene_index=0, notes=notes)
        self.song.tracks[0].mixer_device.sends[0].value = 1.0
        self.song.tracks[0].clip_slots[0].fire()
        lines = self.lines(ticks=120)
        for name in ("master_meters", "return_meters"):
            levels = [line["value"] for line in lines if line["event"] == name]
            self.assertTrue(any(level > 0.0 for sides in levels for level in sides), name)
            self.assertTrue(all(len(sides) == 2 for sides in levels), name)

    def test_meters_send_at_most_twenty_values_a_second(self):
        reads = []
        with mock.patch.object(Event, "find", _counting(reads)):
            self.follow(topic("meters", track_index=0))
            for _ in range(60):
                self.studio.bridge._subscriptions._make_due(next(iter(self.studio.bridge._subscriptions._topics.values())))
                self.studio.tick()
        self.assertGreaterEqual(len(reads), 15)
        self.assertLessEqual(len(reads), 60 * 0.017 / 0.05 + 2)


def _counting(reads):
    def find(event, topic, path):
        topic.read = lambda: reads.append(1) or [0.0]
        path.notice(path.song, "tempo")
        yield

    return find


if __name__ == "__main__":
    unittest.main()
