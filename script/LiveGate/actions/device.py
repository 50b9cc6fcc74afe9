"""Actions on whole devices: listing, classifying, switching, showing and deleting them."""

from .. import steps
from ..lom import trail_values, parameter_values, targets
from ..lom.device_descriptions import (
    ON_MASTER,
    ON_TRACK,
    PLACE,
    SUMMARY,
    described,
    device_type,
    on_switch,
    placed,
    summary,
)
from ..lom.track_places import name_of
from ..parameters import Boolean
from ..registry import action

DEVICE = {"track": "track_index", "device": "device_index"}
TRACK_SUMMARY = dict(SUMMARY, track_index="integer")


@action(
    "device",
    ["read"],
    result=TRACK_SUMMARY,
    shows=ON_TRACK,
    sentence="<read> the devices on {track}",
)
def get_track_devices(host, track_index: targets.INDEX):
    """Lists the devices of a track: name, class, type, whether each is on and active, and how many chains it has.

    Devices inside racks are listed by get_rack_contents. Uses Track.devices.
    """
    return _summary(host, track_index)


@action(
    "device",
    ["read"],
    result=TRACK_SUMMARY,
    shows=ON_TRACK,
    sentence="<read> the device chain of {track}",
)
def get_track_chain_summary(host, track_index: targets.INDEX):
    """Lists the devices of a track, as get_track_devices does, each with its `parameters`, as get_track_device_params does.

    Uses Track.devices and Device.parameters.
    """
    return _chain_summary(targets.track(host, track_index), track_index=track_index)


@action(
    "device",
    ["read"],
    result=SUMMARY,
    shows=ON_MASTER,
    sentence="<read> the device chain of the master",
)
def get_master_chain_summary(host):
    """Summarises the device chain of the master track, as get_track_chain_summary does for others.

    Uses Song.master_track and Device.parameters.
    """
    return _chain_summary(host.song.master_track)


@action(
    "device",
    ["device"],
    DEVICE,
    dict(PLACE, enabled="boolean", is_active="boolean"),
    sets={"enabled": trail_values.is_switched_on},
    sentence="{enabled?<switch|switched> on {the device}:<switch|switched> off {the device}} on {track}{was enabled}",
)
def set_device_on_off(host, track_index: targets.INDEX, device_index: targets.INDEX, enabled: Boolean() = True):
    """Switches a device on or off; is_active reports whether it is active then. Refused while a macro controls its switch.

    Uses the first of Device.parameters, and Device.is_active.
    """
    device = targets.device(host, track_index, device_index)
    switch = on_switch(device)
    targets.require(switch is not None, "%s has no switch to turn it on or off" % device.name)
    parameter_values.write(device, switch, 1.0 if enabled else 0.0)
    return placed(track_index, device_index, device, enabled=enabled, is_active=bool(device.is_active))


@action(
    "device",
    ["edit", "destructive"],
    dict(DEVICE, selection=None),
    dict(PLACE, message="string"),
    removes={"device": trail_values.device},
    sentence="<delete|deleted> {the device} on {track}",
)
def delete_device(host, track_index: targets.INDEX, device_index: targets.INDEX):
    """Deletes a device of a track, a rack with its contents; the devices after it move up.

    Uses Track.delete_device and Chain.delete_device.
    """
    device = targets.device(host, track_index, device_index)
    chain, index = targets.chain_with(host, track_index, device_index)
    name = device.name
    message = "%s was deleted from %s" % (name, name_of(track_index))
    answer = placed(track_index, device_index, device, message=message)
    chain.delete_device(index)
    targets.require(targets.position(chain.devices, device) is None, "Live did not delete device %s" % device_index)
    return answer


@action(
    "device_info",
    ["read"],
    result=dict(PLACE, class_name="string", class_display_name="string"),
    sentence="<read> the class of {the device} on {track}",
)
def get_device_class_name(host, track_index: targets.INDEX, device_index: targets.INDEX):
    """Reports Live's internal name for the class of a device, and the displayed one.

    Uses Device.class_name and Device.class_display_name.
    """
    device = targets.device(host, track_index, device_index)
    names = {"class_name": device.class_name, "class_display_name": device.class_display_name}
    return placed(track_index, device_index, device, **names)


@action(
    "device_info",
    ["read"],
    result=dict(PLACE, type="integer", type_name="string"),
    sentence="<read> the type of {the device} on {track}",
)
def get_device_type(host, track_index: targets.INDEX, device_index: targets.INDEX):
    """Reports the type of a device: 0 undefined, 1 instrument, 2 audio effect, 4 MIDI effect. Uses Device.type."""
    device = targets.device(host, track_index, device_index)
    return placed(track_index, device_index, device, **device_type(device))


@action(
    "plugin_window",
    ["view"],
    dict(DEVICE, selection=None),
    dict(PLACE, message="string"),
    sets={"is_collapsed": "device.view.is_collapsed"},
    sentence="<show|showed> the window of {the device} on {track}",
)
def show_plugin_window(host, track_index: targets.INDEX, device_index: targets.INDEX):
    """Unfolds a device in Live's device view and selects it; Live's API cannot open a plug-in's own window.

    Uses Device.View.is_collapsed and Song.View.select_device.
    """
    track = targets.track(host, track_index)
    device = targets.device(host, track_index, device_index)
    _fold(device, False)
    host.song.view.select_device(device)
    targets.require(track.view.selected_device == device, "Live unfolded %s, but did not select it" % device.name)
    message = "%s is unfolded and selected; Live's API cannot open a plug-in's own window" % device.name
    return placed(track_index, device_index, device, message=message)


@action(
    "plugin_window",
    ["view"],
    DEVICE,
    dict(PLACE, message="string"),
    sets={"is_collapsed": "device.view.is_collapsed"},
    sentence="<hide|hid> the window of {the device} on {track}",
)
def hide_plugin_window(host, track_index: targets.INDEX, device_index: targets.INDEX):
    """Folds a device in Live's device view; Live's API cannot close a plug-in's own window. The selection stays.

    Uses Device.View.is_collapsed.
    """
    device = targets.device(host, track_index, device_index)
    _fold(device, True)
    return placed(track_index, device_index, device, message="%s is folded" % device.name)


def _chain_summary(track, **place):
    devices = []

    def finish(_):
        return dict(place, track_name=track.name, count=len(devices), devices=devices)

    return steps.gather(_with_parameters(track, devices), finish)


def _with_parameters(track, devices):
    """Adds the devices one by one; yields for each device and parameter."""
    for index, device in enumerate(list(track.devices)):
        targets.require_alive(device, "a device of the track")
        devices.append(dict(described(index, device), parameters=[]))
        yield None
        yield from parameter_values.describe_all(device, devices[-1]["parameters"])


def _summary(host, track_index):
    return summary(targets.track(host, track_index), track_index=track_index)


def _fold(device, folded):
    device.view.is_collapsed = folded
    targets.require(device.view.is_collapsed == folded, "Live did not fold or unfold %s" % device.name)
