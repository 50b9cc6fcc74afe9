"""Track: a MIDI, audio, return or main track with its mixer and its clip slots."""

from .base import Model, State, command, models, query, reads
from .launching import TrackLaunching
from .mixer import MixerDevice
from .palette import COLORS, check_index, nearest
from .slot import ClipSlot
from .switches import TrackSwitches

MIDI, AUDIO, RETURN, MAIN = "midi", "audio", "return", "main"
_AUTOMATIC_NAMES = {MIDI: "%d-MIDI", AUDIO: "%d-Audio"}


@models("Track.Track")
class Track(TrackSwitches, TrackLaunching, Model):
    """Groups, freezing, racks and meters are beyond the simulation: those members read as in a plain, silent set."""

    clip_slots = State((), owns=True)
    arrangement_clips = State(())
    devices = State((), owns=True)
    mixer_device = State(owns=True)
    view = State(owns=True)
    color_index = State(0, also=("color",), check=check_index)
    _given_name = State("", also=("name",))

    group_track = reads(lambda track: None)
    is_visible = reads(lambda track: True)
    is_grouped = reads(lambda track: False)
    is_foldable = reads(lambda track: False)
    is_frozen = reads(lambda track: False)
    can_show_chains = reads(lambda track: False)
    is_showing_chains = reads(lambda track: False)
    performance_impact = reads(lambda track: 0.0)
    output_meter_level = reads(lambda track: 0.0)

    def __init__(self, song, kind, name=""):
        super().__init__(song)
        self.kind = kind
        self._data = {}
        self._values["_given_name"] = name
        self.mixer_device = MixerDevice(self)
        self.view = TrackView(self)

    @property
    def is_main(self):
        return self.kind == MAIN

    @property
    def is_playable(self):
        """Whether it is one of the song's `tracks`: those have slots and can be armed."""
        return self.kind in (MIDI, AUDIO)

    def add_slot(self, index):
        self.clip_slots = self.clip_slots[:index] + (ClipSlot(self),) + self.clip_slots[index:]

    def remove_slot(self, index):
        self.clip_slots = self.clip_slots[:index] + self.clip_slots[index + 1 :]

    @reads
    def name(self):
        if self._given_name or not self.is_playable:
            return self._given_name
        return _AUTOMATIC_NAMES[self.kind] % (self.song.tracks.index(self) + 1)

    @name.setter
    def name(self, value):
        self._given_name = value

    @reads
    def color(self):
        return COLORS[self.color_index]

    @color.setter
    def color(self, value):
        self.color_index = nearest(value)

    @reads
    def has_midi_input(self):
        return self.kind == MIDI

    @reads
    def has_midi_output(self):
        return self.kind == MIDI

    @reads
    def has_audio_input(self):
        return self.kind != MIDI

    @reads
    def has_audio_output(self):
        return self.kind != MIDI

    @reads
    def can_be_frozen(self):
        return self.is_playable

    @reads
    def is_part_of_selection(self):
        return self.song.view.selected_track is self

    @command
    def delete_clip(self, clip):
        if clip.parent not in self.clip_slots:
            raise RuntimeError("The clip belongs to another track")
        clip.parent.delete_clip()

    @query
    def get_data(self, key, default):
        return self._data.get(key, default)

    @command
    def set_data(self, key, value):
        self._data[key] = value


@models("Track.Track.View")
class TrackView(Model):
    is_collapsed = State(False, undo=False)
    device_insert_mode = State(0, undo=False)
    selected_device = reads(lambda view: None)

    @command
    def select_instrument(self):
        return False
