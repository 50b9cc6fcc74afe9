"""Actions on clips and their notes: their effects, answers and refusals."""

import json
import unittest.mock

from LiveGate.registry import ACTIONS
from livesim.model.clip import Clip
from tests.actions_case import ActionsCase, NOTE
from tests.cases import clips


class Clips(ActionsCase):
    def test_a_midi_clip_is_created(self):
        self.assertEqual(self.done("create_midi_clip", track_index=0, scene_index=3, length=16)["length"], 16.0)
        self.assertEqual(self.slot(0, 3).clip.length, 16.0)
        self.assertEqual(self.done("create_midi_clip", track_index=1, scene_index=3)["length"], 4.0)

    def test_creating_requires_an_empty_midi_slot(self):
        self.refused("create_midi_clip", "has a clip already", track_index=0, scene_index=0)
        self.refused("create_midi_clip", "not a MIDI track", track_index=2, scene_index=3)

    def test_a_clip_is_deleted(self):
        self.done("delete_clip", track_index=0, scene_index=0)
        self.assertFalse(self.slot(0, 0).has_clip)

    def test_a_clip_is_launched_and_stopped(self):
        self.assertTrue(self.done("launch_clip", track_index=0, scene_index=0)["is_triggered"])
        self.studio.live.run(4)
        self.assertTrue(self.slot(0, 0).is_playing)
        self.done("stop_clip", track_index=0, scene_index=0)
        self.studio.live.run(4)
        self.assertFalse(self.slot(0, 0).is_playing)

    def test_stopping_a_stopped_clip_changes_nothing(self):
        self.done("create_midi_clip", track_index=0, scene_index=1)
        self.done("launch_clip", track_index=0, scene_index=1)
        self.studio.live.run(1)
        self.assertFalse(self.done("stop_clip", track_index=0, scene_index=0)["is_playing"])
        self.studio.live.run(4)
        self.assertTrue(self.slot(0, 1).is_playing)

    def test_a_fired_clip_is_stopped(self):
        self.song.start_playing()
        self.studio.live.run(1)
        self.done("launch_clip", track_index=0, scene_index=0)
        self.assertFalse(self.done("stop_clip", track_index=0, scene_index=0)["is_triggered"])
        self.studio.live.run(4)
        self.assertFalse(self.slot(0, 0).is_playing)

    def test_a_duplicate_fills_the_next_free_slot(self):
        self.done("create_midi_clip", track_index=0, scene_index=1)
        self.done("set_clip_name", track_index=0, scene_index=0, name="Verse")
        self.assertEqual(self.done("duplicate_clip", track_index=0, scene_index=0)["new_index"], 2)
        self.assertEqual(self.slot(0, 2).clip.name, "Verse")

    def test_a_duplicate_without_free_slot_adds_a_scene(self):
        self.done("create_midi_clip", track_index=0, scene_index=3, length=2)
        self.assertEqual(self.done("duplicate_clip", track_index=0, scene_index=3)["new_index"], 4)
        self.assertEqual((len(self.song.scenes), self.slot(0, 4).clip.length), (5, 2.0))

    def test_an_empty_slot_is_not_duplicated(self):
        self.refused("duplicate_clip", "no clip in row 2", track_index=0, scene_index=2)

    def test_a_clip_is_muted_colored_and_counted(self):
        self.done("set_clip_muted", track_index=0, clip_index=0)
        self.assertTrue(self.slot(0, 0).clip.muted)
        self.done("set_clip_muted", track_index=0, clip_index=0, muted=False)
        self.assertFalse(self.slot(0, 0).clip.muted)
        answer = self.done("set_clip_color", track_index=0, clip_index=0, color_index=69)
        self.assertEqual((answer["color_index"], answer["color"]), (69, self.slot(0, 0).clip.color))
        answer = self.done("set_clip_signature_numerator", track_index=0, clip_index=0, numerator=99)
        self.assertEqual((answer["signature_numerator"], answer["signature_denominator"]), (99, 4))

    def test_clips_are_filtered_by_named_notes(self):
        for name, notes, muted in (
            ("Pad_C-E-G", ["C", "E", "G", "A"], False),
            ("Pad_C-E-G", ["C", "E"], True),
            ("Lead-Db3", ["C#"], False),
            ("My-Pad_A1-C2", ["A", "C"], False),
            ("Pad_Cb", ["B"], True),
            ("Pad", [], False),
            ("Pad_X", [], False),
        ):
            clip = self.slot(0, 0).clip
            clip.name, clip.muted = name, False
            self.done("filter_clips", notes=notes)
            self.assertEqual(clip.muted, muted, name)
        clip.muted = True
        answer = self.done("unfilter_clips", first_track=1)
        self.assertEqual((answer["activated"], clip.muted), (0, True))
        answer = self.done("unfilter_clips", end_track=1)
        self.assertEqual((answer["activated"], clip.muted), (1, False))
        refused = self.client.ask("filter_clips", notes=["C", "H"])
        self.assertIn("got H", refused["error"])

    def test_start_time_is_the_last_launch_position(self):
        self.song.start_playing()
        self.studio.live.run(1)
        self.done("launch_clip", track_index=0, scene_index=0)
        self.studio.live.run(4)
        self.assertAlmostEqual(self.done("get_clip_start_time", track_index=0, clip_index=0)["start_time"], 4.0)

    def test_empty_slots_of_armed_tracks_never_record(self):
        self.done("arm_track", track_index=0)
        self.refused("launch_clip", "no clip in row 2", track_index=0, scene_index=2)
        self.studio.live.run(4)
        self.assertFalse(self.slot(0, 2).has_clip)

    def test_stopping_all_clips_keeps_the_transport_running(self):
        self.done("launch_clip", track_index=0, scene_index=0)
        self.done("launch_clip", track_index=1, scene_index=1)
        self.studio.live.run(4)
        self.done("stop_all_clips")
        self.studio.live.run(4)
        self.assertFalse(self.slot(0, 0).is_playing or self.slot(1, 1).is_playing)
        self.assertTrue(self.song.is_playing)

    def test_a_clip_is_named_and_described(self):
        self.done("set_clip_name", track_index=1, scene_index=1, name="Verse")
        answer = self.done("get_clip_info", track_index=1, scene_index=1)
        self.assertEqual((answer["name"], answer["length"], answer["is_midi_clip"]), ("Verse", 4.0, True))
        self.assertTrue(self.done("get_clip_info", track_index=2, scene_index=0)["is_audio_clip"])


class Notes(ActionsCase):
    def add(self, *notes):
        return self.done("add_notes", track_index=0, scene_index=0, notes=list(notes))

    def test_notes_are_added_with_their_defaults(self):
        answer = self.add(NOTE, {"pitch": 127, "start": 7, "duration": 0.25, "velocity": 1, "mute": True})
        self.assertEqual((answer["note_count"], len(set(answer["note_ids"]))), (2, 2))
        first, second = sorted(self.slot(0, 0).clip.get_all_notes_extended(), key=lambda note: note.pitch)
        self.assertEqual((first.pitch, first.start_time, first.duration), (36, 0.0, 0.5))
        self.assertEqual((first.velocity, first.mute), (100.0, False))
        self.assertEqual((second.velocity, second.mute), (1.0, True))

    def test_no_notes_are_no_error(self):
        self.assertEqual(self.add()["note_count"], 0)

    def test_ten_thousand_notes_are_the_maximum(self):
        notes = [{"pitch": number % 128, "start": number, "duration": 0.5} for number in range(10001)]
        self.client.send(self.line(notes))
        self.assertEqual(self.client.answer()["code"], "invalid_params")
        self.client.send(self.line(notes[:10000]))
        self.assertEqual(self.client.answer()["note_count"], 10000)
        self.assertEqual(len(self.notes(0, 0)), 10000)
        self.assertEqual(self.done("get_clip_notes", track_index=0, clip_index=0)["count"], 10000)

    def line(self, notes):
        command = {"action": "add_notes", "track_index": 0, "scene_index": 0, "notes": notes}
        return json.dumps(command).encode("ascii") + b"\n"

    def test_notes_are_written_again_as_read(self):
        note = {"pitch": 60, "start": -0.5, "duration": 0.25, "velocity": 90.0, "mute": True}
        note.update(probability=0.5, velocity_deviation=-3.0, release_velocity=20.0)
        self.add(note)
        read = self.done("get_clip_notes", track_index=0, clip_index=0)["notes"]
        self.assertEqual({name: read[0][name] for name in note}, note)
        self.done("remove_notes", track_index=0, clip_index=0)
        self.add(*read)
        again = self.done("get_clip_notes", track_index=0, clip_index=0)["notes"]
        self.assertEqual({name: again[0][name] for name in note}, note)

    def test_notes_are_listed_by_start_time(self):
        self.add(dict(NOTE, start=2.0), dict(NOTE, pitch=40), NOTE)
        answer = self.done("get_clip_notes", track_index=0, clip_index=0)
        self.assertEqual([(note["start"], note["pitch"]) for note in answer["notes"]], [(0, 36), (0, 40), (2, 36)])
        fields = {"note_id", "pitch", "start", "start_time", "duration", "velocity", "mute", "muted"}
        fields |= {"probability", "velocity_deviation", "release_velocity"}
        self.assertEqual(set(answer["notes"][0]), fields)

    def test_notes_are_removed_by_pitch_with_both_ends(self):
        self.add(*({"pitch": pitch, "start": 0, "duration": 1} for pitch in (35, 36, 40, 41)))
        answer = self.done("remove_notes", track_index=0, clip_index=0, pitch_from=36, pitch_to=40)
        self.assertEqual((answer["removed"], self.notes(0, 0)), (2, [35, 41]))

    def test_notes_are_removed_by_time_without_the_end(self):
        self.add(*(dict(NOTE, pitch=60 + start, start=start) for start in range(4)))
        answer = self.done("remove_notes", track_index=0, clip_index=0, time_from=1, time_to=3)
        self.assertEqual((answer["removed"], self.notes(0, 0)), (2, [60, 63]))

    def test_all_notes_are_removed_by_default(self):
        self.add(NOTE, dict(NOTE, pitch=127), dict(NOTE, pitch=0))
        self.assertEqual(self.done("remove_notes", track_index=0, clip_index=0)["removed"], 3)
        self.assertEqual(self.notes(0, 0), [])

    def test_a_region_that_is_none_is_refused(self):
        self.add(NOTE)
        for region in ({"pitch_from": 40, "pitch_to": 39}, {"time_from": 4, "time_to": 4}, {"time_from": 1000}):
            answer = self.client.ask("remove_notes", track_index=0, clip_index=0, **region)
            self.assertEqual(answer["code"], "invalid_params")
        self.assertEqual(self.notes(0, 0), [36])

    def test_notes_in_a_range_list_every_property(self):
        self.add(NOTE, dict(NOTE, pitch=40), dict(NOTE, start=2.0))
        region = {"start_pitch": 36, "pitch_span": 4, "time_span": 2}
        answer = self.done("get_notes_extended", track_index=0, clip_index=0, **region)
        self.assertEqual([(note["pitch"], note["start"]) for note in answer["notes"]], [(36, 0.0)])
        note = answer["notes"][0]
        self.assertEqual((note["probability"], note["velocity_deviation"], note["release_velocity"]), (1.0, 0.0, 64.0))

    def test_a_pitch_span_ends_at_the_highest_pitch(self):
        self.add(dict(NOTE, pitch=127), NOTE)
        with unittest.mock.patch.object(Clip, "_notes_within", autospec=True, return_value=[]) as within:
            self.done("get_notes_extended", track_index=0, clip_index=0, start_pitch=120, pitch_span=128)
        self.assertEqual(within.call_args.args[1:], (120, 8, 0.0, 999.0))
        answer = self.done("get_notes_extended", track_index=0, clip_index=0, start_pitch=120, pitch_span=128)
        self.assertEqual([note["pitch"] for note in answer["notes"]], [127])
        self.assertEqual(self.done("get_notes_extended", track_index=0, clip_index=0, time_span=0)["count"], 0)

    def test_all_notes_are_selected_and_deselected(self):
        self.add(NOTE, dict(NOTE, pitch=40))
        self.assertEqual(self.done("select_all_notes", track_index=0, clip_index=0)["selected"], 2)
        self.assertEqual(len(self.slot(0, 0).clip.get_selected_notes_extended()), 2)
        self.assertEqual(self.done("deselect_all_notes", track_index=0, clip_index=0)["selected"], 0)
        self.assertEqual(len(self.slot(0, 0).clip.get_selected_notes_extended()), 0)

    def test_replacing_touches_and_selects_only_selected_notes(self):
        ids = self.add(NOTE, dict(NOTE, pitch=40))["note_ids"]
        clip = self.slot(0, 0).clip
        clip.select_notes_by_id(ids[:1])
        answer = self.done("replace_selected_notes", track_index=0, clip_index=0, notes=[dict(NOTE, pitch=50)])
        self.assertEqual((answer["removed"], answer["note_count"]), (1, 1))
        self.assertEqual(sorted(self.notes(0, 0)), [40, 50])
        self.assertEqual([note.pitch for note in clip.get_selected_notes_extended()], [50])

    def test_replacing_is_one_step_to_undo(self):
        self.add(NOTE)
        self.done("select_all_notes", track_index=0, clip_index=0)
        self.done("replace_selected_notes", track_index=0, clip_index=0, notes=[dict(NOTE, pitch=50)])
        self.song.undo()
        self.assertEqual(self.notes(0, 0), [36])

    def test_replacing_an_empty_selection_adds_notes(self):
        self.add(NOTE)
        self.done("replace_selected_notes", track_index=0, clip_index=0, notes=[dict(NOTE, pitch=50)])
        self.assertEqual(sorted(self.notes(0, 0)), [36, 50])
        answer = self.done("replace_selected_notes", track_index=0, clip_index=0, notes=[])
        self.assertEqual((answer["removed"], self.notes(0, 0)), (1, [36]))

    def test_a_retried_replacement_happens_once(self):
        self.add(NOTE)
        self.done("select_all_notes", track_index=0, clip_index=0)
        self.refuse_the_next_adding()
        answer = self.done("replace_selected_notes", track_index=0, clip_index=0, notes=[dict(NOTE, pitch=50)])
        self.assertEqual((answer["removed"], self.notes(0, 0)), (1, [50]))

    def refuse_the_next_adding(self):
        change = self.studio.live.change

        def once(subject, member, value, act):
            if member == "add_new_notes":
                self.studio.live.change = change
                raise RuntimeError("Changes cannot be triggered by notifications.")
            return change(subject, member, value, act)

        self.studio.live.change = once

    def test_an_audio_clip_has_none(self):
        self.refused("get_notes_extended", "audio", track_index=2, clip_index=0)
        self.refused("select_all_notes", "audio", track_index=2, clip_index=0)
        self.refused("deselect_all_notes", "audio", track_index=2, clip_index=0)
        self.refused("replace_selected_notes", "audio", track_index=2, clip_index=0, notes=[NOTE])
        self.refused("add_notes", "audio", track_index=2, scene_index=0, notes=[NOTE])
        self.refused("get_clip_notes", "audio", track_index=2, clip_index=0)
        self.refused("remove_notes", "audio", track_index=2, clip_index=0)


class EmptySlots(ActionsCase):
    plan = clips.PLAN

    def test_every_clip_action_refuses_an_empty_slot(self):
        asked = 0
        for name, case in clips.CASES.items():
            if "clip_index" in case.params and not ACTIONS[name].missing:
                self.refused(name, "has no clip in row 3 (clip_index)", **dict(case.params, clip_index=3))
                asked += 1
        self.assertGreater(asked, 30)


class InLive11(Clips, Notes, EmptySlots):
    version = "11"
