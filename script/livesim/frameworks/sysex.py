"""Control elements of system exclusive messages, and surfaces that ask a controller who it is."""

from .elements import MIDI_SYSEX_TYPE, InputControlElement

SYSEX_START, SYSEX_END = 0xF0, 0xF7
IDENTITY_REQUEST = (SYSEX_START, 0x7E, 0x7F, 0x06, 0x01, SYSEX_END)
IDENTITY_RESPONSE = (SYSEX_START, 0x7E)
PRODUCT_AT = 5


class SysexElement(InputControlElement):
    """Sends what its generator makes of a value; receives what follows its identifier, without the end byte."""

    def __init__(
        self,
        send_message_generator=None,
        sysex_identifier=None,
        enquire_message=None,
        default_value=None,
        *arguments,
        **keywords,
    ):
        self.sysex_identifier = tuple(sysex_identifier or ())
        self._generator, self._enquiry, self._default = send_message_generator, enquire_message, default_value
        super().__init__(MIDI_SYSEX_TYPE, None, None, *arguments, **keywords)

    def message_sysex_identifier(self):
        return self.sysex_identifier

    def send_value(self, *arguments, **keywords):
        assert self._generator is not None, "the element has no generator of messages"
        message = self._generator(*arguments, **keywords)
        if message is not None:
            self.send_midi(tuple(message))

    def enquire_value(self):
        assert self._enquiry is not None, "the element has no message to ask with"
        self.send_midi(tuple(self._enquiry))

    def set_light(self, value):
        value.draw(self) if hasattr(value, "draw") else self.send_value(value)

    def reset(self):
        if self._default is not None:
            self.send_value(self._default)

    def install_connections(self, _install_translation, _install_mapping, install_forwarding):
        if self.sysex_identifier and self.script_wants_forwarding():
            install_forwarding(self)

    def identifier_bytes(self):
        return (self.sysex_identifier,)


class SysexValueControl(SysexElement):
    """`_Framework.SysexValueControl`: a prefix, the value, the end byte."""

    def __init__(self, message_prefix=None, value_enquiry=None, default_value=None, *arguments, **keywords):
        prefix = tuple(message_prefix or ())

        def generate(value):
            return (*prefix, *value, SYSEX_END)

        super().__init__(generate, prefix, value_enquiry, default_value, *arguments, **keywords)


class ColorSysexElement(SysexElement):
    """An element that shows colors."""


class IdentifyingMixin:
    """Asks the controller for its identity, and calls `on_identified` when the answer has the right bytes."""

    identity_request = IDENTITY_REQUEST

    def __init__(self, *arguments, product_id_bytes=None, **keywords):
        self._product = tuple(product_id_bytes or ())
        super().__init__(*arguments, **keywords)
        self.schedule_message(1, self._ask)

    def _ask(self):
        self._send_midi(self.identity_request)

    def port_settings_changed(self):
        super().port_settings_changed()
        self._ask()

    def on_identified(self, *_midi_bytes):
        """The controller has answered."""

    def _product_id_bytes(self):
        return self._product

    def handle_sysex(self, midi_bytes):
        if tuple(midi_bytes[:2]) == IDENTITY_RESPONSE and len(midi_bytes) > PRODUCT_AT:
            wanted = tuple(self._product_id_bytes())
            answered = tuple(midi_bytes[PRODUCT_AT : PRODUCT_AT + len(wanted)])
            if answered == wanted:
                self._call_identified(midi_bytes)
            else:
                self.log_message("another controller answered: %s" % (tuple(midi_bytes),))
        else:
            super().handle_sysex(midi_bytes)

    def _call_identified(self, midi_bytes):
        self.on_identified(midi_bytes)


class FrameworkIdentifyingMixin(IdentifyingMixin):
    """`_Framework` calls it without the bytes."""

    def _call_identified(self, midi_bytes):
        self.on_identified()
