"""Actions on the notes of MIDI clips."""

from ..errors import Refusal
from ..parameters import REQUIRED, Array, Boolean, Integer, Number, Object
from ..registry import action
from . import losses, targets
from .clip_settings import CLIP, PLACE, placed

PITCHES = 128
PITCH = Integer(minimum=0, maximum=PITCHES - 1)
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
    tells=("note_count",),
)
def add_notes(host, track_index: targets.INDEX, scene_index: targets.INDEX, notes: Array(NOTE, max_items=NOTES_MAX)):
    """Adds notes to those that a MIDI clip has; they cut short or replace others of their pitch in their place.

    So do the new ones among themselves: note_count and note_ids are those that are in the clip afterwards. Uses
    Clip.add_new_notes.
    """
    clip = targets.midi_clip(host, track_index, scene_index, "scene_index")
    note_ids = add(host, clip, notes)
    return {
        "track_index": track_index,
        "scene_index": scene_index,
        "note_count": len(note_ids),
        "note_ids": note_ids,
        "message": added(note_ids, notes),
    }


@action(
    "midi_notes",
    ["read"],
    result=dict(PLACE, count="integer", notes="array"),
)
def get_clip_notes(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Lists all notes of a MIDI clip, in the order in which they start. Uses Clip.get_all_notes_extended."""
    clip = targets.midi_clip(host, track_index, clip_index)
    notes = list(each_of(clip))
    return placed(track_index, clip_index, count=len(notes), notes=notes)


@action("midi_notes", ["read"], result=dict(PLACE, count="integer", notes="array"))
def get_notes_extended(
    host,
    track_index: targets.INDEX,
    clip_index: targets.INDEX,
    start_time: Number(unit="beats") = 0.0,
    time_span: Number(minimum=0, unit="beats") = 999.0,
    start_pitch: PITCH = 0,
    pitch_span: Integer(minimum=1, maximum=PITCHES) = PITCHES,
):
    """Lists the notes of a MIDI clip that start within a range of time and pitch, the end of each not included.

    With probability, velocity_deviation and release_velocity. Uses Clip.get_notes_extended.
    """
    clip = targets.midi_clip(host, track_index, clip_index)
    pitch_span = min(pitch_span, PITCHES - start_pitch)
    found = clip.get_notes_extended(start_pitch, pitch_span, start_time, time_span) if time_span else ()
    notes = [_described_wholly(note) for note in _in_order(found)]
    return placed(track_index, clip_index, count=len(notes), notes=notes)


@action(
    "midi_notes",
    ["edit", "destructive"],
    CLIP,
    dict(PLACE, removed="integer", message="string"),
    loses={"notes": losses.notes_within},
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
    """Removes the notes from one pitch to another, both included, that start from one time until before another.

    Uses Clip.remove_notes_extended.
    """
    if pitch_to < pitch_from:
        raise Refusal("invalid_params", "pitch_to must not be below pitch_from")
    if time_to <= time_from:
        raise Refusal("invalid_params", "time_to must be greater than time_from")
    clip = targets.midi_clip(host, track_index, clip_index)
    region = (pitch_from, pitch_to - pitch_from + 1, time_from, time_to - time_from)
    count = len(clip.get_notes_extended(*region))
    clip.remove_notes_extended(*region)
    left = len(clip.get_notes_extended(*region))
    targets.require(not left, "Live kept %d of %d notes" % (left, count))
    return placed(track_index, clip_index, removed=count, message="notes removed: %d" % count)


def add(host, clip, notes):
    """Adds notes to a clip and returns the ids of those that are in it then: one may take another's place."""
    new_ids = [int(note_id) for note_id in clip.add_new_notes([host.note(**note) for note in notes])]
    there = {int(note.note_id) for note in clip.get_all_notes_extended()}
    note_ids = [note_id for note_id in new_ids if note_id in there]
    targets.require(note_ids or not notes, "Live added none of %d notes" % len(notes))
    return note_ids


def added(note_ids, notes):
    """What the message of an answer says of the notes that were asked for."""
    message = "notes added: %d" % len(note_ids)
    if len(note_ids) < len(notes):
        message += " of %d; others of them took the place of the rest" % len(notes)
    return message


def each_of(clip):
    """The notes of a MIDI clip as answers have them."""
    return map(_described, _in_order(clip.get_all_notes_extended()))


def _in_order(notes):
    return sorted(notes, key=lambda note: (note.start_time, note.pitch))


def _described_wholly(note):
    return dict(
        _described(note),
        probability=note.probability,
        velocity_deviation=note.velocity_deviation,
        release_velocity=note.release_velocity,
    )


def _described(note):
    return {
        "note_id": note.note_id,
        "pitch": note.pitch,
        "start": note.start_time,
        "duration": note.duration,
        "velocity": note.velocity,
        "mute": note.mute,
    }
