"""Cases of launching, of how clips are launched, and of copying them."""

from livesim import SetPlan
from livesim.model.track import MIDI
from tests.cases import Case

PLAN = SetPlan(tracks=(("Drums", MIDI), ("Bass", MIDI)), scenes=3, clips={(0, 0): 4.0, (1, 1): 4.0})
CLIP = {"track_index": 0, "clip_index": 0}
IDS = []


def clip(song):
    return song.tracks[0].clip_slots[0].clip


def reads(member):
    return lambda song: getattr(clip(song), member)


def with_notes(song):
    """Two notes, of which the first has the number that the case removes."""
    import Live

    notes = [
        Live.Clip.MidiNoteSpecification(pitch=pitch, start_time=0.0, duration=1.0, velocity=100.0, mute=False)
        for pitch in (36, 38)
    ]
    clip(song).add_new_notes(tuple(notes))
    IDS[:] = [note.note_id for note in clip(song).get_all_notes_extended() if note.pitch == 36]


CASES = {
    "fire_slot": Case(CLIP, read=lambda song: song.tracks[0].playing_slot_index, after=0, run_s=1.0),
    "fire_slot_or_record": Case(CLIP, read=lambda song: song.tracks[0].playing_slot_index, after=0, run_s=1.0),
    "stop_track_clips": Case(
        {"track_index": 0},
        before=lambda song: clip(song).fire(),
        read=lambda song: song.tracks[0].playing_slot_index,
        after=-1,
        run_s=3.0,
    ),
    "set_slot_stop_button": Case(
        dict(CLIP, has_stop_button=False), read=lambda song: song.tracks[0].clip_slots[0].has_stop_button, after=False
    ),
    "copy_clip": Case(
        dict(CLIP, target_track_index=1, target_clip_index=0),
        read=lambda song: song.tracks[1].clip_slots[0].has_clip,
        after=True,
    ),
    "launch_selected_scene": Case(
        before=lambda song: setattr(song.view, "selected_scene", song.scenes[1]),
        read=lambda song: song.tracks[1].playing_slot_index,
        after=1,
        run_s=1.0,
    ),
    "set_clip_launch_mode": Case(dict(CLIP, launch_mode=2), read=reads("launch_mode"), after=2),
    "set_clip_launch_quantization": Case(dict(CLIP, launch_quantization=5), read=reads("launch_quantization"), after=5),
    "set_clip_legato": Case(dict(CLIP, legato=True), read=reads("legato"), after=True),
    "set_clip_velocity_amount": Case(dict(CLIP, velocity_amount=0.5), read=reads("velocity_amount"), after=0.5),
    "set_clip_position": Case(dict(CLIP, position=2), read=reads("position"), after=2.0),
    "duplicate_clip_loop": Case(CLIP, read=reads("loop_end"), after=8.0),
    "remove_notes_by_id": Case(
        dict(CLIP, note_ids=IDS),
        before=with_notes,
        read=lambda song: [note.pitch for note in clip(song).get_all_notes_extended()],
        after=[38],
    ),
}
