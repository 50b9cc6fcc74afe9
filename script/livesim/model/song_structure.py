"""Creates, copies, captures and deletes the tracks, return tracks and scenes of the set.

Each track has one clip slot for each scene and one send for each return track.
"""

import dataclasses
import typing

from ..errors import LimitationError
from .base import State, command
from .mixer import RETURN_LETTERS
from .scene import Scene
from .track import AUDIO, MIDI, RETURN, Track

AT_THE_END = -1
CAPTURE_ALL = 0


@dataclasses.dataclass(frozen=True)
class Limits:
    """The limits of an edition of Live, such as Intro or Lite; None where it has none, as in Standard and Suite."""

    tracks: typing.Optional[int] = None
    scenes: typing.Optional[int] = None
    return_tracks: typing.Optional[int] = None


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
        if len(self.return_tracks) >= len(RETURN_LETTERS):
            raise RuntimeError("There are no more than %d return tracks" % len(RETURN_LETTERS))
        track = Track(self, RETURN)
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
    def duplicate_scene(self, index):
        """Inserts the copy below, with copies of the clips, and selects it."""
        require_index(index, self.scenes, "scene")
        source = self.scenes[index]
        copy = self.create_scene(index + 1)
        copy.take_looks_of(source)
        for slot, new_slot in zip(source.clip_slots, copy.clip_slots):
            slot.copy_to(new_slot)

    @command
    def capture_and_insert_scene(self, capture_mode=CAPTURE_ALL):
        """Inserts a scene below the selected one; the copies replace the playing clips without interruption."""
        captured = self.create_scene(self.scenes.index(self.view.selected_scene) + 1)
        for track, slot in zip(self.tracks, captured.clip_slots):
            left_out = capture_mode != CAPTURE_ALL and track.is_part_of_selection
            if track.playing_clip is not None and not track.is_recording and not left_out:
                track.take_over(track.playing_clip.copy_to(slot))

    @command
    def delete_track(self, index):
        """Deleting a group deletes its tracks, and deleting the last track in a group deletes the group."""
        require_index(index, self.tracks, "track")
        deleted = [self.tracks[index], *self.tracks[index].contents]
        for group in self.tracks[index].groups:
            if all(track in deleted for track in group.contents):
                deleted.append(group)
        remaining = tuple(track for track in self.tracks if track not in deleted)
        if not remaining:
            raise RuntimeError("The last track cannot be deleted")
        self.tracks = remaining

    @command
    def duplicate_track(self, index):
        require_index(index, self.tracks, "track")
        originals = [self.tracks[index], *self.tracks[index].contents]
        _require_room(self.tracks, self.live.limits.tracks, len(originals))
        copies = {original: original.copied(self) for original in originals}
        for original, copy in copies.items():
            copy._values["_group"] = copies.get(original.group_track, original.group_track)
        for group in originals[0].groups:
            group.fold_state = False
        index += len(originals)
        self.tracks = self.tracks[:index] + tuple(copies.values()) + self.tracks[index:]
        self.view.selected_track = copies[originals[0]]

    @command
    def delete_return_track(self, index):
        require_index(index, self.return_tracks, "return track")
        self.return_tracks = self.return_tracks[:index] + self.return_tracks[index + 1 :]
        for sender in self.tracks + self.return_tracks:
            sender.mixer_device.remove_send(index)

    @command
    def delete_scene(self, index):
        require_index(index, self.scenes, "scene")
        if len(self.scenes) == 1:
            raise RuntimeError("The last scene cannot be deleted")
        for track in self.tracks:
            track.remove_slot(index)
        self.scenes = self.scenes[:index] + self.scenes[index + 1 :]

    def _add_track(self, kind, index):
        _require_room(self.tracks, self.live.limits.tracks)
        index, group = self._after_the_selection() if index is None else self._in_front_of(index)
        track = Track(self, kind)
        track._values["_group"] = group
        for position in range(len(self.scenes)):
            track.add_slot(position)
        for _return_track in self.return_tracks:
            track.mixer_device.add_send()
        self.tracks = self.tracks[:index] + (track,) + self.tracks[index:]
        self.view.selected_track = track
        return track

    def _after_the_selection(self):
        """The position and the group of a new track."""
        selected = self.view.selected_track
        if selected not in self.tracks:
            return len(self.tracks), None
        return self.tracks.index(selected) + 1 + len(selected.contents), selected.group_track

    def _in_front_of(self, index):
        index = _insertion_index(index, self.tracks)
        return index, self.tracks[index].group_track if index < len(self.tracks) else None


def _require_room(present, limit, count=1):
    if limit is not None and len(present) + count > limit:
        raise LimitationError("The edition's limit of %d is reached" % limit)


def _insertion_index(index, present):
    if index == AT_THE_END:
        return len(present)
    if not 0 <= index <= len(present):
        raise LimitationError("Invalid index")
    return index


def require_index(index, present, what):
    if not 0 <= index < len(present):
        raise IndexError("Invalid %s index" % what)
