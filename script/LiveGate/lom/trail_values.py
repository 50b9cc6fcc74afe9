"""Describes what a change removes or replaces, for the trail: enough to identify it (audit detail)."""

from itertools import islice

from . import targets
from .device_descriptions import on_switch

# Of each kind. The trail's limit for one change (audit_detail.py) has room for the first of many only.
LISTED_MAX = 16
LOOKED_AT_MAX = 256
NOTES_MAX = 24
VALUES_MAX = 128
ALL_PITCHES = 128


def track(host, track_index):
    """A track with its mixer, and the names of its devices and clips; for a group, the number of its tracks too."""
    found = targets.track(host, track_index)
    mixer = found.mixer_device
    described = {
        "name": found.name,
        "color_index": found.color_index,
        "mute": found.mute,
        "solo": found.solo,
        "volume": mixer.volume.value,
        "pan": mixer.panning.value,
        "sends": [send.value for send in mixer.sends],
        "devices": [device.name for device in found.devices[:LISTED_MAX]],
        "clips": _listed([row, slot.clip.name] for row, slot in _first(found.clip_slots) if slot.has_clip),
    }
    if found.is_foldable:
        described["tracks"] = _listed(each.name for _, each in _first(host.song.tracks) if each.group_track == found)
    return described


def scene(host, scene_index):
    """A scene with the names of its clips."""
    found = targets.scene(host, scene_index)
    slots = ((index, each.clip_slots[scene_index]) for index, each in _first(host.song.tracks))
    clips = _listed([index, slot.clip.name] for index, slot in slots if slot.has_clip)
    return {"name": found.name, "color_index": found.color_index, "clips": clips}


def clip(host, track_index, scene_index):
    """A clip with its loop and the first of its notes."""
    found = targets.clip(host, track_index, scene_index)
    described = {
        "name": found.name,
        "color_index": found.color_index,
        "length": found.length,
        "looping": found.looping,
        "loop_start": found.loop_start,
        "loop_end": found.loop_end,
        "muted": found.muted,
    }
    if found.is_midi_clip:
        described["notes"] = _notes(found.get_all_notes_extended())
    return described


def notes_of_clip(host, track_index, clip_index, **_others):
    """The notes of a clip."""
    found = targets.midi_clip(host, track_index, clip_index)
    return _notes(found.get_all_notes_extended())


def notes_within(host, track_index, clip_index, pitch_from, pitch_to, time_from, time_to):
    """The notes within a range of pitch and time."""
    found = targets.midi_clip(host, track_index, clip_index)
    return _notes(found.get_notes_extended(pitch_from, pitch_to - pitch_from + 1, time_from, time_to - time_from))


def selected_notes(host, track_index, clip_index, **_others):
    return _notes(targets.midi_clip(host, track_index, clip_index).get_selected_notes_extended())


def parameters(host, track_index, device_index):
    """The values of a device's parameters, in their order."""
    found = targets.device(host, track_index, device_index)
    return [parameter.value for parameter in found.parameters[:VALUES_MAX]]


def device(host, track_index, device_index):
    """A device with the values of its parameters, in their order."""
    found = targets.device(host, track_index, device_index)
    values = parameters(host, track_index, device_index)
    return {"name": found.name, "class_name": found.class_name, "values": values}


def is_switched_on(host, track_index, device_index, **_others):
    return bool(on_switch(targets.device(host, track_index, device_index)).value)


def _first(items):
    """The first items with their indexes: trail_values are read in one step, just before the change."""
    return islice(enumerate(items), LOOKED_AT_MAX)


def _listed(found):
    return list(islice(found, LISTED_MAX))


def _notes(found):
    """The number of notes, and the first of them: pitch, start, duration, velocity, and 1 if muted."""
    first = sorted(((note.start_time, note.pitch, note) for note in found[:NOTES_MAX]), key=lambda each: each[:2])
    lines = [[note.pitch, note.start_time, note.duration, note.velocity, int(note.mute)] for _, _, note in first]
    return {"count": len(found), "first": lines}
