"""Audio clips of the simulated Live: files, refusals for MIDI clips, warp markers, and deferred warping."""

import os
import tempfile
import unittest
import wave

from livesim import ArgumentError, NotSimulated, SetPlan, SimulatedLive
from livesim.model.audio_file import AudioFile
from livesim.model.track import AUDIO, MIDI
from livesim.plan import AudioClipPlan

BREAK = AudioFile("/Music/Break.wav", 176400, 44100.0)
LONG = AudioFile("C:\\Music\\Long take.wav", 480000, 48000.0)


class AudioCase(unittest.TestCase):
    version = "12"

    def setUp(self):
        plan = SetPlan(
            tracks=(("Drums", MIDI), ("Vocals", AUDIO)),
            scenes=3,
            clips={
                (0, 0): 4.0,
                (1, 0): AudioClipPlan(BREAK, markers=((0.0, 0.0), (1.0, 1.0)), tempo=120.0),
                (1, 1): AudioClipPlan(LONG, warping=False),
            },
            audio_files=(BREAK,),
        )
        self.live = SimulatedLive(self.version, plan=plan)
        self.song = self.live.song
        self.midi = self.song.tracks[0].clip_slots[0].clip
        self.slots = self.song.tracks[1].clip_slots
        self.clip = self.slots[0].clip
        self.unwarped = self.slots[1].clip

    def markers(self):
        return [(marker.sample_time, marker.beat_time) for marker in self.clip.warp_markers]


class Files(AudioCase):
    def test_a_clip_is_named_after_its_file(self):
        self.assertEqual(("Break", "/Music/Break.wav"), (self.clip.name, self.clip.file_path))
        self.assertEqual((176400, 44100.0), (self.clip.sample_length, self.clip.sample_rate))
        self.assertEqual("Long take", self.unwarped.name)

    def test_a_planned_file_makes_a_clip_in_tempo(self):
        self.song.tempo = 90
        clip = self.slots[2].create_audio_clip("/Music/Break.wav")
        self.assertEqual((True, True, 6.0), (clip.is_audio_clip, clip.warping, clip.length))
        self.song.undo()
        self.assertFalse(self.slots[2].has_clip)

    def test_a_plain_wav_file_on_disk_is_read(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "tone.wav")
            with wave.open(path, "wb") as written:
                written.setnchannels(2)
                written.setsampwidth(2)
                written.setframerate(48000)
                written.writeframes(bytes(4 * 24000))
            with self.assertRaisesRegex(RuntimeError, "valid audio file"):
                self.slots[2].create_audio_clip(os.path.relpath(path))
            clip = self.slots[2].create_audio_clip(path)
            self.assertEqual((24000, 48000.0, 1.0), (clip.sample_length, clip.sample_rate, clip.length))

    def test_other_files_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            text, compressed = os.path.join(folder, "notes.txt"), os.path.join(folder, "song.flac")
            for path in (text, compressed):
                with open(path, "wb") as written:
                    written.write(b"nothing to be notified")
            for path in (text, folder, os.path.join(folder, "nowhere.wav"), "Break.wav"):
                with self.assertRaisesRegex(RuntimeError, "valid audio file"):
                    self.slots[2].create_audio_clip(path)
            with self.assertRaises(NotSimulated):
                self.slots[2].create_audio_clip(compressed)

    def test_creating_requires_an_empty_audio_slot(self):
        for slot in (self.slots[0], self.song.tracks[0].clip_slots[1]):
            with self.assertRaises(RuntimeError):
                slot.create_audio_clip("/Music/Break.wav")


class Settings(AudioCase):
    def test_a_midi_clip_refuses_audio_members_and_listeners(self):
        for member in (
            *("gain", "gain_display_string", "pitch_coarse", "pitch_fine", "ram_mode", "warp_mode", "warping"),
            *("available_warp_modes", "warp_markers", "file_path", "sample_length", "sample_rate"),
        ):
            with self.assertRaisesRegex(RuntimeError, "only available for Audio Clips"):
                getattr(self.midi, member)
        with self.assertRaisesRegex(RuntimeError, "only available for Audio Clips"):
            self.midi.gain = 0.5
        with self.assertRaisesRegex(RuntimeError, "only available for Audio Clips"):
            self.midi.add_warping_listener(print)

    def test_a_new_clip_plays_at_0_dB(self):
        self.assertEqual("0.0 dB", self.clip.gain_display_string)
        self.assertEqual(0.4000000059604645, self.clip.gain)

    def test_gain_follows_the_curve_of_the_faders(self):
        shown = []
        for gain in (0, 0.15, 0.4, 1):
            self.clip.gain = gain
            shown.append(self.clip.gain_display_string)
        self.assertEqual(("-inf dB", "0.0 dB", "24.0 dB"), (shown[0], shown[2], shown[3]))
        self.assertAlmostEqual(-23.0, float(shown[1].split()[0]), delta=2)

    def test_values_have_their_ranges(self):
        for member, value in (
            ("gain", 1.01),
            ("pitch_coarse", 49),
            ("pitch_fine", 50.0),
            ("warp_mode", 5),
            ("warp_mode", 7),
        ):
            with self.assertRaisesRegex(RuntimeError, "Invalid value"):
                setattr(self.clip, member, value)

    def test_changes_are_undoable_and_notified(self):
        notified = []
        self.clip.add_pitch_coarse_listener(lambda: notified.append(self.clip.pitch_coarse))
        self.clip.pitch_coarse = 7
        self.song.undo()
        self.assertEqual([7, 0], notified)


class Warping(AudioCase):
    def test_warping_switches_after_the_callback(self):
        notified = []
        self.clip.add_warping_listener(lambda: notified.append(self.clip.warping))
        self.clip.warping = False
        self.assertTrue(self.clip.warping)
        self.live.run(0)
        self.assertEqual([False], notified)

    def test_positions_become_seconds_and_the_loop_ends(self):
        self.assertEqual(7.0, self.clip.loop_end)
        self.clip.loop_start = 1.0
        self.clip.warping = False
        self.live.run(0)
        self.assertFalse(self.clip.looping)
        self.assertEqual((0.0, 4.0, 4.0), (self.clip.loop_start, self.clip.loop_end, self.clip.length))
        self.clip.warping = True
        self.live.run(0)
        self.assertEqual((0.0, 7.0), (self.clip.loop_start, self.clip.loop_end))

    def test_switching_is_one_step_to_undo(self):
        self.clip.warping = False
        self.live.run(0)
        self.song.undo()
        self.assertEqual((True, True, 7.0), (self.clip.warping, self.clip.looping, self.clip.loop_end))

    def test_a_clip_that_is_deleted_meanwhile_stays_deleted(self):
        self.clip.warping = False
        self.slots[0].delete_clip()
        self.live.run(0)
        self.song.undo()
        self.assertTrue(self.slots[0].clip.warping)

    def test_unwarped_clips_cannot_loop_or_exceed_their_file(self):
        self.assertEqual((False, 10.0), (self.unwarped.looping, self.unwarped.loop_end))
        with self.assertRaises(RuntimeError):
            self.unwarped.looping = True
        for member, value in (("loop_end", 10.5), ("loop_start", -0.5)):
            with self.assertRaisesRegex(RuntimeError, "Invalid value"):
                setattr(self.unwarped, member, value)

    def test_an_unwarped_clip_plays_in_seconds(self):
        self.song.tempo = 90
        self.slots[1].fire()
        self.live.run(3)
        self.assertAlmostEqual(3.0, self.unwarped.playing_position, 1)
        with self.assertRaises(RuntimeError):
            self.unwarped.move_playing_pos(1.0)
        self.live.run(8)
        self.assertFalse(self.unwarped.is_playing)


class Markers(AudioCase):
    def setUp(self):
        super().setUp()
        import Live

        self.marker = Live.Clip.WarpMarker

    def test_the_hidden_last_marker_holds_the_tempo(self):
        self.assertEqual([(0.0, 0.0), (1.0, 1.0), (1.015625, 1.03125)], self.markers())
        for change in (self.clip.remove_warp_marker, lambda beat: self.clip.move_warp_marker(beat, 1.0)):
            with self.assertRaises(RuntimeError):
                change(1.03125)

    def test_beats_and_samples_follow_the_markers(self):
        for beat, sample in ((-1.0, -44100.0), (0.5, 22050.0), (1.0, 44100.0), (3.0, 88200.0)):
            self.assertAlmostEqual(sample, self.clip.beat_to_sample_time(beat))
            self.assertAlmostEqual(beat, self.clip.sample_to_beat_time(sample))

    def test_one_is_added_moved_and_removed(self):
        self.clip.add_warp_marker(self.marker(2.0, 3.0))
        self.clip.move_warp_marker(3.0, -0.5)
        self.assertEqual([(0.0, 0.0), (1.0, 1.0), (2.0, 2.5)], self.markers()[:-1])
        self.clip.remove_warp_marker(1.0)
        self.assertEqual([(0.0, 0.0), (2.0, 2.5)], self.markers()[:-1])
        self.song.undo()
        self.assertEqual(4, len(self.markers()))

    def test_the_same_warping_changes_nothing(self):
        self.clip.add_warp_marker(self.marker(1.0, 1.0))
        self.assertEqual(3, len(self.markers()))

    def test_impossible_tempos_and_places_are_refused(self):
        for seconds, beat, sentence in (
            (2.0, 1.0, "Segment length"),
            (2.0, 1.01, "Segment length"),
            (1.01, 3.0, "Segment length"),
            (0.5, 2.0, "Segment length"),
            (4.5, 9.0, "out of range"),
            (-1.0, -1.0, "out of range"),
        ):
            with self.assertRaisesRegex(RuntimeError, sentence):
                self.clip.add_warp_marker(self.marker(seconds, beat))
        self.assertEqual(3, len(self.markers()))

    def test_the_only_one_stays(self):
        self.clip.remove_warp_marker(1.0)
        with self.assertRaises(RuntimeError):
            self.clip.remove_warp_marker(0.0)

    def test_a_copy_has_its_own(self):
        self.slots[0].duplicate_clip_to(self.slots[2])
        self.slots[2].clip.remove_warp_marker(1.0)
        self.assertEqual(3, len(self.markers()))
        self.assertEqual("/Music/Break.wav", self.slots[2].clip.file_path)

    def test_only_warped_clips_convert_beats(self):
        self.assertEqual(48000.0, self.unwarped.seconds_to_sample_time(1.0))
        for use in (
            lambda: self.clip.seconds_to_sample_time(1.0),
            lambda: self.unwarped.beat_to_sample_time(1.0),
            lambda: self.unwarped.sample_to_beat_time(1.0),
            lambda: self.unwarped.add_warp_marker(self.marker(1.0, 1.0)),
            lambda: self.midi.beat_to_sample_time(1.0),
        ):
            with self.assertRaises(RuntimeError):
                use()

    def test_only_a_marker_is_one(self):
        with self.assertRaises(ArgumentError):
            self.clip.add_warp_marker((1.0, 2.0))


class WarpingInLive11(Warping):
    version = "11"


class MarkersInLive11(Markers):
    version = "11"


if __name__ == "__main__":
    unittest.main()
