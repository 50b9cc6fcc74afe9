"""Song: the Live set, with its tracks, returns and scenes, and its undo history."""

from .base import Model, State, command, models, query, reads
from .cue_point import CuePoints
from .history import History
from .song_devices import SongDevices
from .song_recording import SongRecording
from .song_settings import SongSettings
from .song_structure import SongStructure
from .song_view import SongView
from .track import MAIN, Track
from .transport import Transport


@models("Song.Song")
class Song(SongSettings, SongStructure, SongDevices, SongRecording, CuePoints, Transport, Model):
    events = ("data", "scale_information")
    master_track = State(owns=True)
    view = State(owns=True)
    groove_pool = State(owns=True)

    def __init__(self, live):
        self.live, self.song, self.parent = live, self, None
        self.history = History()
        self.busy_tracks = set()
        self._taps = []
        self.recordings = 0
        self._data = {}
        self._birth()
        self.master_track = Track(self, MAIN, self.main_name)
        self.view = SongView(self)

    def path(self):
        return "live_set"

    @property
    def main_name(self):
        """Live 12's name of the master track."""
        return "Main" if self.live.major_version >= 12 else "Master"

    def post(self, member):
        super().post(member)
        if member == "tempo" and self.master_track is not None:
            self.master_track.mixer_device.song_tempo.post("value")
        if member == "tracks":
            for scene in self.scenes:
                scene.post("clip_slots")
        if member in ("tracks", "return_tracks"):
            for track in self.tracks + self.return_tracks:
                track.post_offers()

    @reads
    def visible_tracks(self):
        return [track for track in self.tracks if track.is_visible]

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

    @staticmethod
    def _label(verb, was_done):
        """Scripts' changes have no names of their own in Live's history."""
        return "%s Custom Action" % verb if was_done else ""
