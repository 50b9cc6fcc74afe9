"""The older methods for notes, which speak of them as tuples: pitch, start, duration, velocity, and whether mute."""

from .base import command, query

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
        """The notes that were selected go; those that come are selected."""
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
