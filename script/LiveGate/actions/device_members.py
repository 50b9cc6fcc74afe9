"""The members that Live's API has on a device, for those who look for one that no action uses."""

from ..lom import targets
from ..lom.device_descriptions import ON_TRACK, PLACE, placed
from ..registry import action


@action(
    "device",
    ["read"],
    result=dict(PLACE, properties="array", methods="array"),
    shows=ON_TRACK,
    sentence="<read> the members of {the device} on {track}",
)
def get_device_members(host, track_index: targets.INDEX, device_index: targets.INDEX):
    """Lists the properties and methods of a device in Live's API, by name. Uses dir."""
    device = targets.device(host, track_index, device_index)
    kind = type(device)
    names = sorted(name for name in dir(kind) if not name.startswith("_"))
    methods = [name for name in names if callable(getattr(kind, name))]
    properties = [name for name in names if name not in methods]
    return placed(track_index, device_index, device, properties=properties, methods=methods)
