"""Actions on audio clips: refusals for MIDI clips and unwarped clips, and warping, which Live defers."""

from tests.actions_case import ActionsCase
from tests.cases.clips import AUDIO_CLIP, MIDI_CLIP, PLAN

UNWARPED = {"track_index": 2, "clip_index": 1}
SETTINGS = {
    "set_clip_gain": {"gain": 0.5},
    "set_clip_pitch_coarse": {"semitones": 2},
    "set_clip_pitch_fine": {"cents": 2},
    "get_clip_warp_mode": {},
    "set_clip_warp_mode": {"warp_mode": 1},
    "get_clip_file_path": {},
    "set_clip_warping": {"warping": False},
    "get_warp_markers": {},
    "get_sample_length": {},
    "get_clip_ram_mode": {},
    "set_clip_ram_mode": {},
}


class AudioClips(ActionsCase):
    plan = PLAN

    def setUp(self):
        super().setUp()
        self.clip = self.slot(2, 0).clip

    def snapshot(self):
        clips = [self.slot(2, row).clip for row in (0, 1) if self.slot(2, row).has_clip]
        return super().snapshot(), [
            (clip.gain, clip.pitch_coarse, clip.pitch_fine, clip.warp_mode, clip.warping, clip.looping, clip.ram_mode)
            for clip in clips
        ]

    def test_a_midi_clip_has_none_of_this(self):
        for action, value in SETTINGS.items():
            self.refused(action, "the clip in row 0 of track 0 is MIDI", **dict(MIDI_CLIP, **value))

    def test_gain_is_reported_in_decibels_too(self):
        self.assertEqual(self.done("set_clip_gain", gain=0, **AUDIO_CLIP)["gain_display"], "-inf dB")
        answer = self.done("set_clip_gain", gain=1, **AUDIO_CLIP)
        self.assertEqual((answer["gain"], answer["gain_display"]), (1.0, "24.0 dB"))

    def test_pitch_takes_all_of_its_range(self):
        for semitones, cents in ((-48, -50), (48, 49)):
            self.done("set_clip_pitch_coarse", semitones=semitones, **AUDIO_CLIP)
            self.done("set_clip_pitch_fine", cents=cents, **AUDIO_CLIP)
            self.assertEqual((self.clip.pitch_coarse, self.clip.pitch_fine), (semitones, float(cents)))

    def test_an_unavailable_warp_mode_is_refused_with_alternatives(self):
        self.refused("set_clip_warp_mode", "warp_mode 5", "0 Beats", "6 Complex Pro", warp_mode=5, **AUDIO_CLIP)
        answer = self.done("set_clip_warp_mode", warp_mode=6, **AUDIO_CLIP)
        self.assertEqual(answer["warp_mode_name"], "Complex Pro")

    def test_warping_is_answered_once_live_has_switched_it(self):
        self.assertFalse(self.done("set_clip_warping", warping=False, **AUDIO_CLIP)["warping"])
        self.assertEqual((self.clip.warping, self.clip.looping, self.clip.loop_end), (False, False, 8.0))
        self.assertTrue(self.done("set_clip_warping", **AUDIO_CLIP)["warping"])
        self.assertTrue(self.clip.warping)

    def test_setting_the_current_warping_changes_nothing(self):
        self.done("set_clip_warping", **AUDIO_CLIP)
        self.assertFalse(self.song.can_undo)

    def test_a_clip_deleted_before_warping_is_reported(self):
        slot = self.slot(2, 0)
        loop = self.studio.live.loop
        later = loop.later
        loop.later = lambda act: later(slot.delete_clip) or later(act)
        answer = self.client.ask("set_clip_warping", warping=False, **AUDIO_CLIP)
        self.assertEqual(answer["code"], "live_error")
        self.assertIn("deleted", answer["error"])

    def test_warping_that_live_never_applies_is_an_error(self):
        self.studio.live.loop.later = lambda act: None
        answer = self.client.ask("set_clip_warping", warping=False, **AUDIO_CLIP)
        self.assertEqual(answer["code"], "live_error")
        self.assertIn("did not switch the warping", answer["error"])
        self.assertTrue(self.clip.warping)

    def test_an_unwarped_clip_cannot_loop(self):
        self.refused("set_clip_looping", "set_clip_warping first", **UNWARPED)
        self.done("set_clip_looping", looping=False, **UNWARPED)

    def test_an_unwarped_clip_is_measured_in_seconds(self):
        self.assertEqual(self.done("set_clip_loop_end", loop_end=3.5, **UNWARPED)["loop_end"], 3.5)
        self.assertEqual(self.done("set_clip_end_marker", end_marker=7.5, **UNWARPED)["end_marker"], 7.5)
        self.refused("set_clip_end_marker", "Live refused", end_marker=8.5, **UNWARPED)

    def test_an_unwarped_clip_is_not_quantized(self):
        self.refused("quantize_clip", "set_clip_warping first", quantize_to=1, **UNWARPED)


class InLive11(AudioClips):
    version = "11"
