"""The song's position: play position, start marker, arrangement loop, and pending jumps."""

from . import quantization
from .base import State, command, reads
from .ranges import TIME_MAX, check_length, check_position


class Jump:
    """A jump to a position, when the running clock has reached `due`."""

    __slots__ = ("target", "due")

    def __init__(self, target, due):
        self.target, self.due = target, due


class PlayPosition:
    loop = State(False)
    loop_start = State(0.0, check=check_position)
    loop_length = State(16.0, check=check_length)
    start_time = State(0.0, undo=False, check=check_position)
    _time = State(0.0, undo=False, also=("current_song_time",), check=check_position)

    jump = None

    @reads
    def current_song_time(self):
        return self._time

    @current_song_time.setter
    def current_song_time(self, value):
        """Takes effect after the callback that sets it: until then scripts read the old position, and cue there."""
        check_position(value)
        self._move(lambda: value)
        self.live.notifications.defer("start_playing", "continue_playing")

    @command
    def jump_by(self, beats):
        """Unlike scrubbing it stops playback, as the API's description says."""
        self.stop_playing()
        self.scrub_by(beats)

    @command
    def scrub_by(self, beats):
        self._move(lambda: min(max(0.0, self._time + beats), TIME_MAX))

    @command
    def play_selection(self):
        """Empty: no stretch of time is ever selected here."""

    def jump_to(self, position):
        """At once while the song is stopped, at the next launch boundary while it plays."""
        if self.is_playing:
            self.jump = Jump(position, self.launch_time(self.clip_trigger_quantization))
        else:
            self._move(lambda: position)

    def advance_position(self, beats):
        """Advances by beats that were played, at most to the end; the running clock includes them already."""
        if self.jump is not None and self.jump.due <= self.running_time:
            jump, self.jump = self.jump, None
            self.passed(self._time + beats - (self.running_time - jump.due), jump.target)
            self._time = min(jump.target + self.running_time - jump.due, TIME_MAX)
        else:
            self._time = min(self._looped(self._time, self._time + beats), TIME_MAX)
        self.reached(self._time)

    def grid_position(self):
        """The launch boundary that is nearest to the play position."""
        grid = quantization.beats(self.clip_trigger_quantization, self.bar_beats)
        return round(self._time / grid) * grid if grid else self._time

    def _move(self, target):
        """Moves the play position once the running callback of a script has ended, and the start marker at once."""
        if not self.is_playing:
            self.start_time = target()
        if self.live.loop.is_calling:
            self.live.loop.later(lambda: self._move_to(target()))
        else:
            self._move_to(target())

    def _move_to(self, position):
        if self.life.subject is not None:
            self.passed(self._time, position)
            self._time = position

    def _looped(self, before, after):
        loop_end = self.loop_start + self.loop_length
        if self.loop and before < loop_end <= after:
            self.passed(loop_end, self.loop_start)
            return self.loop_start + (after - self.loop_start) % self.loop_length
        return after
