"""The grids of `Song.RecordingQuantization`, by their numbers: notes go to the nearest line, if they go at all."""

import math

from ..errors import invalid_value

# In beats. Number 0 is no grid at all; two of them have the lines of two.
GRIDS = ((), (1,), (1 / 2,), (1 / 3,), (1 / 2, 1 / 3), (1 / 4,), (1 / 6,), (1 / 4, 1 / 6), (1 / 8,))


def nearest_line(time, grid):
    lines = [math.floor(time / step + 0.5) * step for step in GRIDS[grid]]
    return min(lines, key=lambda line: abs(line - time)) if lines else time


def quantizer(grid, amount):
    """A function that moves a time the given part of the way to the nearest line; what Live refuses is refused."""
    if not 1 <= grid < len(GRIDS):
        raise RuntimeError("Invalid quantization.")
    if not 0 <= amount <= 1:
        raise invalid_value()

    def quantized(time):
        line = nearest_line(time, grid)
        return line if amount == 1 else time + (line - time) * amount

    return quantized
