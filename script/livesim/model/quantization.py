"""Launch quantization: how long each setting is in beats, and when its next boundary comes."""

import math

NONE, ONE_BAR = 0, 4
_BARS = {1: 8, 2: 4, 3: 2, 4: 1}
_BEATS = {5: 2, 6: 4 / 3, 7: 1, 8: 2 / 3, 9: 1 / 2, 10: 1 / 3, 11: 1 / 4, 12: 1 / 6, 13: 1 / 8}
_A_HAIR = 1e-6


def beats(setting, bar_beats):
    """The length of a `Song.Quantization`; 0 for none."""
    return _BARS[setting] * bar_beats if setting in _BARS else _BEATS.get(setting, 0)


def of_clip(setting, song_setting):
    """A `Clip.ClipLaunchQuantization` in terms of the song's: 0 is the song's own, 1 is none, the rest is one off."""
    return song_setting if setting == 0 else setting - 1


def next_boundary(time, length):
    return math.ceil(time / length - _A_HAIR) * length if length else time
