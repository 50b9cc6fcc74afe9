"""CuePoint: a locator in the arrangement, and the song's list of them.

Live does not promise an order of that list; here it is the order of creation.
"""

from .base import Model, State, command, models, query, reads

_A_HAIR = 1e-6


@models("Song.CuePoint")
class CuePoint(Model):
    name = State("")
    time = State(0.0)

    def __init__(self, song, time, name):
        super().__init__(song)
        self._values.update(time=float(time), name=name)

    @command
    def jump(self):
        self.song.jump_to(self.time)


class CuePoints:
    cue_points = State((), owns=True)
    _posted_jumps = (False, False)

    def add_cue_point(self, time, name=""):
        """A new locator; without a name it gets a number, as in Live."""
        self.cue_points += (CuePoint(self, time, name or str(len(self.cue_points) + 1)),)

    @query
    def is_cue_point_selected(self):
        return self._cue_point_here() is not None

    @command
    def set_or_delete_cue(self):
        """While the song plays, a new locator snaps to the launch quantization."""
        here = self._cue_point_here()
        if here is not None:
            self.cue_points = tuple(cue_point for cue_point in self.cue_points if cue_point is not here)
        else:
            self.add_cue_point(self.grid_position() if self.is_playing else self.current_song_time)

    @reads
    def can_jump_to_next_cue(self):
        return self._next_time() is not None

    @reads
    def can_jump_to_prev_cue(self):
        return self._previous_time() is not None

    @command
    def jump_to_next_cue(self):
        self._jump_if_possible(self._next_time())

    @command
    def jump_to_prev_cue(self):
        self._jump_if_possible(self._previous_time())

    def post(self, member):
        super().post(member)
        if member in ("_time", "cue_points"):
            self._post_jumps()
        if member == "cue_points":
            self.post("song_length")

    def _post_jumps(self):
        before = self._posted_jumps
        self._posted_jumps = (self.can_jump_to_next_cue, self.can_jump_to_prev_cue)
        for member, was, can in zip(("can_jump_to_next_cue", "can_jump_to_prev_cue"), before, self._posted_jumps):
            if was != can:
                self.post(member)

    def _cue_point_here(self):
        here = self.current_song_time
        return next((cue_point for cue_point in self.cue_points if abs(cue_point.time - here) < _A_HAIR), None)

    def _next_time(self):
        here = self.current_song_time + _A_HAIR
        return min((cue_point.time for cue_point in self.cue_points if cue_point.time > here), default=None)

    def _previous_time(self):
        here = self.current_song_time - _A_HAIR
        return max((cue_point.time for cue_point in self.cue_points if cue_point.time < here), default=None)

    def _jump_if_possible(self, time):
        if time is not None:
            self.jump_to(time)
