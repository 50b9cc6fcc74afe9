"""The topics of devices, each for those of tracks, of return tracks and of the master track (observable values)."""

from .events import event, names_of, track_at
from .lom import members

# The words with which the topics begin, the index of the track, and how to find it.
OWNERS = (
    ("", ("track_index",), track_at),
    ("return_", ("return_index",), lambda path, return_index: path.item(path.song, "return_tracks", return_index)),
    ("master_", (), lambda path: path.part(path.song, "master_track")),
)


def device_event(*indexes):
    """Registers a function of a path, a device and further indexes as an event for each kind of track."""

    def register(function):
        for word, owner, find in OWNERS:
            event(*owner, "device_index", *indexes, name=word + function.__name__)(_of_device(function, len(owner), find))
        return function

    return register


def _of_device(function, owner_count, find):
    def find_value(path, *indexes):
        owner, place, others = find(path, *indexes[:owner_count]), indexes[owner_count], indexes[owner_count + 1 :]
        return function(path, _device_at(path, owner, place), *others)

    return find_value


@device_event("param_index")
def device_parameter(path, device, param_index):
    return path.reading(path.item(device, "parameters", param_index), "value", float)


@device_event("param_index")
def parameter_text(path, device, param_index):
    """Reports a parameter's value as Live displays it."""
    parameter = path.item(device, "parameters", param_index)
    if parameter is None:
        return None
    path.notice(parameter, "value")
    return lambda: str(parameter.subject.str_for_value(parameter.subject.value))


@device_event()
def device_properties(path, device):
    """Reports the members of a device that Live signals; the number of variations is that of a rack."""
    more = ("variation_count",) if device is not None and hasattr(device.subject, "variation_count") else ()
    return members.DEVICE.noticed(path, device, more)


@device_event()
def rack_chains(path, device):
    return names_of(path, _rack(device), "chains")


@device_event("chain_index")
def chain_devices(path, device, chain_index):
    return names_of(path, path.item(_rack(device), "chains", chain_index), "devices")


def _device_at(path, owner, place):
    """The node of the device at an index, or at a path through racks; None if there is none."""
    first, *others = place if isinstance(place, tuple) else (place,)
    device = path.item(owner, "devices", first)
    for chain, index in zip(others[::2], others[1::2]):
        device = path.item(path.item(_rack(device), "chains", chain), "devices", index)
    return device


def _rack(device):
    return None if device is None or not device.subject.can_have_chains else device
