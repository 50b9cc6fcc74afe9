"""Edits a clip as a whole: quantizing, duplicating, cropping.

Assumed (UNCONFIRMED.md): copied notes replace notes of the same pitch, as new notes do; doubling a loop also moves the
notes behind it; cropping shortens the notes that cross an edge; the warp markers of an audio clip are quantized in
place, without searching for the beats in between.
"""

from ..errors import NotSimulated, invalid_value
from .base import command, query
from .quantization import quantizer

ALL_PITCHES = -1
_NOTE_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_LOWEST_OCTAVE = -2


class ClipEditing:
    @command
    def quantize(self, quantization_grid, amount):
        """The notes of a MIDI clip, the warp markers of an audio clip."""
        quantized = self._quantizer(quantization_grid, amount)
        if self.is_audio:
            self._warp = self._warp.aligned(quantized)
        else:
            self._start_notes_at(quantized, self._notes.values())

    @command
    def quantize_pitch(self, note, source, amount):
        self._require_midi()
        quantized = self._quantizer(source, amount)
        self._start_notes_at(quantized, [other for other in self._notes.values() if other.pitch == note])

    @command
    def duplicate_loop(self):
        self._require_midi()
        start, end, length = self.loop_start, self.loop_end, self.length
        behind = [note for note in self._notes.values() if note.start_time >= end]
        self._put_notes([note._replace(start_time=note.start_time + length) for note in behind])
        self._duplicate(self._starting_within(start, end), length, 0)
        if self.looping:
            self._loop_end = end + length
        self._end_marker = max(self._end_marker + length, end + length)

    @command
    def duplicate_region(self, start, length, destination_time, pitch=ALL_PITCHES, transposition_amount=0):
        self._require_midi()
        meant = [note for note in self._starting_within(start, start + length) if pitch in (ALL_PITCHES, note.pitch)]
        self._duplicate(meant, destination_time - start, transposition_amount)

    @command
    def duplicate_notes_by_id(self, note_ids, destination_time=None, transposition_amount=0):
        """Without a destination, places the copies after the end of the last note."""
        meant = self._known(note_ids)
        if not meant:
            return ()
        if destination_time is None:
            destination_time = max(note.start_time + note.duration for note in meant)
        distance = destination_time - min(note.start_time for note in meant)
        return self._duplicate(meant, distance, transposition_amount)

    @command
    def crop(self):
        if self.is_audio:
            raise NotSimulated("cropping an audio clip makes a new file, which the simulation does not")
        start, end = self.loop_start, self.loop_end
        self._replace({note.note_id: kept for note in self._notes.values() for kept in _cut(note, start, end)})
        self.place_region(start, end)

    @query
    def note_number_to_name(self, midi_pitch):
        self._require_midi()
        if not 0 <= midi_pitch <= 127:
            raise invalid_value()
        octave, step = divmod(midi_pitch, len(_NOTE_NAMES))
        return "%s%d" % (_NOTE_NAMES[step], octave + _LOWEST_OCTAVE)

    def _quantizer(self, grid, amount):
        if self.song.swing_amount:
            raise NotSimulated("quantizing with swing is not simulated")
        return quantizer(grid, amount)

    def _start_notes_at(self, place, notes):
        moved = [note._replace(start_time=place(note.start_time)) for note in notes]
        self._put_notes(sorted(moved, key=lambda note: note.start_time))

    def _starting_within(self, start, end):
        return [note for note in self._notes.values() if start <= note.start_time < end]

    def _duplicate(self, notes, distance, transposition):
        return self._add_notes(
            dict(note._asdict(), start_time=note.start_time + distance, pitch=note.pitch + transposition)
            for note in notes
        )


def _cut(note, start, end):
    """The part of a note between two times: one note, or none."""
    note_start = max(note.start_time, start)
    note_end = min(note.start_time + note.duration, end)
    if note_start < note_end:
        yield note._replace(start_time=note_start, duration=note_end - note_start)
