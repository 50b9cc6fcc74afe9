"""The topics of members that no other topic reports: one topic an object, whose value maps the names of members to values.

The trail does not record these changes, so they are noticed only.
"""

from . import device_events, mixer_events
from .events import event, track_at
from .frequent_events import EVENTS, METERS_MS
from .lom import members

__all__ = ["EVENTS", "device_events", "mixer_events"]


@event()
def song_properties(path):
    """Reports the members of the set that Live signals."""
    return members.SONG.noticed(path, path.song)


@event("track_index")
def track_properties(path, track_index):
    return members.TRACK.noticed(path, track_at(path, track_index))


@event("track_index", interval_ms=METERS_MS)
def track_level(path, track_index):
    """Reports a track's output level, 0 to 1, of all channels together."""
    track = track_at(path, track_index)
    if track is None:
        return None
    path.notice(track, "output_meter_level")
    return lambda: float(track.subject.output_meter_level)


@event("track_index", "clip_index")
def clip_properties(path, track_index, clip_index):
    """Reports the members of a clip that Live signals; those of audio clips alone are left out for others."""
    slot = _slot(path, track_index, clip_index)
    clip = path.part(slot, "clip", signalled_by="has_clip")
    if clip is not None and clip.subject.is_audio_clip:
        return members.CLIP.noticed(path, clip, members.AUDIO_SIGNALLED)
    return members.CLIP.noticed(path, clip)


@event("track_index", "clip_index")
def slot_properties(path, track_index, clip_index):
    return members.SLOT.noticed(path, _slot(path, track_index, clip_index))


@event("scene_index")
def scene_properties(path, scene_index):
    return members.SCENE.noticed(path, path.item(path.song, "scenes", scene_index))


def _slot(path, track_index, clip_index):
    return path.item(track_at(path, track_index), "clip_slots", clip_index)
