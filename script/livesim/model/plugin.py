"""PluginDevice: a VST or Audio Unit plug-in, with those of its parameters that are configured, and its presets."""

from ..errors import invalid_value
from .base import State, models, query, reads
from .device import Device

TO_THE_END = -1
NO_PRESETS = ("Default",)


@models("PluginDevice.PluginDevice")
class PluginDevice(Device):
    """What its kind adds as details are the names of its presets."""

    _preset = State(0, also=("selected_preset_index",))
    can_compare_ab = reads(lambda device: False)

    @reads
    def presets(self):
        return self.kind.details or NO_PRESETS

    @reads
    def selected_preset_index(self):
        return self._preset

    @selected_preset_index.setter
    def selected_preset_index(self, index):
        if not 0 <= index < len(self.presets):
            raise invalid_value()
        self._preset = index

    @query
    def get_parameter_names(self, begin=0, end=TO_THE_END):
        names = [parameter.original_name for parameter in self.parameters[1:]]
        return names[begin:] if end == TO_THE_END else names[begin:end]
