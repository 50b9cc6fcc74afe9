"""Actions on the whole set: state, tempo, signature, groove, metronome, file, and undo."""

import os

from ..errors import Refusal
from ..lom import polling, targets
from ..lom.excursion import when_at_home
from ..parameters import Boolean, Integer, Number
from ..registry import action

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
    sentence="<read> the tempo and the transport",
)
def get_session_info(host):
    """Reports tempo, transport, loop, signature, and the numbers of tracks and scenes. Uses Song."""
    return when_at_home(host, lambda: described(host.song))


@action(
    "session",
    ["transport"],
    SET,
    {"bpm": "number", "message": "string"},
    sets={"tempo": "song.tempo"},
    sentence="<set> the tempo {>tempo=bpm BPM}",
)
def set_tempo(host, bpm: Number(minimum=20, maximum=999, unit="beats per minute")):
    """Sets the tempo; refused while something else, such as a tempo follower, controls it. Uses Song.tempo."""
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
    sets={"numerator": "song.signature_numerator", "denominator": "song.signature_denominator"},
    sentence="<set> the time signature to {numerator}/{denominator}",
)
def set_time_signature(
    host, numerator: Integer(minimum=1, maximum=99), denominator: Integer(enum=(1, 2, 4, 8, 16))
):
    """Sets the time signature at the current position. Uses Song.signature_numerator and signature_denominator."""
    host.song.signature_numerator = numerator
    return polling.retry(host, lambda: _finish_signature(host, numerator, denominator))


@action(
    "property",
    ["read"],
    result={"signature_numerator": "integer"},
    sentence="<read> the time signature",
)
def get_signature_numerator(host):
    """Reports the number of beats in a bar. Uses Song.signature_numerator."""
    return {"signature_numerator": int(host.song.signature_numerator)}


@action(
    "property",
    ["read"],
    result={"signature_denominator": "integer"},
    sentence="<read> the time signature",
)
def get_signature_denominator(host):
    """Reports the note value of a beat: 4 for quarters. Uses Song.signature_denominator."""
    return {"signature_denominator": int(host.song.signature_denominator)}


@action(
    "groove_quantize",
    ["read"],
    result={"groove_amount": "number"},
    sentence="<read> the groove amount",
)
def get_groove_amount(host):
    """Reports the global groove amount, which scales all grooves; 1 is 100 percent. Uses Song.groove_amount."""
    return {"groove_amount": float(host.song.groove_amount)}


@action(
    "groove_quantize",
    ["edit"],
    SET,
    {"groove_amount": "number"},
    sets={"groove_amount": "song.groove_amount"},
    sentence="<set> the groove amount {>groove_amount=amount %}",
)
def set_groove_amount(host, amount: Number(minimum=0, maximum=1.3)):
    """Sets the global groove amount, which scales all grooves; 1 is 100 percent. Uses Song.groove_amount."""
    host.song.groove_amount = amount
    groove_amount = float(host.song.groove_amount)
    targets.require_value("the groove amount", amount, groove_amount)
    return {"groove_amount": groove_amount}


@action(
    "project",
    ["read", "sensitive"],
    result={"project_root_folder": "string"},
    sentence="<read> the project's folder",
)
def get_project_root_folder(host):
    """Reports the folder in which the set is saved; refused if it was never saved. Uses Song.file_path."""
    file_path = str(host.song.file_path)
    if not file_path:
        raise Refusal("live_error", "the set has not been saved yet, so it has no folder")
    return {"project_root_folder": os.path.dirname(file_path)}


@action(
    "session",
    ["transport"],
    SET,
    {"metronome": "boolean"},
    sets={"metronome": "song.metronome"},
    sentence="{enabled?<switch|switched> on the metronome:<switch|switched> off the metronome}{was metronome}",
)
def set_metronome(host, enabled: Boolean() = True):
    """Switches the metronome on or off. Uses Song.metronome."""
    host.song.metronome = enabled
    targets.require(host.song.metronome == enabled, "Live did not switch the metronome")
    return {"metronome": enabled}


@action(
    "session",
    ["transport"],
    # Live may be set to start playback with the taps.
    {"set": None, "track": None, "clip": None},
    {"message": "string", "tempo": "number"},
    sets={"tempo": "song.tempo"},
    sentence="<tap|tapped> the tempo[: {>tempo BPM}]",
)
def tap_tempo(host):
    """Taps the tempo once; several taps set the tempo. Uses Song.tap_tempo."""
    host.song.tap_tempo()
    return {"tempo": host.song.tempo, "message": "tapped"}


@action(
    "session",
    ["edit", "destructive"],
    EVERYTHING,
    {"message": "string", "changed": "boolean"},
    sentence="<undo|undid> the last step in Live",
)
def undo(host):
    """Undoes the last change of the set, by any client or by the user; without one, changed is false. Uses Song.undo."""
    return _step_through_history(host.song.can_undo, host.song.undo, "undo")


@action(
    "session",
    ["edit", "destructive"],
    EVERYTHING,
    {"message": "string", "changed": "boolean"},
    sentence="<redo|redid> the last undone step in Live",
)
def redo(host):
    """Redoes the last undone change; without one, changed is false. Uses Song.redo."""
    return _step_through_history(host.song.can_redo, host.song.redo, "redo")


def described(song):
    """The fields of the set. They include the play position, so callers wait until it is at home (excursion.py)."""
    return {
        "tempo": float(song.tempo),
        "is_playing": bool(song.is_playing),
        "current_song_time": float(song.current_song_time),
        "loop_start": float(song.loop_start),
        "loop_end": float(song.loop_start + song.loop_length),
        "loop_length": float(song.loop_length),
        "metronome": bool(song.metronome),
        "record_mode": bool(song.record_mode),
        "nudge_down": bool(song.nudge_down),
        "nudge_up": bool(song.nudge_up),
        "num_tracks": len(song.tracks),
        "num_scenes": len(song.scenes),
        "time_signature_numerator": int(song.signature_numerator),
        "time_signature_denominator": int(song.signature_denominator),
    }


def _finish_signature(host, numerator, denominator):
    song = host.song
    song.signature_denominator = denominator
    actual = (song.signature_numerator, song.signature_denominator)
    targets.require(actual == (numerator, denominator), "Live kept the time signature %d/%d" % actual)
    return {"numerator": numerator, "denominator": denominator, "message": "the time signature is %d/%d" % actual}


def _step_through_history(possible, step, verb):
    if not possible:
        return {"changed": False, "message": "there is nothing to %s" % verb}
    step()
    return {"changed": True, "message": "one step was %s" % {"undo": "undone", "redo": "redone"}[verb]}
