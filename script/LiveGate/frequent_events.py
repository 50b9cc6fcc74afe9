"""Topics that change often while the set plays or is edited: positions, meters, colors, notes (observable values).

The trail does not record these changes, so they are noticed only.
"""

import itertools

from .events import EVENTS, event, names_of, track_at

__all__ = ["EVENTS"]

# Meters move all the time: at most 20 values a second.
METERS_MS = 50
SIDES = ("output_meter_left", "output_meter_right")
# The steps of `song_position` and `playing_position`.
STEPS_PER_BEAT = 16
# Each value of `clip_notes` is a new number.
CHANGES = itertools.count(1)


@event()
def beat(path):
    """Reports the number of whole beats before the play position."""
    song = path.song.subject
    path.notice(path.song, "current_song_time")
    return lambda: int(song.current_song_time // 1)


@event()
def song_position(path):
    """Reports the play position in beats, in steps of a sixteenth of a beat."""
    song = path.song.subject
    path.notice(path.song, "current_song_time")
    return lambda: _stepped(song.current_song_time)


@event("track_index")
def playing_slot(path, track_index):
    """Reports the rows of the slot that plays and of the one that was fired; -1 none, -2 the track's stop button."""
    track = track_at(path, track_index)
    if track is None:
        return None
    path.notice(track, "playing_slot_index", "fired_slot_index")
    return lambda: {
        "playing_slot_index": int(track.subject.playing_slot_index),
        "fired_slot_index": int(track.subject.fired_slot_index),
    }


@event("track_index", "clip_index")
def playing_position(path, track_index, clip_index):
    """Reports where a clip plays, in beats of its own, in steps of a sixteenth; for unwarped clips in seconds."""
    clip = _clip(path, track_index, clip_index)
    if clip is None:
        return None
    path.notice(clip, "playing_position")
    return lambda: _stepped(clip.subject.playing_position)


@event("track_index")
def track_color(path, track_index):
    return _noticed(path, track_at(path, track_index), "color", int)


@event("track_index", "clip_index")
def clip_color(path, track_index, clip_index):
    return _noticed(path, _clip(path, track_index, clip_index), "color", int)


@event("track_index", "clip_index")
def clip_notes(path, track_index, clip_index):
    """Reports that the notes of a MIDI clip have changed: each value is a new number."""
    clip = _clip(path, track_index, clip_index)
    if clip is None or not clip.subject.is_midi_clip:
        return None
    path.notice(clip, "notes")
    return lambda: next(CHANGES)


@event("track_index", interval_ms=METERS_MS)
def meters(path, track_index):
    """Reports a track's output meters, 0 to 1: left and right, or one level without audio output."""
    track = track_at(path, track_index)
    if track is None:
        return None
    members = SIDES if track.subject.has_audio_output else ("output_meter_level",)
    path.notice(track, *members)
    return lambda: [float(getattr(track.subject, member)) for member in members]


@event("track_index")
def arrangement_clips(path, track_index):
    return names_of(path, track_at(path, track_index), "arrangement_clips")


@event("return_index", interval_ms=METERS_MS)
def return_meters(path, return_index):
    """Reports a return track's output meters, 0 to 1: left and right."""
    return _sides(path, path.item(path.song, "return_tracks", return_index))


@event(interval_ms=METERS_MS)
def master_meters(path):
    """Reports the master track's output meters, 0 to 1: left and right."""
    return _sides(path, path.part(path.song, "master_track"))


def _sides(path, track):
    if track is None:
        return None
    path.notice(track, *SIDES)
    return lambda: [float(getattr(track.subject, side)) for side in SIDES]


def _noticed(path, node, member, kind):
    if node is None:
        return None
    path.notice(node, member)
    return lambda: kind(getattr(node.subject, member))


def _stepped(beats):
    return round(float(beats) * STEPS_PER_BEAT) / STEPS_PER_BEAT


def _clip(path, track_index, clip_index):
    slot = path.item(track_at(path, track_index), "clip_slots", clip_index)
    return path.part(slot, "clip", signalled_by="has_clip")
