"""Actions on the set as a whole: transport, tempo, loop, recording, undo."""

from ..errors import Refusal
from ..parameters import Boolean, Integer, Number
from ..registry import action
from . import targets

SET = {"set": None}
EVERYTHING = {
    "set": None,
    "track": None,
    "clip": None,
    "device": None,
    "return": None,
    "master": None,
    "scene": None,
    "selection": None,
}


@action("session", ["transport"], SET, {"message": "string", "is_playing": "boolean"})
def start_playback(host):
    """Starts playing from the start marker."""
    host.song.start_playing()
    return {"is_playing": host.song.is_playing, "message": "playback starts"}


@action("session", ["transport", "stop"], SET, {"message": "string", "is_playing": "boolean"})
def stop_playback(host):
    """Stops playing; stopping what stands still is no error."""
    host.song.stop_playing()
    return {"is_playing": host.song.is_playing, "message": "playback stops"}


@action("session", ["record"], {"set": None, "track": None}, {"message": "string", "record_mode": "boolean"})
def start_recording(host):
    """Switches recording into the arrangement on; armed tracks record while the set plays."""
    song = host.song
    song.record_mode = True
    targets.require(song.record_mode, "Live did not switch recording on")
    return {"record_mode": True, "message": "recording is on"}


@action("session", ["record", "stop"], {"set": None, "track": None}, {"message": "string", "record_mode": "boolean"})
def stop_recording(host):
    """Switches recording off, into the arrangement and into session clips alike."""
    song = host.song
    song.record_mode = False
    if song.session_record:
        song.session_record = False
    targets.require(not song.record_mode and not song.session_record, "Live did not switch recording off")
    return {"record_mode": False, "message": "recording is off"}


@action("session", ["transport"], SET, {"message": "string", "is_playing": "boolean"})
def continue_playing(host):
    """Goes on playing from the current position."""
    host.song.continue_playing()
    return {"is_playing": host.song.is_playing, "message": "playback continues"}


@action(
    "session",
    ["read"],
    result={
        "tempo": "number",
        "is_playing": "boolean",
        "current_song_time": "number",
        "loop_start": "number",
        "loop_end": "number",
        "loop_length": "number",
        "metronome": "boolean",
        "record_mode": "boolean",
        "nudge_down": "boolean",
        "nudge_up": "boolean",
        "num_tracks": "integer",
        "num_scenes": "integer",
        "time_signature_numerator": "integer",
        "time_signature_denominator": "integer",
    },
)
def get_session_info(host):
    """Reports tempo, transport, loop, signature, and how many tracks and scenes there are."""
    song = host.song
    return {
        "tempo": song.tempo,
        "is_playing": song.is_playing,
        "current_song_time": song.current_song_time,
        "loop_start": song.loop_start,
        "loop_end": song.loop_start + song.loop_length,
        "loop_length": song.loop_length,
        "metronome": song.metronome,
        "record_mode": song.record_mode,
        "nudge_down": song.nudge_down,
        "nudge_up": song.nudge_up,
        "num_tracks": len(song.tracks),
        "num_scenes": len(song.scenes),
        "time_signature_numerator": song.signature_numerator,
        "time_signature_denominator": song.signature_denominator,
    }


@action("session", ["transport"], SET, {"bpm": "number", "message": "string"})
def set_tempo(host, bpm: Number(minimum=20, maximum=999, unit="beats per minute")):
    """Sets the tempo; refused while something else, such as a tempo follower, decides it."""
    host.song.tempo = bpm
    tempo = host.song.tempo
    targets.require_value("the tempo", bpm, tempo)
    return {"bpm": tempo, "message": "the tempo is %.2f" % tempo}


@action(
    "session",
    ["transport"],
    SET,
    {"numerator": "integer", "denominator": "integer", "message": "string"},
    one_undo_step=True,
)
def set_time_signature(
    host, numerator: Integer(minimum=1, maximum=99), denominator: Integer(enum=(1, 2, 4, 8, 16))
):
    """Sets the time signature at the current position."""
    song = host.song
    song.signature_numerator = numerator
    song.signature_denominator = denominator
    actual = (song.signature_numerator, song.signature_denominator)
    targets.require(actual == (numerator, denominator), "Live kept the time signature %d/%d" % actual)
    return {"numerator": numerator, "denominator": denominator, "message": "the time signature is %d/%d" % actual}


@action("session", ["transport"], SET, {"loop_start": "number"})
def set_loop_start(host, position: Number(minimum=0, unit="beats")):
    """Moves the start of the arrangement loop; its length stays."""
    host.song.loop_start = position
    loop_start = host.song.loop_start
    targets.require_value("the loop start", position, loop_start)
    return {"loop_start": loop_start}


@action("session", ["transport"], SET, {"loop_length": "number"})
def set_loop_length(host, length: Number(exclusive_minimum=0, unit="beats") = 4.0):
    """Sets the length of the arrangement loop."""
    host.song.loop_length = length
    loop_length = host.song.loop_length
    targets.require_value("the loop length", length, loop_length)
    return {"loop_length": loop_length}


@action("session", ["transport"], SET, {"metronome": "boolean"})
def set_metronome(host, enabled: Boolean() = True):
    """Switches the metronome on or off."""
    host.song.metronome = enabled
    targets.require(host.song.metronome == enabled, "Live did not switch the metronome")
    return {"metronome": enabled}


@action("session", ["transport"], SET, {"message": "string", "tempo": "number"})
def tap_tempo(host):
    """Taps once; the tempo follows from several taps."""
    host.song.tap_tempo()
    return {"tempo": host.song.tempo, "message": "tapped"}


@action("session", ["edit", "destructive"], EVERYTHING, {"message": "string"})
def undo(host):
    """Undoes the last change of the set, whoever made it."""
    return _step_through_history(host.song.can_undo, host.song.undo, "undo")


@action("session", ["edit", "destructive"], EVERYTHING, {"message": "string"})
def redo(host):
    """Does again what was undone last."""
    return _step_through_history(host.song.can_redo, host.song.redo, "redo")


def _step_through_history(possible, step, verb):
    if not possible:
        raise Refusal("live_error", "there is nothing to %s" % verb)
    step()
    return {"message": "one step was %s" % {"undo": "undone", "redo": "redone"}[verb]}
