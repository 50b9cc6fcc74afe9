"""MIDI notes of a clip: ids, ranges and selection; the older methods that take notes as tuples.

Notes of one pitch never overlap (note_lanes.py). A tuple is (pitch, start, duration, velocity, mute).
"""

import collections

from .base import State, command, query
from .note_lanes import settle
from .values import NOTE_FIELDS, MidiNote

Note = collections.namedtuple("Note", NOTE_FIELDS)

_RANGES = {
    "pitch": (0, 127),
    "velocity": (0, 127),
    "probability": (0, 1),
    "velocity_deviation": (-127, 127),
    "release_velocity": (0, 127),
}


class NoteEdit:
    """The notes that an edit removed and added: clips can be large, so the history keeps differences."""

    __slots__ = ("clip", "taken", "given")

    def __init__(self, clip, taken, given):
        self.clip, self.taken, self.given = clip, taken, given

    def revert(self):
        self._exchange(self.given, self.taken)

    def repeat(self):
        self._exchange(self.taken, self.given)

    def _exchange(self, out, back):
        kept = {note_id: note for note_id, note in self.clip._notes.items() if note_id not in out}
        self.clip._notes = {**kept, **back}
        self.clip.post("notes")


class ClipNotes:
    _notes = {}
    _selected_ids = State(frozenset(), undo=False)
    _last_note_id = 0

    @command
    def add_new_notes(self, specifications):
        return self._add_notes(specification.values for specification in specifications)

    @query
    def get_notes_extended(self, from_pitch, pitch_span, from_time, time_span):
        return self._as_values(self._notes_within(from_pitch, pitch_span, from_time, time_span))

    @query
    def get_all_notes_extended(self):
        self._require_midi()
        return self._as_values(self._notes.values())

    @query
    def get_notes_by_id(self, note_ids):
        return self._as_values(self._known(note_ids))

    @query
    def get_selected_notes_extended(self):
        self._require_midi()
        return self._as_values(self._notes[note_id] for note_id in self._selected_ids if note_id in self._notes)

    @command
    def apply_note_modifications(self, vector):
        modified = [Note(*(getattr(value, field) for field in NOTE_FIELDS)) for value in vector.items]
        self._known(note.note_id for note in modified)
        for note in modified:
            _check(note)
        self._put_notes(modified)

    @command
    def remove_notes_extended(self, from_pitch, pitch_span, from_time, time_span):
        self._remove(note.note_id for note in self._notes_within(from_pitch, pitch_span, from_time, time_span))

    @command
    def remove_notes_by_id(self, note_ids):
        self._remove(note.note_id for note in self._known(note_ids))

    @command
    def select_all_notes(self):
        self._require_midi()
        self._selected_ids = frozenset(self._notes)

    @command
    def deselect_all_notes(self):
        self._require_midi()
        self._selected_ids = frozenset()

    @command
    def select_notes_by_id(self, note_ids):
        """Adds to the selection; ids that the clip does not have are ignored."""
        self._require_midi()
        self._selected_ids |= frozenset(note_ids) & frozenset(self._notes)

    def write(self, notes):
        """Adds notes for an initial set, each (pitch, start, duration, velocity)."""
        if notes:
            self._add_notes(dict(zip(_FIELDS, note)) for note in notes)

    def loudness_at(self, position):
        """The velocity of the loudest note that sounds there, from 0 to 1."""
        sounding = (
            note.velocity / 127
            for note in self._notes.values()
            if note.start_time <= position < note.start_time + note.duration and not note.mute
        )
        return max(sounding, default=0.0)

    def _require_midi(self):
        if self.is_audio:
            raise RuntimeError("Notes are available on MIDI clips only")

    def _add_notes(self, fields_of_each):
        added = self._new_notes(fields_of_each)
        self._put_notes(added)
        return tuple(note.note_id for note in added)

    def _new_notes(self, fields_of_each):
        """Makes notes with new ids, not in the clip yet; raises if one of them is out of range."""
        self._require_midi()
        new = []
        for fields in fields_of_each:
            self._last_note_id += 1
            new.append(Note(**{**NOTE_FIELDS, **fields, "note_id": self._last_note_id}))
            _check(new[-1])
        return new

    def _put_notes(self, notes):
        self._replace(settle(self._notes, notes))

    def _remove(self, note_ids):
        remaining = dict(self._notes)
        for note_id in note_ids:
            del remaining[note_id]
        self._replace(remaining)

    def _replace(self, notes):
        before, self._notes = self._notes, notes
        self.post("notes")
        self.song.history.record(NoteEdit(self, _missing(before, notes), _missing(notes, before)))

    def _known(self, note_ids):
        self._require_midi()
        try:
            return [self._notes[note_id] for note_id in note_ids]
        except KeyError:
            raise RuntimeError("There is no note with such an id in the clip") from None

    def _notes_within(self, from_pitch, pitch_span, from_time, time_span):
        self._require_midi()
        end_time, end_pitch = from_time + time_span, from_pitch + pitch_span
        return [
            n
            for n in self._notes.values()
            if from_time <= n.start_time < end_time and from_pitch <= n.pitch < end_pitch
        ]

    def _as_values(self, notes):
        return [MidiNote(self.live, **note._asdict()) for note in _in_order(notes)]


def _missing(one, other):
    return {note_id: note for note_id, note in one.items() if other.get(note_id) != note}


def _in_order(notes):
    """Live returns notes by pitch, then by start."""
    return sorted(notes, key=lambda note: (note.pitch, note.start_time))


def _check(note):
    for field, (low, high) in _RANGES.items():
        if not low <= getattr(note, field) <= high:
            raise RuntimeError("Invalid value: the %s of a note must lie between %d and %d" % (field, low, high))
    if not note.duration > 0:
        raise RuntimeError("Invalid value: the duration of a note must be greater than zero")


_FIELDS = ("pitch", "start_time", "duration", "velocity", "mute")


class ClipNoteTuples:
    @query
    def get_notes(self, from_time, from_pitch, time_span, pitch_span):
        return _as_tuples(self.get_notes_extended(from_pitch, pitch_span, from_time, time_span))

    @query
    def get_selected_notes(self):
        return _as_tuples(self.get_selected_notes_extended())

    @command
    def set_notes(self, notes):
        self._add_notes(_as_fields(notes))

    @command
    def replace_selected_notes(self, notes):
        """Removes the selected notes, and selects the new ones."""
        added = self._new_notes(_as_fields(notes))
        self._remove(note_id for note_id in self._selected_ids if note_id in self._notes)
        self._put_notes(added)
        self._selected_ids = frozenset(note.note_id for note in added)

    @command
    def remove_notes(self, from_time, from_pitch, time_span, pitch_span):
        self.remove_notes_extended(from_pitch, pitch_span, from_time, time_span)


def _as_tuples(notes):
    return tuple(tuple(getattr(note, field) for field in _FIELDS) for note in notes)


def _as_fields(notes):
    return [dict(zip(_FIELDS, note)) for note in notes]
