"""MIDI of a control surface: its controls, the map it builds for Live, and dispatch of messages in both directions."""

import contextlib
import functools
import sys

from .elements import MIDI_CC_TYPE, MIDI_NOTE_TYPE, MIDI_SYSEX_TYPE, InputControlElement

PITCH_BEND, SYSEX = 0xE0, 0xF0
CHANNEL_MESSAGE_BYTES = 3


class SurfaceMidi:
    """A message reaches a control if the last MIDI map asked Live to forward it."""

    def _begin_midi(self):
        self.controls = []
        self._forwarding_registry = {}
        self._forwarding_long_identifier_registry = {}
        self._suppressed = 0
        self._is_rebuild_wanted = False
        self._outgoing = None

    @contextlib.contextmanager
    def suppressing_rebuild_requests(self):
        self._suppressed += 1
        try:
            yield
        finally:
            self._suppressed -= 1
        if self._is_rebuild_wanted and not self._suppressed:
            self.request_rebuild_midi_map()

    def request_rebuild_midi_map(self):
        self._is_rebuild_wanted = bool(self._suppressed)
        if not self._suppressed:
            self._c_instance.request_rebuild_midi_map()

    def build_midi_map(self, midi_map_handle):
        self._forwarding_registry.clear()
        self._forwarding_long_identifier_registry.clear()
        for control in self.controls:
            if isinstance(control, InputControlElement):
                install = (self._install_mapping, self._install_forwarding)
                control.install_connections(
                    self._translate_message, *(functools.partial(each, midi_map_handle) for each in install)
                )

    def suggest_map_mode(self, cc_no, channel):
        for control in self.controls:
            if isinstance(control, InputControlElement) and control.is_message(MIDI_CC_TYPE, channel, cc_no):
                return control.message_map_mode()
        return -1

    def receive_midi(self, midi_bytes):
        with self.component_guard():
            self.notify_received_midi(*midi_bytes)
            if self.is_sysex_message(midi_bytes):
                self.handle_sysex(midi_bytes)
            else:
                self.handle_nonsysex(midi_bytes)

    def is_sysex_message(self, midi_bytes):
        return len(midi_bytes) != CHANNEL_MESSAGE_BYTES

    def handle_sysex(self, midi_bytes):
        """The element whose identifier begins the message gets the rest, without the end byte."""
        message = tuple(midi_bytes)
        for identifier, control in self._forwarding_long_identifier_registry.items():
            if message[: len(identifier)] == identifier:
                control.receive_value(message[len(identifier) : -1])
                return
        self._report_unknown("sysex message", midi_bytes)

    def handle_nonsysex(self, midi_bytes):
        recipient = self.get_recipient_for_nonsysex_midi_message(midi_bytes)
        if recipient is None:
            self._report_unknown("message", midi_bytes)
            return
        is_pitch_bend = midi_bytes[0] & 0xF0 == PITCH_BEND
        recipient.receive_value(midi_bytes[1] + (midi_bytes[2] << 7) if is_pitch_bend else midi_bytes[2])

    def get_recipient_for_nonsysex_midi_message(self, midi_bytes):
        is_pitch_bend = midi_bytes[0] & 0xF0 == PITCH_BEND
        return self._forwarding_registry.get(tuple(midi_bytes[: 1 if is_pitch_bend else 2]))

    @contextlib.contextmanager
    def accumulating_midi_messages(self):
        """Of several messages to one light only the last is sent, at the end."""
        self._outgoing = {}
        try:
            yield
        finally:
            outgoing, self._outgoing = self._outgoing, None
            for message in outgoing.values():
                self._do_send_midi(message)

    def _send_midi(self, midi_event_bytes, optimized=True):
        if self._outgoing is None:
            return self._do_send_midi(midi_event_bytes)
        is_droppable = optimized and midi_event_bytes[0] != SYSEX
        key = tuple(midi_event_bytes[:2]) if is_droppable else object()
        self._outgoing.pop(key, None)
        self._outgoing[key] = midi_event_bytes
        return True

    def _do_send_midi(self, midi_event_bytes):
        return self._c_instance.send_midi(midi_event_bytes)

    def _register_control(self, control):
        assert control not in self.controls, "this control is among them already"
        self.controls.append(control)
        control.canonical_parent = self

    def _install_mapping(self, midi_map_handle, control, parameter, _feedback_delay=0, _feedback_map=()):
        midi_map, kind, channel = sys.modules["Live"].MidiMap, control.message_type(), control.message_channel()
        if kind == MIDI_CC_TYPE:
            mode, avoids_takeover = control.message_map_mode(), not control.needs_takeover()
            identifier = control.message_identifier()
            return midi_map.map_midi_cc(midi_map_handle, parameter, channel, identifier, mode, avoids_takeover)
        if kind == MIDI_NOTE_TYPE:
            return midi_map.map_midi_note(midi_map_handle, parameter, channel, control.message_identifier())
        return midi_map.map_midi_pitchbend(midi_map_handle, parameter, channel, control.needs_takeover())

    def _install_forwarding(self, midi_map_handle, control):
        midi_map, handle = sys.modules["Live"].MidiMap, self._c_instance.handle()
        kind, channel, identifier = control.message_type(), control.message_channel(), control.message_identifier()
        if kind == MIDI_SYSEX_TYPE:  # Live forwards all of these
            self._forwarding_long_identifier_registry[control.sysex_identifier] = control
            return
        if kind == MIDI_NOTE_TYPE:
            midi_map.forward_midi_note(handle, midi_map_handle, channel, identifier)
        elif kind == MIDI_CC_TYPE:
            midi_map.forward_midi_cc(handle, midi_map_handle, channel, identifier)
        else:
            midi_map.forward_midi_pitchbend(handle, midi_map_handle, channel)
        for key in control.identifier_bytes():
            assert key not in self._forwarding_registry, "Two controls have the message %s" % (key,)
            self._forwarding_registry[key] = control

    def _translate_message(self, kind, from_identifier, from_channel, to_identifier, to_channel):
        translate = {MIDI_CC_TYPE: "set_cc_translation", MIDI_NOTE_TYPE: "set_note_translation"}[kind]
        getattr(self._c_instance, translate)(from_identifier, from_channel, to_identifier, to_channel)

    def _report_unknown(self, what, midi_bytes):
        if not self.received_midi_listener_count():
            self.log_message("no control expects this %s: %s" % (what, midi_bytes))
