"""A clip in the arrangement of a track, or in one of its take lanes: it has edges there, apart from its loop.

A looped clip repeats until its right edge. A clip without a loop extends from its start marker to its end marker:
moving a marker moves its right edge, over the following clips, and its left edge stays. Cutting the clip moves the
markers.
"""

from ..errors import NotSimulated
from .base import State, command, reads
from .clip import Clip
from .clip_region import ClipRegion


def _moving_the_edge(member):
    """The same property, but writing it moves the edge of a clip without a loop, too."""

    def put(clip, value):
        member.fset(clip, value)
        clip.settle_edge()

    return member.setter(put)


def _of_the_session(name):
    """How Live launches a clip of the arrangement has not been measured."""

    @command
    def refuse(_clip, *_arguments):
        raise NotSimulated("Clip.%s of a clip in the arrangement is not simulated" % name)

    return refuse


def beats_of(clip):
    """The length of a copy in the arrangement: that of the original, if it is in the arrangement."""
    return clip.end_time - clip.start_time if clip.is_arrangement_clip else own_beats(clip)


def own_beats(clip):
    """Once through the loop, or from marker to marker."""
    return clip.length * clip.song.tempo / 60 if clip.is_unwarped else clip.length


class ArrangementClip(Clip):
    _left = State(0.0, also=("start_time",))
    _right = State(4.0, also=("end_time",))

    is_session_clip = reads(lambda clip: False)
    is_arrangement_clip = reads(lambda clip: True)
    is_take_lane_clip = reads(lambda clip: clip.parent.is_take_lane)
    start_time = reads(lambda clip: clip._left)
    end_time = reads(lambda clip: clip._right)
    launched_at = property(lambda clip: clip._left)
    _was_playing = False

    loop_start = _moving_the_edge(ClipRegion.loop_start)
    loop_end = _moving_the_edge(ClipRegion.loop_end)

    fire, stop, set_fire_button_state, scrub, stop_scrub, move_playing_pos = map(
        _of_the_session, ("fire", "stop", "set_fire_button_state", "scrub", "stop_scrub", "move_playing_pos")
    )

    @property
    def track(self):
        return self.parent.row_track

    @reads
    def looping(self):
        return self._looping

    @looping.setter
    def looping(self, value):
        """Switching the loop off keeps the clip's edges, and moves the end marker to match them."""
        ClipRegion.looping.fset(self, value)
        if not value:
            self._end_marker = self._start_marker + self._passed_since(self._left, self._right)

    @reads
    def is_playing(self):
        return self.parent.is_audible and not self.muted and self._left <= self.song.current_song_time < self._right

    @is_playing.setter
    def is_playing(self, value):
        self.fire()

    @reads
    def is_triggered(self):
        return self.is_playing

    def notice_playing(self):
        was_playing, self._was_playing = self._was_playing, self.is_playing
        if was_playing != self._was_playing:
            self.post("playing_status")

    @reads
    def playing_position(self):
        return self.position_at(self.song.current_song_time) if self.is_playing else 0.0

    def put_between(self, left, right):
        self._left, self._right = left, right

    def settle_edge(self):
        if not self._looping:
            right = self._left + own_beats(self)
            self.parent.make_room(self._left, right, self)
            self._right = right

    def without(self, left, right):
        """The parts that remain around the time covered by another clip: itself, none, one or two clips."""
        if right <= self._left or self._right <= left:
            return [self]
        remains = []
        if right < self._right:
            rest = self.copied(self.parent) if self._left < left else self
            rest._begin_at(right)
            remains.append(rest)
        if self._left < left:
            self._end_at(left)
            remains.append(self)
        return remains

    def post(self, member):
        super().post(member)
        if member == "_right":
            self.song.post("song_length")

    def _begin_at(self, left):
        self._start_marker = self.position_at(left)
        self._left = left

    def _end_at(self, right):
        if not self._looping:
            self._end_marker = self.position_at(right)
        self._right = right
