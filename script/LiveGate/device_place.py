"""Where a device is: its index in a track's chain, its path through racks, or its name on the track."""

from .budget import Budget, TooMuch
from .errors import Refusal, shown
from .parameters import ABSENT, REQUIRED, Array, Integer, Invalid, Text

INDEX, PATH, NAME = "device_index", "device_path", "device_name"
# Racks in racks, as deep as a path can reach.
PATH_ITEMS_MAX = 33
DEVICE_PATH = Array(Integer(minimum=0), max_items=PATH_ITEMS_MAX)
# The same of a topic, which the gateway keeps for every subscriber.
TOPIC_PATH_ITEMS_MAX = 9
TOPIC_MEMBERS = ((INDEX, Integer(), ABSENT), (PATH, Array(Integer(minimum=0), max_items=TOPIC_PATH_ITEMS_MAX), ABSENT))
_NAME = Text(max_length=256, min_length=1)
# The index of a name for which there is no device, or more than one.
_NOWHERE = 2 ** 31 - 1


class DevicePlace(int):
    """The index of a device, or of the rack around it; `path` leads on into racks: device, chain, device and so on.

    Actions take it as `device_index`. It equals another place only if all of the path does.
    """

    def __new__(cls, path, name=None):
        place = int.__new__(cls, path[0])
        place.path, place.name = tuple(path), name
        return place

    def __eq__(self, other):
        return (self.path, self.name) == (getattr(other, "path", (other,)), getattr(other, "name", None))

    def __hash__(self):
        return hash(self.path)

    def __str__(self):
        return shown(self.name) if self.name is not None else ".".join(map(str, self.path))


def members(declared):
    """The parameters of an action, with path and name beside a required device_index."""
    for name, kind, default in declared:
        if name == INDEX and default is REQUIRED:
            yield from ((INDEX, kind, ABSENT), (PATH, DEVICE_PATH, ABSENT), (NAME, _NAME, ABSENT))
        else:
            yield name, kind, default


def entry(param):
    """The catalogue's entry of device_index: required unless a path begins with it, or a name is given."""
    return dict(param, required=True, first_of=PATH, unless=NAME) if param["name"] == INDEX else param


def combined(params):
    """Checked parameters with one DevicePlace instead of the three that name a device."""
    index, path, name = (params.pop(each, None) for each in (INDEX, PATH, NAME))
    if name is not None and (index is not None or path is not None):
        raise Invalid("is another way to name the device; send one of %s, %s and %s" % (INDEX, PATH, NAME)).at("." + NAME)
    path = _path(index, path) if name is None else (_NOWHERE,)
    return dict(params, device_index=DevicePlace(path, name))


def index_or_path(topic):
    """The device of a topic: its index, or its path as a tuple if it is inside racks."""
    path = _path(topic.get(INDEX), topic.get(PATH))
    return path[0] if len(path) == 1 else path


def _path(index, path):
    if index is None and path is None:
        raise Invalid("is required").at("." + INDEX)
    if path is not None and len(path) % 2 == 0:
        raise Invalid("must be a device, then any number of a chain and a device in it").at("." + PATH)
    if path is not None and index not in (None, path[0]):
        raise Invalid("must be the first of %s, or be left out" % PATH).at("." + INDEX)
    return (index,) if path is None else tuple(path)


def resolved(song, params):
    """`params` with the path of a device that is asked for by name; without it unless exactly one device has that name."""
    place = params.get(INDEX)
    if not isinstance(place, DevicePlace) or place.name is None:
        return params
    try:
        paths = [path for path, device in _everywhere(owner(song, params), Budget()) if device.name == place.name]
    except TooMuch:
        raise Refusal("live_error", TooMuch("the devices of the track").sentence + "; name it by its path") from None
    return dict(params, device_index=DevicePlace(paths[0] if len(paths) == 1 else (_NOWHERE,), place.name))


def in_answer(params):
    """The path of a device that was not named by its index alone, for the answer."""
    place = params.get(INDEX)
    is_plain = not isinstance(place, DevicePlace) or (place.name is None and len(place.path) == 1)
    return {} if is_plain else {PATH: list(place.path)}


def racks_and_device(devices, place):
    """The device at a place, after the racks around it, from the outermost; empty if there is none."""
    path = getattr(place, "path", (place,))
    if path[0] >= len(devices):
        return []
    found = [devices[path[0]]]
    for chain, index in zip(path[1::2], path[2::2]):
        chains = found[-1].chains if found[-1].can_have_chains else ()
        if chain >= len(chains) or index >= len(chains[chain].devices):
            return []
        found.append(chains[chain].devices[index])
    return found


def chain_of(devices_owner, place):
    """The track or chain that holds the device at a place, which exists, and its index there."""
    path = getattr(place, "path", (place,))
    if len(path) == 1:
        return devices_owner, path[0]
    racks = racks_and_device(devices_owner.devices, place)
    return racks[-2].chains[path[-2]], path[-1]


def owner(song, params):
    """The track that parameters name: one of the set's, a return track, or the master track; None if there is none."""
    for name, tracks in (("track_index", song.tracks), ("return_index", song.return_tracks)):
        if name in params:
            return tracks[params[name]] if params[name] < len(tracks) else None
    return song.master_track


def _everywhere(owner, budget):
    """All devices of a track with their paths, those in racks included."""
    waiting = [((), owner)] if owner is not None else []
    while waiting:
        path, chain = waiting.pop()
        for index, device in enumerate(chain.devices):
            budget.spend(2)
            yield path + (index,), device
            if device.can_have_chains:
                waiting += [(path + (index, number), inner) for number, inner in enumerate(device.chains)]
