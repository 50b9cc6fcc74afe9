"""Copies of tracks in the simulated Live: complete, and independent of the original."""

import unittest

from livesim import LimitationError, Limits, SetPlan, SimulatedLive
from livesim.device_plan import ChainPlan, RackPlan
from livesim.model.track import MIDI
from tests.test_livesim_tracks import BAND, BASS, CHOIR, KICK, KIT, NESTED, TracksCase


class Copies(TracksCase):
    def test_a_copy_follows_its_original_and_is_selected(self):
        self.song.tracks[BASS].color_index = 7
        self.song.tracks[BASS].mixer_device.volume.value = 0.25
        self.song.duplicate_track(BASS)
        self.assertEqual(self.names(), ["Band", "Kit", "Kick", "Snare", "Choir", "Bass", "Bass"])
        copy = self.song.tracks[6]
        self.assertEqual((copy.color_index, copy.mixer_device.volume.value), (7, 0.25))
        self.assertEqual(self.song.view.selected_track, copy)
        self.assertEqual(copy.clip_slots[0].clip.length, 4.0)
        self.assertNotEqual(copy.clip_slots[0].clip, self.song.tracks[BASS].clip_slots[0].clip)

    def test_a_copy_is_a_track_of_its_own(self):
        original = self.song.tracks[BASS]
        original.set_data("key", 1)
        self.song.duplicate_track(BASS)
        copy = self.song.tracks[6]
        copy.name, copy.mixer_device.panning.value, copy.mute = "Sub", 0.5, True
        copy.set_data("key", 2)
        copy.clip_slots[0].delete_clip()
        copy.clip_slots[1].create_clip(2.0)
        self.assertEqual((original.name, original.mixer_device.panning.value, original.mute), ("Bass", 0.0, False))
        self.assertEqual([slot.has_clip for slot in original.clip_slots], [True, False])
        self.assertEqual((original.get_data("key", None), copy.get_data("key", None)), (1, 2))
        self.assertEqual(copy.clip_slots[1].clip.canonical_parent.canonical_parent, copy)

    def test_a_copy_rests_and_is_not_armed(self):
        original = self.song.tracks[BASS]
        original.arm = True
        original.clip_slots[0].fire()
        self.live.run(0.1)
        self.song.duplicate_track(BASS)
        copy = self.song.tracks[6]
        self.assertEqual((copy.arm, copy.playing_slot_index, copy.fired_slot_index), (False, -1, -1))
        self.assertEqual((original.arm, original.playing_slot_index), (True, 0))

    def test_a_group_is_copied_with_its_tracks(self):
        self.song.duplicate_track(KIT)
        self.assertEqual(self.names(), ["Band", "Kit", "Kick", "Snare", "Kit", "Kick", "Snare", "Choir", "Bass"])
        tracks = self.song.tracks
        self.assertEqual((tracks[4].group_track, tracks[5].group_track), (tracks[BAND], tracks[4]))
        self.assertNotEqual(tracks[4], tracks[KIT])

    def test_the_folded_group_around_a_copy_is_unfolded(self):
        self.song.tracks[BAND].fold_state = True
        self.song.duplicate_track(CHOIR)
        self.assertFalse(self.song.tracks[BAND].fold_state)

    def test_copying_is_undone_and_done_again(self):
        self.song.duplicate_track(KIT)
        self.song.undo()
        self.assertEqual(len(self.song.tracks), 6)
        self.song.redo()
        self.assertEqual(len(self.song.tracks), 9)

    def test_invalid_indexes_and_full_editions_are_refused(self):
        for index in (6, -1):
            with self.assertRaises(IndexError):
                self.song.duplicate_track(index)
        song = SimulatedLive(plan=NESTED, limits=Limits(tracks=8)).song
        with self.assertRaises(LimitationError):
            song.duplicate_track(KIT)
        song.duplicate_track(KICK)
        self.assertEqual(len(song.tracks), 7)

    def test_a_copys_automation_targets_its_own_parameter(self):
        original = self.song.tracks[BASS]
        original.clip_slots[0].clip.create_automation_envelope(original.mixer_device.volume)
        self.song.duplicate_track(BASS)
        copy = self.song.tracks[6]
        self.assertIsNotNone(copy.clip_slots[0].clip.automation_envelope(copy.mixer_device.volume))
        self.song.delete_track(6)
        self.assertTrue(original.clip_slots[0].clip.has_envelopes)


class CopiesOfWhatIsOnATrack(TracksCase):
    plan = SetPlan(
        tracks=(("Drums", MIDI), ("Bass", MIDI)),
        devices={0: (RackPlan("Drum Rack", (ChainPlan(("Simpler",), "Kick", note=36),)), "Reverb")},
        clips={(0, 0): 4.0},
        arrangement={0: ((8.0, 4.0),)},
        scenes=1,
    )

    def test_devices_are_copied_with_their_chains_and_values(self):
        original = self.song.tracks[0]
        original.devices[1].parameters[0].value = 0.0
        self.song.duplicate_track(0)
        copy = self.song.tracks[1]
        self.assertEqual([device.name for device in copy.devices], [device.name for device in original.devices])
        self.assertEqual(copy.devices[1].parameters[0].value, 0.0)
        self.assertEqual(copy.devices[0].chains[0].devices[0].canonical_parent.canonical_parent, copy.devices[0])
        copy.devices[1].parameters[0].value = 1.0
        self.assertEqual(original.devices[1].parameters[0].value, 0.0)
        copy.delete_device(1)
        self.assertEqual((len(original.devices), len(copy.devices)), (2, 1))
        self.assertEqual(copy.output_routing_type.display_name, "Main")

    def test_an_envelope_moves_the_device_of_the_copy(self):
        original = self.song.tracks[0]
        original.clip_slots[0].clip.create_automation_envelope(original.devices[1].parameters[1])
        self.song.duplicate_track(0)
        copy = self.song.tracks[1]
        clip = copy.clip_slots[0].clip
        self.assertIsNotNone(clip.automation_envelope(copy.devices[1].parameters[1]))
        self.assertIsNone(clip.automation_envelope(original.devices[1].parameters[1]))

    def test_the_arrangement_is_copied(self):
        self.song.duplicate_track(0)
        original, copy = self.song.tracks[0], self.song.tracks[1]
        self.assertEqual([clip.start_time for clip in copy.arrangement_clips], [8.0])
        copy.delete_clip(copy.arrangement_clips[0])
        self.assertEqual((len(original.arrangement_clips), len(copy.arrangement_clips)), (1, 0))


class CopiesInLive11(Copies):
    version = "11"


if __name__ == "__main__":
    unittest.main()
