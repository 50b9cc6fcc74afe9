"""Actions on tracks: making, naming, mixing, arming."""

from ..errors import Refusal
from ..parameters import Boolean, Number
from ..registry import action
from . import targets

TRACK = {"track": "track_index"}
NEW_TRACK = {"set": None, "selection": None}
CREATED = {"track_index": "integer", "name": "string", "message": "string"}


@action("track", ["edit", "names"], NEW_TRACK, CREATED, one_undo_step=True)
def create_midi_track(host, name: targets.NAME = None):
    """Adds a MIDI track at the end; without a name Live gives it one."""
    track = host.song.create_midi_track(-1)
    return lambda: _finish_creating(host, track, name)


@action("track", ["edit", "names"], NEW_TRACK, CREATED, one_undo_step=True)
def create_audio_track(host, name: targets.NAME = None):
    """Adds an audio track at the end; without a name Live gives it one."""
    track = host.song.create_audio_track(-1)
    return lambda: _finish_creating(host, track, name)


@action("track", ["edit", "destructive"], {"track": "track_index", "selection": None}, {"message": "string"})
def delete_track(host, track_index: targets.INDEX):
    """Deletes a track with all its clips, a group with all its tracks; tracks to the right move up."""
    track = targets.track(host, track_index)
    name = track.name
    host.song.delete_track(track_index)
    targets.require(targets.position(host.song.tracks, track) is None, "Live kept track %d" % track_index)
    return {"message": "track %d (%s) was deleted" % (track_index, name)}


@action("track", ["edit", "names"], TRACK, {"name": "string", "message": "string"})
def rename_track(host, track_index: targets.INDEX, name: targets.NAME):
    """Names a track; an empty name lets Live choose one."""
    track = targets.track(host, track_index)
    track.name = name
    return {"name": track.name, "message": "track %d is called %s" % (track_index, track.name)}


@action("track", ["mix"], TRACK, {"track_index": "integer", "volume": "number", "message": "string"})
def set_track_volume(
    host, track_index: targets.INDEX, volume: Number(minimum=0, maximum=1, unit="Live fader position, 0.85 = 0 dB")
):
    """Moves a track's volume fader."""
    actual = _set_mixer(host, track_index, "volume", volume)
    message = "volume of track %d is %.3f" % (track_index, actual)
    return {"track_index": track_index, "volume": actual, "message": message}


@action("track", ["mix"], TRACK, {"track_index": "integer", "pan": "number", "message": "string"})
def set_track_pan(host, track_index: targets.INDEX, pan: Number(minimum=-1, maximum=1, unit="-1 = left, 1 = right")):
    """Places a track between left and right."""
    actual = _set_mixer(host, track_index, "panning", pan)
    message = "pan of track %d is %.3f" % (track_index, actual)
    return {"track_index": track_index, "pan": actual, "message": message}


@action("track", ["record"], TRACK, {"track_index": "integer", "armed": "boolean", "message": "string"})
def arm_track(host, track_index: targets.INDEX, armed: Boolean() = True):
    """Arms a track for recording, or disarms it; other tracks stay as they are."""
    track = targets.track(host, track_index)
    if not track.can_be_armed:
        raise Refusal("live_error", "track %d (%s) cannot be armed" % (track_index, track.name))
    track.arm = armed
    targets.require(track.arm == armed, "Live did not change the arm button of track %d" % track_index)
    state = "armed" if armed else "not armed"
    return {"track_index": track_index, "armed": armed, "message": "track %d is %s" % (track_index, state)}


@action("track", ["mix"], TRACK, {"track_index": "integer", "solo": "boolean", "message": "string"})
def solo_track(host, track_index: targets.INDEX, solo: Boolean() = True):
    """Solos a track or ends its solo; other solos stay as they are."""
    track = targets.track(host, track_index)
    track.solo = solo
    targets.require(track.solo == solo, "Live did not change the solo button of track %d" % track_index)
    state = "solo" if solo else "not solo"
    return {"track_index": track_index, "solo": solo, "message": "track %d is %s" % (track_index, state)}


@action("track", ["mix"], TRACK, {"track_index": "integer", "mute": "boolean", "message": "string"})
def mute_track(host, track_index: targets.INDEX, mute: Boolean() = True):
    """Mutes a track or lets it sound again."""
    track = targets.track(host, track_index)
    track.mute = mute
    targets.require(track.mute == mute, "Live did not change the mute of track %d" % track_index)
    state = "muted" if mute else "not muted"
    return {"track_index": track_index, "mute": mute, "message": "track %d is %s" % (track_index, state)}


@action(
    "track",
    ["read"],
    result={
        "track_index": "integer",
        "name": "string",
        "color": "integer",
        "volume": "number",
        "pan": "number",
        "mute": "boolean",
        "solo": "boolean",
        "arm": "boolean",
        "is_foldable": "boolean",
        "has_midi_input": "boolean",
        "has_audio_input": "boolean",
        "num_devices": "integer",
        "num_clips": "integer",
    },
)
def get_track_info(host, track_index: targets.INDEX):
    """Reports a track's name, mixer, state, and how many devices and session clips it has."""
    track = targets.track(host, track_index)
    return {
        "track_index": track_index,
        "name": track.name,
        "color": track.color,
        "volume": track.mixer_device.volume.value,
        "pan": track.mixer_device.panning.value,
        "mute": track.mute,
        "solo": track.solo,
        "arm": track.can_be_armed and track.arm,
        "is_foldable": track.is_foldable,
        "has_midi_input": track.has_midi_input,
        "has_audio_input": track.has_audio_input,
        "num_devices": len(track.devices),
        "num_clips": sum(1 for slot in track.clip_slots if slot.has_clip),
    }


def _finish_creating(host, track, name):
    index = targets.position(host.song.tracks, track)
    targets.require(index is not None, "the new track was removed at once")
    if name is not None:
        track.name = name
    return {"track_index": index, "name": track.name, "message": "track %d (%s) was created" % (index, track.name)}


def _set_mixer(host, track_index, member, value):
    parameter = getattr(targets.track(host, track_index).mixer_device, member)
    if not parameter.is_enabled:
        raise Refusal("live_error", "%s of track %d is controlled by something else" % (member, track_index))
    parameter.value = value
    actual = parameter.value
    targets.require_value("%s of track %d" % (member, track_index), value, actual)
    return actual
