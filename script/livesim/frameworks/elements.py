"""Control elements: buttons, encoders and sliders of a controller, as the MIDI messages they send and receive.

They are created within the `component_guard` of their surface.
"""

import sys

from ..errors import NotSimulated
from . import skins
from .dependency import depends
from .events import EventObject, listeners_of
from .functions import const
from .normalizing import normalizer
from .resources import StackingResource

MIDI_NOTE_TYPE, MIDI_CC_TYPE, MIDI_PB_TYPE, MIDI_SYSEX_TYPE, MIDI_INVALID_TYPE = range(5)
MIDI_NOTE_ON_STATUS, MIDI_NOTE_OFF_STATUS, MIDI_CC_STATUS, MIDI_PB_STATUS = 0x90, 0x80, 0xB0, 0xE0
STATUSES = {MIDI_NOTE_TYPE: MIDI_NOTE_ON_STATUS, MIDI_CC_TYPE: MIDI_CC_STATUS, MIDI_PB_TYPE: MIDI_PB_STATUS}
VALUE_MAX = 127
OFF_VALUE, ON_VALUE = 0, 127
DARK_NAMES = ("Off", "Disabled")


class ControlElement(EventObject):
    """Its `resource` decides which layer owns it."""

    canonical_parent = None
    optimized_send_midi = True

    @depends(send_midi=None, register_control=None)
    def __init__(self, name="", send_midi=None, register_control=None, *arguments, resource_type=None, **keywords):
        super().__init__()
        self.name = name
        self._send_midi = send_midi
        kind = resource_type or StackingResource
        self._resource = kind(self._on_resource_received, self._on_resource_lost)
        register_control(self)

    @property
    def resource(self):
        return self._resource

    def _on_resource_received(self, client):
        client.set_control_element(self, True)

    def _on_resource_lost(self, client):
        client.set_control_element(self, False)

    def send_midi(self, midi_bytes):
        return self._send_midi(midi_bytes)

    def reset(self):
        """Restores the idle state."""

    def clear_send_cache(self):
        """Repeated messages are never suppressed, so there is no cache to clear."""


class NotifyingControlElement(ControlElement):
    __events__ = ("value",)


class InputControlElement(NotifyingControlElement):
    """One message of the controller: a note, a control change, or the pitch bend of a channel."""

    mapping_sensitivity = 1.0
    _needs_takeover = True
    _suppresses_forwarding = False

    @depends(request_rebuild_midi_map=None)
    def __init__(
        self, msg_type=None, channel=None, identifier=None, *arguments, request_rebuild_midi_map=None, **keywords
    ):
        if msg_type == MIDI_SYSEX_TYPE and not hasattr(self, "sysex_identifier"):
            raise NotSimulated("control elements of system exclusive messages are SysexElement")
        self._type, self._own_channel, self._own_identifier = msg_type, channel, identifier
        self._channel, self._identifier = channel, identifier
        self._parameter = None
        self._identified = []
        self._request_rebuild = request_rebuild_midi_map
        super().__init__(*arguments, **keywords)

    def message_type(self):
        return self._type

    def message_channel(self):
        return self._channel

    def message_identifier(self):
        return self._identifier

    def original_channel(self):
        return self._own_channel

    def original_identifier(self):
        return self._own_identifier

    def message_map_mode(self):
        return sys.modules["Live"].MidiMap.MapMode.absolute

    def needs_takeover(self):
        return self._needs_takeover

    def set_needs_takeover(self, needs_takeover):
        self._needs_takeover = bool(needs_takeover)
        self._request_rebuild()

    def set_report_values(self, report_input, report_output):
        """Live's log of single values is not kept."""

    def set_feedback_delay(self, delay):
        """Live repeats values to motor faders after this delay; there are no motors here."""

    def is_mapped_manually(self):
        """The user maps controls by hand in Live only."""
        return False

    def begin_gesture(self):
        """A gesture groups undo steps of a mapped parameter; here each value is its own."""

    def end_gesture(self):
        """Ends the gesture."""

    def force_next_send(self):
        """Repeated messages are never suppressed."""

    @property
    def suppress_script_forwarding(self):
        return self._suppresses_forwarding

    @suppress_script_forwarding.setter
    def suppress_script_forwarding(self, suppress):
        if self._suppresses_forwarding != bool(suppress):
            self._suppresses_forwarding = bool(suppress)
            self._request_rebuild()

    def is_message(self, kind, channel, identifier):
        return (kind, channel, identifier) == (self._type, self._channel, self._identifier)

    def set_channel(self, channel):
        self._channel = channel
        self._request_rebuild()

    def set_identifier(self, identifier):
        self._identifier = identifier
        self._request_rebuild()

    def use_default_message(self):
        self._channel, self._identifier = self._own_channel, self._own_identifier
        self._request_rebuild()

    def connect_to(self, parameter):
        """From here on the parameter follows the controller, in Live itself."""
        self._parameter = parameter
        self._request_rebuild()

    def release_parameter(self):
        if self._parameter is not None:
            self.connect_to(None)

    def mapped_parameter(self):
        return self._parameter

    def add_value_listener(self, listener, identify_sender=False):
        """While a listener is connected, the messages come to the script."""
        super().add_value_listener(listener)
        if identify_sender:
            self._identified.append(listener)
        self._request_rebuild()

    def remove_value_listener(self, listener):
        super().remove_value_listener(listener)
        if listener in self._identified:
            self._identified.remove(listener)
        self._request_rebuild()

    def notify_value(self, value):
        for listener in listeners_of(self, "value"):
            listener(value, self) if listener in self._identified else listener(value)

    def script_wants_forwarding(self):
        return self.value_listener_count() > 0 and not self._suppresses_forwarding

    def install_connections(self, install_translation, install_mapping, install_forwarding):
        """Part of building the MIDI map: routes the message to the parameter, or else to the script."""
        if (self._channel, self._identifier) != (self._own_channel, self._own_identifier):
            install_translation(self._type, self._own_identifier, self._own_channel, self._identifier, self._channel)
        if self._parameter != None:  # noqa: E711 a deleted parameter equals None
            install_mapping(self, self._parameter)
        elif self.script_wants_forwarding():
            install_forwarding(self)

    def identifier_bytes(self):
        """Returns the status and first byte of the control's messages; a note off counts."""
        status = STATUSES[self._type] | self._channel
        if self._type == MIDI_PB_TYPE:
            return ((status,),)
        keys = [(status, self._identifier)]
        if self._type == MIDI_NOTE_TYPE:
            keys.append((MIDI_NOTE_OFF_STATUS | self._channel, self._identifier))
        return tuple(keys)

    def receive_value(self, value):
        self.notify_value(value)

    def send_value(self, value, force=False, channel=None):
        """Lights or moves the control on the controller."""
        status = STATUSES[self._type] | (self._own_channel if channel is None else channel)
        if self._type == MIDI_PB_TYPE:
            self.send_midi((status, value & VALUE_MAX, value >> 7 & VALUE_MAX))
        else:
            self.send_midi((status, self._own_identifier, value))

    def reset(self):
        self.send_value(OFF_VALUE)

    def disconnect(self):
        self.reset()
        self._parameter = None
        super().disconnect()


class ButtonElement(InputControlElement):
    """A momentary button sends on press and on release, any other only on press. A skin has lights by name."""

    @depends(skin=const(None))
    def __init__(self, is_momentary, msg_type, channel, identifier, *arguments, skin=None, **keywords):
        super().__init__(msg_type, channel, identifier, *arguments, **keywords)
        self._is_momentary = bool(is_momentary)
        self._skin = skin
        self._last_received_value = -1

    def is_momentary(self):
        return self._is_momentary

    def is_pressed(self):
        return self._is_momentary and self._last_received_value > 0

    def turn_on(self):
        self.send_value(ON_VALUE)

    def turn_off(self):
        self.send_value(OFF_VALUE)

    def set_light(self, value):
        """`value` is whether it is on, the name of a color of the skin, or a color. Without a skin a name means on."""
        if hasattr(value, "draw"):
            value.draw(self)
        elif isinstance(value, str) and self._skin is not None:
            skins.draw(self, value, self._skin)
        else:
            self.turn_on() if value and not _names_darkness(value) else self.turn_off()

    def message_map_mode(self):
        raise AssertionError("Buttons are not mapped to parameters as encoders are")

    def receive_value(self, value):
        self._last_received_value = value
        super().receive_value(value)


class EncoderElement(InputControlElement):
    """`map_mode` says whether messages are absolute positions or relative steps."""

    __events__ = ("normalized_value",)

    def __init__(self, msg_type, channel, identifier, map_mode, *arguments, encoder_sensitivity=None, **keywords):
        super().__init__(msg_type, channel, identifier, *arguments, **keywords)
        self._map_mode = map_mode
        self._normalize = normalizer(map_mode)
        self.encoder_sensitivity = 1.0 if encoder_sensitivity is None else encoder_sensitivity

    def message_map_mode(self):
        return self._map_mode

    def normalize_value(self, value):
        """Relative modes: the turn between -1 and 1."""
        return self._normalize(value) * self.encoder_sensitivity

    def script_wants_forwarding(self):
        wants = super().script_wants_forwarding() or self.normalized_value_listener_count() > 0
        return wants and not self._suppresses_forwarding

    def add_normalized_value_listener(self, listener):
        super().add_normalized_value_listener(listener)
        self._request_rebuild()

    def remove_normalized_value_listener(self, listener):
        super().remove_normalized_value_listener(listener)
        self._request_rebuild()

    def notify_value(self, value):
        super().notify_value(value)
        self.notify_normalized_value(self.normalize_value(value))


class SliderElement(InputControlElement):
    """A fader; its messages are positions."""

    def __init__(self, msg_type, channel, identifier, *arguments, **keywords):
        super().__init__(msg_type, channel, identifier, *arguments, **keywords)


def _names_darkness(value):
    return isinstance(value, str) and value.endswith(DARK_NAMES)
