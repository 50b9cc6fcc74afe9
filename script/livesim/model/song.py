"""Song: the Live set, with its tracks, returns and scenes, its tempo and signature, and its undo history."""

from . import beat_time
from .base import Model, State, command, models, query, reads
from .history import History
from .ranges import check_denominator, check_numerator, check_tempo
from .song_structure import SongStructure
from .song_view import SongView
from .track import MAIN, Track
from .transport import Transport


@models("Song.Song")
class Song(SongStructure, Transport, Model):
    master_track = State(owns=True)
    view = State(owns=True)
    cue_points = State(())
    tempo = State(120.0, check=check_tempo)
    signature_numerator = State(4, check=check_numerator)
    signature_denominator = State(4, check=check_denominator)
    groove_amount = State(0.0)
    swing_amount = State(0.0)
    root_note = State(0)
    scale_mode = State(False)
    arrangement_overdub = State(False, undo=False)
    session_record = State(False, undo=False)
    session_automation_record = State(False, undo=False)
    back_to_arranger = State(False, undo=False)
    exclusive_arm = reads(lambda song: True)
    exclusive_solo = reads(lambda song: True)
    select_on_launch = reads(lambda song: True)
    is_counting_in = reads(lambda song: False)
    count_in_duration = reads(lambda song: 0)
    session_record_status = reads(lambda song: 0)
    file_path = reads(lambda song: "")
    can_capture_midi = reads(lambda song: False)
    re_enable_automation_enabled = reads(lambda song: False)
    appointed_device = reads(lambda song: None)

    def __init__(self, live):
        self.live, self.song, self.parent = live, self, None
        self.history = History()
        self.busy_tracks = set()
        self._taps = []
        self._data = {}
        self._birth()
        self.master_track = Track(self, MAIN, self.main_name)
        self.view = SongView(self)

    def path(self):
        return "live_set"

    @property
    def main_name(self):
        """Live 12 calls the master track so."""
        return "Main" if self.live.major_version >= 12 else "Master"

    def post(self, member):
        super().post(member)
        if member == "tempo" and self.master_track is not None:
            self.master_track.mixer_device.song_tempo.post("value")
        if member == "tracks":
            for scene in self.scenes:
                scene.post("clip_slots")

    @reads
    def name(self):
        return ""

    @reads
    def visible_tracks(self):
        return self.tracks

    @reads
    def can_undo(self):
        return self.history.can_undo

    @reads
    def can_redo(self):
        return self.history.can_redo

    @command
    def undo(self):
        return self._label("Undo", self.history.undo())

    @command
    def redo(self):
        return self._label("Redo", self.history.redo())

    @query
    def begin_undo_step(self):
        self.history.begin_step()

    @query
    def end_undo_step(self):
        self.history.end_step()

    @query
    def get_data(self, key, default):
        return self._data.get(key, default)

    @command
    def set_data(self, key, value):
        self._data[key] = value

    @query
    def is_cue_point_selected(self):
        return False

    @query
    def get_current_beats_song_time(self):
        return beat_time.position(
            self.live, self.current_song_time, self.signature_numerator, self.signature_denominator
        )

    @query
    def get_beats_loop_start(self):
        return beat_time.position(self.live, self.loop_start, self.signature_numerator, self.signature_denominator)

    @query
    def get_beats_loop_length(self):
        return beat_time.length(self.live, self.loop_length, self.signature_numerator, self.signature_denominator)

    @staticmethod
    def _label(verb, was_done):
        """Scripts' changes have no names of their own in Live's history."""
        return "%s Custom Action" % verb if was_done else ""
