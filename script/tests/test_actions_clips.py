"""Actions on clips and their notes: their effect, their answers, and what they refuse."""

import json

from livesim.model.track import MIDI
from tests.actions_case import ActionsCase, NOTE


class Clips(ActionsCase):
    def test_a_midi_clip_is_created(self):
        self.assertEqual(self.done("create_midi_clip", track_index=0, scene_index=3, length=16)["length"], 16.0)
        self.assertEqual(self.slot(0, 3).clip.length, 16.0)
        self.assertEqual(self.done("create_midi_clip", track_index=1, scene_index=3)["length"], 4.0)

    def test_it_needs_an_empty_slot_of_a_midi_track(self):
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

    def test_a_clip_that_does_not_play_is_left_alone_by_a_stop(self):
        self.assertFalse(self.done("stop_clip", track_index=0, scene_index=0)["is_playing"])

    def test_an_empty_slot_of_an_armed_track_never_begins_to_record(self):
        self.done("arm_track", track_index=0)
        self.refused("launch_clip", "no clip in row 2", track_index=0, scene_index=2)
        self.studio.live.run(4)
        self.assertFalse(self.slot(0, 2).has_clip)

    def test_all_clips_are_stopped_and_the_transport_goes_on(self):
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

    def test_ten_thousand_notes_are_taken_and_one_more_is_not(self):
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

    def test_notes_are_listed_in_the_order_in_which_they_start(self):
        self.add(dict(NOTE, start=2.0), dict(NOTE, pitch=40), NOTE)
        answer = self.done("get_clip_notes", track_index=0, clip_index=0)
        self.assertEqual([(note["start"], note["pitch"]) for note in answer["notes"]], [(0.0, 36), (0.0, 40), (2.0, 36)])
        self.assertEqual(set(answer["notes"][0]), {"note_id", "pitch", "start", "duration", "velocity", "mute"})

    def test_notes_are_removed_by_pitch_with_both_ends(self):
        self.add(*({"pitch": pitch, "start": 0, "duration": 1} for pitch in (35, 36, 40, 41)))
        answer = self.done("remove_notes", track_index=0, clip_index=0, pitch_from=36, pitch_to=40)
        self.assertEqual((answer["removed"], self.notes(0, 0)), (2, [35, 41]))

    def test_notes_are_removed_by_time_without_the_end(self):
        self.add(*(dict(NOTE, pitch=60 + start, start=start) for start in range(4)))
        answer = self.done("remove_notes", track_index=0, clip_index=0, time_from=1, time_to=3)
        self.assertEqual((answer["removed"], self.notes(0, 0)), (2, [60, 63]))

    def test_all_notes_are_removed_unless_told_otherwise(self):
        self.add(NOTE, dict(NOTE, pitch=127), dict(NOTE, pitch=0))
        self.assertEqual(self.done("remove_notes", track_index=0, clip_index=0)["removed"], 3)
        self.assertEqual(self.notes(0, 0), [])

    def test_a_region_that_is_none_is_refused(self):
        self.add(NOTE)
        for region in ({"pitch_from": 40, "pitch_to": 39}, {"time_from": 4, "time_to": 4}, {"time_from": 1000}):
            answer = self.client.ask("remove_notes", track_index=0, clip_index=0, **region)
            self.assertEqual(answer["code"], "invalid_params")
        self.assertEqual(self.notes(0, 0), [36])

    def test_an_audio_clip_has_none(self):
        self.refused("add_notes", "audio", track_index=2, scene_index=0, notes=[NOTE])
        self.refused("get_clip_notes", "audio", track_index=2, clip_index=0)
        self.refused("remove_notes", "audio", track_index=2, clip_index=0)


class InLive11(Clips, Notes):
    version = "11"
