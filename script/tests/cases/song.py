"""Cases of the song: transport, locators, recording, scenes, and the settings of the set."""

from livesim import SetPlan
from livesim.model.track import AUDIO, MIDI
from tests.cases import Case

PLAN = SetPlan(
    tracks=(("Drums", MIDI), ("Bass", MIDI), ("Vocals", AUDIO)),
    scenes=4,
    clips={(0, 0): 8.0, (1, 1): 4.0},
    locators=((16.0, "Chorus"), (4.0, "Verse")),
    file_path="/music/Summer Project/Summer.als",
    played=((1, 36),),
)
PRESSES = []
TIMERS = []


def at_beat_8(song):
    song.current_song_time = 8.0


def with_presses_counted(button):
    """The song plays, and each press of the button is recorded."""

    def prepare(song):
        PRESSES.clear()
        getattr(song, "add_%s_listener" % button)(lambda: PRESSES.append(getattr(song, button)))
        song.start_playing()

    return prepare


def with_an_overridden_fader(song):
    """Automated by a clip, and changed by the user as soon as that plays."""
    import Live

    clip, fader = song.tracks[0].clip_slots[0].clip, song.tracks[0].mixer_device.volume
    clip.create_automation_envelope(fader)
    clip.fire()
    TIMERS[:] = [Live.Base.Timer(callback=lambda: setattr(fader, "value", 0.5), interval=1, start=True)]


def notes_of(slot):
    return slot.clip.get_all_notes_extended() if slot.has_clip else ()


CASES = {
    "start_playback": Case(read=lambda song: song.is_playing, after=True),
    "stop_playback": Case(before=lambda song: song.start_playing(), read=lambda song: song.is_playing, after=False),
    "continue_playing": Case(read=lambda song: song.is_playing, after=True),
    "start_recording": Case(read=lambda song: song.record_mode, after=True),
    "stop_recording": Case(
        before=lambda song: setattr(song, "record_mode", True), read=lambda song: song.record_mode, after=False
    ),
    "get_session_info": Case(answer={"tempo": 120.0, "num_tracks": 3, "num_scenes": 4}),
    "set_tempo": Case({"bpm": 93.5}, read=lambda song: song.tempo, after=93.5),
    "set_time_signature": Case(
        {"numerator": 7, "denominator": 8},
        read=lambda song: (song.signature_numerator, song.signature_denominator),
        after=(7, 8),
    ),
    "get_signature_numerator": Case(
        before=lambda song: setattr(song, "signature_numerator", 7), answer={"signature_numerator": 7}
    ),
    "get_signature_denominator": Case(
        before=lambda song: setattr(song, "signature_denominator", 8), answer={"signature_denominator": 8}
    ),
    "set_metronome": Case({"enabled": True}, read=lambda song: song.metronome, after=True),
    "tap_tempo": Case(before=lambda song: song.tap_tempo(), read=lambda song: song.tempo > 300, after=True),
    "undo": Case(before=lambda song: setattr(song, "tempo", 90.0), read=lambda song: song.tempo, after=120.0),
    "redo": Case(
        before=lambda song: (setattr(song, "tempo", 90.0), song.undo()), read=lambda song: song.tempo, after=90.0
    ),
    "get_groove_amount": Case(
        before=lambda song: setattr(song, "groove_amount", 0.5), answer={"groove_amount": 0.5}
    ),
    "set_groove_amount": Case({"amount": 0.25}, read=lambda song: song.groove_amount, after=0.25),
    "get_project_root_folder": Case(answer={"project_root_folder": "/music/Summer Project"}),
    "get_current_time": Case(before=at_beat_8, answer={"current_song_time": 8.0, "is_playing": False}),
    "jump_to_time": Case({"time_in_beats": 12.5}, read=lambda song: song.current_song_time, after=12.5),
    "jump_by_amount": Case(
        {"amount_in_beats": -3.0}, before=at_beat_8, read=lambda song: song.current_song_time, after=5.0
    ),
    "set_loop_start": Case({"position": 8.0}, read=lambda song: song.loop_start, after=8.0),
    "set_loop_length": Case({"length": 6.0}, read=lambda song: song.loop_length, after=6.0),
    "set_loop_enabled": Case({"enabled": True}, read=lambda song: song.loop, after=True),
    "get_loop_enabled": Case(
        before=lambda song: setattr(song, "loop", True),
        answer={"loop_enabled": True, "loop_start": 0.0, "loop_length": 16.0},
    ),
    "nudge_up": Case(before=with_presses_counted("nudge_up"), read=lambda song: list(PRESSES), after=[True, False]),
    "nudge_down": Case(before=with_presses_counted("nudge_down"), read=lambda song: list(PRESSES), after=[True, False]),
    "set_back_to_arranger": Case(
        {"enabled": False},
        before=lambda song: song.tracks[0].clip_slots[0].fire(),
        read=lambda song: (song.back_to_arranger, song.tracks[0].playing_slot_index),
        after=(False, -1),
    ),
    "get_arrangement_overdub": Case(
        before=lambda song: setattr(song, "arrangement_overdub", True), answer={"arrangement_overdub": True}
    ),
    "set_arrangement_overdub": Case({"enabled": True}, read=lambda song: song.arrangement_overdub, after=True),
    "set_punch_in": Case({"enabled": True}, read=lambda song: song.punch_in, after=True),
    "set_punch_out": Case({"enabled": True}, read=lambda song: song.punch_out, after=True),
    "set_record_mode": Case({"mode": 1}, read=lambda song: song.record_mode, after=True),
    "get_session_record": Case(
        before=lambda song: setattr(song, "session_record", True), answer={"session_record": True}
    ),
    "set_session_record": Case({"enabled": True}, read=lambda song: song.session_record, after=True),
    "get_session_automation_record": Case(
        before=lambda song: setattr(song, "session_automation_record", True), answer={"session_automation_record": True}
    ),
    "set_session_automation_record": Case(
        {"enabled": True}, read=lambda song: song.session_automation_record, after=True
    ),
    "trigger_session_record": Case(
        before=lambda song: setattr(song.tracks[1], "arm", True),
        read=lambda song: song.tracks[1].clip_slots[0].is_recording,
        after=True,
        run_s=1.0,
    ),
    "re_enable_automation": Case(
        before=with_an_overridden_fader,
        read=lambda song: song.tracks[0].mixer_device.volume.automation_state,
        after=1,
    ),
    "capture_midi": Case(
        read=lambda song: [note.pitch for note in notes_of(song.tracks[1].clip_slots[0])], after=[36]
    ),
    "get_locators": Case(
        answer={
            "count": 2,
            "locators": [
                {"locator_index": 0, "index": 0, "name": "Verse", "time": 4.0},
                {"locator_index": 1, "index": 1, "name": "Chorus", "time": 16.0},
            ],
        }
    ),
    "create_locator": Case(
        {"time_in_beats": 32.0},
        before=at_beat_8,
        read=lambda song: ([cue.time for cue in song.cue_points], song.current_song_time),
        after=([16.0, 4.0, 32.0], 8.0),
    ),
    "delete_locator": Case(
        {"locator_index": 1},
        before=at_beat_8,
        read=lambda song: ([cue.name for cue in song.cue_points], song.current_song_time),
        after=(["Verse"], 8.0),
    ),
    "get_can_jump_to_next_cue": Case(before=at_beat_8, answer={"can_jump_to_next_cue": True}),
    "get_can_jump_to_prev_cue": Case(answer={"can_jump_to_prev_cue": False}),
    "jump_to_next_cue": Case(before=at_beat_8, read=lambda song: song.current_song_time, after=16.0),
    "jump_to_prev_cue": Case(before=at_beat_8, read=lambda song: song.current_song_time, after=4.0),
    "create_scene": Case(
        {"name": "Outro"}, read=lambda song: [scene.name for scene in song.scenes], after=["", "", "", "", "Outro"]
    ),
    "delete_scene": Case(
        {"scene_index": 0}, read=lambda song: [len(song.scenes), song.scenes[0].clip_slots[1].has_clip], after=[3, True]
    ),
    "duplicate_scene": Case(
        {"scene_index": 1},
        read=lambda song: (len(song.scenes), song.scenes[2].clip_slots[1].has_clip),
        after=(5, True),
    ),
    "launch_scene": Case(
        {"scene_index": 1}, read=lambda song: song.tracks[1].playing_slot_index, after=1, run_s=1.0
    ),
    "rename_scene": Case({"scene_index": 2, "name": "Bridge"}, read=lambda song: song.scenes[2].name, after="Bridge"),
    "get_scene_info": Case({"scene_index": 1}, answer={"scene_index": 1, "is_empty": False, "tempo": -1.0}),
    "get_scene_is_empty": Case({"scene_index": 2}, answer={"is_empty": True}),
    "get_scene_tempo": Case(
        {"scene_index": 1},
        before=lambda song: setattr(song.scenes[1], "tempo", 90.0),
        answer={"has_tempo": True, "tempo": 90.0},
    ),
    "get_scene_color": Case(
        {"scene_index": 1},
        before=lambda song: setattr(song.scenes[1], "color_index", 14),
        answer={"color": 0xFF3636, "color_index": 14},
    ),
    "set_scene_color": Case(
        {"scene_index": 1, "color_index": 14}, read=lambda song: song.scenes[1].color_index, after=14
    ),
}
