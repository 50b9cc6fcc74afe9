"""The loop and the markers of a clip, in beats, or in seconds if it is an unwarped audio clip.

As measured in Live: while looping is off, loop_start and loop_end are the markers. A value written to start_marker is
then ignored; a value written to end_marker is read back but moves no edge, and is forgotten with the next loop.
"""

from ..errors import invalid_value
from .base import State, reads


class ClipRegion:
    _looping = State(True, also=("looping", "loop_start", "loop_end", "position"))
    _loop_start = State(0.0, also=("loop_start", "position"))
    _loop_end = State(4.0, also=("loop_end",))
    _start_marker = State(0.0, also=("start_marker", "loop_start"))
    _end_marker = State(4.0, also=("end_marker", "loop_end"))
    _idle_end_marker = State(None, also=("end_marker",))

    @reads
    def looping(self):
        return self._looping

    @looping.setter
    def looping(self, value):
        if value and self.is_unwarped:
            raise RuntimeError("Unwarped audio clips cannot be looped")
        self._looping = value
        self._idle_end_marker = None

    @reads
    def loop_start(self):
        return self._loop_start if self._looping else self._start_marker

    @loop_start.setter
    def loop_start(self, value):
        self._require_region(value, self.loop_end)
        if self._looping:
            self._loop_start = value
        else:
            self._start_marker = value

    @reads
    def loop_end(self):
        return self._loop_end if self._looping else self._end_marker

    @loop_end.setter
    def loop_end(self, value):
        self._require_region(self.loop_start, value)
        if self._looping:
            self._loop_end = value
        else:
            self._end_marker = value
            self._idle_end_marker = None

    @reads
    def position(self):
        return self.loop_start

    @position.setter
    def position(self, value):
        end = value + self.length
        self._require_region(value, end)
        if self._looping:
            self._loop_start, self._loop_end = value, end
            self._start_marker = min(max(self._start_marker, value), end)
            self._end_marker = max(self._end_marker, end)
        else:
            self._start_marker, self._end_marker = value, end

    @reads
    def start_marker(self):
        return self._start_marker

    @start_marker.setter
    def start_marker(self, value):
        if self._looping:
            self._require_region(value, self._end_marker)
            self._start_marker = value

    @reads
    def end_marker(self):
        return self._end_marker if self._idle_end_marker is None else self._idle_end_marker

    @end_marker.setter
    def end_marker(self, value):
        self._require_region(self._start_marker, value)
        if self._looping:
            self._end_marker = value
        else:
            self._idle_end_marker = value

    @reads
    def length(self):
        return self.loop_end - self.loop_start

    @reads
    def end_time(self):
        if self._looping:
            return max(self._loop_end - self._start_marker, self.length)
        return self._end_marker - self._start_marker

    def place_region(self, start, end):
        """Sets loop and markers alike, as a new or cropped clip has them."""
        self._loop_start = self._start_marker = start
        self._loop_end = self._end_marker = end

    def position_at(self, time):
        """The clip's position when the song's running clock reads `time`."""
        position = self._start_marker + self._passed_since(self.launched_at, time)
        if self._looping and position >= self._loop_end:
            position = self._loop_start + (position - self._loop_start) % self.length
        return position

    def turns_at(self, time):
        """How often it has jumped back to the start of its loop."""
        position = self._start_marker + self._passed_since(self.launched_at, time)
        return int((position - self._loop_start) // self.length) if self._looping else 0

    def has_ended(self, time):
        return not self._looping and self.position_at(time) >= self._end_marker

    def _passed_since(self, earlier, time):
        """The clip time that passes between two readings of the song's running clock."""
        beats = time - earlier
        return beats * 60 / self.song.tempo if self.is_unwarped else beats

    def _require_region(self, start, end):
        if not start < end:
            raise RuntimeError("Invalid value: the start must lie before the end")
        if self.is_unwarped and not 0 <= start < end <= self.sample.seconds:
            raise invalid_value()
