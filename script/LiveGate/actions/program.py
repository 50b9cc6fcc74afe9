"""Actions on the program: its load, and controllers mapped to parameters."""

from ..device_place import racks_and_device
from ..lom import targets
from ..parameters import Integer
from ..registry import action


@action(
    "application",
    ["read"],
    result={"average": "number", "peak": "number"},
    sentence="<read> Live's load",
)
def get_process_usage(host):
    """Reports the average and the peak load of Live's audio process, in percent. Uses Application.average_process_usage."""
    application = host.application
    return {"average": float(application.average_process_usage), "peak": float(application.peak_process_usage)}


def _takes_no_mapping(host, track_index, device_index, channel, cc_number, **_):
    """Whether the controller is free, or mapped to the device already: no other object loses it."""
    mapped, tracks = host.mapped_to(channel, cc_number), host.song.tracks
    if mapped is None:
        return True
    place = racks_and_device(tracks[track_index].devices, device_index) if track_index < len(tracks) else ()
    return bool(place) and mapped.canonical_parent == place[-1]


@action(
    "midi",
    ["device", "midi"],
    # The parameter that the controller was mapped to loses it, wherever it is.
    {"track": None, "device": None},
    {"track_index": "integer", "device_index": "integer", "param_index": "integer", "mapped": "integer"},
    records=("mapped",),
    narrows={"track": _takes_no_mapping, "device": _takes_no_mapping},
    sentence="<map|mapped> controller {cc_number} to {the parameter} of {the device} on {track}",
)
def map_midi_cc(
    host,
    track_index: targets.INDEX,
    device_index: targets.INDEX,
    param_index: targets.INDEX,
    channel: Integer(minimum=0, maximum=15),
    cc_number: Integer(minimum=0, maximum=127),
):
    """Maps a controller of the MIDI input chosen for LiveGate to a parameter, until the set is closed.

    A later mapping of the controller replaces an earlier one. Uses Live.MidiMap.map_midi_cc.
    """
    device = targets.device(host, track_index, device_index)
    mapped = host.map_cc(channel, cc_number, targets.parameter_of(device, param_index))
    return {"track_index": track_index, "device_index": device_index, "param_index": param_index, "mapped": mapped}
