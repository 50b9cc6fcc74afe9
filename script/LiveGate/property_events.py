"""The topics of members that no other topic reports: one topic an object, whose value maps the names of members to values.

The trail does not record these changes, so they are noticed only.
"""

from .events import event, track_at
from .frequent_events import EVENTS, METERS_MS
from .lom import members

__all__ = ["EVENTS"]


@event()
def song_properties(path):
    """Reports the members of the set that Live signals."""
    return _noticed(path, path.song, members.SONG)


@event("track_index")
def track_properties(path, track_index):
    return _noticed(path, track_at(path, track_index), members.TRACK)


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
        return _noticed(path, clip, members.CLIP, members.AUDIO_SIGNALLED)
    return _noticed(path, clip, members.CLIP)


@event("track_index", "clip_index")
def slot_properties(path, track_index, clip_index):
    return _noticed(path, _slot(path, track_index, clip_index), members.SLOT)


@event("scene_index")
def scene_properties(path, scene_index):
    return _noticed(path, path.item(path.song, "scenes", scene_index), members.SCENE)


@event("track_index", "device_index")
def device_properties(path, track_index, device_index):
    """Reports the members of a device that Live signals; the number of variations is that of a rack."""
    device = path.item(track_at(path, track_index), "devices", device_index)
    more = ("variation_count",) if device is not None and hasattr(device.subject, "variation_count") else ()
    return _noticed(path, device, members.DEVICE, more)


@event("track_index", "device_index", "param_index")
def parameter_text(path, track_index, device_index, param_index):
    """Reports a parameter's value as Live displays it."""
    device = path.item(track_at(path, track_index), "devices", device_index)
    parameter = path.item(device, "parameters", param_index)
    if parameter is None:
        return None
    path.notice(parameter, "value")
    return lambda: str(parameter.subject.str_for_value(parameter.subject.value))


def _slot(path, track_index, clip_index):
    return path.item(track_at(path, track_index), "clip_slots", clip_index)


def _noticed(path, node, of, more=()):
    if node is None:
        return None
    names = tuple(of.signalled) + tuple(more)
    path.notice(node, *names)
    return lambda: of.read_all(node.subject, names)
