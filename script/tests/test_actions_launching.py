"""Actions that press buttons of slots and scenes, and copies of clips: what is refused, and what an empty slot does."""

import unittest

from tests.actions_case import ActionsCase


class Launching(ActionsCase):
    def test_an_empty_slot_stops_the_track(self):
        self.slot(0, 0).fire()
        self.studio.live.run(1)
        self.done("fire_slot", track_index=0, clip_index=2)
        self.studio.live.run(3)
        self.assertFalse(self.slot(0, 0).is_playing)

    def test_an_armed_tracks_empty_slot_records_nothing(self):
        self.song.tracks[0].arm = True
        self.refused("fire_slot", "would record", track_index=0, clip_index=2)

    def test_an_armed_tracks_empty_slot_records_on_request(self):
        self.song.tracks[0].arm = True
        self.done("fire_slot_or_record", track_index=0, clip_index=2)
        self.studio.live.run(3)
        self.assertTrue(self.slot(0, 2).has_clip)
        self.assertTrue(self.slot(0, 2).is_recording)

    def test_a_copy_replaces_nothing(self):
        place = {"track_index": 0, "clip_index": 0, "target_track_index": 1}
        self.refused("copy_clip", "has a clip already", target_clip_index=1, **place)
        self.done("copy_clip", target_clip_index=0, **place)
        self.assertEqual(self.slot(1, 0).clip.length, 8.0)

    def test_a_track_is_created_where_it_is_wanted(self):
        self.assertEqual(self.done("create_midi_track", name="Keys", index=1)["track_index"], 1)
        self.assertEqual([track.name for track in self.song.tracks], ["Drums", "Keys", "Bass", "Vocals"])
        self.assertEqual(self.done("create_scene", index=0)["scene_index"], 0)
        self.refused("create_audio_track", "the set has 4 tracks", index=9)


class LaunchingInLive11(Launching):
    version = "11"


if __name__ == "__main__":
    unittest.main()
