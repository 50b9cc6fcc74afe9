"""Turns of encoders: the step that a relative message stands for, by its map mode."""

STEPS_MAX = 64
VALUE_MAX = 127


def normalizer(map_mode):
    """Returns a function from a message's value to the turn between -1 and 1; absolute positions stay in 0 to 1."""
    mode = str(getattr(map_mode, "name", map_mode))
    if not mode.startswith("relative"):
        return lambda value: value / float(VALUE_MAX)
    step = _twos_complement
    if mode.endswith("signed_bit2"):
        step = _opposite_sign_bit
    elif mode.endswith("signed_bit"):
        step = _sign_bit
    elif mode.endswith("binary_offset"):
        step = _binary_offset
    return lambda value: step(value) / float(STEPS_MAX)


def _twos_complement(value):
    return value if value <= STEPS_MAX else value - 2 * STEPS_MAX


def _sign_bit(value):
    return value if value <= STEPS_MAX else STEPS_MAX - value


def _opposite_sign_bit(value):
    return -_sign_bit(value)


def _binary_offset(value):
    return value - STEPS_MAX
