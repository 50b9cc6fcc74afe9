"""Tracks in the simulated Live: groups and their slots, and deletion."""

import unittest

from livesim import SetPlan, SimulatedLive
from livesim.model.track import AUDIO, GROUP, MIDI

# A group with another group in it, and a track after them.
NESTED = SetPlan(
    tracks=(("Band", GROUP), ("Kit", GROUP), ("Kick", MIDI), ("Snare", MIDI), ("Choir", AUDIO), ("Bass", MIDI)),
    groups={0: (1, 4), 1: (2, 3)},
    scenes=2,
    clips={(2, 0): 4.0, (3, 1): 4.0, (5, 0): 4.0},
)
BAND, KIT, KICK, SNARE, CHOIR, BASS = range(6)


class TracksCase(unittest.TestCase):
    version = "12"
    plan = NESTED

    def setUp(self):
        self.live = SimulatedLive(version=self.version, plan=self.plan)
        self.song = self.live.song

    def names(self):
        return [track.name for track in self.song.tracks]

    def notified(self, subject, member):
        """Records the notifications of that member from now on."""
        calls = []
        getattr(subject, "add_%s_listener" % member)(lambda: calls.append(member))
        return calls


class Groups(TracksCase):
    def test_each_track_knows_its_group(self):
        tracks = self.song.tracks
        groups = [track.group_track and track.group_track.name for track in tracks]
        self.assertEqual(groups, [None, "Band", "Kit", "Kit", "Band", None])
        self.assertEqual([track.is_grouped for track in tracks], [False, True, True, True, True, False])
        self.assertEqual([track.is_foldable for track in tracks], [True, True, False, False, False, False])

    def test_folding_hides_all_that_is_in_the_group(self):
        tracks = self.song.tracks
        calls = self.notified(self.song, "visible_tracks")
        tracks[KIT].fold_state = True
        self.assertEqual([track.name for track in self.song.visible_tracks], ["Band", "Kit", "Choir", "Bass"])
        tracks[BAND].fold_state = True
        self.assertEqual([track.name for track in self.song.visible_tracks], ["Band", "Bass"])
        self.assertEqual([tracks[index].is_visible for index in (KICK, KIT, BAND)], [False, False, True])
        tracks[BAND].fold_state = False
        self.assertFalse(tracks[KICK].is_visible)
        self.assertEqual((len(calls), tracks[KIT].fold_state), (3, True))

    def test_only_a_group_can_be_folded(self):
        for use in (lambda track: track.fold_state, lambda track: setattr(track, "fold_state", True)):
            with self.assertRaises(RuntimeError):
                use(self.song.tracks[BASS])

    def test_a_group_cannot_be_armed_monitored_or_frozen(self):
        group = self.song.tracks[BAND]
        self.assertEqual((group.can_be_armed, group.can_be_frozen), (False, False))
        for use in (
            lambda: group.arm,
            lambda: setattr(group, "arm", True),
            lambda: setattr(group, "implicit_arm", True),
            lambda: group.current_monitoring_state,
        ):
            with self.assertRaises(RuntimeError):
                use()

    def test_deleting_a_group_deletes_its_tracks(self):
        kick = self.song.tracks[KICK]
        self.song.delete_track(KIT)
        self.assertEqual(self.names(), ["Band", "Choir", "Bass"])
        self.assertTrue(kick == None)  # noqa: E711
        self.song.undo()
        self.assertEqual(self.names(), ["Band", "Kit", "Kick", "Snare", "Choir", "Bass"])
        self.assertEqual(self.song.tracks[KICK].group_track, self.song.tracks[KIT])

    def test_deleting_its_last_track_deletes_a_group(self):
        self.song.delete_track(CHOIR)
        self.song.delete_track(KICK)
        self.assertEqual(self.names(), ["Band", "Kit", "Snare", "Bass"])
        self.song.delete_track(2)
        self.assertEqual(self.names(), ["Bass"])

    def test_the_last_track_cannot_be_deleted(self):
        self.song.delete_track(BASS)
        with self.assertRaises(RuntimeError):
            self.song.delete_track(BAND)
        self.assertEqual(len(self.song.tracks), 5)

    def test_a_new_track_joins_the_surrounding_group(self):
        self.song.create_midi_track(SNARE)
        self.assertEqual(self.song.tracks[SNARE].group_track, self.song.tracks[KIT])
        self.song.create_audio_track(6)
        self.assertEqual((self.names()[6], self.song.tracks[6].group_track), ("7-Audio", None))
        self.song.view.selected_track = self.song.tracks[KIT]
        self.song.create_midi_track()
        self.assertEqual(self.song.tracks[5].group_track, self.song.tracks[BAND])

    def test_a_groups_stop_button_stops_its_tracks(self):
        self.song.tracks[KICK].clip_slots[0].fire()
        self.song.tracks[BASS].clip_slots[0].fire()
        self.live.run(0.1)
        self.song.tracks[BAND].stop_all_clips(False)
        self.assertEqual([self.song.tracks[index].playing_slot_index for index in (KICK, BASS)], [-1, 0])

    def test_solo_keeps_group_and_track_audible(self):
        tracks = self.song.tracks
        for soloed, muted in ((KIT, [CHOIR, BASS]), (KICK, [SNARE, CHOIR, BASS])):
            tracks[soloed].solo = True
            self.assertEqual([index for index, track in enumerate(tracks) if track.muted_via_solo], muted)
            tracks[soloed].solo = False

    def test_invalid_group_plans_are_refused(self):
        tracks = (("Kit", GROUP), ("Kick", MIDI), ("Bass", MIDI))
        for groups in ({0: (2,)}, {}, {1: (2,)}):
            with self.assertRaises(ValueError):
                SimulatedLive(plan=SetPlan(tracks=tracks, groups=groups))


class GroupSlots(TracksCase):
    def setUp(self):
        super().setUp()
        self.slots = self.song.tracks[BAND].clip_slots

    def test_they_stand_for_the_clips_of_their_row(self):
        self.assertEqual([slot.is_group_slot for slot in self.slots], [True, True])
        self.assertEqual([slot.controls_other_clips for slot in self.slots], [True, True])
        self.song.tracks[KICK].clip_slots[0].delete_clip()
        self.assertEqual([slot.controls_other_clips for slot in self.slots], [False, True])
        clip = self.song.tracks[SNARE].clip_slots[1].clip
        self.assertEqual(
            [(slot.color_index, slot.color) for slot in self.slots], [(None, None), (clip.color_index, clip.color)]
        )

    def test_they_hold_no_clips(self):
        self.assertFalse(self.slots[0].has_clip)
        with self.assertRaises(RuntimeError):
            self.slots[0].create_clip(4.0)

    def test_firing_a_group_slot_launches_its_row(self):
        self.song.tracks[SNARE].clip_slots[1].fire()
        self.live.run(0.1)
        calls = self.notified(self.slots[0], "playing_status")
        self.slots[0].fire()
        self.assertTrue(self.slots[0].is_triggered)
        self.assertEqual((self.slots[0].playing_status, self.slots[1].playing_status), (0, 1))
        self.live.run(4)
        self.assertEqual((self.slots[0].playing_status, self.slots[1].playing_status), (1, 0))
        self.assertEqual((self.slots[0].is_playing, self.slots[1].is_playing), (True, False))
        self.assertEqual(self.song.tracks[BASS].playing_slot_index, -1)
        self.assertTrue(calls)

    def test_a_scene_fires_grouped_tracks_own_slots(self):
        snare = self.song.tracks[SNARE].clip_slots
        snare[0].has_stop_button = False
        snare[1].fire()
        self.live.run(0.1)
        self.song.scenes[0].fire()
        self.live.run(4)
        self.assertEqual([self.song.tracks[index].playing_slot_index for index in (KICK, SNARE)], [0, 1])


class BackToArranger(TracksCase):
    def test_undo_restores_a_group_with_its_tracks(self):
        tracks = self.song.tracks
        calls = self.notified(tracks[BAND], "back_to_arranger")
        tracks[KICK].clip_slots[0].fire()
        tracks[BASS].clip_slots[0].fire()
        self.live.run(0.1)
        self.assertEqual([track.back_to_arranger for track in tracks], [True, True, True, False, False, True])
        tracks[BAND].back_to_arranger = False
        self.assertEqual([track.back_to_arranger for track in tracks], [False] * 5 + [True])
        self.assertEqual((tracks[KICK].playing_slot_index, tracks[BASS].playing_slot_index), (-1, 0))
        self.assertGreaterEqual(len(calls), 2)


class Deletion(TracksCase):
    def test_deleting_a_playing_track_spares_the_others(self):
        self.song.tracks[KICK].clip_slots[0].fire()
        self.song.tracks[BASS].clip_slots[0].fire()
        self.live.run(0.1)
        self.song.tracks[SNARE].clip_slots[1].fire()
        self.song.tracks[KICK].stop_all_clips()
        self.song.delete_track(KICK)
        self.song.delete_track(2)
        self.live.run(4)
        self.assertEqual(self.names(), ["Band", "Choir", "Bass"])
        self.assertEqual((self.song.tracks[2].playing_slot_index, self.song.is_playing), (0, True))

    def test_deleting_a_track_cancels_its_recording(self):
        track = self.song.tracks[BASS]
        self.song.start_playing()
        self.live.run(0.1)
        track.arm = True
        track.clip_slots[1].fire()
        self.song.delete_track(BASS)
        self.live.run(4)
        self.song.undo()
        self.assertEqual([slot.has_clip for slot in self.song.tracks[BASS].clip_slots], [True, False])

    def test_restored_tracks_are_stopped(self):
        self.song.tracks[KICK].clip_slots[0].fire()
        self.live.run(0.1)
        self.song.delete_track(KICK)
        self.song.undo()
        self.live.run(1)
        self.assertEqual(self.song.tracks[KICK].playing_slot_index, -1)


class GroupsInLive11(Groups):
    version = "11"


class GroupSlotsInLive11(GroupSlots):
    version = "11"


if __name__ == "__main__":
    unittest.main()
