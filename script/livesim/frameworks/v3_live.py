"""`ableton.v3.live`: short questions about Live's objects."""

import sys

from .functions import liveobj_valid
from .v3 import song


def application():
    return sys.modules["Live"].Application.get_application()


def liveobj_name(liveobj):
    return liveobj.name if liveobj_valid(liveobj) else ""


def display_name(parameter, strip_space=True):
    name = liveobj_name(parameter)
    return name.strip() if strip_space else name


def all_visible_tracks():
    return [*song().visible_tracks, *song().return_tracks, song().master_track]


def track_index(track=None, track_list=None):
    """The index, or None for a track that is not among them."""
    found = list(song().visible_tracks if track_list is None else track_list)
    track = song().view.selected_track if track is None else track
    return found.index(track) if track in found else None


def scene_index(scene=None):
    found = list(song().scenes)
    return found.index(song().view.selected_scene if scene is None else scene)


def is_track_armed(track):
    return liveobj_valid(track) and track.can_be_armed and (track.arm or track.implicit_arm)


def is_track_recording(track):
    slot = playing_clip_slot(track)
    return slot is not None and slot.is_recording


def is_song_recording():
    return bool(song().session_record or song().record_mode)


def is_arrangement_view_active():
    return application().view.is_view_visible("Arranger")


def playing_clip_slot(track):
    index = getattr(track, "playing_slot_index", -1)
    return track.clip_slots[index] if index >= 0 else None


def selected_clip_slot():
    return song().view.highlighted_clip_slot


def get_bar_length(clip=None):
    """In beats."""
    signed = song() if clip is None else clip
    return 4.0 * signed.signature_numerator / signed.signature_denominator


def is_device_rack(device):
    return liveobj_valid(device) and device.can_have_chains


def find_parent_track(live_object):
    """The track that an object lies in, or None."""
    while liveobj_valid(live_object) and not hasattr(live_object, "clip_slots"):
        live_object = getattr(live_object, "canonical_parent", None)
    return live_object if liveobj_valid(live_object) else None


def parameter_owner(parameter):
    return parameter.canonical_parent if liveobj_valid(parameter) else None


def normalized_parameter_value(parameter):
    """Between 0 and 1."""
    return (parameter.value - parameter.min) / (parameter.max - parameter.min)


def toggle_or_cycle_parameter_value(parameter):
    if liveobj_valid(parameter) and parameter.is_quantized:
        parameter.value = parameter.min if parameter.value + 1 > parameter.max else parameter.value + 1
    elif liveobj_valid(parameter):
        parameter.value = parameter.max if parameter.value == parameter.min else parameter.min
