"""The loop and the markers of a clip.

While looping is off, Live takes loop_start and loop_end for the markers, and ignores what is written to start_marker.
"""

from .base import State, reads


class ClipRegion:
    looping = State(True, also=("loop_start", "loop_end", "position"))
    _loop_start = State(0.0, also=("loop_start", "position"))
    _loop_end = State(4.0, also=("loop_end",))
    _start_marker = State(0.0, also=("start_marker", "loop_start"))
    _end_marker = State(4.0, also=("end_marker", "loop_end"))

    @reads
    def loop_start(self):
        return self._loop_start if self.looping else self._start_marker

    @loop_start.setter
    def loop_start(self, value):
        _require_order(value, self.loop_end)
        if self.looping:
            self._loop_start = value
        else:
            self._start_marker = value

    @reads
    def loop_end(self):
        return self._loop_end if self.looping else self._end_marker

    @loop_end.setter
    def loop_end(self, value):
        _require_order(self.loop_start, value)
        if self.looping:
            self._loop_end = value
        else:
            self._end_marker = value

    @reads
    def position(self):
        return self.loop_start

    @position.setter
    def position(self, value):
        length = self.length
        if self.looping:
            self._loop_start, self._loop_end = value, value + length
            self._start_marker = min(max(self._start_marker, value), value + length)
            self._end_marker = max(self._end_marker, value + length)
        else:
            self._start_marker, self._end_marker = value, value + length

    @reads
    def start_marker(self):
        return self._start_marker

    @start_marker.setter
    def start_marker(self, value):
        if self.looping:
            _require_order(value, self._end_marker)
            self._start_marker = value

    @reads
    def end_marker(self):
        return self._end_marker

    @end_marker.setter
    def end_marker(self, value):
        _require_order(self._start_marker, value)
        self._end_marker = value

    @reads
    def length(self):
        return self.loop_end - self.loop_start

    @reads
    def end_time(self):
        if self.looping:
            return max(self._loop_end - self._start_marker, self.length)
        return self._end_marker - self._start_marker

    def position_at(self, time):
        """Where the clip stands when the song's running clock reads `time`."""
        position = self._start_marker + time - self.launched_at
        if self.looping and position >= self._loop_end:
            position = self._loop_start + (position - self._loop_start) % self.length
        return position

    def has_ended(self, time):
        return not self.looping and self.position_at(time) >= self._end_marker


def _require_order(start, end):
    if not start < end:
        raise RuntimeError("Invalid value: the start must lie before the end")
