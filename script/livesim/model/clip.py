"""Clip: a clip of the Session, its loop and markers, its launch settings, and where it stands when it plays."""

from .base import Model, State, command, models, reads
from .clip_notes import ClipNotes
from .clip_region import ClipRegion
from .palette import COLORS, check_index, nearest

TOGGLE = 2


def _up_to(highest):
    def check(value):
        if not 0 <= value <= highest:
            raise RuntimeError("Invalid value: it must lie between 0 and %d" % highest)

    return check


@models("Clip.Clip")
class Clip(ClipRegion, ClipNotes, Model):
    name = State("")
    color_index = State(0, also=("color",), check=check_index)
    muted = State(False)
    launch_mode = State(0, check=_up_to(3))
    launch_quantization = State(0, check=_up_to(14))
    legato = State(False)
    velocity_amount = State(0.0, check=_up_to(1))
    signature_numerator = State(4)
    signature_denominator = State(4)
    view = State(owns=True)

    # Arrangement clips, recording, grooves and envelopes are beyond the simulation: no clip has any.
    is_session_clip = reads(lambda clip: True)
    is_arrangement_clip = reads(lambda clip: False)
    is_take_lane_clip = reads(lambda clip: False)
    is_recording = reads(lambda clip: False)
    is_overdubbing = reads(lambda clip: False)
    will_record_on_start = reads(lambda clip: False)
    has_groove = reads(lambda clip: False)
    has_envelopes = reads(lambda clip: False)

    def __init__(self, slot, length, is_audio=False):
        super().__init__(slot)
        self.is_audio = is_audio
        self.launched_at = 0.0
        self._values["color_index"] = self.track.color_index
        self._values.update(_loop_end=float(length), _end_marker=float(length))
        self.view = ClipView(self)

    def copy_into(self, slot):
        copy = Clip(slot, self.length, self.is_audio)
        copy._values.update({name: value for name, value in self._values.items() if name != "view"})
        copy._notes, copy._last_note_id = self._notes, self._last_note_id
        return copy

    @property
    def track(self):
        return self.parent.parent

    def die(self):
        self.track.forget(self)
        super().die()

    @reads
    def is_audio_clip(self):
        return self.is_audio

    @reads
    def is_midi_clip(self):
        return not self.is_audio

    @reads
    def color(self):
        return COLORS[self.color_index]

    @color.setter
    def color(self, value):
        self.color_index = nearest(value)

    @reads
    def is_playing(self):
        return self.track.playing_clip is self

    @is_playing.setter
    def is_playing(self, value):
        self.fire() if value else self.stop()

    @reads
    def is_triggered(self):
        return self.parent.is_triggered

    @reads
    def start_time(self):
        """For clips of the Session: when it was started."""
        return self.launched_at

    @reads
    def playing_position(self):
        return self.position_at(self.song.running_time) if self.is_playing else 0.0

    @command
    def move_playing_pos(self, beats):
        if self.is_playing:
            self.launched_at -= beats

    @command
    def fire(self):
        if self.launch_mode == TOGGLE and self.is_playing:
            self.track.stop()
        else:
            self.track.launch(self.parent)

    @command
    def stop(self):
        if self.is_playing or self.is_triggered:
            self.track.stop()

    @command
    def set_fire_button_state(self, state):
        if state:
            self.fire()


@models("Clip.Clip.View")
class ClipView(Model):
    grid_quantization = State(7, undo=False)
    grid_is_triplet = State(False, undo=False)

    @command
    def show_envelope(self):
        pass

    @command
    def hide_envelope(self):
        pass

    @command
    def show_loop(self):
        pass
