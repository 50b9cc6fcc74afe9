"""Units: how the value of a parameter is shown, in decibels, hertz or another unit.

Live keeps many parameters between 0 and 1 and shows another number. A unit knows the displayed range, the curve from
the knob's position to the displayed number, and its format. Of Live's own curves only the faders' is known; the others
are assumed linear, and those of frequencies and times logarithmic.
"""

from ..errors import invalid_value

BISECTIONS = 60
SILENCE_DB, FADER_KNEE, FADER_SLOPE_DB = -70, 0.4, 40


class Unit:
    """`write` formats a displayed number. Without `low` and `high` the value itself is displayed."""

    def __init__(self, write, low=None, high=None, curve=None):
        self._write, self.low, self.high = write, low, high
        self._curve = curve or _linear

    def text(self, value, minimum, maximum):
        return self._write(round(self.shown(value, minimum, maximum), 6) + 0.0)  # never "-0"

    def shown(self, value, minimum, maximum):
        """The displayed number of a value in the range of its parameter."""
        if self.low is None:
            return value
        return self._curve(self.low, self.high, (value - minimum) / (maximum - minimum))

    def value(self, shown, minimum, maximum):
        """The value of a displayed number, by bisection, since every curve rises."""
        if not self.shown(minimum, minimum, maximum) <= shown <= self.shown(maximum, minimum, maximum):
            raise invalid_value()
        below, above = minimum, maximum
        for _half in range(BISECTIONS):
            middle = (below + above) / 2
            if self.shown(middle, minimum, maximum) < shown:
                below = middle
            else:
                above = middle
        return above


def _linear(low, high, position):
    return low + (high - low) * position


def _logarithmic(low, high, position):
    return low * (high / low) ** position


def _fader_curve(silence, high, position):
    """The upper part is linear in decibels; below the knee it falls ever faster, down to silence."""
    depth = max(FADER_KNEE - position, 0)
    bend = (high - FADER_SLOPE_DB - silence) / FADER_KNEE**2
    return high - FADER_SLOPE_DB * (1 - position) - bend * depth**2


def _digits(number):
    """Three significant digits, as Live shows."""
    return "%.*f" % (2 if abs(number) < 10 else 1 if abs(number) < 100 else 0, number)


def _write_fader(number):
    return "-inf dB" if number <= SILENCE_DB else "%.1f dB" % number


def _write_pan(number):
    amount = round(number)
    return "%d%s" % (abs(amount), "L" if amount < 0 else "R") if amount else "C"


def _write_frequency(number):
    return "%s kHz" % _digits(number / 1000) if number >= 1000 else "%s Hz" % _digits(number)


def _write_time(number):
    return "%s s" % _digits(number / 1000) if number >= 1000 else "%s ms" % _digits(number)


PLAIN = Unit("{:.2f}".format)
INTEGER = Unit("{:.0f}".format)
SEMITONES = Unit("{:.0f} st".format)
DECIBELS = Unit("{:.2f} dB".format)
MILLISECONDS = Unit(_write_time)
DEGREES = Unit("{:.0f}\u00b0".format)
PAN = Unit(_write_pan, -50, 50)
VOLUME = Unit(_write_fader, SILENCE_DB, 6, _fader_curve)
SEND = Unit(_write_fader, SILENCE_DB, 0, _fader_curve)


def percent(low=0, high=100):
    return Unit("{:.0f} %".format, low, high)


def decibels(low, high):
    return Unit("{:.1f} dB".format, low, high)


def hertz(low, high):
    return Unit(_write_frequency, low, high, _logarithmic)


def milliseconds(low, high):
    return Unit(_write_time, low, high, _logarithmic)
