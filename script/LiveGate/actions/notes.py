"""Actions on the notes of MIDI clips."""

from .. import steps
from ..errors import Refusal
from ..lom import trail_values, note_pages, overwriting, targets
from ..lom.overwriting import OVERWRITE
from ..parameters import ABSENT, REQUIRED, Array, Boolean, Integer, Number, Object
from ..registry import action
from .clip_settings import CLIP, PLACE, placed

PITCHES = 128
PAGED = dict(PLACE, count="integer", total="integer", next="integer", notes="array")
PITCH = Integer(minimum=0, maximum=PITCHES - 1)
NOTES_MAX = 10000
# So many notes are created in one step.
NOTES_AT_A_TIME = 256
NOTE = Object(
    (
        ("pitch", PITCH, REQUIRED),
        ("start", Number(unit="beats"), REQUIRED),
        ("duration", Number(exclusive_minimum=0, unit="beats"), REQUIRED),
        ("velocity", Number(minimum=1, maximum=127), 100),
        ("mute", Boolean(), False),
        ("probability", Number(minimum=0, maximum=1), ABSENT),
        ("velocity_deviation", Number(minimum=-127, maximum=127), ABSENT),
        ("release_velocity", Number(minimum=0, maximum=127), ABSENT),
        # Accepted so that notes can be written as they were read; Live numbers new notes itself.
        ("note_id", Integer(), ABSENT),
    ),
    # The fields by which the original script reported notes.
    aliases={"start_time": "start", "muted": "mute"},
)


@action(
    "midi_notes",
    ["edit"],
    {"track": "track_index", "clip": "scene_index"},
    {
        "track_index": "integer",
        "scene_index": "integer",
        "clip_index": "integer",
        "note_count": "integer",
        "note_ids": "array",
        "message": "string",
    },
    records=("note_count",),
    sentence="<add|added> {note_count=notes notes} to {the clip} on {track}",
)
def add_notes(
    host,
    track_index: targets.INDEX,
    scene_index: targets.INDEX,
    notes: Array(NOTE, max_items=NOTES_MAX),
    overwrite: OVERWRITE = False,
):
    """Adds notes to a MIDI clip.

    Refused if they would cut short or replace existing notes of their pitch, unless `overwrite` is true. If the new notes
    overlap each other, later ones replace earlier ones. Notes may start before beat 0, and have what get_notes_extended
    reads: a note_id is ignored. note_count and note_ids are those that are in the clip afterwards.
    Uses Clip.add_new_notes.
    """
    targets.midi_clip(host, track_index, scene_index, "scene_index")

    def answer(note_ids):
        return {
            "track_index": track_index,
            "scene_index": scene_index,
            "clip_index": scene_index,
            "note_count": len(note_ids),
            "note_ids": note_ids,
            "message": added(note_ids, notes),
        }

    def find():
        return targets.midi_clip(host, track_index, scene_index, "scene_index")

    def add_where_free(made):
        clip = find()
        overwriting.require_none(overwrite, lambda: overwriting.notes_under(clip, notes))
        return add(clip, made, answer)

    return specified(host, notes, add_where_free)


@action("midi_notes", ["read"], result=PAGED, sentence="<read> the notes of {the clip} on {track}")
def get_clip_notes(
    host,
    track_index: targets.INDEX,
    clip_index: targets.INDEX,
    offset: note_pages.OFFSET = None,
    limit: note_pages.LIMIT = None,
):
    """Lists the notes of a MIDI clip in the order of their starts; start_time is start, and muted is mute.

    Includes probability, velocity_deviation and release_velocity, so that add_notes writes them again as they were. More than 10000 are listed in pages: `limit` notes starting at `offset`. `next` is the offset of the next page, which
    exists if it is less than `total`, the number of all notes. Uses Clip.get_all_notes_extended.
    """
    found = targets.midi_clip(host, track_index, clip_index).get_all_notes_extended()
    return note_pages.page(found, offset, limit, _described_wholly, _paged(track_index, clip_index))


@action("midi_notes", ["read"], result=PAGED, sentence="<read> notes of {the clip} on {track}")
def get_notes_extended(
    host,
    track_index: targets.INDEX,
    clip_index: targets.INDEX,
    start_time: Number(unit="beats") = 0.0,
    time_span: Number(minimum=0, unit="beats") = 999.0,
    start_pitch: PITCH = 0,
    pitch_span: Integer(minimum=1, maximum=PITCHES) = PITCHES,
    offset: note_pages.OFFSET = None,
    limit: note_pages.LIMIT = None,
):
    """Lists the notes of a MIDI clip that start within a range of time and pitch, the end of each excluded.

    Has the fields and pages of get_clip_notes. Uses Clip.get_notes_extended.
    """
    clip = targets.midi_clip(host, track_index, clip_index)
    pitch_span = min(pitch_span, PITCHES - start_pitch)
    found = clip.get_notes_extended(start_pitch, pitch_span, start_time, time_span) if time_span else ()
    return note_pages.page(found, offset, limit, _described_wholly, _paged(track_index, clip_index))


@action(
    "midi_notes",
    ["edit", "destructive"],
    CLIP,
    dict(PLACE, removed="integer", message="string"),
    removes={"notes": trail_values.notes_within},
    sentence="<remove|removed> notes {pitch_from note} to {pitch_to note} from {the clip} on {track}",
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
    """Removes the notes within a range of pitch, both ends included, that start within a range of time, its end excluded.

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
    targets.require(not left, "Live did not remove %d of %d notes" % (left, count))
    return placed(track_index, clip_index, removed=count, message="notes removed: %d" % count)


def specified(host, notes, proceed):
    """Converts the notes of a request into Live's, and continues with those; it changes nothing yet."""
    return steps.gather((host.note(**note) for note in notes), proceed, at_a_time=NOTES_AT_A_TIME)


def add(clip, notes, proceed):
    """Adds notes to a clip and continues with the ids of those that are in it then: a note may replace another."""
    new_ids = clip.add_new_notes(notes)

    def confirm():
        targets.require_alive(clip, "the clip")
        found = clip.get_all_notes_extended()
        there = set()
        ids = (there.add(int(found[index].note_id)) for index in range(len(found)))
        return steps.gather(ids, lambda _: remaining(there), begun=True)

    def remaining(there):
        ids = (int(new_ids[index]) for index in range(len(new_ids)))
        return steps.gather((each for each in ids if each in there), finish, begun=True)

    def finish(note_ids):
        targets.require(note_ids or not notes, "Live added none of %d notes" % len(notes))
        return proceed(note_ids)

    return confirm


def added(note_ids, notes):
    """The sentence about the requested notes for the answer's message."""
    message = "notes added: %d" % len(note_ids)
    if len(note_ids) < len(notes):
        message += " of %d; others of them replaced the rest" % len(notes)
    return message


def each_of(clip):
    """The notes of a MIDI clip as answers contain them, in order; None for each piece of work before."""
    return note_pages.in_order(clip.get_all_notes_extended(), _described)


def _paged(track_index, clip_index):
    return lambda **fields: placed(track_index, clip_index, **fields)


def _described_wholly(note):
    return dict(
        _listed(note),
        probability=note.probability,
        velocity_deviation=note.velocity_deviation,
        release_velocity=note.release_velocity,
    )


def _listed(note):
    """A note with the names of its fields that clients of the original script read, too."""
    described = _described(note)
    return dict(described, start_time=described["start"], muted=described["mute"])


def _described(note):
    return {
        "note_id": note.note_id,
        "pitch": note.pitch,
        "start": note.start_time,
        "duration": note.duration,
        "velocity": note.velocity,
        "mute": note.mute,
    }
