"""Actions on return tracks, which receive the sends of other tracks."""

from ..lom import parameter_values, targets
from ..registry import action
from .mixer import VOLUME


# Every track gets a send to it.
@action(
    "track",
    ["edit"],
    {"set": None, "return": None, "track": None, "selection": None},
    {"return_index": "integer", "name": "string", "message": "string"},
    records=("return_index", "name"),
    makes="return",
    sentence="<create|created> return track[ {name}]",
)
def create_return_track(host):
    """Adds a return track at the end, and a send to it on every track; Live allows at most twelve.

    Uses Song.create_return_track.
    """
    track = host.song.create_return_track()
    return lambda: _finish_creating(host, track)


@action(
    "track",
    ["edit", "destructive"],
    {"set": None, "return": "return_index", "track": None, "device": None, "selection": None},
    {"return_index": "integer", "message": "string"},
    removes={"return": "return.name"},
    sentence="<delete|deleted> {the return}",
)
def delete_return_track(host, return_index: targets.INDEX):
    """Deletes a return track with its devices, and the send to it on every track. Uses Song.delete_return_track."""
    targets.return_track(host, return_index)
    count = len(host.song.return_tracks)
    host.song.delete_return_track(return_index)
    targets.require(len(host.song.return_tracks) == count - 1, "Live did not delete return track %d" % return_index)
    return {"return_index": return_index, "message": "return track %d was deleted" % return_index}


@action(
    "return_track",
    ["read"],
    result={"count": "integer"},
    sentence="<read> the number of return tracks",
)
def get_return_track_count(host):
    """Reports the number of return tracks. Uses Song.return_tracks."""
    return {"count": len(host.song.return_tracks)}


@action(
    "return_track",
    ["read"],
    result={
        "return_index": "integer",
        "index": "integer",
        "name": "string",
        "color": "integer",
        "volume": "number",
        "pan": "number",
        "mute": "boolean",
        "solo": "boolean",
        "num_devices": "integer",
    },
    sentence="<read> {the return}",
)
def get_return_track_info(host, return_index: targets.INDEX):
    """Reports a return track's name, color, mixer, state, and how many devices it has. Uses Song.return_tracks."""
    track = targets.return_track(host, return_index)
    return {
        "return_index": return_index,
        "index": return_index,
        "name": track.name,
        "color": track.color,
        "volume": track.mixer_device.volume.value,
        "pan": track.mixer_device.panning.value,
        "mute": track.mute,
        "solo": track.solo,
        "num_devices": len(track.devices),
    }


@action(
    "return_track",
    ["mix"],
    {"return": "return_index"},
    {"return_index": "integer", "volume": "number"},
    sets={"volume": "return.mixer_device.volume.value"},
    sentence="<set> volume of {return} {>volume dB}",
)
def set_return_track_volume(host, return_index: targets.INDEX, volume: VOLUME):
    """Sets the volume of a return track. Uses MixerDevice.volume."""
    fader = targets.return_track(host, return_index).mixer_device.volume
    actual = parameter_values.write_as("the volume of return track %d" % return_index, fader, volume)
    return {"return_index": return_index, "volume": actual}


def _finish_creating(host, track):
    index = targets.position(host.song.return_tracks, track)
    targets.require(index is not None, "the new return track disappeared at once")
    message = "return track %d (%s) was created" % (index, track.name)
    return {"return_index": index, "name": track.name, "message": message}
