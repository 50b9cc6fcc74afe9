"""Actions on grooves and on the quantization grid."""

from livesim import SetPlan
from livesim.model.track import MIDI
from tests.actions_case import NOTE, ActionsCase
from tests.cases.clips import AUDIO_CLIP, MIDI_CLIP, PLAN


class Grooves(ActionsCase):
    plan = PLAN

    def snapshot(self):
        grooves = [(groove.name, groove.timing_amount) for groove in self.song.groove_pool.grooves]
        return super().snapshot(), grooves, self.slot(0, 0).clip.has_groove

    def test_the_pool_is_listed_with_its_amounts(self):
        self.song.groove_pool.grooves[1].velocity_amount = -0.5
        second = self.done("get_groove_pool_grooves")["grooves"][1]
        self.assertEqual(
            second,
            {
                "index": 1,
                "name": "MPC 57",
                "base": 3,
                "timing_amount": 1.0,
                "quantization_amount": 0.0,
                "random_amount": 0.0,
                "velocity_amount": -0.5,
            },
        )

    def test_a_groove_beyond_the_pool_is_refused(self):
        self.refused("set_clip_groove", "groove_index 2", "grooves 0 to 1", groove_index=2, **MIDI_CLIP)

    def test_a_clip_changes_its_groove(self):
        for index, name in ((0, "Swing 16ths"), (1, "MPC 57")):
            self.assertEqual(self.done("set_clip_groove", groove_index=index, **MIDI_CLIP)["name"], name)
            self.assertEqual(self.slot(0, 0).clip.groove.name, name)

    def test_an_audio_clip_takes_a_groove_as_well(self):
        self.done("set_clip_groove", groove_index=0, **AUDIO_CLIP)
        self.assertTrue(self.slot(2, 0).clip.has_groove)

    def test_the_amount_belongs_to_the_clips_groove(self):
        self.done("set_clip_groove", groove_index=1, **MIDI_CLIP)
        answer = self.done("set_clip_groove_amount", amount=0.25, **MIDI_CLIP)
        self.assertEqual((answer["groove"], answer["groove_amount"]), ("MPC 57", 0.25))
        self.assertEqual([groove.timing_amount for groove in self.song.groove_pool.grooves], [1.0, 0.25])

    def test_a_clip_without_a_groove_has_no_amount(self):
        self.refused("set_clip_groove_amount", "uses no groove", "set_clip_groove", amount=0.5, **MIDI_CLIP)


class EmptyPool(ActionsCase):
    plan = SetPlan(tracks=(("Drums", MIDI),), scenes=1, clips={(0, 0): 4.0})

    def test_a_set_without_grooves_refuses(self):
        self.assertEqual(self.done("get_groove_pool_grooves"), {"count": 0, "grooves": []})
        self.refused("set_clip_groove", "the groove pool has no grooves", groove_index=0, **MIDI_CLIP)


class Quantizing(ActionsCase):
    def setUp(self):
        super().setUp()
        notes = [dict(NOTE, start=0.3), dict(NOTE, pitch=40, start=1.6)]
        self.done("add_notes", track_index=0, scene_index=0, notes=notes)

    def starts(self):
        return [note.start_time for note in self.slot(0, 0).clip.get_all_notes_extended()]

    def test_every_grid_of_live_is_accepted(self):
        for written, lines in (
            (1, [0.0, 2.0]),
            (0.5, [0.5, 1.5]),
            (0.333, [1 / 3, 5 / 3]),
            (0.25, [0.25, 1.5]),
            (0.1667, [1 / 3, 5 / 3]),
            (0.125, [0.25, 1.625]),
        ):
            self.done("quantize_clip", quantize_to=written, **MIDI_CLIP)
            for start, line in zip(self.starts(), lines):
                self.assertAlmostEqual(start, line)
            self.song.undo()

    def test_an_unknown_grid_is_refused_with_known_ones(self):
        for action, more in (("quantize_clip", {}), ("quantize_clip_pitch", {"pitch": 36})):
            for beats in (2, 0.75, 0.2, 0.0625):
                answer = self.client.ask(action, quantize_to=beats, **MIDI_CLIP, **more)
                self.assertEqual(answer["code"], "invalid_params")
                self.assertIn("0.125", answer["error"])
        self.assertEqual(self.starts(), [0.3, 1.6])

    def test_only_the_notes_of_one_pitch_are_moved(self):
        answer = self.done("quantize_clip_pitch", pitch=40, quantize_to=0.5, **MIDI_CLIP)
        self.assertEqual((answer["quantize_to"], self.starts()), (0.5, [0.3, 1.5]))

    def test_quantizing_a_pitch_defaults_to_sixteenths(self):
        self.assertEqual(self.done("quantize_clip_pitch", pitch=36, **MIDI_CLIP)["quantize_to"], 0.25)
        self.assertEqual(self.starts(), [0.25, 1.6])

    def test_quantizing_an_audio_clip_moves_warp_markers(self):
        self.refused("quantize_clip_pitch", "audio", pitch=36, track_index=2, clip_index=0)
        self.done("quantize_clip", quantize_to=1, track_index=2, clip_index=0)

    def test_notes_left_off_the_grid_are_an_error(self):
        change = self.studio.live.change
        self.studio.live.change = lambda subject, member, value, act: member == "quantize" or change(
            subject, member, value, act
        )
        self.refused("quantize_clip", "2 notes off the grid", quantize_to=1, **MIDI_CLIP)


class GroovesInLive11(Grooves):
    version = "11"


class QuantizingInLive11(Quantizing):
    version = "11"
