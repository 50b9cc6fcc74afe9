"""Sets many parameters of a device at once."""

from ..lom import parameter_values, targets
from ..lom.device_descriptions import PLACE, placed
from ..lom.trail_values import parameters
from ..parameters import Array
from ..registry import action
from .device import DEVICE

PARAMETERS_MAX = 256


def _values(host, track_index, device_index, values):
    """The values of the parameters that are set, for the trail."""
    return parameters(host, track_index, device_index)[: len(values)]


@action(
    "device",
    ["device"],
    DEVICE,
    dict(PLACE, count="integer"),
    one_undo_step=True,
    sets={"values": _values},
    sentence="<set> the parameters of {the device} on {track}",
)
def set_device_parameters(
    host,
    track_index: targets.INDEX,
    device_index: targets.INDEX,
    values: Array(parameter_values.VALUE, max_items=PARAMETERS_MAX),
):
    """Sets the first parameters of a device, in their order, as set_device_param does each. Uses DeviceParameter.value."""
    device = targets.device(host, track_index, device_index)
    for param_index, value in enumerate(values):
        parameter_values.write_at(device, param_index, value)
    return placed(track_index, device_index, device, count=len(values))
