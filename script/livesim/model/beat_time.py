"""Times in bars, beats, sixteenths and ticks. The signature's denominator makes the beat; a beat has 240 ticks."""

from .values import BeatTime

TICKS_PER_BEAT, TICKS_PER_SIXTEENTH = 240, 60


def length(live, quarters, numerator, denominator):
    """All parts count from 0."""
    ticks = round(quarters * denominator / 4 * TICKS_PER_BEAT)
    bars, ticks = divmod(ticks, numerator * TICKS_PER_BEAT)
    beats, ticks = divmod(ticks, TICKS_PER_BEAT)
    sixteenths, ticks = divmod(ticks, TICKS_PER_SIXTEENTH)
    return BeatTime(live, bars=bars, beats=beats, sub_division=sixteenths, ticks=ticks)


def position(live, quarters, numerator, denominator):
    """All parts count from 1: the beginning is 1.1.1.1."""
    time = length(live, quarters, numerator, denominator)
    return BeatTime(
        live, bars=time.bars + 1, beats=time.beats + 1, sub_division=time.sub_division + 1, ticks=time.ticks + 1
    )
