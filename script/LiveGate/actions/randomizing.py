"""Actions that set the parameters of a device to random values."""

import os

from ..budget import Budget
from ..errors import Refusal
from ..lom import trail_values, polling, targets
from ..lom.device_descriptions import PLACE, placed
from ..registry import action
from .device import DEVICE

TAGS = ["device", "destructive"]
FRACTION_BYTES = 6
# Of a parameter: all are read and set in one piece, as one undo step.
VALUES_OF_EACH = 8


@action(
    "device",
    TAGS,
    DEVICE,
    dict(PLACE, randomized_count="integer", message="string"),
    one_undo_step=True,
    sets={"values": trail_values.parameters},
    sentence="<randomize|randomized> the parameters of {the device} on {track}",
)
def randomize_device_parameters(host, track_index: targets.INDEX, device_index: targets.INDEX):
    """Sets all parameters of a device to random values within their ranges, as one undo step.

    Skips parameters that cannot be set, and the on-off switch. The answer counts those that changed. Uses
    DeviceParameter.value.
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
    sets={"values": trail_values.parameters},
    sentence="<randomize|randomized> {the device} on {track}",
)
def randomize_device(host, track_index: targets.INDEX, device_index: targets.INDEX):
    """Sets the parameters of a device to random values: the same as randomize_device_parameters.

    Uses DeviceParameter.value.
    """
    device = targets.device(host, track_index, device_index)

    def answer(changed):
        return placed(track_index, device_index, device, randomized_parameters=changed)

    return _randomize(host, device, answer)


def random_fraction():
    """At least 0 and less than 1. The module `random` may be missing inside Live."""
    return int.from_bytes(os.urandom(FRACTION_BYTES), "big") / float(1 << (8 * FRACTION_BYTES))


def _randomize(host, device, answer):
    """Continues with `answer` of the number of parameters that changed."""
    chosen = [parameter for parameter in Budget().each(list(device.parameters)[1:], VALUES_OF_EACH) if parameter.is_enabled]
    if not chosen:
        raise Refusal("live_error", "%s has no parameters that can be set, except its switch" % device.name)
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
    return polling.retry(host, set_rest)


def _value_within(parameter, fraction):
    low, high = parameter.min, parameter.max
    if parameter.is_quantized:
        return low + int(fraction * (high - low + 1))
    return min(low + fraction * (high - low), high)
