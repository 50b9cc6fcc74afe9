"""Actions on the notes of MIDI clips."""

from ..errors import Refusal
from ..parameters import REQUIRED, Array, Boolean, Integer, Number, Object
from ..registry import action
from . import targets

PITCH = Integer(minimum=0, maximum=127)
NOTES_MAX = 10000
NOTE = Object(
    (
        ("pitch", PITCH, REQUIRED),
        ("start", Number(minimum=0, unit="beats"), REQUIRED),
        ("duration", Number(exclusive_minimum=0, unit="beats"), REQUIRED),
        ("velocity", Number(minimum=1, maximum=127), 100),
        ("mute", Boolean(), False),
    )
)


@action(
    "midi_notes",
    ["edit"],
    {"track": "track_index", "clip": "scene_index"},
    {
        "track_index": "integer",
        "scene_index": "integer",
        "note_count": "integer",
        "note_ids": "array",
        "message": "string",
    },
)
def add_notes(
    host, track_index: targets.INDEX, scene_index: targets.INDEX, notes: Array(NOTE, max_items=NOTES_MAX)
):
    """Adds notes to those that a MIDI clip has."""
    clip = targets.midi_clip(host, track_index, scene_index, "scene_index")
    note_ids = list(clip.add_new_notes([host.note(**note) for note in notes]))
    targets.require(len(note_ids) == len(notes), "Live added %d of %d notes" % (len(note_ids), len(notes)))
    return {
        "track_index": track_index,
        "scene_index": scene_index,
        "note_count": len(note_ids),
        "note_ids": note_ids,
        "message": "notes added: %d" % len(note_ids),
    }


@action(
    "midi_notes",
    ["read"],
    result={"track_index": "integer", "clip_index": "integer", "count": "integer", "notes": "array"},
)
def get_clip_notes(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Lists all notes of a MIDI clip, in the order in which they start."""
    clip = targets.midi_clip(host, track_index, clip_index, "clip_index")
    notes = sorted(clip.get_all_notes_extended(), key=lambda note: (note.start_time, note.pitch))
    return {
        "track_index": track_index,
        "clip_index": clip_index,
        "count": len(notes),
        "notes": [_described(note) for note in notes],
    }


@action(
    "midi_notes",
    ["edit", "destructive"],
    {"track": "track_index", "clip": "clip_index"},
    {"track_index": "integer", "clip_index": "integer", "removed": "integer", "message": "string"},
)
def remove_notes(
    host,
    track_index: targets.INDEX,
    clip_index: targets.INDEX,
    pitch_from: PITCH = 0,
    pitch_to: PITCH = 127,
    time_from: Number(unit="beats") = 0.0,
    time_to: Number(unit="beats") = 999.0,
):
    """Removes the notes from one pitch to another, both included, that start from one time until before another."""
    if pitch_to < pitch_from:
        raise Refusal("invalid_params", "pitch_to must not be below pitch_from")
    if time_to <= time_from:
        raise Refusal("invalid_params", "time_to must be greater than time_from")
    clip = targets.midi_clip(host, track_index, clip_index, "clip_index")
    region = (pitch_from, pitch_to - pitch_from + 1, time_from, time_to - time_from)
    count = len(clip.get_notes_extended(*region))
    clip.remove_notes_extended(*region)
    left = len(clip.get_notes_extended(*region))
    targets.require(not left, "Live kept %d of %d notes" % (left, count))
    return {
        "track_index": track_index,
        "clip_index": clip_index,
        "removed": count,
        "message": "notes removed: %d" % count,
    }


def _described(note):
    return {
        "note_id": note.note_id,
        "pitch": note.pitch,
        "start": note.start_time,
        "duration": note.duration,
        "velocity": note.velocity,
        "mute": note.mute,
    }
