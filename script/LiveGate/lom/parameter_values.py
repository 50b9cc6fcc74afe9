"""Finds, describes and writes the parameters of a device, on whatever track it is."""

from ..errors import Refusal, shown
from ..parameters import Number, Text
from . import targets
from .listing import listing

PARAM_NAME = Text(max_length=256, min_length=1)
VALUE = Number(unit="the parameter's own, within its min and max")

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
    """The index of the parameter of that name, and the parameter; in another case too if only one is meant."""
    parameters = list(enumerate(device.parameters))
    found = [pair for pair in parameters if pair[1].name == param_name]
    if not found:
        folded = param_name.casefold()
        found = [pair for pair in parameters if pair[1].name.casefold() == folded]
    if not found:
        sentence = "%s has no parameter with the param_name %s; get_device_parameters lists those that it has"
        raise Refusal("live_error", sentence % (device.name, shown(param_name)))
    if len(found) > 1:
        sentence = "%s has several parameters with the param_name %s; name one by its index: %s"
        indexes = ", ".join(str(index) for index, _ in found[:INDEXES_SHOWN_MAX])
        raise Refusal("live_error", sentence % (device.name, shown(param_name), indexes))
    return found[0]


def listed(device, **place):
    """All parameters of a device."""
    return list_all(device, described, dict(place, device_name=device.name))


def list_all(device, describe, answer):
    """The answer with what `describe` says of each parameter of a device."""
    return listing(device.parameters, describe, lambda found: dict(answer, count=len(found), parameters=found))


def described(index, parameter):
    """One of a list; what has steps says how each is called."""
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
    """What Live shows for the value, with its unit."""
    value = parameter.value
    shown_value = str(parameter.str_for_value(value))
    return {"index": index, "name": parameter.name, "raw_value": value, "display_value": shown_value}


def write_at(device, param_index, value):
    """Sets a parameter by its index; returns what an answer says about it."""
    return _written(device, param_index, targets.parameter_of(device, param_index), value)


def write_named(device, param_name, value):
    """Sets a parameter by its name; returns what an answer says about it."""
    index, parameter = named(device, param_name)
    return _written(device, index, parameter, value)


def write(device, parameter, value):
    """Sets a parameter of a device, and returns the value that it has then."""
    return write_as("%s of %s" % (parameter.name, device.name), parameter, value)


def write_as(what, parameter, value):
    """Sets a parameter, which refusals call `what`; what it cannot have is refused before it changes."""
    if not parameter.is_enabled:
        raise Refusal("live_error", "%s cannot be set: a macro or Max controls it" % what)
    parameter.value = fitting(what, parameter, value)
    actual = parameter.value
    targets.require_value(what, value, actual)
    return actual


def _written(device, index, parameter, value):
    actual = write(device, parameter, value)
    return {
        "device_name": device.name,
        "param_index": index,
        "param_name": parameter.name,
        "value": actual,
        "message": "%s of %s is %g" % (parameter.name, device.name, actual),
    }


def fitting(what, parameter, value):
    """The value as Live takes it."""
    low, high = parameter.min, parameter.max
    # A limit such as 0.7 is a little less in Live's single precision; asked for as 0.7 it is meant all the same.
    slack = targets.TOLERANCE * max(1.0, abs(value))
    if not low - slack <= value <= high + slack:
        raise Refusal("live_error", "value must be between %g and %g for %s, got %g" % (low, high, what, value))
    if parameter.is_quantized and abs(value - round(value)) > slack:
        raise Refusal("live_error", "value must be a whole number for %s, got %g" % (what, value))
    return min(max(value, low), high)
