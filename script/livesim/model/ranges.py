"""Range checks of tempo, signature, positions and amounts."""

from ..errors import invalid_value

TEMPO_MIN, TEMPO_MAX = 20.0, 999.0
TIME_MAX = 1576800.0  # the last beat of an arrangement
DENOMINATORS = (1, 2, 4, 8, 16)


def check_tempo(value):
    if not TEMPO_MIN <= value <= TEMPO_MAX:
        raise invalid_value()


def check_numerator(value):
    if not 1 <= value <= 99:
        raise invalid_value()


def check_denominator(value):
    if value not in DENOMINATORS:
        raise invalid_value()


def check_position(value):
    if not 0 <= value <= TIME_MAX:
        raise invalid_value()


def check_length(value):
    if not 0 < value < float("inf"):
        raise invalid_value()


def within(low, high):
    """Returns a check that an amount lies between two values, both included."""

    def check(value):
        if not low <= value <= high:
            raise invalid_value()

    return check
