"""Plans of Live sets to start from: the default one, and those that tests ask for."""

import dataclasses

from .model.clip import Clip
from .model.palette import COLORS
from .model.scene import Scene
from .model.song import Song
from .model.track import AUDIO, MIDI, RETURN, Track


@dataclasses.dataclass
class SetPlan:
    """`tracks` and `returns` are pairs (name, kind) and names; `clips` maps (track, scene) to a length in beats."""

    tracks: tuple = (("Drums", MIDI), ("Bass", MIDI), ("Keys", MIDI), ("Vocals", AUDIO))
    returns: tuple = ("A-Reverb", "B-Delay")
    scenes: int = 8
    clips: dict = dataclasses.field(default_factory=dict)

    @classmethod
    def of(cls, midi=1, audio=0, returns=0, scenes=1, clips=None):
        """So many of each, the MIDI tracks first, with the names that Live gives."""
        tracks = (("", MIDI),) * midi + (("", AUDIO),) * audio
        return cls(tracks, tuple("%s-Return" % "ABCDEFGHIJKL"[index] for index in range(returns)), scenes, clips or {})

    def build(self, live):
        """A new set; nothing of its making is in its undo history."""
        song = Song(live)
        song.scenes = tuple(Scene(song) for _ in range(self.scenes))
        song.return_tracks = tuple(Track(song, RETURN, name) for name in self.returns)
        song.tracks = tuple(self._track(song, index, *pair) for index, pair in enumerate(self.tracks))
        for track in song.tracks + song.return_tracks:
            for _return_track in song.return_tracks:
                track.mixer_device.add_send()
        for (track_index, scene_index), length in self.clips.items():
            track = song.tracks[track_index]
            slot = track.clip_slots[scene_index]
            slot.clip = Clip(slot, length, is_audio=track.kind == AUDIO)
        return song

    def _track(self, song, index, name, kind):
        track = Track(song, kind, name)
        track.color_index = index % len(COLORS)
        for position in range(self.scenes):
            track.add_slot(position)
        return track
