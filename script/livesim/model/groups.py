"""Group tracks: they contain tracks to their right, hide them while folded, and launch and stop their clips (tree).

Each track knows its group; the tracks of a group, and of nested groups, follow it directly.
"""

from .base import State, command, reads
from .color import COLORS
from .launching import TrackLaunching
from .slot import ClipSlot

STOPPED, STARTED = 0, 1


class TrackGrouping:
    _group = State(None)
    _is_folded = State(False, undo=False)

    @property
    def groups(self):
        """The groups that contain the track, the nearest first."""
        group = self._group
        while group is not None:
            yield group
            group = group._group

    @property
    def members(self):
        """The tracks directly in this group."""
        return [track for track in self.song.tracks if track._group is self] if self.is_group else []

    @property
    def contents(self):
        """The tracks in this group and in nested groups."""
        return [track for track in self.song.tracks if self in track.groups] if self.is_group else []

    def gather(self, tracks):
        """Sets the tracks of a group when a set is loaded."""
        for track in tracks:
            track._group = self

    @reads
    def group_track(self):
        return self._group

    @reads
    def is_grouped(self):
        return self._group is not None

    @reads
    def is_foldable(self):
        return self.is_group

    @reads
    def fold_state(self):
        self._require_foldable()
        return self._is_folded

    @fold_state.setter
    def fold_state(self, value):
        self._require_foldable()
        self._is_folded = value
        self.song.post("visible_tracks")

    @reads
    def is_visible(self):
        return not any(group._is_folded for group in self.groups)

    @reads
    def back_to_arranger(self):
        """The state of a group is that of its tracks."""
        if self.is_group:
            return any(track.back_to_arranger for track in self.members)
        return TrackLaunching.back_to_arranger.fget(self)

    @back_to_arranger.setter
    def back_to_arranger(self, value):
        TrackLaunching.back_to_arranger.fset(self, value)
        for track in self.members:
            track.back_to_arranger = value

    def stop(self, quantized=True):
        super().stop(quantized)
        for track in self.members:
            track.stop(quantized)

    def post(self, member):
        """Posts changes of the track's clips on the groups that contain it."""
        super().post(member)
        if member == "back_to_arranger" and self.is_grouped:
            self._group.post(member)
        if member in ("fired_slot_index", "playing_slot_index"):
            for group in self.groups:
                for slot in group.clip_slots:
                    slot.post("is_triggered")
                    slot.post("playing_status")

    def _require_foldable(self):
        if not self.is_group:
            raise RuntimeError("Only tracks that are foldable have a fold state!")


def require_order(tracks):
    """Checks that a group has tracks, and that they follow it directly."""
    for index, group in enumerate(tracks):
        contents = group.contents
        if list(tracks[index + 1 : index + 1 + len(contents)]) != contents or group.is_group and not contents:
            raise ValueError("the tracks of a group must come right after it")


class GroupSlot(ClipSlot):
    """A cell of a group track: it combines the cells of the tracks in the group, in the same row."""

    is_group_slot = reads(lambda slot: True)

    @property
    def controlled(self):
        """The slots of the row in the tracks of the group; a nested group has no clips of its own."""
        row = self.parent.clip_slots.index(self)
        return [track.clip_slots[row] for track in self.parent.contents if not track.is_group]

    @property
    def clips(self):
        return [slot.clip for slot in self.controlled if slot.clip is not None]

    @reads
    def controls_other_clips(self):
        return bool(self.clips)

    @reads
    def color_index(self):
        return self.clips[0].color_index if self.clips else None

    @reads
    def color(self):
        return None if self.color_index is None else COLORS[self.color_index]

    @reads
    def is_playing(self):
        return any(clip.is_playing for clip in self.clips)

    @reads
    def is_triggered(self):
        return any(slot.is_triggered for slot in self.controlled)

    @reads
    def playing_status(self):
        return STARTED if self.is_playing else STOPPED

    @command
    def fire(self):
        for slot in self.controlled:
            slot.fire_with_scene()

    def fire_with_scene(self):
        """A scene fires the slots of the tracks in the group itself."""
