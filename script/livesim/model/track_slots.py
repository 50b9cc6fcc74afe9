"""Duplicating a clip within its track: into the next free slot below it; Live adds a scene if there is none."""

from .base import command

AT_THE_END = -1


class TrackSlots:
    @command
    def duplicate_clip_slot(self, index):
        """Returns where the copy is."""
        if not 0 <= index < len(self.clip_slots):
            raise IndexError("Invalid clip slot index")
        clip = self.clip_slots[index].clip
        if clip is None:
            raise RuntimeError("There is no clip in the slot")
        target = self._free_slot_below(index)
        clip.copy_to(self.clip_slots[target])
        return target

    def _free_slot_below(self, index):
        for below in range(index + 1, len(self.clip_slots)):
            if self.clip_slots[below].clip is None:
                return below
        self.song.create_scene(AT_THE_END)
        return len(self.clip_slots) - 1
