"""DeviceParameter: a value within a range, such as a fader. Live keeps it in single precision, and so is it here."""

import struct

from ..errors import invalid_value
from .base import Model, State, command, models, query, reads


def single_precision(value):
    return struct.unpack("f", struct.pack("f", value))[0]


@models("DeviceParameter.DeviceParameter")
class DeviceParameter(Model):
    value = State(0.0)
    automation_state = State(0, undo=False)

    def __init__(self, parent, name, low, high, default, items=()):
        super().__init__(parent)
        self._name, self._low, self._high = name, float(low), float(high)
        self._default, self._items = single_precision(default), items
        self._values["value"] = self._default

    def assign(self, name, value):
        if name == "value":
            if not self._low <= value <= self._high:
                raise invalid_value()
            value = float(round(value)) if self._items else single_precision(value)
        super().assign(name, value)

    @reads
    def name(self):
        return self._name

    @reads
    def original_name(self):
        return self._name

    @reads
    def min(self):
        return self._low

    @reads
    def max(self):
        return self._high

    @reads
    def default_value(self):
        if self._items:
            raise RuntimeError("There is no default value available for this type of parameter")
        return self._default

    @reads
    def is_quantized(self):
        return bool(self._items)

    @reads
    def is_enabled(self):
        return True

    @reads
    def state(self):
        return 0

    @reads
    def value_items(self):
        if not self._items:
            raise RuntimeError("Only quantized parameters have value items")
        return self._items

    @reads
    def short_value_items(self):
        return self.value_items

    @query
    def begin_gesture(self):
        pass

    @query
    def end_gesture(self):
        pass

    @command
    def re_enable_automation(self):
        self.automation_state = min(self.automation_state, 1)
