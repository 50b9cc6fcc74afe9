"""Keeps the notes of one pitch apart, as Live's editor does: a new note replaces the part that it covers.

A note that sounds when the new one starts is cut off there; notes that start while the new one sounds are removed.
"""

import bisect
import operator

_START = operator.attrgetter("start_time")


def settle(existing, incoming):
    """The notes by id after `incoming` (new, or changed under their old ids) took their places, in that order."""
    settled = dict(existing)
    for note in incoming:
        settled.pop(note.note_id, None)
    lanes = {}
    for note in incoming:
        if note.pitch not in lanes:
            lanes[note.pitch] = _Lane(other for other in settled.values() if other.pitch == note.pitch)
    for note in incoming:
        lanes[note.pitch].place(note)
    crowded = {note_id for note_id, note in settled.items() if note.pitch in lanes}
    settled = {note_id: note for note_id, note in settled.items() if note_id not in crowded}
    for lane in lanes.values():
        settled.update((note.note_id, note) for note in lane.notes)
    return settled


class _Lane:
    """The notes of one pitch in the order of their starts, which are kept beside them for the search."""

    def __init__(self, notes):
        self.notes = sorted(notes, key=_START)
        self._starts = [note.start_time for note in self.notes]

    def place(self, note):
        first = bisect.bisect_left(self._starts, note.start_time)
        last = bisect.bisect_left(self._starts, note.start_time + note.duration)
        self.notes[first:last] = [note]
        self._starts[first:last] = [note.start_time]
        if first:
            before = self.notes[first - 1]
            if before.start_time + before.duration > note.start_time:
                self.notes[first - 1] = before._replace(duration=note.start_time - before.start_time)
