"""Track: a MIDI, audio, group, return or main track with its mixer and its clip slots."""

from .arrangement import TrackArrangement
from .base import Model, State, command, models, query, reads
from .color import Colored, check_index
from .groups import GroupSlot, TrackGrouping
from .launching import TrackLaunching
from .meters import TrackMeters
from .mixer import RETURN_LETTERS, MixerDevice
from .routing import TrackRouting
from .slot import ClipSlot
from .track_devices import TrackDevices
from .track_recording import TrackRecording
from .track_switches import TrackSwitches

AT_THE_END = -1
MIDI, AUDIO, GROUP, RETURN, MAIN = "midi", "audio", "group", "return", "main"
_AUTOMATIC_NAMES = {MIDI: "%d-MIDI", AUDIO: "%d-Audio", GROUP: "%d-Group"}


@models("Track.Track")
class Track(
    Colored,
    TrackRecording,
    TrackSwitches,
    TrackGrouping,
    TrackRouting,
    TrackDevices,
    TrackMeters,
    TrackLaunching,
    TrackArrangement,
    Model,
):
    """Only a plan can freeze a track."""

    events = ("data",)
    clip_slots = State((), owns=True)
    mixer_device = State(owns=True)
    view = State(owns=True)
    color_index = State(0, also=("color",), check=check_index)
    _given_name = State("", also=("name",))

    is_frozen = State(False)

    def __init__(self, song, kind, name=""):
        super().__init__(song)
        self.kind = kind
        self._data = {}
        self._values["_given_name"] = name
        self._values["devices"] = ()  # first: the clips of a copy look up its parameters
        self.mixer_device = MixerDevice(self)
        self.view = TrackView(self)

    @property
    def is_main(self):
        return self.kind == MAIN

    @property
    def is_group(self):
        return self.kind == GROUP

    @property
    def is_playable(self):
        """Whether it has clips of its own, takes an input and can be armed."""
        return self.kind in (MIDI, AUDIO)

    @property
    def has_slots(self):
        """Whether it is one of the song's `tracks`."""
        return self.is_playable or self.is_group

    def copied(self, song):
        """A copy with all its content, stopped, in the same group at first."""
        copy = super().copied(song)
        copy.playing_clip = copy.fired = None
        copy._data = dict(self._data)
        return copy

    def die(self):
        self.cancel_launch()
        super().die()

    def add_slot(self, index):
        slot = GroupSlot(self) if self.is_group else ClipSlot(self)
        self.clip_slots = self.clip_slots[:index] + (slot,) + self.clip_slots[index:]

    def remove_slot(self, index):
        self.clip_slots = self.clip_slots[:index] + self.clip_slots[index + 1 :]

    @reads
    def name(self):
        """A track without a name of its own is named by its place, and its instrument or (a return) first device."""
        if self._given_name or self.is_main:
            return self._given_name
        if self.kind == RETURN:
            first = next((device.name for device in self.devices), "Return")
            returns = self.song.return_tracks
            return "%s-%s" % (RETURN_LETTERS[returns.index(self) if self in returns else len(returns)], first)
        number = self.song.tracks.index(self) + 1
        if self.kind == MIDI and self.instrument is not None:
            return "%d-%s" % (number, self.instrument.name)
        return _AUTOMATIC_NAMES[self.kind] % number

    @name.setter
    def name(self, value):
        self._given_name = value

    def post_automatic_name(self):
        """Notifies of the name if it follows the devices."""
        if not self._given_name and self.kind in (MIDI, RETURN):
            self.post("name")

    @reads
    def has_midi_input(self):
        return self.kind == MIDI

    @reads
    def has_audio_input(self):
        return self.kind != MIDI

    @reads
    def can_be_frozen(self):
        return self.is_playable

    @reads
    def is_part_of_selection(self):
        return self.song.view.selected_track is self

    @query
    def get_data(self, key, default):
        return self._data.get(key, default)

    @command
    def set_data(self, key, value):
        self._data[key] = value
        self.post("data")

    @command
    def duplicate_clip_slot(self, index):
        """Copies a clip into the next free slot below and returns its index; Live adds a scene if there is none."""
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


@models("Track.Track.View")
class TrackView(Model):
    is_collapsed = State(False, undo=False)
    device_insert_mode = State(0, undo=False)
    _device = State(undo=False, also=("selected_device",))

    @reads
    def selected_device(self):
        """The first one, until another is selected."""
        device = self._device
        if device is not None and device.life.subject is not None and device.track is self.parent:
            return device
        return next(iter(self.parent.devices), None)

    def select(self, device):
        self._device = device

    @command
    def select_instrument(self):
        """Selects the instrument or, without one, the first device; returns whether there was any."""
        device = self.parent.instrument or next(iter(self.parent.devices), None)
        if device is not None:
            self.song.view.select_device(device)
        return device is not None
