"""Third-party devices: VST and Audio Unit plug-ins (PluginDevice) and Max for Live devices (MaxDevice)."""

from ..errors import invalid_value
from . import routing_entries as entries
from .base import Model, State, models, query, reads
from .device import Device

TO_THE_END = -1
NO_PRESETS = ("Default",)


@models("PluginDevice.PluginDevice")
class PluginDevice(Device):
    """Its kind's details are the names of its presets."""

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


BANK_SIZE, BEST_OF, NOTHING = 8, -1, -1


@models("DeviceIO.DeviceIO")
class DeviceIO(Model):
    """An additional audio input or output of a device, not connected at first."""

    default_external_routing_channel_is_none = State(False)
    _type = State(None, also=("routing_type", "routing_channel", "available_routing_channels"))
    _channel = State(None, also=("routing_channel",))

    def __init__(self, device, is_input):
        super().__init__(device)
        self._is_input = is_input

    @reads
    def available_routing_types(self):
        return (entries.audio_sources if self._is_input else entries.audio_destinations)(self.parent.track)

    @reads
    def available_routing_channels(self):
        channels = entries.source_channels if self._is_input else entries.destination_channels
        return channels(self.parent.track, self.routing_type)

    @reads
    def routing_type(self):
        offered = self.available_routing_types
        return self._type if self._type in offered else offered[-1]

    @routing_type.setter
    def routing_type(self, wanted):
        if wanted not in self.available_routing_types:
            raise ValueError("The type is not one of those that are available")
        self._type, self._channel = wanted, None

    @reads
    def routing_channel(self):
        offered = self.available_routing_channels
        return self._channel if self._channel in offered else offered[0]

    @routing_channel.setter
    def routing_channel(self, wanted):
        if wanted not in self.available_routing_channels:
            raise ValueError("The channel is not one of those that are available")
        self._channel = wanted


@models("MaxDevice.MaxDevice")
class MaxDevice(Device):
    """Its kind's details are the numbers of audio inputs and outputs. Every eight parameters make a bank."""

    events = ("bank_parameters_changed",)  # never posted: its author changes no bank
    audio_inputs = State((), owns=True)
    audio_outputs = State((), owns=True)
    midi_inputs = reads(lambda device: ())
    midi_outputs = reads(lambda device: ())
    can_compare_ab = reads(lambda device: False)

    def __init__(self, parent, kind):
        super().__init__(parent, kind)
        inputs, outputs = kind.details or (0, 0)
        self._values["audio_inputs"] = tuple(DeviceIO(self, True) for _number in range(inputs))
        self._values["audio_outputs"] = tuple(DeviceIO(self, False) for _number in range(outputs))

    @query
    def get_bank_count(self):
        return -(-(len(self.parameters) - 1) // BANK_SIZE)

    @query
    def get_bank_name(self, bank_index):
        """Banks that the device's author has not named have numbers as names."""
        self._require_bank(bank_index)
        return "Best of Parameters" if bank_index == BEST_OF else "Bank %d" % (bank_index + 1)

    @query
    def get_bank_parameters(self, bank_index):
        """Indexes in the device's list of parameters; -1 for an empty place."""
        self._require_bank(bank_index)
        first = 1 + max(bank_index, 0) * BANK_SIZE
        filled = list(range(first, min(first + BANK_SIZE, len(self.parameters))))
        return filled + [NOTHING] * (BANK_SIZE - len(filled))

    @query
    def get_value_item_icons(self, parameter):
        """No chooser of these devices has icons: one empty name for each item."""
        return [""] * len(parameter.value_items)

    def _require_bank(self, bank_index):
        if not BEST_OF <= bank_index < self.get_bank_count():
            raise RuntimeError("Invalid bank index")
