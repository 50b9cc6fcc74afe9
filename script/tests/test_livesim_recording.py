"""Recording in the simulated Live: session clips of armed tracks, overdubs, and captured notes."""

import unittest

from livesim import SetPlan, SimulatedLive

A_BEAT_S = 0.5  # at 120 beats per minute
OFF, ON, TRANSITION = 0, 1, 2


class RecordingCase(unittest.TestCase):
    plan = SetPlan.of(midi=2, audio=1, scenes=3, clips={(0, 0): 4.0})

    def setUp(self):
        self.live = SimulatedLive(plan=self.plan)
        self.song = self.live.song
        self.track = self.song.tracks[0]

    def notes(self, slot):
        return [(note.pitch, round(note.start_time, 2)) for note in slot.clip.get_all_notes_extended()]


class IntoTheArrangement(RecordingCase):
    def clips(self, index=0):
        return [(clip.start_time, clip.end_time) for clip in self.song.tracks[index].arrangement_clips]

    def test_an_armed_track_gets_a_recorded_clip(self):
        self.track.arm = True
        self.song.current_song_time = 8.0
        self.live.run(0.1)
        self.song.record_mode = True
        self.live.run(4 * A_BEAT_S)
        self.song.record_mode = False
        self.assertEqual([(8.0, 12.0)], self.clips())
        self.assertEqual([], self.clips(1))
        self.assertTrue(self.song.is_playing)

    def test_stopping_ends_recording_which_is_undoable(self):
        self.track.arm = True
        self.song.record_mode = True
        self.live.run(2 * A_BEAT_S)
        self.song.stop_playing()
        self.assertEqual([(0.0, 2.0)], self.clips())
        self.song.undo()
        self.assertEqual([], self.clips())

    def test_without_armed_tracks_or_playback_nothing_is_recorded(self):
        self.song.record_mode = True
        self.live.run(2 * A_BEAT_S)
        self.song.record_mode = False
        self.track.arm = True
        self.song.record_mode = True
        self.song.record_mode = False
        self.assertEqual([], self.clips())

    def test_audio_tracks_get_audio_clips(self):
        self.song.tracks[2].arm = True
        self.song.record_mode = True
        self.live.run(4 * A_BEAT_S)
        self.song.record_mode = False
        (clip,) = self.song.tracks[2].arrangement_clips
        self.assertEqual([(0.0, 4.0)], self.clips(2))
        self.assertEqual((True, "0001 3-Audio"), (clip.is_audio_clip, clip.name))
        self.assertEqual(88200, clip.sample_length)

    def test_a_loop_records_each_pass_over_the_last(self):
        self.track.arm = True
        self.song.loop, self.song.loop_start, self.song.loop_length = True, 4.0, 4.0
        self.song.current_song_time = 2.0
        self.song.record_mode = True
        self.live.run(9 * A_BEAT_S)
        self.song.record_mode = False
        self.assertEqual([(2.0, 4.0), (4.0, 7.0), (7.0, 8.0)], self.clips())

    def test_a_jump_while_recording_begins_another_clip(self):
        self.track.arm = True
        self.song.record_mode = True
        self.live.run(2 * A_BEAT_S)
        self.song.current_song_time = 16.0
        self.live.run(2 * A_BEAT_S)
        self.song.record_mode = False
        self.assertEqual([(0.0, 2.0), (16.0, 18.0)], self.clips())


class Slots(RecordingCase):
    def setUp(self):
        super().setUp()
        self.track.arm = True
        self.slot = self.track.clip_slots[1]

    def test_firing_an_empty_armed_slot_records(self):
        self.slot.fire()
        self.assertTrue(self.song.is_playing and self.slot.is_triggered and self.slot.will_record_on_start)
        self.assertEqual(TRANSITION, self.song.session_record_status)
        self.live.run(A_BEAT_S)
        self.assertTrue(self.slot.is_recording and self.slot.clip.is_recording and self.slot.is_playing)
        self.assertEqual((ON, 4.0), (self.song.session_record_status, self.slot.clip.length))
        self.live.run(4 * A_BEAT_S)
        self.assertEqual(8.0, self.slot.clip.length)

    def test_firing_again_ends_recording_and_plays(self):
        self.slot.fire()
        self.live.run(5 * A_BEAT_S)
        self.slot.fire()
        self.assertEqual(TRANSITION, self.song.session_record_status)
        self.live.run(4 * A_BEAT_S)
        self.assertFalse(self.slot.is_recording)
        self.assertTrue(self.slot.is_playing)
        self.assertEqual(OFF, self.song.session_record_status)
        self.assertAlmostEqual(8.0, self.slot.clip.length)
        self.assertAlmostEqual(1.0, self.slot.clip.playing_position)

    def test_played_notes_are_in_the_clip(self):
        self.slot.fire()
        self.live.run(A_BEAT_S)
        self.live.play_note(0, 36)
        self.live.run(A_BEAT_S)
        self.live.play_note(0, 38)
        self.assertEqual([(36, 1.0), (38, 2.0)], self.notes(self.slot))

    def test_recording_quantization_moves_the_notes(self):
        import Live

        self.song.midi_recording_quantization = Live.Song.RecordingQuantization.rec_q_quarter
        self.slot.fire()
        self.live.run(1.4 * A_BEAT_S)
        self.live.play_note(0, 36)
        self.assertEqual([(36, 1.0)], self.notes(self.slot))

    def test_another_clip_on_the_track_ends_the_recording(self):
        self.slot.fire()
        self.live.run(A_BEAT_S)
        self.track.clip_slots[0].fire()
        self.live.run(4 * A_BEAT_S)
        self.assertEqual((0, OFF), (self.track.playing_slot_index, self.song.session_record_status))
        self.assertAlmostEqual(4.0, self.slot.clip.length)

    def test_stopping_the_transport_keeps_the_recording(self):
        self.slot.fire()
        self.live.run(3 * A_BEAT_S)
        self.song.stop_playing()
        self.assertFalse(self.slot.is_recording)
        self.assertAlmostEqual(3.0, self.slot.clip.length)

    def test_deleting_the_clip_ends_its_recording(self):
        self.slot.fire()
        self.live.run(A_BEAT_S)
        self.slot.delete_clip()
        self.live.run(A_BEAT_S)
        self.assertEqual((OFF, -1), (self.song.session_record_status, self.track.playing_slot_index))

    def test_a_recording_is_one_step_to_undo(self):
        self.slot.fire()
        self.live.run(A_BEAT_S)
        self.live.play_note(0, 36)
        self.live.run(A_BEAT_S)
        self.song.stop_playing()
        self.song.undo()
        self.assertFalse(self.slot.has_clip)

    def test_the_status_is_listened_to(self):
        notified = []
        self.song.add_session_record_status_listener(lambda: notified.append(int(self.song.session_record_status)))
        self.slot.fire()
        self.live.run(A_BEAT_S)
        self.song.stop_playing()
        self.assertEqual([TRANSITION, ON, OFF], list(dict.fromkeys(notified)))

    def test_an_audio_recording_grows_and_plays(self):
        track = self.song.tracks[2]
        track.arm = True
        track.clip_slots[0].fire()
        self.live.run(5 * A_BEAT_S)
        clip = track.clip_slots[0].clip
        self.assertEqual((True, True, 8.0), (clip.is_recording, clip.is_audio_clip, clip.length))
        clip.fire()
        self.live.run(4 * A_BEAT_S)
        self.assertEqual((False, True, 8.0), (clip.is_recording, clip.is_playing, clip.length))
        self.assertEqual((176400, "0001 3-Audio"), (clip.sample_length, clip.name))

    def test_the_count_in_precedes_recording(self):
        self.live = SimulatedLive(plan=SetPlan.of(midi=1, scenes=1))
        self.live.set.count_in_duration = 1
        song = self.live.song
        song.tracks[0].arm = True
        song.tracks[0].clip_slots[0].fire()
        self.live.run(3 * A_BEAT_S)
        self.assertTrue(song.is_playing and song.is_counting_in)
        self.assertEqual((0.0, False), (song.current_song_time, song.tracks[0].clip_slots[0].has_clip))
        self.live.run(2 * A_BEAT_S)
        self.assertFalse(song.is_counting_in)
        self.assertAlmostEqual(1.0, song.current_song_time)
        self.assertTrue(song.tracks[0].clip_slots[0].is_recording)


class Triggering(RecordingCase):
    def test_armed_tracks_record_into_the_next_empty_slots(self):
        self.track.arm = self.song.tracks[1].arm = True
        self.song.trigger_session_record()
        self.live.run(A_BEAT_S)
        recording = [[slot.is_recording for slot in track.clip_slots] for track in self.song.tracks]
        self.assertEqual([[False, True, False], [True, False, False], [False, False, False]], recording)

    def test_triggering_again_ends_it(self):
        self.track.arm = True
        self.song.trigger_session_record()
        self.live.run(A_BEAT_S)
        self.song.trigger_session_record()
        self.live.run(4 * A_BEAT_S)
        self.assertEqual(OFF, self.song.session_record_status)
        self.assertEqual(4.0, self.track.clip_slots[1].clip.length)

    def test_a_record_length_ends_recording(self):
        self.track.arm = True
        self.song.trigger_session_record(2.0)
        self.live.run(2.5 * A_BEAT_S)
        clip = self.track.clip_slots[1].clip
        self.assertEqual((False, True, 2.0), (clip.is_recording, clip.is_playing, clip.length))
        self.assertAlmostEqual(0.5, clip.playing_position)

    def test_without_armed_tracks_nothing_changes(self):
        self.song.trigger_session_record()
        self.live.run(A_BEAT_S)
        self.assertEqual((False, OFF), (self.song.is_playing, self.song.session_record_status))

    def test_recording_without_empty_slot_adds_a_scene(self):
        self.song.view.selected_scene = self.song.scenes[2]
        self.track.arm = True
        self.track.clip_slots[2].create_clip(4.0)
        self.song.trigger_session_record()
        self.live.run(A_BEAT_S)
        self.assertEqual((4, True), (len(self.song.scenes), self.track.clip_slots[3].is_recording))


class Overdubbing(RecordingCase):
    def test_overdubbed_notes_join_the_playing_clip(self):
        self.track.arm = True
        slot = self.track.clip_slots[0]
        slot.fire()
        self.live.run(A_BEAT_S)
        self.live.play_note(0, 36)
        self.assertEqual([], self.notes(slot))
        self.song.session_record = True
        self.assertTrue(slot.clip.is_overdubbing)
        self.live.run(4 * A_BEAT_S)
        self.live.play_note(0, 38)
        self.assertEqual([(38, 1.0)], self.notes(slot))
        self.song.undo()
        self.assertEqual([], self.notes(slot))

    def test_only_session_record_starts_the_song(self):
        self.song.overdub = True
        self.assertEqual((True, False), (self.song.session_record, self.song.is_playing))
        self.song.session_record = False
        self.assertFalse(self.song.overdub)
        self.song.session_record = True
        self.assertTrue(self.song.is_playing)


class Capturing(RecordingCase):
    def test_captured_notes_become_a_playing_clip(self):
        self.track.arm = True
        self.live.play_note(0, 36)
        self.live.run(A_BEAT_S)
        self.live.play_note(0, 38)
        self.assertTrue(self.song.can_capture_midi)
        self.song.capture_midi()
        slot = self.track.clip_slots[1]
        self.assertEqual(([(36, 0.0), (38, 1.0)], 4.0), (self.notes(slot), slot.clip.length))
        self.assertFalse(self.song.can_capture_midi)
        self.live.run(A_BEAT_S)
        self.assertTrue(slot.is_playing)

    def test_captured_notes_keep_their_bar_position(self):
        self.track.arm = True
        self.song.start_playing()
        self.live.run(6 * A_BEAT_S)
        self.live.play_note(0, 36)
        self.live.run(A_BEAT_S)
        self.song.capture_midi()
        self.assertEqual([(36, 2.0)], self.notes(self.track.clip_slots[1]))

    def test_unmonitored_notes_cannot_be_captured(self):
        self.live.play_note(0, 36)
        self.assertFalse(self.song.can_capture_midi)
        self.song.capture_midi()
        self.assertEqual(1, sum(slot.has_clip for slot in self.track.clip_slots))
        self.track.current_monitoring_state = 0
        self.live.play_note(0, 36)
        self.assertTrue(self.song.can_capture_midi)

    def test_captures_of_all_tracks_share_a_scene(self):
        for track in list(self.song.tracks)[:2]:
            track.arm = True
        self.track.clip_slots[1].create_clip(4.0)
        self.song.tracks[1].clip_slots[2].create_clip(4.0)
        self.live.play_note(0, 36)
        self.live.play_note(1, 48)
        self.song.capture_midi()
        self.assertEqual(4, len(self.song.scenes))
        self.assertEqual([(48, 0.0)], self.notes(self.song.tracks[1].clip_slots[3]))
        self.assertEqual([(36, 0.0)], self.notes(self.track.clip_slots[3]))

    def test_the_visible_arrangement_takes_captured_notes(self):
        self.track.arm = True
        self.song.current_song_time = 6.0
        self.live.play_note(0, 36)
        self.live.run(A_BEAT_S)
        self.live.play_note(0, 38)
        self.live.application.view.show_view("Arranger")
        self.song.capture_midi()
        (clip,) = self.track.arrangement_clips
        self.assertEqual((4.0, 8.0), (clip.start_time, clip.end_time))
        self.assertEqual([2.0, 3.0], [round(note.start_time, 2) for note in clip.get_all_notes_extended()])
        self.assertTrue(self.song.is_playing)
        self.assertFalse(self.song.can_capture_midi)

    def test_a_playing_song_captures_where_it_was_played(self):
        self.track.arm = True
        self.song.start_playing()
        self.live.run(5 * A_BEAT_S)
        self.live.play_note(0, 36)
        self.live.run(2 * A_BEAT_S)
        self.song.capture_midi(2)
        (clip,) = self.track.arrangement_clips
        self.assertEqual((4.0, 8.0), (clip.start_time, clip.end_time))
        self.assertEqual([1.0], [round(note.start_time, 2) for note in clip.get_all_notes_extended()])

    def test_can_capture_listeners_are_notified(self):
        notified = []
        self.song.add_can_capture_midi_listener(lambda: notified.append(self.song.can_capture_midi))
        self.track.arm = True
        self.live.play_note(0, 36)
        self.song.capture_midi()
        self.assertEqual([True, False], notified)


class BackToTheArrangement(RecordingCase):
    def test_a_session_clip_overrides_the_arrangement(self):
        notified = []
        self.song.add_back_to_arranger_listener(lambda: notified.append(self.song.back_to_arranger))
        self.track.clip_slots[0].fire()
        self.assertFalse(self.song.back_to_arranger)
        self.live.run(A_BEAT_S)
        self.assertTrue(self.song.back_to_arranger and self.track.back_to_arranger)
        self.assertFalse(self.song.tracks[1].back_to_arranger)
        self.track.stop_all_clips(False)
        self.assertTrue(self.song.back_to_arranger)
        self.track.clip_slots[0].fire()
        self.live.run(4 * A_BEAT_S)
        self.song.back_to_arranger = False
        self.assertEqual((False, -1), (self.song.back_to_arranger, self.track.playing_slot_index))
        self.assertEqual([True, False], notified)

    def test_only_live_switches_the_button_on(self):
        self.song.back_to_arranger = True
        self.assertFalse(self.song.back_to_arranger)


class Automation(RecordingCase):
    def test_overridden_automation_is_enabled_again(self):
        notified = []
        self.song.add_re_enable_automation_enabled_listener(
            lambda: notified.append(self.song.re_enable_automation_enabled)
        )
        clip, fader = self.track.clip_slots[0].clip, self.track.mixer_device.volume
        clip.create_automation_envelope(fader)
        clip.fire()
        self.live.run(A_BEAT_S)
        self.assertFalse(self.song.re_enable_automation_enabled)
        fader.value = 0.25
        self.assertTrue(self.song.re_enable_automation_enabled)
        self.song.re_enable_automation()
        self.assertEqual((False, 1), (self.song.re_enable_automation_enabled, fader.automation_state))
        self.assertEqual([True, False], notified)


if __name__ == "__main__":
    unittest.main()
