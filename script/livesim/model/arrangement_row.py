"""A row of clips along the song's time, ordered by start: the arrangement row of a track, or a take lane.

The clips of a row never overlap. A clip placed over others replaces the time it covers; a clip that extends beyond it
on both sides is split in two.
"""

import operator

from .arrangement_clip import ArrangementClip, own_beats
from .audio_file import audio_file
from .base import Model, State, command, models, reads
from .ranges import TIME_MAX

_LEFT_EDGE = operator.attrgetter("start_time")


class ArrangementRow:
    arrangement_clips = State((), owns=True)
    is_take_lane = False

    @command
    def create_midi_clip(self, start_time, length):
        self.require_writable(start_time)
        if not self.row_track.has_midi_input:
            raise RuntimeError("MIDI clips can be created on MIDI tracks only")
        if not length > 0:
            raise RuntimeError("The length of a clip must be greater than zero")
        return self.put(ArrangementClip(self, length), start_time, length)

    @command
    def create_audio_clip(self, file_path, start_time):
        self.require_writable(start_time)
        if not self.row_track.has_audio_input:
            raise RuntimeError("Audio clips can be created on audio tracks only")
        return self.put_sample(audio_file(self.live, file_path), start_time)

    def put_sample(self, sample, start):
        """Unlike in the Session, a clip of a whole file has no loop here."""
        clip = ArrangementClip.of_sample(self, sample)
        self.put(clip, start, own_beats(clip))
        clip.looping = False
        return clip

    def put(self, clip, start, beats):
        """Inserts a new clip."""
        clip.put_between(start, start + beats)
        self.make_room(start, start + beats)
        self.arrangement_clips = tuple(sorted(self.arrangement_clips + (clip,), key=_LEFT_EDGE))
        return clip

    def make_room(self, start, end, mover=None):
        """Frees a range of time: cuts or removes the clips in it, except `mover`."""
        remaining = []
        for clip in self.arrangement_clips:
            remaining += [clip] if clip is mover else clip.without(start, end)
        self.arrangement_clips = tuple(sorted(remaining, key=_LEFT_EDGE))

    def take_away(self, clip):
        self.arrangement_clips = tuple(kept for kept in self.arrangement_clips if kept is not clip)

    def require_writable(self, time):
        track = self.row_track
        if not track.can_be_armed or track.is_frozen:
            raise RuntimeError("Clips cannot be created on group, return, main or frozen tracks")
        if not 0 <= time <= TIME_MAX:
            raise RuntimeError("The time of a clip must lie between 0 and %d" % TIME_MAX)
        if track.arm and self.song.record_mode and self.song.is_playing:
            raise RuntimeError("The track is being recorded into")

    def post(self, member):
        super().post(member)
        if member == "arrangement_clips":
            self.song.post("song_length")


@models("TakeLane.TakeLane")
class TakeLane(ArrangementRow, Model):
    _given_name = State("", also=("name",))

    is_take_lane = True
    is_audible = False

    @property
    def row_track(self):
        return self.parent

    @reads
    def name(self):
        """A lane without a name of its own is named by its number."""
        return self._given_name or "Take %d" % (self.parent.take_lanes.index(self) + 1)

    @name.setter
    def name(self, value):
        self._given_name = value
