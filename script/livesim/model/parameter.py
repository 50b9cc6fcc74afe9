"""DeviceParameter: a value within a range, in single precision as in Live; clip automation can move it.

Assumed (UNCONFIRMED.md): that it refuses writes to a disabled parameter, and shown values beyond the range.
"""

import struct
import weakref

from ..errors import invalid_value
from .base import Model, State, command, models, query, reads
from .units import PLAIN

UNAUTOMATED, PLAYING, OVERRIDDEN = 0, 1, 2
_WAYS_TO_WRITE = ("value", "display_value")


class Automated:
    """Envelopes die with their parameter and revive with it. `envelopes` holds every living one."""

    def _birth(self):
        super()._birth()
        self.envelopes = weakref.WeakSet()

    def die(self):
        super().die()
        for envelope in self.envelopes:
            envelope.die()

    def revive(self):
        super().revive()
        for envelope in self.envelopes:
            envelope.revive()

    def post(self, member):
        super().post(member)
        if member == "automation_state":
            self.song.post_overrides()

    def follow(self, value):
        """Automation sets the value, unless the user or a script overrides it."""
        if self.automation_state == PLAYING:
            self.value = value

    def assign(self, name, value):
        super().assign(name, value)
        if name in _WAYS_TO_WRITE and self.automation_state == PLAYING:
            self.automation_state = OVERRIDDEN
            self.live.notifications.notify()


ENABLED, DISABLED = 0, 2


def single_precision(value):
    return struct.unpack("f", struct.pack("f", value))[0]


@models("DeviceParameter.DeviceParameter")
class DeviceParameter(Automated, Model):
    value = State(0.0, also=("display_value",))
    automation_state = State(UNAUTOMATED, undo=False)

    def __init__(self, parent, name, low, high, default, items=(), unit=PLAIN):
        super().__init__(parent)
        self.unit = unit
        self.macro = None
        self._name, self._low, self._high = name, float(low), float(high)
        self._default, self._items = single_precision(default), items
        self._values["value"] = self._default

    def assign(self, name, value):
        if name == "value":
            value = self._acceptable(value)
        super().assign(name, value)

    def _acceptable(self, value):
        """The value that Live stores for a written one."""
        if not self._low <= value <= self._high:
            raise invalid_value()
        if not self.is_enabled:
            raise RuntimeError("The parameter is disabled")
        return self._kept(value)

    def _kept(self, value):
        return float(round(value)) if self._items else single_precision(value)

    @property
    def position(self):
        """Its position in its range, between 0 and 1."""
        return (self.value - self._low) / (self._high - self._low)

    def begin_at(self, value):
        """Sets the value of a new set."""
        self.value = self._kept(value)

    def place_at(self, position):
        """Sets the value even if the parameter is disabled."""
        self.value = self._kept(self._low + position * (self._high - self._low))

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
        """A parameter mapped to a macro of its rack follows that macro alone."""
        return self.macro is None or not self.macro.is_around(self)

    @reads
    def state(self):
        return ENABLED if self.is_enabled else DISABLED

    @reads
    def display_value(self):
        return self.unit.shown(self.value, self._low, self._high)

    @display_value.setter
    def display_value(self, shown):
        self.value = self._acceptable(self.unit.value(shown, self._low, self._high))

    @reads
    def value_items(self):
        if not self._items:
            raise RuntimeError("Only quantized parameters have value items")
        return self._items

    @reads
    def short_value_items(self):
        return self.value_items

    @query
    def str_for_value(self, value):
        if self._items:
            return self._items[int(min(max(round(value), 0), len(self._items) - 1))]
        return self.unit.text(value, self._low, self._high)

    @query
    def begin_gesture(self):
        pass

    @query
    def end_gesture(self):
        pass

    @command
    def re_enable_automation(self):
        self.automation_state = min(self.automation_state, 1)
