"""Displays of controllers: sources of text, segments, and the line that is sent as MIDI."""

from .disconnectable import Disconnectable
from .elements import ControlElement

DASHES = " "


class DisplayDataSource(Disconnectable):
    """A text that segments follow."""

    def __init__(self, display_string="", separator=None, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self.separator = separator
        self._text, self._follow = display_string, None

    def set_display_string(self, new_string):
        if self._text != new_string:
            self._text = new_string
            self.update()

    def display_string(self):
        return self._text

    def set_update_callback(self, update_callback):
        self._follow = update_callback
        self.update()

    def update(self):
        if self._follow is not None:
            self._follow()

    def clear(self):
        self.set_display_string("")
        self.separator = ""


class LogicalDisplaySegment(Disconnectable):
    """A part of a line, with the text of its source."""

    def __init__(self, width=0, update_callback=None, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._width, self._follow, self._source = width, update_callback, None
        self._position = None
        self.separator = ""

    def set_data_source(self, data_source):
        if self._source is not None:
            self._source.set_update_callback(None)
        self._source = data_source
        if data_source is not None:
            data_source.set_update_callback(self.update)

    def set_position_identifier(self, position_identifier):
        self._position = position_identifier

    def position_identifier(self):
        return self._position

    def display_string(self):
        text = self._source.display_string() if self._source is not None else ""
        return text[: self._width].ljust(self._width)

    def update(self):
        if self._follow is not None:
            self._follow()

    def disconnect(self):
        self.set_data_source(None)
        super().disconnect()


class PhysicalDisplayElement(ControlElement):
    """A line of a display. The whole line is one message: the parts, the characters by the table, the parts."""

    def __init__(self, width_in_chars=0, num_segments=1, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._width, self._table = width_in_chars, {}
        self._segments = []
        self.set_num_segments(num_segments)
        self._parts = ((), (), (), ())
        self._is_blocked = False

    width = property(lambda display: display._width)
    num_segments = property(lambda display: len(display._segments))

    def set_num_segments(self, num_segments):
        size = self._width // max(num_segments, 1)
        self._segments = [LogicalDisplaySegment(size, self.update) for _ in range(num_segments)]

    def segment(self, index):
        return self._segments[index]

    @property
    def segments(self):
        return tuple(self._segments)

    def set_translation_table(self, translation_table):
        self._table = translation_table

    def set_message_parts(self, header, tail):
        self._parts = (tuple(header), (), (), tuple(tail))

    def set_clear_all_message(self, message):
        self._parts = (self._parts[0], self._parts[1], tuple(message), self._parts[3])

    def set_data_sources(self, sources):
        for index, segment in enumerate(self._segments):
            segment.set_data_source(sources[index] if sources and index < len(sources) else None)

    def display_message(self, message):
        self._send(message.center(self._width)[: self._width])

    def set_block_messages(self, block):
        self._is_blocked = bool(block)

    def update(self):
        self._send("".join(segment.display_string() for segment in self._segments).ljust(self._width))

    def reset(self):
        self._send(DASHES * self._width)

    def clear_send_cache(self):
        self.update()

    def _send(self, text):
        header, _position, _clear, tail = self._parts
        if header and not self._is_blocked:
            characters = tuple(
                self._table.get(character, ord("?")) if self._table else ord(character) for character in text
            )
            self.send_midi(header + characters + tail)
