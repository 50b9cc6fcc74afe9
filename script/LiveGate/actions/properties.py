"""Actions that read members of Live's objects by name, one object or many at a time."""

from .. import steps
from ..errors import Refusal
from ..lom import members, targets
from ..lom.excursion import when_at_home
from ..lom.track_places import fields_of
from ..parameters import Array, Integer, Text
from ..registry import action

VALUES_MAX = 65536
KINDS = {"track": members.TRACK, "clip": members.CLIP, "clip_slot": members.SLOT, "device": members.DEVICE}
COLUMN_LENGTH_MAX = 64


def _names(of):
    return Array(Text(max_length=COLUMN_LENGTH_MAX, enum=of.names), max_items=len(of.names))


@action(
    "property",
    ["read"],
    result={"values": "object"},
    sentence="<read> properties of the set",
)
def get_song_properties(host, properties: _names(members.SONG) = None):
    """Reads members of the set by name, by default all of them; a member that this Live does not have is null.

    Enumerations are numbers, as in Live. Uses Song.
    """
    return when_at_home(host, lambda: {"values": members.SONG.read_all(host.song, properties)})


@action(
    "property",
    ["read"],
    result={"track_index": "integer", "values": "object"},
    sentence="<read> properties of {the track}",
)
def get_track_properties(host, track_index: targets.INDEX, properties: _names(members.TRACK) = None):
    """Reads members of a track by name, by default all of them; a member that the track does not have is null.

    volume and panning are the mixer's, num_devices counts the devices. Uses Track and MixerDevice.
    """
    found = targets.track(host, track_index)
    return {"track_index": track_index, "values": members.TRACK.read_all(found, properties)}


@action(
    "property",
    ["read"],
    result={"track_index": "integer", "clip_index": "integer", "values": "object"},
    sentence="<read> properties of {the clip} on {track}",
)
def get_clip_properties(
    host, track_index: targets.INDEX, clip_index: targets.INDEX, properties: _names(members.CLIP) = None
):
    """Reads members of a clip by name, by default all of them; a member that the clip does not have is null. Uses Clip."""
    found = targets.clip(host, track_index, clip_index)
    return {"track_index": track_index, "clip_index": clip_index, "values": members.CLIP.read_all(found, properties)}


@action(
    "property",
    ["read"],
    result={"track_index": "integer", "clip_index": "integer", "values": "object"},
    sentence="<read> properties of the slot of {the clip} on {track}",
)
def get_slot_properties(
    host, track_index: targets.INDEX, clip_index: targets.INDEX, properties: _names(members.SLOT) = None
):
    """Reads members of a clip slot by name, by default all of them, whether or not it has a clip. Uses ClipSlot."""
    found = targets.slot(host, track_index, clip_index, "clip_index")
    return {"track_index": track_index, "clip_index": clip_index, "values": members.SLOT.read_all(found, properties)}


@action(
    "property",
    ["read"],
    result={"scene_index": "integer", "values": "object"},
    sentence="<read> properties of {the scene}",
)
def get_scene_properties(host, scene_index: targets.INDEX, properties: _names(members.SCENE) = None):
    """Reads members of a scene by name, by default all of them. Uses Scene."""
    found = targets.scene(host, scene_index)
    return {"scene_index": scene_index, "values": members.SCENE.read_all(found, properties)}


@action(
    "property",
    ["read"],
    result={"track_index": "integer", "device_index": "integer", "values": "object"},
    sentence="<read> properties of {the device} on {track}",
)
def get_device_properties(
    host, track_index: targets.INDEX, device_index: targets.INDEX, properties: _names(members.DEVICE) = None
):
    """Reads members of a device by name, by default all of them; those of racks are null for others.

    num_parameters counts the parameters. Uses Device and RackDevice.
    """
    found = targets.device(host, track_index, device_index)
    values = members.DEVICE.read_all(found, properties)
    return dict(fields_of(track_index), device_index=device_index, values=values)


@action(
    "property",
    ["read"],
    result={"count": "integer", "values": "array"},
    shows={"track": None, "clip": None, "device": None},
    sentence="<read> properties of many tracks",
)
def get_track_data(
    host,
    columns: Array(Text(max_length=COLUMN_LENGTH_MAX), max_items=64),
    first_track: Integer(minimum=0) = 0,
    end_track: Integer(minimum=0) = None,
):
    """Reads members of many tracks and of what is in them, as one list: track by track, column by column.

    A column is track.NAME, clip.NAME or clip_slot.NAME (a value for each slot, null where there is no clip) or
    device.NAME (a value for each device of the track's own chain), with a NAME that get_track_properties,
    get_clip_properties, get_slot_properties or get_device_properties reads; or arrangement_clip.NAME, as of a clip.
    Tracks from first_track up to, but not including, end_track; by default to the last. At most 65536 values.
    """
    parsed = [_column(column) for column in columns]
    tracks = len(host.song.tracks)
    end = tracks if end_track is None else end_track
    if end > tracks:
        raise Refusal("live_error", "end_track is %d; the set has %d tracks" % (end, tracks))

    def each():
        for index in range(first_track, end):
            for kind, name in parsed:
                yield from _values(host, index, kind, name)

    return steps.gather(_at_most(each()), lambda values: {"count": len(values), "values": values})


def _column(column):
    kind, _, name = column.partition(".")
    known = KINDS.get(kind, members.CLIP if kind == "arrangement_clip" else None)
    if known is None or name not in known.names:
        raise Refusal("invalid_params", "a column is a kind and a property, such as track.name, not %s" % column)
    return kind, name


def _values(host, track_index, kind, name):
    """The values of a column for one track; the track is looked up anew, since a tick may pass between two values."""
    track = targets.track(host, track_index)
    if kind == "track":
        yield members.TRACK.read(track, name)
    elif kind == "device":
        yield from [members.DEVICE.read(device, name) for device in track.devices]
    elif kind == "arrangement_clip":
        yield from [members.CLIP.read(clip, name) for clip in track.arrangement_clips]
    elif kind == "clip_slot":
        yield from [members.SLOT.read(slot, name) for slot in track.clip_slots]
    else:
        yield from [members.CLIP.read(slot.clip, name) if slot.has_clip else None for slot in track.clip_slots]


def _at_most(values):
    for number, value in enumerate(values):
        if number == VALUES_MAX:
            raise Refusal("live_error", "there are more than %d values; ask for fewer tracks or columns" % VALUES_MAX)
        yield value
