"""Experiments on MIDI notes."""

from ..registry import experiment


def _starts(clip):
    return [[note.pitch, note.start_time, note.duration] for note in clip.get_notes_extended(0, 128, 0.0, 64.0)]


@experiment(
    "note-order",
    "the order in which notes are returned",
    "by pitch, then by start",
    [[60, 1.0, 0.5], [60, 2.0, 0.5], [64, 0.0, 0.5]],
)
def note_order(lab):
    clip = lab.clip()
    clip.add_new_notes(tuple(lab.note_of(pitch, start, 0.5) for pitch, start in ((60, 2.0), (64, 0.0), (60, 1.0))))
    return _starts(clip)


@experiment(
    "note-overlap",
    "what a new note does to one of its pitch that sounds",
    "it cuts it, and replaces those it covers",
    [[60, 0.0, 1.0], [60, 1.0, 2.0]],
)
def note_overlap(lab):
    clip = lab.clip()
    clip.add_new_notes((lab.note_of(60, 0.0, 2.0), lab.note_of(60, 2.0, 0.5)))
    clip.add_new_notes((lab.note_of(60, 1.0, 2.0),))
    return _starts(clip)


@experiment("note-range", "the error for a pitch of 128", "RuntimeError", "RuntimeError")
def note_range(lab):
    clip = lab.clip()
    return lab.error(lambda: clip.add_new_notes((lab.note_of(128, 0.0),)))


@experiment("note-before-zero", "whether a note may start before beat 0", "yes", ["", 1])
def note_before_zero(lab):
    clip = lab.clip()
    error = lab.error(lambda: clip.add_new_notes((lab.note_of(60, -1.0),)))
    return [error, len(clip.get_notes_extended(0, 128, -4.0, 8.0))]


@experiment("note-ids", "whether ids of deleted notes are used again", "no", True)
def note_ids(lab):
    clip = lab.clip()
    clip.add_new_notes((lab.note_of(60, 0.0),))
    first = [note.note_id for note in clip.get_notes_extended(0, 128, 0.0, 4.0)]
    clip.remove_notes_extended(0, 128, 0.0, 4.0)
    clip.add_new_notes((lab.note_of(60, 0.0),))
    return not set(first) & {note.note_id for note in clip.get_notes_extended(0, 128, 0.0, 4.0)}


@experiment(
    "loop-doubles",
    "whether doubling a loop moves the notes behind it",
    "yes",
    [[60, 1.0, 1.0], [60, 5.0, 1.0], [72, 9.0, 1.0]],
)
def loop_doubles(lab):
    clip = lab.clip()
    clip.add_new_notes((lab.note_of(60, 1.0), lab.note_of(72, 5.0)))
    clip.duplicate_loop()
    return _starts(clip)
