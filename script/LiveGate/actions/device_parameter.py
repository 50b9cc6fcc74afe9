"""Actions on the parameters of the devices of tracks: listing, reading, setting, and their display values."""

from ..lom import parameter_values, targets
from ..lom.device_descriptions import PLACE, placed
from ..lom.parameter_values import CLAMP, DESCRIBED, PARAM_NAME, SHOWN_VALUE, VALUE
from ..registry import action
from .device import DEVICE

LISTED = dict(PLACE, count="integer", parameters="array")
DISPLAYED = dict(PLACE, index="integer", name="string", raw_value="number", display_value="string")
WRITTEN = dict(PLACE, param_index="integer", param_name="string", value="number", message="string")
WRITTEN_BY_NAME = dict(WRITTEN, display_value="string")


@action(
    "device",
    ["read"],
    result=LISTED,
    sentence="<read> the parameters of {the device} on {track}",
)
def get_device_parameters(host, track_index: targets.INDEX, device_index: targets.INDEX):
    """Lists the parameters of a device: name, value and range in the parameter's own units, and whether it can be set.

    A parameter with is_quantized has steps of 1, named by value_items. Uses Device.parameters.
    """
    return _listed(host, track_index, device_index)


@action(
    "device",
    ["read"],
    result=LISTED,
    sentence="<read> the parameters of {the device} on {track}",
)
def get_track_device_params(host, track_index: targets.INDEX, device_index: targets.INDEX):
    """Lists the parameters of a device, as get_device_parameters does, each also with raw_value and display_value.

    Uses Device.parameters and DeviceParameter.str_for_value.
    """
    device = targets.device(host, track_index, device_index)
    place = placed(track_index, device_index, device)
    return parameter_values.list_all(device, parameter_values.described_and_displayed, place)


@action(
    "device",
    ["read"],
    result=dict(PLACE, **DESCRIBED),
    sentence="<read> {the parameter} of {the device} on {track}",
)
def get_device_parameter_by_name(host, track_index: targets.INDEX, device_index: targets.INDEX, param_name: PARAM_NAME):
    """Reports one parameter of a device by its name, as get_device_parameters does.

    Without an exact match, case is ignored if the match is unique. Uses DeviceParameter.name.
    """
    device = targets.device(host, track_index, device_index)
    found = parameter_values.named(device, param_name)
    return placed(track_index, device_index, device, **parameter_values.described(*found))


@action(
    "device",
    ["device"],
    DEVICE,
    WRITTEN,
    sets={"value": "parameter.value"},
    sentence="<set> {the parameter} of {the device} on {track} {>value}",
)
def set_device_param(
    host,
    track_index: targets.INDEX,
    device_index: targets.INDEX,
    param_index: targets.INDEX,
    value: VALUE,
):
    """Sets a parameter of a device, in the parameter's own units; a quantized one takes whole numbers.

    Refused outside its min and max, and while a macro or Max controls it. Uses DeviceParameter.value.
    """
    return _write_at(host, track_index, device_index, param_index, value)


@action(
    "device",
    ["device"],
    DEVICE,
    WRITTEN,
    sets={"value": "parameter.value"},
    sentence="<set> {the parameter} of {the device} on {track} {>value}",
)
def set_track_device_param(
    host,
    track_index: targets.INDEX,
    device_index: targets.INDEX,
    param_index: targets.INDEX,
    value: VALUE,
    clamp: CLAMP = False,
):
    """Sets a parameter of a device, as set_device_param does; with `clamp`, a value out of range is brought into it, and `clamped` reports it.

    Uses DeviceParameter.value.
    """
    return _write_at(host, track_index, device_index, param_index, value, clamp)


@action(
    "device",
    ["device"],
    DEVICE,
    dict(WRITTEN_BY_NAME, name="string"),
    sets={"value": "parameter.value"},
    sentence="<set> {the parameter} of {the device} on {track} {>value}",
)
def set_device_parameter_by_name(
    host,
    track_index: targets.INDEX,
    device_index: targets.INDEX,
    param_name: PARAM_NAME,
    value: SHOWN_VALUE,
):
    """Sets a parameter of a device by its name, as set_device_param does.

    A text is the value as Live displays it, such as "-12 dB" or "4:1". Without an exact match, case is ignored if the match is unique. Uses DeviceParameter.value.
    """
    written = _write_named(host, track_index, device_index, param_name, value)
    return dict(written, name=written["param_name"])


@action(
    "max_for_live",
    ["device"],
    DEVICE,
    WRITTEN_BY_NAME,
    sets={"value": "parameter.value"},
    sentence="<set> {the parameter} of {the device} on {track} {>value}",
)
def set_device_param_by_name(
    host,
    track_index: targets.INDEX,
    device_index: targets.INDEX,
    param_name: PARAM_NAME,
    value: SHOWN_VALUE,
):
    """Sets a parameter of a device, made in Max or not, by its name: the same as set_device_parameter_by_name.

    Uses DeviceParameter.value.
    """
    return _write_named(host, track_index, device_index, param_name, value)


@action(
    "device",
    ["device"],
    DEVICE,
    WRITTEN_BY_NAME,
    sets={"value": "parameter.value"},
    sentence="<set> {the parameter} of {the device} on {track} {>value}",
)
def set_track_device_param_by_name(
    host,
    track_index: targets.INDEX,
    device_index: targets.INDEX,
    param_name: PARAM_NAME,
    value: SHOWN_VALUE,
    clamp: CLAMP = False,
):
    """Sets a parameter of a device by its name, as set_device_parameter_by_name does; with `clamp`, a value out of range is brought into it, and `clamped` reports it.

    Uses DeviceParameter.value.
    """
    return _write_named(host, track_index, device_index, param_name, value, clamp)


@action(
    "display_value",
    ["read"],
    result=DISPLAYED,
    sentence="<read> {the parameter} of {the device} on {track}",
)
def get_device_param_display_value(
    host, track_index: targets.INDEX, device_index: targets.INDEX, param_index: targets.INDEX
):
    """Reports a parameter's value as Live displays it, such as "-6.0 dB". Uses DeviceParameter.str_for_value."""
    device = targets.device(host, track_index, device_index)
    parameter = targets.parameter_of(device, param_index)
    return placed(track_index, device_index, device, **parameter_values.displayed(param_index, parameter))


@action(
    "display_value",
    ["read"],
    result=LISTED,
    sentence="<read> the parameters of {the device} on {track}",
)
def get_all_param_display_values(host, track_index: targets.INDEX, device_index: targets.INDEX):
    """Lists the values of all parameters of a device as Live displays them. Uses DeviceParameter.str_for_value."""
    device = targets.device(host, track_index, device_index)
    return parameter_values.list_all(device, parameter_values.displayed, placed(track_index, device_index, device))


def _listed(host, track_index, device_index):
    device = targets.device(host, track_index, device_index)
    return parameter_values.listed(device, track_index=track_index, device_index=device_index)


def _write_at(host, track_index, device_index, param_index, value, clamp=False):
    written = parameter_values.write_at(targets.device(host, track_index, device_index), param_index, value, clamp)
    return dict(written, track_index=track_index, device_index=device_index)


def _write_named(host, track_index, device_index, param_name, value, clamp=False):
    written = parameter_values.write_named(targets.device(host, track_index, device_index), param_name, value, clamp)
    return dict(written, track_index=track_index, device_index=device_index)
