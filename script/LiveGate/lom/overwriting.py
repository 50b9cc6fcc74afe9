"""Refuses to replace what is there, unless that is asked for: looked at in the tick of the change, before it."""

from ..errors import Refusal
from ..parameters import Boolean

# The parameter of that name. True takes the right to destroy; the gateway decides that before the command comes here.
OVERWRITE = Boolean()
# So many notes are looked through within one tick.
NOTES_MAX = 4096
NEAR_BEATS = 1e-6
# Between two breakpoints the curve of an envelope is looked at in so many places.
SAMPLES = 16
EARLIEST_BEATS = -1576800.0


def require_none(overwrite, replaced):
    """A Refusal if something would be replaced; `replaced()` says what, or nothing."""
    what = None if overwrite else replaced()
    if what:
        sentence = "it would replace %s; it was not done. Choose an empty place, or pass overwrite true"
        raise Refusal("precondition_failed", sentence % what)


def clips_between(clips, start, end):
    """The first clip that lies between two times, in words."""
    for clip in clips:
        if clip.start_time < end - NEAR_BEATS and clip.end_time > start + NEAR_BEATS:
            return "a clip from beat %g to %g" % (clip.start_time, clip.end_time)
    return None


def notes_under(clip, notes):
    """A note of a clip that one of the new notes, as clients tell them, would cut short or replace, in words."""
    by_pitch = {}
    for note in notes:
        by_pitch.setdefault(note["pitch"], []).append((note["start"], note["start"] + note["duration"]))
    if not by_pitch:
        return None
    low, high = min(by_pitch), max(by_pitch)
    until = max(end for spans in by_pitch.values() for _, end in spans)
    found = clip.get_notes_extended(low, high - low + 1, EARLIEST_BEATS, until - EARLIEST_BEATS)
    if len(found) > NOTES_MAX:
        return "some of %d notes, which are too many to look through" % len(found)
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
    """Two of one pitch that the nearest line of a grid would bring together, in words."""
    if len(notes) > NOTES_MAX:
        return "some of %d notes, which are too many to look through" % len(notes)
    lines = set()
    for note in notes:
        line = note.pitch, round(note.start_time / beats)
        if line in lines:
            return "a note of pitch %d at beat %g, on whose line another lies" % (note.pitch, line[1] * beats)
        lines.add(line)
    return None


def automation_between(envelope, start, end):
    """What is automated between two times, in words; where the curve is as level as at first there is nothing."""
    start, end = start + NEAR_BEATS, end - NEAR_BEATS
    if hasattr(envelope, "events_in_range") and len(envelope.events_in_range(start, end)):
        return "breakpoints between beat %g and %g" % (start, end)
    level = envelope.value_at_time(EARLIEST_BEATS)
    values = (envelope.value_at_time(start + (end - start) * place / SAMPLES) for place in range(SAMPLES + 1))
    if any(abs(value - level) > NEAR_BEATS * max(1.0, abs(level)) for value in values):
        return "what is automated from beat %g to %g" % (start, end)
    return None
