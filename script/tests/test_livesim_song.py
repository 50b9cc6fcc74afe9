"""Set-wide settings in the simulated Live: groove, scale, Link, file and times; nudging, scrubbing and jumping."""

import unittest

from livesim import SetPlan, SimulatedLive

A_BEAT_S = 0.5  # at 120 beats per minute


class Settings(unittest.TestCase):
    def setUp(self):
        self.live = SimulatedLive()
        self.song = self.live.song

    def test_a_new_set_has_no_tuning_system(self):
        notified = []
        self.song.add_tuning_system_listener(lambda: notified.append(1))
        self.assertIsNone(self.song.tuning_system)
        self.assertEqual(notified, [])

    def test_choosing_a_scale_shows_its_intervals(self):
        notified = []
        self.song.add_scale_intervals_listener(lambda: notified.append(list(self.song.scale_intervals)))
        self.assertEqual(("Major", [0, 2, 4, 5, 7, 9, 11]), (self.song.scale_name, list(self.song.scale_intervals)))
        self.song.scale_name = "Minor Pentatonic"
        self.assertEqual([[0, 3, 5, 7, 10]], notified)
        with self.assertRaises(RuntimeError):
            self.song.scale_name = "Blue Major"

    def test_scales_are_unique_and_rise_within_octaves(self):
        import Live

        scales = dict(Live.Song.get_all_scales_ordered())
        self.assertEqual(35, len(scales))
        self.assertEqual(35, len(set(scales.values())))
        for intervals in scales.values():
            self.assertEqual((0, sorted(set(intervals))), (intervals[0], list(intervals)))
            self.assertLess(intervals[-1], 12)

    def test_amounts_have_their_ranges(self):
        self.song.groove_amount, self.song.swing_amount, self.song.root_note = 1.3, 1.0, 11
        for member, value in (("groove_amount", 1.4), ("swing_amount", -0.1), ("root_note", 12)):
            with self.assertRaisesRegex(RuntimeError, "Invalid value"):
                setattr(self.song, member, value)

    def test_switches_are_switched(self):
        for member in (
            "is_ableton_link_enabled",
            "is_ableton_link_start_stop_sync_enabled",
            "tempo_follower_enabled",
            "punch_in",
            "punch_out",
            "arrangement_overdub",
            "session_automation_record",
            "scale_mode",
        ):
            self.assertFalse(getattr(self.song, member), member)
            setattr(self.song, member, True)
            self.assertTrue(getattr(self.song, member), member)

    def test_a_saved_set_has_file_and_name(self):
        self.assertEqual(("", ""), (self.song.file_path, self.song.name))
        song = SimulatedLive(plan=SetPlan(file_path="/music/Summer Project/Summer.als")).song
        self.assertEqual(("/music/Summer Project/Summer.als", "Summer"), (song.file_path, song.name))

    def test_the_arrangements_clips_define_the_songs_length(self):
        notified = []
        self.song.add_song_length_listener(lambda: notified.append(self.song.last_event_time))
        slot = self.song.tracks[0].clip_slots[0]
        self.song.tracks[0].duplicate_clip_to_arrangement(slot.create_clip(4.0), 12.0)
        self.assertEqual([16.0], notified)
        self.assertGreater(self.song.song_length, 16.0)


class SmpteTime(unittest.TestCase):
    def setUp(self):
        self.live = SimulatedLive()
        self.song = self.live.song
        self.song.tempo = 60.0

    def at(self, seconds, smpte_format):
        self.song.current_song_time = seconds
        self.live.run(0)
        time = self.song.get_current_smpte_song_time(smpte_format)
        return (time.hours, time.minutes, time.seconds, time.frames)

    def test_time_counts_frames_or_milliseconds(self):
        import Live

        formats = Live.Song.TimeFormat
        self.assertEqual((1, 1, 1, 500), self.at(3661.5, int(formats.ms_time)))
        self.assertEqual((1, 1, 1, 12), self.at(3661.5, int(formats.smpte_24)))
        self.assertEqual((0, 0, 1, 5), self.at(1.2, int(formats.smpte_25)))
        self.assertEqual((0, 0, 1, 6), self.at(1.2, int(formats.smpte_30)))

    def test_drop_frame_follows_wall_clock_time(self):
        import Live

        formats = Live.Song.TimeFormat
        self.assertEqual((0, 0, 59, 29), self.at(60.05, int(formats.smpte_30_drop)))
        self.assertEqual((0, 1, 0, 2), self.at(60.07, int(formats.smpte_30_drop)))
        self.assertEqual((0, 10, 0, 0), self.at(600.0, int(formats.smpte_30_drop)))
        self.assertEqual((0, 59, 56, 12), self.at(3600.0, int(formats.smpte_29)))

    def test_there_are_no_other_formats(self):
        with self.assertRaises(RuntimeError):
            self.song.get_current_smpte_song_time(6)


class Moving(unittest.TestCase):
    def setUp(self):
        self.live = SimulatedLive()
        self.song = self.live.song

    def test_nudging_bends_the_tempo_while_pressed(self):
        self.song.start_playing()
        self.song.nudge_up = True
        self.live.run(10 * A_BEAT_S)
        self.assertAlmostEqual(11.0, self.song.current_song_time)
        self.song.nudge_up, self.song.nudge_down = False, True
        self.live.run(10 * A_BEAT_S)
        self.assertAlmostEqual(20.0, self.song.current_song_time)
        self.song.nudge_down = False
        self.live.run(A_BEAT_S)
        self.assertAlmostEqual(21.0, self.song.current_song_time)
        self.assertEqual(120.0, self.song.tempo)

    def test_scrubbing_continues_and_jumping_stops_playback(self):
        self.song.start_playing()
        self.song.scrub_by(8.0)
        self.assertEqual((8.0, True), (self.song.current_song_time, self.song.is_playing))
        self.song.jump_by(-20.0)
        self.assertEqual((0.0, False), (self.song.current_song_time, self.song.is_playing))

    def test_a_stopped_songs_start_marker_follows(self):
        self.song.scrub_by(8.0)
        self.assertEqual(8.0, self.song.start_time)
        self.song.start_playing()
        self.song.scrub_by(8.0)
        self.assertEqual(8.0, self.song.start_time)

    def test_an_empty_selection_plays_nothing(self):
        self.song.play_selection()
        self.assertFalse(self.song.is_playing)

    def test_recording_waits_for_the_count_in(self):
        live = SimulatedLive(plan=SetPlan(count_in=2))
        song = live.song
        self.assertEqual(2, song.count_in_duration)
        song.record_mode = True
        live.run(7 * A_BEAT_S)
        self.assertTrue(song.is_counting_in)
        self.assertEqual(0.0, song.current_song_time)
        live.run(2 * A_BEAT_S)
        self.assertAlmostEqual(1.0, song.current_song_time)
        self.assertFalse(song.is_counting_in)

    def test_stopping_ends_the_count_in(self):
        live = SimulatedLive(plan=SetPlan(count_in=3))
        live.song.record_mode = True
        live.song.stop_playing()
        self.assertFalse(live.song.is_counting_in)
        live.song.start_playing()
        live.run(A_BEAT_S)
        self.assertAlmostEqual(1.0, live.song.current_song_time)


if __name__ == "__main__":
    unittest.main()
