"""Formats of song times: bars and beats, and SMPTE time code."""

from .values import BeatTime, SmptTime

TICKS_PER_BEAT, TICKS_PER_SIXTEENTH = 240, 60
MILLISECONDS, DROP_30, NON_DROP_29 = 0, 4, 5
_NTSC = 30000 / 1001
_RATES = {1: 24, 2: 25, 3: 30, DROP_30: _NTSC, NON_DROP_29: _NTSC}
_A_HAIR = 1e-6
_DROPPED = 2
_FRAMES_PER_MINUTE, _FRAMES_PER_TEN_MINUTES = 1798, 17982


def beats_length(live, quarters, numerator, denominator):
    """A duration: all parts count from 0."""
    ticks = round(quarters * denominator / 4 * TICKS_PER_BEAT)
    bars, ticks = divmod(ticks, numerator * TICKS_PER_BEAT)
    beats, ticks = divmod(ticks, TICKS_PER_BEAT)
    sixteenths, ticks = divmod(ticks, TICKS_PER_SIXTEENTH)
    return BeatTime(live, bars=bars, beats=beats, sub_division=sixteenths, ticks=ticks)


def beats_position(live, quarters, numerator, denominator):
    """A position: all parts count from 1, so the beginning is 1.1.1.1."""
    time = beats_length(live, quarters, numerator, denominator)
    return BeatTime(
        live, bars=time.bars + 1, beats=time.beats + 1, sub_division=time.sub_division + 1, ticks=time.ticks + 1
    )


def smpte(live, seconds, smpte_format):
    """The current frame; the first format has milliseconds instead of frames."""
    if smpte_format == MILLISECONDS:
        return _split(live, int(seconds * 1000 + _A_HAIR), 1000)
    if smpte_format not in _RATES:
        raise RuntimeError("Invalid time format")
    frames = int(seconds * _RATES[smpte_format] + _A_HAIR)
    if smpte_format == DROP_30:
        frames = _numbered_with_drops(frames)
    return _split(live, frames, round(_RATES[smpte_format]))


def _numbered_with_drops(frames):
    """Drop frame: each minute except every tenth skips its first two numbers, to follow wall-clock time."""
    tens, rest = divmod(frames, _FRAMES_PER_TEN_MINUTES)
    minutes = max(0, (rest - _DROPPED) // _FRAMES_PER_MINUTE)
    return frames + _DROPPED * (9 * tens + minutes)


def _split(live, count, per_second):
    seconds, frames = divmod(count, per_second)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return SmptTime(live, hours=hours, minutes=minutes, seconds=seconds, frames=frames)
