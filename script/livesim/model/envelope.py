"""Envelope: the automation of one parameter over a clip's own beats. Live 11 has a smaller class, AutomationEnvelope.

A new envelope holds the parameter's value. A step holds a value from its start until its end, replaces the curve
between, and leaves the curve before and after unchanged. Times count like those of the clip's notes. Lines between
breakpoints are straight, since Live's API makes no others.
"""

from ..errors import invalid_value
from . import breakpoints
from .base import Model, State, command, models, query
from .breakpoints import Breakpoint
from .parameter import single_precision
from .values import Value

# The time at which Live's files place the initial breakpoint.
BEGINNING_OF_TIME = -63072000.0
_STRAIGHT = 0.5


class _Automation(Model):
    _curve = State(())

    def __init__(self, clip, parameter):
        super().__init__(clip)
        self.parameter = parameter
        self._values["_curve"] = (Breakpoint(BEGINNING_OF_TIME, parameter.value),)
        parameter.envelopes.add(self)

    @classmethod
    def like(cls, other, clip, parameter):
        """With the same curve, for another clip or another parameter."""
        made = cls(clip, parameter)
        made._values["_curve"] = other._curve
        return made

    @property
    def is_alive(self):
        return self.life.subject is not None

    def die(self):
        """Dies with its clip or its parameter, by the earlier deletion."""
        super().die()
        self.parent.post_envelopes()

    def revive(self):
        """Revives with its clip and its parameter, by the later restoration."""
        if not self.is_alive and self.parameter.life.subject is not None:
            super().revive()
            self.parent.post_envelopes()

    @command
    def insert_step(self, start_time, length, value):
        if not (length > 0 and self.parameter.min <= value <= self.parameter.max):
            raise invalid_value()
        value = float(round(value)) if self.parameter.is_quantized else single_precision(value)
        self._curve = breakpoints.with_step(self._curve, start_time, start_time + length, value)

    @query
    def value_at_time(self, time):
        return breakpoints.value_at(self._curve, time)


@models("Clip.AutomationEnvelope")
class AutomationEnvelope(_Automation):
    """The class of Live 11: it has no other members, not even those that all other objects have."""

    _live_ptr = canonical_parent = None


@models("Envelope.Envelope")
class Envelope(_Automation):
    """The class of Live 12. A range of time includes its start and not its end."""

    @query
    def events_in_range(self, start_time, end_time):
        found = breakpoints.within(self._curve, start_time, end_time)
        return [EnvelopeEvent(self.live, **point._asdict()) for point in found]

    @command
    def delete_events_in_range(self, start_time, end_time):
        self._curve = breakpoints.without(self._curve, start_time, end_time)


@models("Envelope.EnvelopeEventControlCoefficients")
class ControlCoefficients(Value):
    """The curvature of the line that begins at a breakpoint: always 0 here."""

    fields = dict.fromkeys(("x1", "y1", "x2", "y2"), _STRAIGHT)
    constructor = tuple((name, "float") for name in fields)


@models("Envelope.EnvelopeEvent")
class EnvelopeEvent(Value):
    """A copy of a breakpoint: writing to it changes no envelope."""

    fields = {"time": 0.0, "value": 0.0, "control_coefficients": None}
    constructor = (("time", "float"), ("value", "float"), ("control_coefficients", "EnvelopeEventControlCoefficients"))

    def __init__(self, live, **values):
        super().__init__(live, **values)
        self.control_coefficients = self.control_coefficients or ControlCoefficients(live)


def of_version(live):
    """The class of envelopes that a version of Live has."""
    return Envelope if live.major_version >= 12 else AutomationEnvelope
