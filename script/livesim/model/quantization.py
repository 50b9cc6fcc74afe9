"""Quantization: launch boundaries, and the note grids of `Song.RecordingQuantization`."""

import math

from ..errors import invalid_value

NONE, ONE_BAR = 0, 4
_BARS = {1: 8, 2: 4, 3: 2, 4: 1}
_BEATS = {5: 2, 6: 4 / 3, 7: 1, 8: 2 / 3, 9: 1 / 2, 10: 1 / 3, 11: 1 / 4, 12: 1 / 6, 13: 1 / 8}
_A_HAIR = 1e-6

# In beats. Number 0 is no grid; two of them combine the lines of two.
GRIDS = ((), (1,), (1 / 2,), (1 / 3,), (1 / 2, 1 / 3), (1 / 4,), (1 / 6,), (1 / 4, 1 / 6), (1 / 8,))


def beats(setting, bar_beats):
    """The length of a `Song.Quantization` in beats; 0 for none."""
    return _BARS[setting] * bar_beats if setting in _BARS else _BEATS.get(setting, 0)


def of_clip(setting, song_setting):
    """A `Clip.ClipLaunchQuantization` as the song's: 0 is the song's own, 1 is none, the others differ by one."""
    return song_setting if setting == 0 else setting - 1


def next_boundary(time, length):
    return math.ceil(time / length - _A_HAIR) * length if length else time


def nearest_line(time, grid):
    lines = [math.floor(time / step + 0.5) * step for step in GRIDS[grid]]
    return min(lines, key=lambda line: abs(line - time)) if lines else time


def quantizer(grid, amount):
    """Returns a function that moves a time the given part of the way to the nearest line; raises as Live does."""
    if not 1 <= grid < len(GRIDS):
        raise RuntimeError("Invalid quantization.")
    if not 0 <= amount <= 1:
        raise invalid_value()

    def quantized(time):
        line = nearest_line(time, grid)
        return line if amount == 1 else time + (line - time) * amount

    return quantized
