"""The arrangement of a track: its own row of clips, its take lanes, and clips copied there from the Session.

Assumed (UNCONFIRMED.md): how the edges of a clip follow its loop and its markers (arrangement_clip.py). Automation in
the arrangement is not simulated: a clip copied there loses its envelopes.
"""

from .arrangement_clip import ArrangementClip, beats_of
from .arrangement_row import ArrangementRow, TakeLane
from .base import State, command


class TrackArrangement(ArrangementRow):
    take_lanes = State((), owns=True)

    @property
    def row_track(self):
        return self

    @property
    def is_audible(self):
        """Whether the track plays the arrangement, rather than Session clips or no clip."""
        return self.song.is_playing and not self.back_to_arranger

    @command
    def create_take_lane(self):
        if not self.can_be_armed:
            raise RuntimeError("Only audio and MIDI tracks have take lanes")
        self.take_lanes += (TakeLane(self),)
        return self.take_lanes[-1]

    @command
    def duplicate_clip_to_arrangement(self, clip, destination_time):
        self.require_writable(destination_time)
        if clip.is_midi_clip != self.has_midi_input:
            raise RuntimeError("The type of the clip and the type of the track differ")
        return self.put(clip.copied(self, ArrangementClip), destination_time, beats_of(clip))

    @command
    def delete_clip(self, clip):
        if clip.track is not self:
            raise RuntimeError("The clip belongs to another track")
        if clip.is_arrangement_clip:
            clip.parent.take_away(clip)
        else:
            clip.parent.delete_clip()

    def post(self, member):
        super().post(member)
        if member == "arrangement_clips":
            self.song.post("song_length")

    def post_positions(self):
        """Notifies the listeners of the clips that play with the song, or do no longer."""
        for clip in self.arrangement_clips:
            if "playing_position" in clip.listeners and clip.is_playing:
                clip.post("playing_position")
            clip.notice_playing()
