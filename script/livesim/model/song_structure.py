"""What the set consists of: making and deleting tracks, return tracks and scenes.

There is one clip slot for each track and scene, and one send on each track for each return track.
"""

from ..errors import LimitationError
from .base import State, command
from .scene import Scene
from .track import AUDIO, MIDI, RETURN, Track

RETURN_TRACKS_MAX = 12
AT_THE_END = -1


class SongStructure:
    tracks = State((), owns=True, also=("visible_tracks",))
    return_tracks = State((), owns=True)
    scenes = State((), owns=True)

    @command
    def create_midi_track(self, index=None):
        return self._add_track(MIDI, index)

    @command
    def create_audio_track(self, index=None):
        return self._add_track(AUDIO, index)

    @command
    def create_return_track(self):
        _require_room(self.return_tracks, self.live.limits.return_tracks)
        if len(self.return_tracks) >= RETURN_TRACKS_MAX:
            raise RuntimeError("There are no more than %d return tracks" % RETURN_TRACKS_MAX)
        letter = "ABCDEFGHIJKL"[len(self.return_tracks)]
        track = Track(self, RETURN, letter + "-Return")
        for _existing in self.return_tracks:
            track.mixer_device.add_send()
        self.return_tracks += (track,)
        for sender in self.tracks + self.return_tracks:
            sender.mixer_device.add_send()
        return track

    @command
    def create_scene(self, index):
        _require_room(self.scenes, self.live.limits.scenes)
        index = _insertion_index(index, self.scenes)
        scene = Scene(self)
        self.scenes = self.scenes[:index] + (scene,) + self.scenes[index:]
        for track in self.tracks:
            track.add_slot(index)
        self.view.selected_scene = scene
        return scene

    @command
    def delete_track(self, index):
        _require_index(index, self.tracks, "track")
        if len(self.tracks) == 1:
            raise RuntimeError("The last track cannot be deleted")
        self.tracks = self.tracks[:index] + self.tracks[index + 1 :]

    @command
    def delete_return_track(self, index):
        _require_index(index, self.return_tracks, "return track")
        self.return_tracks = self.return_tracks[:index] + self.return_tracks[index + 1 :]
        for sender in self.tracks + self.return_tracks:
            sender.mixer_device.remove_send(index)

    @command
    def delete_scene(self, index):
        _require_index(index, self.scenes, "scene")
        if len(self.scenes) == 1:
            raise RuntimeError("The last scene cannot be deleted")
        for track in self.tracks:
            track.remove_slot(index)
        self.scenes = self.scenes[:index] + self.scenes[index + 1 :]

    def _add_track(self, kind, index):
        _require_room(self.tracks, self.live.limits.tracks)
        index = self._after_the_selection() if index is None else _insertion_index(index, self.tracks)
        track = Track(self, kind)
        for position in range(len(self.scenes)):
            track.add_slot(position)
        for _return_track in self.return_tracks:
            track.mixer_device.add_send()
        self.tracks = self.tracks[:index] + (track,) + self.tracks[index:]
        self.view.selected_track = track
        return track

    def _after_the_selection(self):
        selected = self.view.selected_track
        return self.tracks.index(selected) + 1 if selected in self.tracks else len(self.tracks)


def _require_room(present, limit):
    if limit is not None and len(present) >= limit:
        raise LimitationError("The edition's limit of %d is reached" % limit)


def _insertion_index(index, present):
    if index == AT_THE_END:
        return len(present)
    if not 0 <= index <= len(present):
        raise LimitationError("Invalid index")
    return index


def _require_index(index, present, what):
    if not 0 <= index < len(present):
        raise IndexError("Invalid %s index" % what)
