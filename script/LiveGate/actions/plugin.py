"""Actions on the presets of plug-ins (VST, VST3, AU)."""

from ..lom import targets
from ..lom.device_descriptions import PLACE, placed
from ..registry import action
from .device import DEVICE


@action(
    "device",
    ["read"],
    result=dict(PLACE, count="integer", presets="array", selected_preset_index="integer", message="string"),
    sentence="<read> the presets of {the device} on {track}",
)
def get_device_presets(host, track_index: targets.INDEX, device_index: targets.INDEX):
    """Lists the presets of a plug-in, and which is selected. Other devices have none in Live's API.

    Uses PluginDevice.presets and PluginDevice.selected_preset_index.
    """
    plugin = _plugin(host, track_index, device_index)
    presets = [str(preset) for preset in plugin.presets]
    return placed(
        track_index,
        device_index,
        plugin,
        count=len(presets),
        presets=presets,
        selected_preset_index=int(plugin.selected_preset_index),
        message="presets of %s: %d" % (plugin.name, len(presets)),
    )


# The preset replaces all settings of the device.
@action(
    "device",
    ["device", "destructive"],
    DEVICE,
    dict(PLACE, preset_index="integer", preset_name="string", message="string"),
    sets={"preset_index": "device.selected_preset_index"},
    sentence="<load|loaded> preset {preset_index} of {the device} on {track}",
)
def set_device_preset(host, track_index: targets.INDEX, device_index: targets.INDEX, preset_index: targets.INDEX):
    """Selects a preset of a plug-in, which replaces its settings. Other devices have none in Live's API.

    Uses PluginDevice.selected_preset_index.
    """
    plugin = _plugin(host, track_index, device_index)
    preset = str(targets.element(plugin.presets, preset_index, "preset_index", plugin.name, "presets"))
    plugin.selected_preset_index = preset_index
    targets.require_value("preset_index", preset_index, int(plugin.selected_preset_index))
    message = "%s has preset %d (%s)" % (plugin.name, preset_index, preset)
    return placed(track_index, device_index, plugin, preset_index=preset_index, preset_name=preset, message=message)


def _plugin(host, track_index, device_index):
    # Only PluginDevice has presets.
    return targets.device_that(host, track_index, device_index, lambda device: hasattr(device, "presets"), "a plug-in")
