"""Warping: maps beats to seconds of a sample. Warp markers fix points, with linear interpolation between them.

As measured in Live: the list of markers ends with a hidden one, 1/32 beat after the last; it holds the tempo from there
on, and can be neither moved nor removed. Times are in seconds of the sample.
"""

import bisect
import collections
import operator

HIDDEN_AFTER_BEATS = 1 / 32
TEMPO_MIN, TEMPO_MAX = 5.0, 999.0
_SECONDS, _BEAT = operator.itemgetter(0), operator.itemgetter(1)
_A_HAIR = 1e-6


class Warp(collections.namedtuple("Warp", "markers tempo")):
    """`markers` are pairs (seconds, beat) in ascending order; after the last one the sample continues at `tempo`."""

    __slots__ = ()

    def listed(self):
        """The markers as Live lists them."""
        seconds, beat = self.markers[-1]
        return self.markers + ((seconds + HIDDEN_AFTER_BEATS * 60 / self.tempo, beat + HIDDEN_AFTER_BEATS),)

    def beat_at(self, seconds):
        return _along(self.listed(), seconds, _SECONDS, _BEAT)

    def seconds_at(self, beat):
        return _along(self.listed(), beat, _BEAT, _SECONDS)

    def adding(self, seconds, beat):
        if (seconds, beat) in self.markers:
            return self
        return self._with(sorted(self.markers + ((seconds, beat),), key=_BEAT))

    def moving(self, beat, distance):
        index = self._index(beat)
        seconds, _ = self.markers[index]
        return self._with(self.markers[:index] + ((seconds, beat + distance),) + self.markers[index + 1 :])

    def removing(self, beat):
        index = self._index(beat)
        if len(self.markers) == 1:
            raise RuntimeError("The last warp marker cannot be removed")
        return self._with(self.markers[:index] + self.markers[index + 1 :])

    def aligned(self, place):
        """Moves every marker to `place(beat)`, unless it would meet or pass one of its neighbours there."""
        warp = self
        for _seconds, beat in self.markers:
            try:
                warp = warp.moving(beat, place(beat) - beat)
            except RuntimeError:
                continue
        return warp

    def _with(self, markers):
        for earlier, later in zip(markers, markers[1:]):
            seconds, beats = _SECONDS(later) - _SECONDS(earlier), _BEAT(later) - _BEAT(earlier)
            if seconds <= 0 or not TEMPO_MIN <= beats / seconds * 60 <= TEMPO_MAX:
                raise RuntimeError("Segment length out of range")
        return self._replace(markers=tuple(markers))

    def _index(self, beat):
        for index, marker in enumerate(self.markers):
            if abs(_BEAT(marker) - beat) < _A_HAIR:
                return index
        raise RuntimeError("There is no warp marker at this beat time")


def _along(points, position, from_axis, to_axis):
    """Maps a position from one axis to the other; before the first point and after the last the line continues."""
    found = bisect.bisect_right([from_axis(point) for point in points], position) - 1
    index = min(max(found, 0), len(points) - 2)
    start, end = points[index], points[index + 1]
    slope = (to_axis(end) - to_axis(start)) / (from_axis(end) - from_axis(start))
    return to_axis(start) + (position - from_axis(start)) * slope
