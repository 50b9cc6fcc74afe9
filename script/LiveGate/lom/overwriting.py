"""Refuses to replace existing objects without `overwrite`; checked in the tick of the change, before it."""

from ..budget import Budget
from ..errors import Refusal
from ..parameters import Boolean

# The parameter of that name. True needs the right to destroy, which the gateway has checked.
OVERWRITE = Boolean()
# So many notes are checked within one tick.
NOTES_MAX = 1024
NEAR_BEATS = 1e-6
# The curve of an envelope is sampled at so many places between two breakpoints.
SAMPLES = 16
EARLIEST_BEATS = -1576800.0


def require_none(overwrite, replaced):
    """Raises a Refusal if something would be replaced; `replaced()` describes it, or returns None."""
    what = None if overwrite else replaced()
    if what:
        sentence = "it would replace %s, so it was not done; choose an empty place, or pass overwrite true"
        raise Refusal("precondition_failed", sentence % what)


def clips_between(clips, start, end):
    """Describes the first clip that overlaps the range between two times."""
    for clip in Budget().each(clips, 2):
        if clip.start_time < end - NEAR_BEATS and clip.end_time > start + NEAR_BEATS:
            return "a clip from beat %g to %g" % (clip.start_time, clip.end_time)
    return None


def notes_under(clip, notes):
    """Describes a note of the clip that a new note would cut short or replace. New notes are as clients send them."""
    by_pitch = {}
    for note in notes:
        by_pitch.setdefault(note["pitch"], []).append((note["start"], note["start"] + note["duration"]))
    if not by_pitch:
        return None
    low, high = min(by_pitch), max(by_pitch)
    until = max(end for spans in by_pitch.values() for _, end in spans)
    found = clip.get_notes_extended(low, high - low + 1, EARLIEST_BEATS, until - EARLIEST_BEATS)
    if len(found) > NOTES_MAX:
        return "some of %d notes, too many to check" % len(found)
    present = {}
    for note in found:
        if note.pitch in by_pitch:
            present.setdefault(note.pitch, []).append((note.start_time, note.start_time + note.duration))
    for pitch, spans in present.items():
        met = _first_meeting(sorted(spans), sorted(by_pitch[pitch]))
        if met is not None:
            return "a note of pitch %d at beat %g" % (pitch, met)
    return None


def _first_meeting(spans, others):
    """The start of the first span that overlaps one of the others; both are sorted by their starts."""
    at, furthest = 0, None
    for start, end in spans:
        while at < len(others) and others[at][0] < end - NEAR_BEATS:
            furthest = others[at][1] if furthest is None else max(furthest, others[at][1])
            at += 1
        if furthest is not None and furthest > start + NEAR_BEATS:
            return start
    return None


def merging_notes(notes, beats):
    """Describes a note that the grid would move onto another of its pitch."""
    if len(notes) > NOTES_MAX:
        return "some of %d notes, too many to check" % len(notes)
    lines = set()
    for note in notes:
        line = note.pitch, round(note.start_time / beats)
        if line in lines:
            return "a note of pitch %d at beat %g, where another one would be" % (note.pitch, line[1] * beats)
        lines.add(line)
    return None


def automation_between(envelope, start, end):
    """Describes the automation between two times, or returns None if the curve is level there."""
    start, end = start + NEAR_BEATS, end - NEAR_BEATS
    if hasattr(envelope, "events_in_range") and len(envelope.events_in_range(start, end)):
        return "breakpoints between beat %g and %g" % (start, end)
    level = envelope.value_at_time(EARLIEST_BEATS)
    values = (envelope.value_at_time(start + (end - start) * place / SAMPLES) for place in range(SAMPLES + 1))
    if any(abs(value - level) > NEAR_BEATS * max(1.0, abs(level)) for value in values):
        return "the automation from beat %g to %g" % (start, end)
    return None
