"""ClipSlot: one cell of the Session's grid, where a track and a scene meet."""

from .audio_file import audio_file
from .base import Model, State, command, models, reads
from .clip import Clip


@models("ClipSlot.ClipSlot")
class ClipSlot(Model):
    clip = State(owns=True, also=("has_clip",))
    has_stop_button = State(True)

    # As measured in Live: these have a meaning on group tracks only.
    color = reads(lambda slot: None)
    color_index = reads(lambda slot: None)
    controls_other_clips = reads(lambda slot: False)
    is_group_slot = reads(lambda slot: False)
    playing_status = reads(lambda slot: 0)

    def copy_to(self, slot):
        """Makes another slot, on a track of the same kind, like this one: its stop button, and a copy of its clip."""
        slot.has_stop_button = self.has_stop_button
        if self.clip is not None:
            self.clip.copy_to(slot)

    @reads
    def has_clip(self):
        return self.clip is not None

    @reads
    def is_playing(self):
        return self.clip is not None and self.clip.is_playing

    @reads
    def is_triggered(self):
        return self.parent.fired is not None and self.parent.fired.slot is self

    @reads
    def is_recording(self):
        return self.clip is not None and self.clip.is_recording

    @reads
    def will_record_on_start(self):
        return self.is_triggered and self.clip is None

    @command
    def create_clip(self, length):
        if self.clip is not None:
            raise RuntimeError("The clip slot already has a clip")
        if not self.parent.has_midi_input:
            raise RuntimeError("Clips can be created on MIDI tracks only")
        if not length > 0:
            raise RuntimeError("The length of a clip must be greater than zero")
        self.clip = Clip(self, length)
        return self.clip

    @command
    def create_audio_clip(self, file_path):
        if self.clip is not None:
            raise RuntimeError("The clip slot already has a clip")
        if not self.parent.is_playable or self.parent.has_midi_input or self.parent.is_frozen:
            raise RuntimeError("Audio clips can be created on unfrozen audio tracks only")
        self.clip = Clip.of_sample(self, audio_file(self.live, file_path))
        return self.clip

    @command
    def delete_clip(self):
        if self.clip is None:
            raise RuntimeError("There is no clip in the slot")
        self.clip = None

    @command
    def duplicate_clip_to(self, target):
        if self.clip is None:
            raise RuntimeError("There is no clip in the slot")
        if target.parent.kind != self.parent.kind:
            raise RuntimeError("The tracks of the two slots differ in type")
        self.clip.copy_to(target)

    @command
    def fire(self):
        if self.clip is None and self.parent.arm:
            self.parent.record_into(self)
        else:
            self.fire_with_scene()

    def fire_with_scene(self):
        """With Live's default preference a scene does not record into the empty slots of armed tracks."""
        if self.clip is not None:
            self.clip.fire()
        elif self.has_stop_button:
            self.parent.stop()

    @command
    def stop(self):
        self.parent.stop()

    @command
    def set_fire_button_state(self, state):
        if self.clip is not None:
            self.clip.set_fire_button_state(state)
        elif state:
            self.fire()
