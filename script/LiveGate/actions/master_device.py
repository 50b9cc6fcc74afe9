"""Actions on the parameters of the devices of the master track."""

from ..errors import Refusal
from ..lom import parameter_values, targets
from ..lom.parameter_values import CLAMP, DESCRIBED, PARAM_NAME, SHOWN_VALUE, VALUE
from ..registry import action

DEVICE = {"master": None, "device": "device_index"}
PLACE = {"device_index": "integer", "device_name": "string"}
WRITTEN = dict(PLACE, param_index="integer", param_name="string", value="number", message="string")


@action(
    "device",
    ["read"],
    result=dict(PLACE, count="integer", parameters="array"),
    sentence="<read> the parameters of {the device} on the master",
)
def get_master_device_params(host, device_index: targets.INDEX):
    """Lists the parameters of a device of the master track, as get_track_device_params does for other tracks.

    Uses Device.parameters and DeviceParameter.str_for_value.
    """
    device = targets.master_device(host, device_index)
    return parameter_values.listed(device, parameter_values.described_and_displayed, device_index=device_index)


@action(
    "device",
    ["read"],
    result=dict(PLACE, **DESCRIBED, raw_value="number", original_name="string", display_value="string", automation_state="integer"),
    sentence="<read> {the parameter} of {the device} on the master",
)
def get_master_device_param_info(
    host, device_index: targets.INDEX, param_index: targets.INDEX = None, param_name: PARAM_NAME = None
):
    """Reports all fields of one parameter of a device of the master track; value_items names its steps, if any.

    Its index or its name is required. The automation_state is 0 without automation, 1 while it plays, 2 while it is overridden. Uses Device.parameters.
    """
    device = targets.master_device(host, device_index)
    if (param_index is None) == (param_name is None):
        raise Refusal("invalid_params", "pass either param_index or param_name")
    if param_index is None:
        param_index, parameter = parameter_values.named(device, param_name)
    else:
        parameter = targets.parameter_of(device, param_index)
    return dict(
        parameter_values.described_and_displayed(param_index, parameter),
        device_index=device_index,
        device_name=device.name,
        original_name=parameter.original_name,
        automation_state=int(parameter.automation_state),
    )


@action(
    "device",
    ["device"],
    DEVICE,
    WRITTEN,
    sets={"value": "parameter.value"},
    sentence="<set> {the parameter} of {the device} on the master {>value}",
)
def set_master_device_param(
    host, device_index: targets.INDEX, param_index: targets.INDEX, value: VALUE, clamp: CLAMP = False
):
    """Sets a parameter of a device of the master track, as set_track_device_param does on other tracks.

    Uses DeviceParameter.value.
    """
    device = targets.master_device(host, device_index)
    return dict(parameter_values.write_at(device, param_index, value, clamp), device_index=device_index)


@action(
    "device",
    ["device"],
    DEVICE,
    dict(WRITTEN, display_value="string"),
    sets={"value": "parameter.value"},
    sentence="<set> {the parameter} of {the device} on the master {>value}",
)
def set_master_device_param_by_name(
    host, device_index: targets.INDEX, param_name: PARAM_NAME, value: SHOWN_VALUE, clamp: CLAMP = False
):
    """Sets a parameter of a device of the master track by its name, as set_track_device_param_by_name does on other tracks.

    Uses DeviceParameter.value.
    """
    device = targets.master_device(host, device_index)
    return dict(parameter_values.write_named(device, param_name, value, clamp), device_index=device_index)
