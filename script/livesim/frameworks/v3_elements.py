"""`ableton.v3` elements: declared by identifier and name, and kept as attributes of one object."""

import sys

from .combining import ComboElement
from .elements import MIDI_CC_TYPE, MIDI_NOTE_TYPE, ButtonElement, EncoderElement
from .matrix import ButtonMatrixElement
from .resources import PrioritizedResource
from .skins import Color, Skin
from .sysex import SysexElement

RGB_MAX = 127
MAP_MODES = {
    "Absolute": "absolute",
    "Absolute14Bit": "absolute_14_bit",
    "AccelSignedBit": "relative_signed_bit",
    "AccelSignedBit2": "relative_signed_bit2",
    "AccelBinaryOffset": "relative_binary_offset",
    "AccelTwosComplement": "relative_two_compliment",
    "LinearSignedBit": "relative_smooth_signed_bit",
    "LinearSignedBit2": "relative_smooth_signed_bit2",
    "LinearBinaryOffset": "relative_smooth_binary_offset",
    "LinearTwosComplement": "relative_smooth_two_compliment",
}


class _MapModes:
    """Live's map modes by the names of v3."""

    def __getattr__(self, name):
        if name not in MAP_MODES:
            raise AttributeError("MapMode has no member %s" % name)
        return getattr(sys.modules["Live"].MidiMap.MapMode, MAP_MODES[name])


MapMode = _MapModes()


class V3ButtonElement(ButtonElement):
    """Named by keyword: identifier, channel, msg_type, is_momentary."""

    def __init__(
        self,
        identifier=None,
        channel=0,
        msg_type=MIDI_NOTE_TYPE,
        is_momentary=True,
        led_channel=None,
        is_rgb=False,
        *arguments,
        **keywords,
    ):
        super().__init__(is_momentary, msg_type, channel, identifier, *arguments, **keywords)
        self._led_channel, self.is_rgb = led_channel, is_rgb

    def send_value(self, value, force=False, channel=None):
        super().send_value(value, force, self._led_channel if channel is None else channel)


class V3EncoderElement(EncoderElement):
    """Named by keyword: identifier, channel, map_mode."""

    def __init__(
        self,
        identifier=None,
        channel=0,
        msg_type=MIDI_CC_TYPE,
        map_mode=None,
        needs_takeover=True,
        *arguments,
        **keywords,
    ):
        for name in ("is_feedback_enabled", "mapping_sensitivity", "feedback_delay"):
            keywords.pop(name, None)
        mode = MapMode.Absolute if map_mode is None else map_mode
        super().__init__(msg_type, channel, identifier, mode, *arguments, **keywords)
        self._needs_takeover = bool(needs_takeover)


class SimpleColor(Color):
    """A color by value, and a channel of its own."""

    def __init__(self, value=0, channel=None, *arguments, **keywords):
        super().__init__(value)
        self._channel = channel

    def draw(self, interface):
        if self._channel is None:
            interface.send_value(self.midi_value)
        else:
            interface.send_value(self.midi_value, channel=self._channel)


class RgbColor(Color):
    """Red, green and blue."""

    def __init__(self, *rgb, **_keywords):
        super().__init__(0)
        self.rgb = tuple(rgb)

    def draw(self, interface):
        interface.send_value(*self.rgb)


class BasicColors:
    """Off, on and what is between."""

    OFF, ON = SimpleColor(0), SimpleColor(RGB_MAX)


class OptionalSkinEntry:
    """An entry that a script's skin may leave out."""

    def __init__(self, name, fallback_name=None):
        self.name, self.fallback_name = name, fallback_name


def create_skin(skin=None, colors=None):
    made = Skin(skin)
    if colors is not None:
        made._take("", colors)
    return made


def create_button(identifier, name, **keywords):
    return V3ButtonElement(identifier, name=name, **keywords)


def create_encoder(identifier, name, **keywords):
    return V3EncoderElement(identifier, name=name, **keywords)


def create_matrix_identifiers(start, stop, width=1, flip_rows=False):
    """Returns the numbers from `start` up to `stop` in rows of that width."""
    rows = [list(range(first, min(first + width, stop))) for first in range(start, stop, width)]
    return rows[::-1] if flip_rows else rows


def create_sysex_element(sysex_identifier, name, send_message_generator=None, **keywords):
    return SysexElement(send_message_generator, sysex_identifier, name=name, **keywords)


class ElementsBase:
    """The elements of a controller: an element named "Play_Button" is the attribute `play_button`."""

    def __init__(self, global_channel=0, *_arguments, **_keywords):
        self._channel = global_channel

    def add_element(self, name, element_factory, *arguments, **keywords):
        self._keep(name, element_factory(*arguments, name=name, **keywords))

    def add_button(self, identifier, name, **keywords):
        self._add_one(create_button, identifier, name, keywords)

    def add_modifier_button(self, identifier, name, **keywords):
        """A modifier may have several owners."""
        self._add_one(create_button, identifier, name, dict(keywords, resource_type=PrioritizedResource))

    def add_encoder(self, identifier, name, **keywords):
        self._add_one(create_encoder, identifier, name, keywords)

    def add_sysex_element(self, sysex_identifier, name, send_message_generator=None, **keywords):
        self._keep(name, create_sysex_element(sysex_identifier, name, send_message_generator, **keywords))

    def add_button_matrix(self, identifiers, base_name, channels=None, *arguments, **keywords):
        self.add_matrix(identifiers, base_name, create_button, channels, **keywords)

    def add_encoder_matrix(self, identifiers, base_name, channels=None, *arguments, **keywords):
        self.add_matrix(identifiers, base_name, create_encoder, channels, **keywords)

    def add_matrix(self, identifiers, base_name, element_factory=create_button, channels=None, **keywords):
        rows = []
        for row, line in enumerate(identifiers):
            made = []
            for column, identifier in enumerate(line):
                channel = _channel_of(channels, row, column, self._channel)
                name = "%s_%d_%d" % (base_name, row, column)
                made.append(element_factory(identifier, name, **dict(keywords, channel=channel)))
            rows.append(made)
        self._keep(base_name, ButtonMatrixElement(rows=rows, name=base_name))

    def add_submatrix(self, matrix, name, rows=None, columns=None):
        cut = matrix.submatrix[slice(*(columns or (None, None))), slice(*(rows or (None, None)))]
        cut.name = name
        self._keep(name, cut)

    def add_modified_control(self, control, modifier, name=None, **_keywords):
        """The control while the modifier is held: `play_button_with_shift`."""
        name = name or "%s_with_%s" % (_attribute(control.name), _attribute(modifier.name).replace("_button", ""))
        if isinstance(control, ButtonMatrixElement):
            rows = [[ComboElement(button, modifier) for button in row] for row in control._rows]
            self._keep(name, ButtonMatrixElement(rows=rows, name=name))
        else:
            self._keep(name, ComboElement(control, modifier, name=name))

    def _add_one(self, create, identifier, name, keywords):
        self._keep(name, create(identifier, name, **dict({"channel": self._channel}, **keywords)))

    def _keep(self, name, element):
        setattr(self, _attribute(name), element)
        if isinstance(element, ButtonMatrixElement):
            setattr(self, _attribute(name) + "_raw", list(element))


def _attribute(name):
    return name.lower().replace(" ", "_")


def _channel_of(channels, row, column, default):
    if channels is None:
        return default
    if isinstance(channels, int):
        return channels
    own = channels[row]
    return own if isinstance(own, int) else own[column]
