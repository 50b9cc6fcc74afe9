"""Plans of Live sets to start from: the default set, and sets for tests."""

import dataclasses

from .clip_plan import AudioClipPlan
from .device_plan import place
from .model.arrangement_clip import ArrangementClip
from .model.audio_file import RECORDED_RATE, AudioFile, frames
from .model.clip import Clip
from .model.color import COLORS
from .model.groove import GroovePool
from .model.groups import require_order
from .model.scene import Scene
from .model.song import Song
from .model.track import AUDIO, MIDI, RETURN, Track

__all__ = ["AudioClipPlan", "SetPlan"]

@dataclasses.dataclass
class SetPlan:
    """`tracks` and `returns` are pairs (name, kind) and names; `clips` maps (track, scene) to a length in beats, or to
    an AudioClipPlan or a ClipPlan. `audio_files` are those that scripts can make clips of; `grooves` are names in the
    groove pool.

    `locators` are pairs (time in beats, name); `file_path` is where the set was saved; `count_in` is the count-in
    before recording: 1, 2 or 3 for one, two or four bars; `played` are pairs (track, pitch) of notes to capture.

    `groups` maps a track of the kind GROUP to the tracks directly in it; `frozen` are tracks. `exclusive_arm` and
    `exclusive_solo` are preferences, which scripts only read. `arrangement` maps a track to its clips there, pairs
    (time, length) in beats or ClipPlans; `take_lanes` maps it to pairs of a name and such clips.

    `scene_settings` has a dict for each scene, and `mixers` one for some of the places that `devices` names: members of
    the model with their values, `volume`, `pan` and `sends` among them.

    `devices` maps a track's index, "return 0" or "master" to its devices in their order: names of built-in ones, and
    plans of those that need more than a name (device_plan.py):

        {0: ("Arpeggiator", RackPlan("Drum Rack", (ChainPlan(("Simpler",), "Kick", note=36),)), "Reverb"),
         1: (PluginPlan("Synth", presets=("Init", "Lead")),), "return 0": (MaxPlan("Shimmer"),), "master": ("Limiter",)}
    """

    tracks: tuple = (("Drums", MIDI), ("Bass", MIDI), ("Keys", MIDI), ("Vocals", AUDIO))
    returns: tuple = ("A-Reverb", "B-Delay")
    scenes: int = 8
    clips: dict = dataclasses.field(default_factory=dict)
    audio_files: tuple = ()
    grooves: tuple = ()
    locators: tuple = ()
    file_path: str = ""
    count_in: int = 0
    played: tuple = ()
    groups: dict = dataclasses.field(default_factory=dict)
    frozen: tuple = ()
    arrangement: dict = dataclasses.field(default_factory=dict)
    take_lanes: dict = dataclasses.field(default_factory=dict)
    exclusive_arm: bool = True
    exclusive_solo: bool = True
    devices: dict = dataclasses.field(default_factory=dict)
    tempo: float = 120.0
    signature: tuple = (4, 4)
    scene_settings: tuple = ()
    mixers: dict = dataclasses.field(default_factory=dict)

    @classmethod
    def of(cls, midi=1, audio=0, returns=0, scenes=1, clips=None, devices=None):
        """A number of tracks of each kind, MIDI first, with Live's default names."""
        tracks = (("", MIDI),) * midi + (("", AUDIO),) * audio
        names = tuple("%s-Return" % "ABCDEFGHIJKL"[index] for index in range(returns))
        return cls(tracks, names, scenes, clips or {}, devices=devices or {})

    @classmethod
    def filled(cls, tracks, scenes, clips):
        """MIDI tracks and scenes, with clips filled in row by row."""
        places = [(number % tracks, number // tracks) for number in range(min(clips, tracks * scenes))]
        return cls.of(midi=tracks, scenes=scenes, clips=dict.fromkeys(places, 4.0))

    def build(self, live):
        """Builds a new set with an empty undo history."""
        song = Song(live)
        song.saved_as(self.file_path)
        song.tempo = self.tempo
        song.signature_numerator, song.signature_denominator = self.signature
        song.count_in_duration = self.count_in
        for time, name in self.locators:
            song.add_cue_point(time, name)
        song.scenes = tuple(Scene(song) for _ in range(self.scenes))
        for scene, settings in zip(song.scenes, self.scene_settings):
            _assign(scene, settings)
        song.return_tracks = tuple(Track(song, RETURN, name) for name in self.returns)
        song.tracks = tuple(self._track(song, index, *pair) for index, pair in enumerate(self.tracks))
        for group_index, indexes in self.groups.items():
            song.tracks[group_index].gather([song.tracks[index] for index in indexes])
        require_order(song.tracks)
        for track in song.tracks + song.return_tracks:
            for _return_track in song.return_tracks:
                track.mixer_device.add_send()
        for name, plans in self.devices.items():
            place(_track_called(song, name), plans)
        song.groove_pool = GroovePool(song, self.grooves)
        for (track_index, scene_index), wanted in self.clips.items():
            slot = song.tracks[track_index].clip_slots[scene_index]
            slot.clip = _clip(slot, wanted)
        for track_index, pitch in self.played:
            song.tracks[track_index].remember(pitch, 100.0, 1.0)
        self._fill_arrangement(song)
        for name, settings in self.mixers.items():
            _adjust(_track_called(song, name), settings)
        for index in self.frozen:
            song.tracks[index].is_frozen = True
        return song

    def _fill_arrangement(self, song):
        for track_index, clips in self.arrangement.items():
            _fill_row(song.tracks[track_index], clips)
        for track_index, lanes in self.take_lanes.items():
            for name, clips in lanes:
                lane = song.tracks[track_index].create_take_lane()
                lane.name = name
                _fill_row(lane, clips)

    def _track(self, song, index, name, kind):
        track = Track(song, kind, name)
        track.color_index = index % len(COLORS)
        for position in range(self.scenes):
            track.add_slot(position)
        return track


def _track_called(song, name):
    if name == "master":
        return song.master_track
    return song.tracks[name] if isinstance(name, int) else song.return_tracks[int(name.split()[1])]


def _adjust(track, settings):
    rest = dict(settings)
    mixer = track.mixer_device
    for name, parameter in (("volume", mixer.volume), ("pan", mixer.panning)):
        if name in rest:
            parameter.begin_at(rest.pop(name))
    for send, level in zip(mixer.sends, rest.pop("sends", ())):
        send.begin_at(level)
    if "folded" in rest:
        track.fold_state = rest.pop("folded")
    _assign(track, rest)


def _assign(model, settings):
    for name, value in settings.items():
        setattr(model, name, value)


def _clip(slot, wanted):
    if hasattr(wanted, "build"):
        return wanted.build(slot)
    if slot.parent.kind != AUDIO:
        return Clip(slot, wanted)
    return Clip.of_sample(slot, _sample(slot.song, wanted))


def _fill_row(row, clips):
    for clip in clips:
        if hasattr(clip, "build_in"):
            clip.build_in(row)
            continue
        start, length = clip
        if row.row_track.kind == AUDIO:
            row.put_sample(_sample(row.song, length), start)
        else:
            row.put(ArrangementClip(row, length), start, length)


def _sample(song, beats):
    """An audio file that does not exist on disk, with that length at the tempo of the set."""
    return AudioFile("/Samples/%g beats.wav" % beats, frames(song, beats), RECORDED_RATE)
