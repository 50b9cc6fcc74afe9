"""Further parts of `_Framework`: maps of a controller, signals, momentary modes, arm states, clip lengths."""

import sys

from .button_controls import DELAY_S
from .elements import ButtonElement, EncoderElement, SliderElement
from .events import EventObject
from .matrix import ButtonMatrixElement

MOMENTARY_DELAY = DELAY_S
MOMENTARY_DELAY_TICKS = 3
TIMER_DELAY = 0.1
BEATS_OF_A_BAR = 4


def make_button(name, channel, number, midi_message_type, *arguments, **keywords):
    return ButtonElement(True, midi_message_type, channel, number, name=name, *arguments, **keywords)


def make_slider(name, channel, number, midi_message_type, *arguments, **keywords):
    return SliderElement(midi_message_type, channel, number, name=name, *arguments, **keywords)


def make_encoder(name, channel, number, midi_message_type, *arguments, **keywords):
    mode = sys.modules["Live"].MidiMap.MapMode.absolute
    return EncoderElement(midi_message_type, channel, number, mode, name=name, *arguments, **keywords)


class MidiMap(dict):
    """The elements of a controller by name."""

    def add_button(self, name, channel, number, midi_message_type):
        self._add(name, make_button(name, channel, number, midi_message_type))

    def add_matrix(self, name, element_factory, channel, numbers, midi_message_type):
        """`numbers` are rows; an element is named `name[column]`, or `name[column,row]` with several rows."""
        pattern = "%s[%d,%d]" if len(numbers) > 1 else "%s[%d]"
        rows = []
        for row, line in enumerate(numbers):
            names = [
                pattern % ((name, column, row) if len(numbers) > 1 else (name, column)) for column in range(len(line))
            ]
            made = [element_factory(own, channel, number, midi_message_type) for own, number in zip(names, line)]
            rows.append(made)
        self._add(name, ButtonMatrixElement(rows=rows))

    def _add(self, name, element):
        assert name not in self, "there is an element %s already" % name
        self[name] = element


class Signal:
    """Functions that are called together."""

    def __init__(self, *_arguments, **_keywords):
        self._slots = []

    def connect(self, slot, *_arguments, **_keywords):
        if not self.is_connected(slot):
            self._slots.append(slot)
        return slot

    def disconnect(self, slot):
        self._slots.remove(slot)

    def disconnect_all(self):
        self._slots = []

    def is_connected(self, slot):
        return slot in self._slots

    @property
    def count(self):
        return len(self._slots)

    def __call__(self, *arguments, **keywords):
        for slot in list(self._slots):
            slot(*arguments, **keywords)


class MomentaryModeObserver:
    """Says whether a mode was held long enough to be momentary: call `on_timer` each tenth of a second."""

    def __init__(self):
        self._origin, self._ticks, self._selector = None, 0, None

    def set_mode_details(self, base_mode, controls, mode_callback):
        self._origin, self._selector, self._ticks = base_mode, mode_callback, 0
        for control in controls:
            if not control.value_has_listener(self._used):
                control.add_value_listener(self._used)

    def is_mode_momentary(self):
        return self._ticks >= MOMENTARY_DELAY_TICKS

    def on_timer(self):
        if self._origin is not None:
            self._ticks += 1

    def disconnect(self):
        self._origin = None

    def _used(self, value, *_sender):
        self._ticks = max(self._ticks, MOMENTARY_DELAY_TICKS)


class TrackArmState(EventObject):
    """Whether a track is armed, by itself or with its selection."""

    __events__ = ("arm",)

    def __init__(self, track=None, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._slots = [self.register_slot(None, self.notify_arm, name) for name in ("arm", "implicit_arm")]
        self.set_track(track)

    def set_track(self, track):
        self._track = track
        for slot in self._slots:
            slot.subject = track if track != None and track.can_be_armed else None  # noqa: E711

    @property
    def arm(self):
        track = self._track
        return track != None and track.can_be_armed and (track.arm or track.implicit_arm)  # noqa: E711


class ClipCreator:
    """Makes MIDI clips of the length that recording uses."""

    def __init__(self, *_arguments, **_keywords):
        self.legato_launch, self.fixed_length = False, BEATS_OF_A_BAR
        self.is_grid_triplet = False
        self.grid_quantization = None

    def create(self, slot, length=None, launch_quantization=None, legato_launch=False):
        slot.create_clip(self.fixed_length if length is None else length)
        if self.grid_quantization is not None:
            slot.clip.view.grid_quantization = self.grid_quantization
            slot.clip.view.grid_is_triplet = self.is_grid_triplet
        slot.fire()


def profile(function):
    """Decorates a function that Ableton measures; it runs as it is."""
    return function


class ProxyBase:
    """Stands for another object."""

    proxied_object = proxied_interface = None

    def __init__(self, proxied_object=None, proxied_interface=None, *_arguments, **_keywords):
        vars(self).update(proxied_object=proxied_object, proxied_interface=proxied_interface or proxied_object)

    def __getattr__(self, name):
        if name in ("proxied_object", "proxied_interface"):
            raise AttributeError(name)
        return getattr(self.proxied_object if hasattr(self.proxied_interface, name) else None, name)

    def __setattr__(self, name, value):
        setattr(self.proxied_object, name, value)


class Proxy(ProxyBase):
    """The same."""
