"""Finds the objects that parameters name in the open set, or says which exist; verifies that a change took effect."""

from ..device_place import chain_of, racks_and_device
from ..errors import Refusal
from ..parameters import Integer, Text
from .track_places import name_of, place_now

INDEX = Integer(minimum=0)
NAME = Text(max_length=256)

# Live keeps many values in single precision.
TOLERANCE = 1e-5


def track(host, track_index):
    """A track by its index; for actions on devices, also by a place of another kind (track_places.py)."""
    if not isinstance(track_index, int):
        return _at_place(host, track_index)
    tracks = host.song.tracks
    if track_index >= len(tracks):
        raise _no_such("track_index", track_index, "the set has tracks 0 to %d" % (len(tracks) - 1))
    return tracks[track_index]


def require_at(host, found, track_index):
    """Raises a Refusal unless a track is still where a command found it before it waited.

    Guard and expectation are evaluated for the index: another track at that index was not checked.
    """
    is_there = place_now(host.song, found, track_index) == track_index
    require(is_there, "%s was deleted or moved before the command ran" % name_of(track_index))


def scene(host, scene_index):
    scenes = host.song.scenes
    if scene_index >= len(scenes):
        raise _no_such("scene_index", scene_index, "the set has scenes 0 to %d" % (len(scenes) - 1))
    return scenes[scene_index]


def slot(host, track_index, row, row_name="scene_index"):
    """The clip slot of a track in a row; `row_name` is the action's name for the row."""
    slots = track(host, track_index).clip_slots
    if row >= len(slots):
        raise _no_such(row_name, row, "track %d has rows 0 to %d" % (track_index, len(slots) - 1))
    return slots[row]


def filled_slot(host, track_index, row, row_name="scene_index"):
    """A slot with a clip in it: launching an empty one on an armed track would start a recording."""
    found = slot(host, track_index, row, row_name)
    if not found.has_clip:
        raise Refusal("live_error", "track %d has no clip in row %d (%s)" % (track_index, row, row_name))
    return found


def clip(host, track_index, row, row_name="clip_index"):
    return filled_slot(host, track_index, row, row_name).clip


def midi_clip(host, track_index, row, row_name="clip_index"):
    found = clip(host, track_index, row, row_name)
    if not found.is_midi_clip:
        raise Refusal("live_error", "the clip in row %d of track %d is audio and has no notes" % (row, track_index))
    return found


def audio_clip(host, track_index, clip_index):
    found = clip(host, track_index, clip_index)
    if not found.is_audio_clip:
        where = "the clip in row %d of track %d" % (clip_index, track_index)
        raise Refusal("live_error", "%s is MIDI; only audio clips have this" % where)
    return found


def device(host, track_index, device_index):
    """A device of a track: in its own chain by index, or a DevicePlace inside its racks."""
    return _device_on(track(host, track_index), device_index, name_of(track_index))


def chain_with(host, track_index, device_index):
    """The track or chain that holds a device, and the device's index there."""
    device(host, track_index, device_index)
    return chain_of(track(host, track_index), device_index)


def device_that(host, track_index, device_index, is_wanted, kind):
    """Like `device`, but of one kind only; `kind` is its name, with an article."""
    found = device(host, track_index, device_index)
    if not is_wanted(found):
        where = "device %s of %s (%s)" % (device_index, name_of(track_index), found.name)
        raise Refusal("live_error", "%s is not %s" % (where, kind))
    return found


def return_track(host, return_index):
    return element(host.song.return_tracks, return_index, "return_index", "the set", "return tracks")


def return_device(host, return_index, device_index):
    return _device_on(return_track(host, return_index), device_index, "return track %d" % return_index)


def master_device(host, device_index):
    return _device_on(host.song.master_track, device_index, "the master track")


def _at_place(host, place):
    tracks = place.tracks(host.song)
    if not len(tracks):
        return return_track(host, place.fields["return_index"])  # which refuses it
    return tracks[0]


def _device_on(owner, place, owner_name):
    found = racks_and_device(owner.devices, place)
    if found:
        return found[-1]
    if getattr(place, "name", None) is not None:
        sentence = "%s has no device called %s, or several; name it by device_path, as get_rack_contents counts"
        raise Refusal("live_error", sentence % (owner_name, place))
    if len(getattr(place, "path", (place,))) > 1:
        sentence = "device_path %s leads to no device of %s; get_rack_contents lists the chains of a rack"
        raise Refusal("live_error", sentence % (place, owner_name))
    return element(owner.devices, place, "device_index", owner_name, "devices")


def parameter_of(device, param_index):
    return element(device.parameters, param_index, "param_index", device.name, "parameters")


def element(items, index, index_name, owner_name, kind):
    """One of the items that an owner has, such as the chains of a rack."""
    if index >= len(items):
        existing = "%s 0 to %d" % (kind, len(items) - 1) if len(items) else "no %s" % kind
        raise _no_such(index_name, index, "%s has %s" % (owner_name, existing))
    return items[index]


def require(held, sentence):
    """Raises a Refusal unless the change can be read back: an action must not report success otherwise."""
    if not held:
        raise Refusal("live_error", sentence)


def require_value(what, asked, actual):
    """Raises a Refusal unless Live now has the requested value."""
    close = abs(actual - asked) <= TOLERANCE * max(1.0, abs(asked))
    require(close, "Live did not take %s %s; it is %s" % (what, asked, actual))


def require_alive(found, what):
    """Raises a Refusal for an object deleted while a command waited: such objects equal None, and are not None."""
    require(found != None, "%s was deleted meanwhile" % what)  # noqa: E711


def position(items, wanted):
    """The index of an object in a collection of Live's, or None."""
    for index, item in enumerate(items):
        if item == wanted:
            return index
    return None


def _no_such(name, index, existing):
    return Refusal("live_error", "%s %d does not exist; %s" % (name, index, existing))
