"""Cases of session clips: their notes, loops and grooves, and audio clips."""

from livesim import SetPlan
from livesim.model.audio_file import AudioFile
from livesim.model.track import AUDIO, MIDI
from livesim.plan import AudioClipPlan
from tests.cases import Case

BREAK = AudioFile("/Music/Break.wav", 352800, 44100.0)
PLAN = SetPlan(
    tracks=(("Drums", MIDI), ("Bass", MIDI), ("Vocals", AUDIO)),
    scenes=4,
    clips={
        (0, 0): 8.0,
        (1, 1): 4.0,
        (2, 0): AudioClipPlan(BREAK, markers=((0.0, 0.0), (2.0, 4.0))),
        (2, 1): AudioClipPlan(BREAK, warping=False),
    },
    grooves=("Swing 16ths", "MPC 57"),
)
MIDI_CLIP = {"track_index": 0, "clip_index": 0}
AUDIO_CLIP = {"track_index": 2, "clip_index": 0}
IN_ROW = {"track_index": 0, "scene_index": 0}
A_BAR_S = 2.5
KICK = {"pitch": 36, "start": 1.0, "duration": 0.5}


def slot_at(song, track_index, row):
    return song.tracks[track_index].clip_slots[row]


def midi(song):
    return slot_at(song, 0, 0).clip


def audio(song):
    return slot_at(song, 2, 0).clip


def add_notes(song, *notes):
    """Each is a tuple: pitch, start, duration."""
    import Live

    midi(song).add_new_notes(tuple(Live.Clip.MidiNoteSpecification(*note) for note in notes))


def two_notes(song):
    add_notes(song, (36, 0.1875, 0.5), (38, 1.0, 0.5))


def two_selected_notes(song):
    two_notes(song)
    midi(song).select_all_notes()


def notes(song):
    return [(note.pitch, note.start_time) for note in midi(song).get_all_notes_extended()]


def selected(song):
    return len(midi(song).get_selected_notes_extended())


def fired(song):
    midi(song).fire()


def groove_of(song):
    clip = midi(song)
    return clip.groove.name if clip.has_groove else None


def use_first_groove(song):
    midi(song).groove = song.groove_pool.grooves[0]


def start_at_beat_6(song):
    song.current_song_time = 6.0
    song.scenes[0].fire()


CASES = {
    "create_midi_clip": Case(
        {"track_index": 1, "scene_index": 0, "length": 16},
        read=lambda song: slot_at(song, 1, 0).has_clip and slot_at(song, 1, 0).clip.length,
        after=16.0,
    ),
    "delete_clip": Case(IN_ROW, read=lambda song: slot_at(song, 0, 0).has_clip, after=False),
    "duplicate_clip": Case(IN_ROW, read=lambda song: slot_at(song, 0, 1).has_clip, after=True),
    "launch_clip": Case(IN_ROW, read=lambda song: slot_at(song, 0, 0).is_playing, after=True),
    "stop_clip": Case(
        IN_ROW, before=fired, read=lambda song: slot_at(song, 0, 0).is_playing, after=False, run_s=A_BAR_S
    ),
    "stop_all_clips": Case(before=fired, read=lambda song: song.tracks[0].playing_slot_index, after=-1, run_s=A_BAR_S),
    "get_clip_info": Case(IN_ROW, answer={"length": 8.0, "is_midi_clip": True, "is_audio_clip": False}),
    "set_clip_name": Case(dict(IN_ROW, name="Verse"), read=lambda song: midi(song).name, after="Verse"),
    "filter_clips": Case(
        {"notes": ["C", "E", "G"]},
        before=lambda song: setattr(midi(song), "name", "Pad_C-F#3"),
        read=lambda song: midi(song).muted,
        after=True,
    ),
    "unfilter_clips": Case(before=lambda song: setattr(midi(song), "muted", True), read=lambda song: midi(song).muted, after=False),
    "set_clip_muted": Case(dict(MIDI_CLIP, muted=True), read=lambda song: midi(song).muted, after=True),
    "set_clip_color": Case(dict(MIDI_CLIP, color_index=14), read=lambda song: midi(song).color, after=0xFF3636),
    "get_clip_color": Case(
        MIDI_CLIP,
        before=lambda song: setattr(midi(song), "color_index", 14),
        answer={"color_index": 14, "color": 0xFF3636},
    ),
    "set_clip_signature_numerator": Case(
        dict(MIDI_CLIP, numerator=7), read=lambda song: midi(song).signature_numerator, after=7
    ),
    "get_clip_start_time": Case(MIDI_CLIP, before=start_at_beat_6, answer={"start_time": 6.0}),
    "set_clip_start_time": Case(dict(MIDI_CLIP, start_time=4.0)),
    "set_clip_looping": Case(dict(MIDI_CLIP, looping=False), read=lambda song: midi(song).looping, after=False),
    "set_clip_loop_start": Case(dict(MIDI_CLIP, loop_start=2), read=lambda song: midi(song).loop_start, after=2.0),
    "set_clip_loop_end": Case(dict(MIDI_CLIP, loop_end=6), read=lambda song: midi(song).loop_end, after=6.0),
    "set_clip_start_marker": Case(
        dict(MIDI_CLIP, start_marker=1), read=lambda song: midi(song).start_marker, after=1.0
    ),
    "set_clip_end_marker": Case(dict(MIDI_CLIP, end_marker=7), read=lambda song: midi(song).end_marker, after=7.0),
    "set_clip_gain": Case(
        dict(AUDIO_CLIP, gain=0.5),
        read=lambda song: (audio(song).gain, audio(song).gain_display_string),
        after=(0.5, "4.0 dB"),
    ),
    "set_clip_pitch_coarse": Case(
        dict(AUDIO_CLIP, semitones=-12), read=lambda song: audio(song).pitch_coarse, after=-12
    ),
    "set_clip_pitch_fine": Case(dict(AUDIO_CLIP, cents=-25.5), read=lambda song: audio(song).pitch_fine, after=-25.5),
    "get_clip_warp_mode": Case(
        AUDIO_CLIP,
        before=lambda song: setattr(audio(song), "warp_mode", 6),
        answer={"warp_mode": 6, "warp_mode_name": "Complex Pro", "warping": True},
    ),
    "set_clip_warp_mode": Case(dict(AUDIO_CLIP, warp_mode=4), read=lambda song: audio(song).warp_mode, after=4),
    "get_clip_file_path": Case(AUDIO_CLIP, answer={"file_path": "/Music/Break.wav"}),
    "set_clip_warping": Case(dict(AUDIO_CLIP, warping=False), read=lambda song: audio(song).warping, after=False),
    "get_warp_markers": Case(
        AUDIO_CLIP,
        answer={
            "count": 3,
            "markers": [
                {"sample_time": 0.0, "beat_time": 0.0},
                {"sample_time": 2.0, "beat_time": 4.0},
                {"sample_time": 2.015625, "beat_time": 4.03125},
            ],
        },
    ),
    "get_sample_length": Case(AUDIO_CLIP, answer={"sample_length": 352800, "sample_rate": 44100.0}),
    "get_clip_ram_mode": Case(
        AUDIO_CLIP, before=lambda song: setattr(audio(song), "ram_mode", True), answer={"ram_mode": True}
    ),
    "set_clip_ram_mode": Case(dict(AUDIO_CLIP, ram_mode=True), read=lambda song: audio(song).ram_mode, after=True),
    "add_notes": Case(dict(IN_ROW, notes=[KICK]), read=notes, after=[(36, 1.0)]),
    "get_clip_notes": Case(MIDI_CLIP, before=two_notes, answer={"count": 2}),
    "get_notes_extended": Case(
        dict(MIDI_CLIP, start_time=1.0, time_span=1.0, start_pitch=38, pitch_span=1),
        before=two_notes,
        answer={"count": 1},
    ),
    "remove_notes": Case(dict(MIDI_CLIP, pitch_from=36, pitch_to=36), before=two_notes, read=notes, after=[(38, 1.0)]),
    "select_all_notes": Case(MIDI_CLIP, before=two_notes, read=selected, after=2),
    "deselect_all_notes": Case(MIDI_CLIP, before=two_selected_notes, read=selected, after=0),
    "replace_selected_notes": Case(
        dict(MIDI_CLIP, notes=[KICK]), before=two_selected_notes, read=notes, after=[(36, 1.0)]
    ),
    "quantize_clip": Case(dict(MIDI_CLIP, quantize_to=0.5), before=two_notes, read=notes, after=[(36, 0.0), (38, 1.0)]),
    "quantize_clip_pitch": Case(dict(MIDI_CLIP, pitch=36), before=two_notes, read=notes, after=[(36, 0.25), (38, 1.0)]),
    "get_groove_pool_grooves": Case(answer={"count": 2}),
    "set_clip_groove": Case(dict(MIDI_CLIP, groove_index=1), read=groove_of, after="MPC 57"),
    "set_clip_groove_amount": Case(
        dict(MIDI_CLIP, amount=0.5),
        before=use_first_groove,
        read=lambda song: song.groove_pool.grooves[0].timing_amount,
        after=0.5,
    ),
    "get_clip_follow_action": Case(MIDI_CLIP),
    "set_clip_follow_action": Case(dict(MIDI_CLIP, action_A=4, action_B=0)),
    "set_follow_action_time": Case(dict(MIDI_CLIP, time_in_bars=2)),
    "get_clip_fade_in": Case(AUDIO_CLIP),
    "set_clip_fade_in": Case(dict(AUDIO_CLIP, fade_time=0.5)),
    "get_clip_fade_out": Case(AUDIO_CLIP),
    "set_clip_fade_out": Case(dict(AUDIO_CLIP, fade_time=0.5)),
    "get_clip_annotation": Case(MIDI_CLIP),
    "set_clip_annotation": Case(dict(MIDI_CLIP, annotation_text="take 2")),
}
