"""Clip: a MIDI or audio clip, mostly of the Session: its name, launch settings and groove."""

import ntpath

from ..errors import unmatched_call
from .base import Model, State, command, models, owning_states, reads
from .clip_audio import ClipAudio
from .clip_editing import ClipEditing
from .clip_envelopes import ClipEnvelopes
from .clip_notes import ClipNoteTuples, ClipNotes
from .clip_playing import ClipPlaying
from .clip_region import ClipRegion
from .color import Colored, check_index
from .ranges import check_denominator, check_numerator, within
from .warping import Warp


@models("Clip.Clip")
class Clip(Colored, ClipPlaying, ClipRegion, ClipAudio, ClipEditing, ClipNoteTuples, ClipNotes, ClipEnvelopes, Model):
    events = ("loop_jump", "notes", "playing_status")
    name = State("")
    color_index = State(0, also=("color",), check=check_index)
    muted = State(False)
    launch_mode = State(0, check=within(0, 3))
    launch_quantization = State(0, check=within(0, 14))
    legato = State(False)
    velocity_amount = State(0.0, check=within(0, 1))
    signature_numerator = State(4, check=check_numerator)
    signature_denominator = State(4, check=check_denominator)
    view = State(owns=True)
    _groove = State(None, also=("groove",))

    is_session_clip = reads(lambda clip: True)
    is_arrangement_clip = reads(lambda clip: False)
    is_take_lane_clip = reads(lambda clip: False)
    has_groove = reads(lambda clip: clip._groove is not None)

    def __init__(self, parent, length, sample=None):
        """A MIDI clip or, with a sample (an AudioFile), an audio clip."""
        super().__init__(parent)
        self.sample = sample
        self._values["color_index"] = self.track.color_index
        self._values.update(_loop_end=float(length), _end_marker=float(length))
        self.view = ClipView(self)

    @classmethod
    def of_sample(cls, parent, sample, warping=True, warp=None):
        """An audio clip of a whole file, as Live makes it: with the file's name and the tempo of the set."""
        warp = warp or Warp(((0.0, 0.0),), parent.song.tempo)
        clip = cls(parent, warp.beat_at(sample.seconds) if warping else sample.seconds, sample)
        name, _extension = ntpath.splitext(ntpath.basename(sample.path))
        clip._values.update(name=name, _warp=warp, _warping=warping, _looping=warping)
        return clip

    def copy_to(self, slot):
        """Copies the clip into a slot, replaces a clip that is there, and returns the copy."""
        slot.clip = self.copied(slot)
        return slot.clip

    def copied(self, parent, kind=None):
        """A copy of the clip for another place, not inserted yet. Its envelopes are copied only within the Session."""
        copy = (kind or type(self))(parent, self.length, self.sample)
        for name in set(self._values).difference(owning_states(type(self))):
            if getattr(type(self), name).undo and hasattr(type(copy), name):
                copy._values[name] = self._values[name]
        copy._notes, copy._last_note_id = self._notes, self._last_note_id
        if copy.is_session_clip:
            copy.take_envelopes_of(self)
        return copy

    @reads
    def is_recording(self):
        return self.is_session_clip and self.track.is_recording_into(self.parent)

    @reads
    def is_overdubbing(self):
        return self.is_playing and self.is_midi_clip and self.song.overdub and self.track.arm and not self.is_recording

    @reads
    def will_record_on_start(self):
        return False

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
    def groove(self):
        return self._groove

    @groove.setter
    def groove(self, value):
        """As measured in Live: a clip's groove can be exchanged, but not removed."""
        if value is None:
            raise unmatched_call("None.None", (self, None), "None(Clip, Groove)")
        self._groove = value


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

    @command
    def select_envelope_parameter(self, device_parameter):
        pass
