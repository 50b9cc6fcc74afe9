"""Scenes made from what is there: a copy of one, and one of the clips that play."""

from ..errors import NotSimulated
from .base import command
from .song_structure import require_index

CAPTURE_ALL = 0


class SongScenes:
    @command
    def duplicate_scene(self, index):
        """The copy stands below, with copies of the clips, and is selected."""
        require_index(index, self.scenes, "scene")
        source = self.scenes[index]
        copy = self.create_scene(index + 1)
        copy.take_looks_of(source)
        for slot, new_slot in zip(source.clip_slots, copy.clip_slots):
            slot.copy_to(new_slot)

    @command
    def capture_and_insert_scene(self, capture_mode=CAPTURE_ALL):
        """Below the selected scene; the copies play on in place of the clips that they were made from."""
        if capture_mode != CAPTURE_ALL:
            raise NotSimulated("capturing a scene without the selection is not simulated")
        captured = self.create_scene(self.scenes.index(self.view.selected_scene) + 1)
        for track, slot in zip(self.tracks, captured.clip_slots):
            if track.playing_clip is not None and not track.is_recording:
                track.take_over(track.playing_clip.copy_to(slot))
