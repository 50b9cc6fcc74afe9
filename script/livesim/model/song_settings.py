"""The settings of the whole set: tempo, signature, groove, scale, Link, the file, and scripts' own data."""

import pathlib

from . import time_formats
from .base import State, command, query, reads
from .ranges import check_denominator, check_numerator, check_tempo, within
from .scales import SCALES, check_scale

GROOVE_MAX = 1.3
MARGIN_BARS = 8


class SongSettings:
    tempo = State(120.0, check=check_tempo)
    signature_numerator = State(4, check=check_numerator)
    signature_denominator = State(4, check=check_denominator)
    groove_amount = State(1.0, check=within(0, GROOVE_MAX))
    swing_amount = State(0.0, check=within(0, 1))
    root_note = State(0, also=("scale_information",), check=within(0, 11))
    scale_mode = State(False, also=("scale_information",))
    scale_name = State("Major", also=("scale_intervals", "scale_information"), check=check_scale)
    tempo_follower_enabled = State(False, undo=False)
    is_ableton_link_enabled = State(False, undo=False)
    is_ableton_link_start_stop_sync_enabled = State(False, undo=False)
    exclusive_arm = reads(lambda song: song.live.plan.exclusive_arm)
    exclusive_solo = reads(lambda song: song.live.plan.exclusive_solo)
    select_on_launch = reads(lambda song: True)
    tuning_system = reads(lambda song: None)  # twelve equal steps, until the user loads another tuning

    _file_path = ""

    def saved_as(self, file_path):
        """Sets the file of the set."""
        self._file_path = file_path

    @reads
    def file_path(self):
        return self._file_path

    @reads
    def name(self):
        return pathlib.PurePath(self._file_path).stem

    @reads
    def scale_intervals(self):
        return SCALES[self.scale_name]

    @reads
    def last_event_time(self):
        """The end of the last clip of the arrangement, or the last locator."""
        ends = [clip.end_time for track in self.tracks for clip in track.arrangement_clips]
        return max([0.0, *ends, *(cue_point.time for cue_point in self.cue_points)])

    @reads
    def song_length(self):
        return self.last_event_time + MARGIN_BARS * self.bar_beats

    @command
    def force_link_beat_time(self):
        """No Link peers are simulated; the jumps are counted."""
        self.live.person.link_jumps += 1

    @query
    def get_data(self, key, default):
        return self._data.get(key, default)

    @command
    def set_data(self, key, value):
        self._data[key] = value
        self.post("data")

    @query
    def get_current_beats_song_time(self):
        return time_formats.beats_position(
            self.live, self.current_song_time, self.signature_numerator, self.signature_denominator
        )

    @query
    def get_current_smpte_song_time(self, smpte_format):
        return time_formats.smpte(self.live, self.current_song_time * 60 / self.tempo, smpte_format)

    @query
    def get_beats_loop_start(self):
        return time_formats.beats_position(
            self.live, self.loop_start, self.signature_numerator, self.signature_denominator
        )

    @query
    def get_beats_loop_length(self):
        return time_formats.beats_length(
            self.live, self.loop_length, self.signature_numerator, self.signature_denominator
        )
