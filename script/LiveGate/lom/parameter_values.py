"""Finds, describes and sets the parameters of a device, whatever track it is on."""

from ..errors import Refusal, shown
from ..parameters import Boolean, Either, Number, Text
from . import display_values, targets
from .listing import listing

PARAM_NAME = Text(max_length=256, min_length=1)
VALUE = Number(unit="the parameter's own, within its min and max")

# Whether a value out of range is brought into it; else it is refused.
CLAMP = Boolean()

# A value, or how Live displays it.
SHOWN_VALUE = Either(VALUE, Text(max_length=64, min_length=1))

# The fields of `described`, with their types.
DESCRIBED = {
    "index": "integer",
    "name": "string",
    "value": "number",
    "min": "number",
    "max": "number",
    "is_quantized": "boolean",
    "is_enabled": "boolean",
    "value_items": "array",
}
INDEXES_SHOWN_MAX = 10


def named(device, param_name):
    """The index of the parameter of that name, and the parameter. Without an exact match, case is ignored."""
    parameters = list(enumerate(device.parameters))
    found = [pair for pair in parameters if pair[1].name == param_name]
    if not found:
        folded = param_name.casefold()
        found = [pair for pair in parameters if pair[1].name.casefold() == folded]
    if not found:
        sentence = "%s has no parameter with the param_name %s; get_device_parameters lists those that it has"
        raise Refusal("live_error", sentence % (device.name, shown(param_name)))
    if len(found) > 1:
        sentence = "%s has several parameters with the param_name %s; choose one by its index: %s"
        indexes = ", ".join(str(index) for index, _ in found[:INDEXES_SHOWN_MAX])
        raise Refusal("live_error", sentence % (device.name, shown(param_name), indexes))
    return found[0]


def listed(device, describe=None, **place):
    """Describes all parameters of a device."""
    return list_all(device, describe or described, dict(place, device_name=device.name))


def list_all(device, describe, answer):
    """Adds `describe(index, parameter)` for each parameter of a device to the answer."""
    return listing(device.parameters, describe, lambda found: dict(answer, count=len(found), parameters=found))


def described(index, parameter):
    """One entry of a list; value_items names the steps of a quantized parameter."""
    is_quantized = bool(parameter.is_quantized)
    return {
        "index": index,
        "name": parameter.name,
        "value": parameter.value,
        "min": parameter.min,
        "max": parameter.max,
        "is_quantized": is_quantized,
        "is_enabled": bool(parameter.is_enabled),
        "value_items": [str(item) for item in parameter.value_items] if is_quantized else [],
    }


def displayed(index, parameter):
    """The value as Live displays it, with its unit."""
    value = parameter.value
    shown_value = str(parameter.str_for_value(value))
    return {"index": index, "name": parameter.name, "raw_value": value, "display_value": shown_value}


def described_and_displayed(index, parameter):
    """One entry of a list with both."""
    return dict(described(index, parameter), **displayed(index, parameter))


def describe_all(device, into):
    """Adds the parameters of a device one by one, as above; yields for each."""
    for index, parameter in enumerate(list(device.parameters)):
        targets.require_alive(parameter, "a parameter of the device")
        into.append(described_and_displayed(index, parameter))
        yield None


def write_at(device, param_index, value, clamp=False):
    """Sets a parameter by its index; returns the fields of the answer."""
    return _written(device, param_index, targets.parameter_of(device, param_index), value, clamp)


def write_named(device, param_name, value, clamp=False):
    """Sets a parameter by its name, to a value or to how Live displays it; returns the fields of the answer."""
    index, parameter = named(device, param_name)
    if type(value) is str:
        value = display_values.value_for(parameter, value)
    written = _written(device, index, parameter, value, clamp)
    return dict(written, display_value=displayed(index, parameter)["display_value"])


def write(device, parameter, value):
    """Sets a parameter of a device, and returns its value afterwards."""
    return write_as("%s of %s" % (parameter.name, device.name), parameter, value)


def write_as(what, parameter, value):
    """Sets a parameter, which refusals call `what`; an invalid value is refused before anything changes."""
    if not parameter.is_enabled:
        raise Refusal("live_error", "%s cannot be set: a macro or Max controls it" % what)
    parameter.value = fitting(what, parameter, value)
    actual = parameter.value
    targets.require_value(what, value, actual)
    return actual


def _written(device, index, parameter, value, clamp):
    within = min(max(value, parameter.min), parameter.max) if clamp else value
    actual = write(device, parameter, within)
    written = {
        "device_name": device.name,
        "param_index": index,
        "param_name": parameter.name,
        "value": actual,
        "message": "%s of %s is %g" % (parameter.name, device.name, actual),
    }
    return written if within == value else dict(written, clamped={"value": actual})


def fitting(what, parameter, value):
    """The value as Live accepts it; raises a Refusal if it is out of range."""
    low, high = parameter.min, parameter.max
    # A limit such as 0.7 is slightly less in Live's single precision; a request for 0.7 must still be accepted.
    slack = targets.TOLERANCE * max(1.0, abs(value))
    if not low - slack <= value <= high + slack:
        raise Refusal("live_error", "value must be between %g and %g for %s, got %g" % (low, high, what, value))
    if parameter.is_quantized and abs(value - round(value)) > slack:
        raise Refusal("live_error", "value must be a whole number for %s, got %g" % (what, value))
    return min(max(value, low), high)
