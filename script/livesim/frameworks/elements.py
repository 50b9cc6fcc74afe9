"""Control elements: buttons, encoders and sliders of a controller, as the MIDI messages they send and receive.

They are created within the `component_guard` of their surface.
"""

import sys

from ..errors import NotSimulated
from .dependency import depends
from .events import EventObject, listeners_of
from .refusing import lacks

MIDI_NOTE_TYPE, MIDI_CC_TYPE, MIDI_PB_TYPE, MIDI_SYSEX_TYPE, MIDI_INVALID_TYPE = range(5)
MIDI_NOTE_ON_STATUS, MIDI_NOTE_OFF_STATUS, MIDI_CC_STATUS, MIDI_PB_STATUS = 0x90, 0x80, 0xB0, 0xE0
STATUSES = {MIDI_NOTE_TYPE: MIDI_NOTE_ON_STATUS, MIDI_CC_TYPE: MIDI_CC_STATUS, MIDI_PB_TYPE: MIDI_PB_STATUS}
VALUE_MAX = 127
OFF_VALUE, ON_VALUE = 0, 127


@lacks(attributes="resource")
class ControlElement(EventObject):
    canonical_parent = None

    @depends(send_midi=None, register_control=None)
    def __init__(self, name="", send_midi=None, register_control=None, *arguments, **keywords):
        super().__init__()
        if keywords.get("resource_type") is not None:
            raise NotSimulated("resources of control elements are not simulated")
        self.name = name
        self._send_midi = send_midi
        register_control(self)

    def send_midi(self, midi_bytes):
        return self._send_midi(midi_bytes)

    def reset(self):
        """Restores the idle state."""

    def clear_send_cache(self):
        """Repeated messages are never suppressed, so there is no cache to clear."""


class NotifyingControlElement(ControlElement):
    __events__ = ("value",)


@lacks(
    methods="""is_mapped_manually set_report_values set_feedback_delay set_needs_takeover begin_gesture end_gesture
    force_next_send send_delayed_messages""",
    attributes="mapping_sensitivity suppress_script_forwarding",
)
class InputControlElement(NotifyingControlElement):
    """One message of the controller: a note, a control change, or the pitch bend of a channel."""

    @depends(request_rebuild_midi_map=None)
    def __init__(
        self, msg_type=None, channel=None, identifier=None, *arguments, request_rebuild_midi_map=None, **keywords
    ):
        if msg_type == MIDI_SYSEX_TYPE:
            raise NotSimulated("control elements of system exclusive messages are not simulated")
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
        return True

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
        return self.value_listener_count() > 0

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


@lacks(attributes="default_states")
class ButtonElement(InputControlElement):
    """A momentary button sends on press and on release, any other only on press."""

    def __init__(self, is_momentary, msg_type, channel, identifier, *arguments, skin=None, **keywords):
        if skin is not None:
            raise NotSimulated("skins are not simulated")
        super().__init__(msg_type, channel, identifier, *arguments, **keywords)
        self._is_momentary = bool(is_momentary)
        self._last_received_value = -1

    def is_momentary(self):
        return self._is_momentary

    def is_pressed(self):
        return self._is_momentary and self._last_received_value > 0

    def turn_on(self):
        self.send_value(ON_VALUE)

    def turn_off(self):
        self.send_value(OFF_VALUE)

    def set_light(self, is_turned_on):
        if not isinstance(is_turned_on, (bool, int)):
            raise NotSimulated("lights by the names of a skin are not simulated")
        self.turn_on() if is_turned_on else self.turn_off()

    def message_map_mode(self):
        raise AssertionError("Buttons are not mapped to parameters as encoders are")

    def receive_value(self, value):
        self._last_received_value = value
        super().receive_value(value)


@lacks(methods="normalize_value add_normalized_value_listener")
class EncoderElement(InputControlElement):
    """`map_mode` says whether messages are absolute positions or relative steps."""

    def __init__(self, msg_type, channel, identifier, map_mode, *arguments, **keywords):
        super().__init__(msg_type, channel, identifier, *arguments, **keywords)
        self._map_mode = map_mode

    def message_map_mode(self):
        return self._map_mode


class SliderElement(InputControlElement):
    """A fader; its messages are positions."""

    def __init__(self, msg_type, channel, identifier, *arguments, **keywords):
        super().__init__(msg_type, channel, identifier, *arguments, **keywords)
