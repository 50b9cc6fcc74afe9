"""Groove and GroovePool: rules for how clips deviate from the grid, and the set's pool of them."""

from ..errors import invalid_value
from .base import Model, State, models
from .parameter import single_precision
from .ranges import within

SIXTEENTHS, BASES = 3, 6


def _check_base(base):
    if not 0 <= base < BASES:
        raise invalid_value()


@models("Groove.Groove")
class Groove(Model):
    name = State("")
    base = State(SIXTEENTHS, check=_check_base)
    timing_amount = State(1.0, check=within(0, 1))
    quantization_amount = State(0.0, check=within(0, 1))
    random_amount = State(0.0, check=within(0, 1))
    velocity_amount = State(0.0, check=within(-1, 1))

    def __init__(self, pool, name):
        super().__init__(pool)
        self._values["name"] = name

    def assign(self, name, value):
        super().assign(name, single_precision(value) if name.endswith("_amount") else value)


@models("GroovePool.GroovePool")
class GroovePool(Model):
    grooves = State((), owns=True)

    def __init__(self, song, names=()):
        super().__init__(song)
        self._values["grooves"] = tuple(Groove(self, name) for name in names)
