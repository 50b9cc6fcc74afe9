"""Actions that give the parameters of a device random values."""

import os

from ..errors import Refusal
from ..lom import losses, patience, targets
from ..lom.device_descriptions import PLACE, placed
from ..registry import action
from .device import DEVICE

TAGS = ["device", "destructive"]
FRACTION_BYTES = 6


@action(
    "device",
    TAGS,
    DEVICE,
    dict(PLACE, randomized_count="integer", message="string"),
    one_undo_step=True,
    sets={"values": losses.parameters},
)
def randomize_device_parameters(host, track_index: targets.INDEX, device_index: targets.INDEX):
    """Gives all parameters of a device that can be set random values within their ranges, as one step to undo.

    Its on-off switch stays as it is. The answer counts those that changed. Uses DeviceParameter.value.
    """
    device = targets.device(host, track_index, device_index)

    def answer(changed):
        message = "parameters of %s that changed: %d" % (device.name, changed)
        return placed(track_index, device_index, device, randomized_count=changed, message=message)

    return _randomize(host, device, answer)


@action(
    "device",
    TAGS,
    DEVICE,
    dict(PLACE, randomized_parameters="integer"),
    one_undo_step=True,
    sets={"values": losses.parameters},
)
def randomize_device(host, track_index: targets.INDEX, device_index: targets.INDEX):
    """Gives the parameters of a device random values: the same as randomize_device_parameters.

    Uses DeviceParameter.value.
    """
    device = targets.device(host, track_index, device_index)

    def answer(changed):
        return placed(track_index, device_index, device, randomized_parameters=changed)

    return _randomize(host, device, answer)


def random_fraction():
    """At least 0 and less than 1. Python's own module for this is not known to load inside Live."""
    return int.from_bytes(os.urandom(FRACTION_BYTES), "big") / float(1 << (8 * FRACTION_BYTES))


def _randomize(host, device, answer):
    """`answer` is given how many parameters have another value then."""
    chosen = [parameter for parameter in list(device.parameters)[1:] if parameter.is_enabled]
    if not chosen:
        raise Refusal("live_error", "%s has no parameters that can be set, other than its switch" % device.name)
    before = [parameter.value for parameter in chosen]
    waiting = [(parameter, _value_within(parameter, random_fraction())) for parameter in reversed(chosen)]

    def set_next():
        parameter, value = waiting[-1]
        parameter.value = value
        waiting.pop()

    def set_rest():
        targets.require_alive(device, "the device")
        while waiting:
            set_next()
        return answer(sum(1 for parameter, value in zip(chosen, before) if parameter.value != value))

    set_next()
    return patience.insist(host, set_rest)


def _value_within(parameter, fraction):
    low, high = parameter.min, parameter.max
    if parameter.is_quantized:
        return low + int(fraction * (high - low + 1))
    return min(low + fraction * (high - low), high)
