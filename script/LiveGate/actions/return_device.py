"""Actions on the devices of return tracks and on their parameters."""

from .. import reach
from ..lom import parameter_values, targets
from ..lom.device_descriptions import SUMMARY, summary
from ..lom.parameter_values import PARAM_NAME, SHOWN_VALUE, VALUE
from ..registry import action

DEVICE = {"return": "return_index", "device": "device_index"}
PLACE = {"return_index": "integer", "device_index": "integer", "device_name": "string"}
WRITTEN = dict(PLACE, param_index="integer", param_name="string", value="number", message="string")


def devices_on_return(song, return_index, **_others):
    """The names of the devices on a return track, those in racks included."""
    tracks = song.return_tracks[return_index : return_index + 1]
    return [device and device.name for track in tracks for _, device in reach.devices_on(track)]


@action(
    "device",
    ["read"],
    result=dict(SUMMARY, return_index="integer"),
    shows={"device": devices_on_return},
    sentence="<read> the devices on {return}",
)
def get_return_devices(host, return_index: targets.INDEX):
    """Lists the devices of a return track, as get_track_devices does for other tracks. Uses Track.devices."""
    return summary(targets.return_track(host, return_index), return_index=return_index)


@action(
    "device",
    ["read"],
    result=dict(PLACE, count="integer", parameters="array"),
    sentence="<read> the parameters of {the device} on {return}",
)
def get_return_device_params(host, return_index: targets.INDEX, device_index: targets.INDEX):
    """Lists the parameters of a device of a return track, as get_device_parameters does for other tracks.

    Uses Device.parameters.
    """
    device = targets.return_device(host, return_index, device_index)
    return parameter_values.listed(device, return_index=return_index, device_index=device_index)


@action(
    "device",
    ["device"],
    DEVICE,
    WRITTEN,
    sets={"value": "parameter.value"},
    sentence="<set> {the parameter} of {the device} on {return} {>value}",
)
def set_return_device_param(
    host, return_index: targets.INDEX, device_index: targets.INDEX, param_index: targets.INDEX, value: VALUE
):
    """Sets a parameter of a device of a return track, as set_device_param does on other tracks.

    Uses DeviceParameter.value.
    """
    written = parameter_values.write_at(targets.return_device(host, return_index, device_index), param_index, value)
    return dict(written, return_index=return_index, device_index=device_index)


@action(
    "device",
    ["device"],
    DEVICE,
    dict(WRITTEN, display_value="string"),
    sets={"value": "parameter.value"},
    sentence="<set> {the parameter} of {the device} on {return} {>value}",
)
def set_return_device_param_by_name(
    host, return_index: targets.INDEX, device_index: targets.INDEX, param_name: PARAM_NAME, value: SHOWN_VALUE
):
    """Sets a parameter of a device of a return track by its name, as set_device_parameter_by_name does on other tracks.

    Uses DeviceParameter.value.
    """
    written = parameter_values.write_named(targets.return_device(host, return_index, device_index), param_name, value)
    return dict(written, return_index=return_index, device_index=device_index)
