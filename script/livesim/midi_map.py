"""The MIDI map of each hosted script: which messages of its controller go to the script, and which to parameters.

Live asks the script to build it. Messages without an entry go to the tracks, which the simulation ignores. A parameter
follows its controller at once, without take-over. Controllers that send relative steps, and feedback to the controller,
are not simulated.
"""

from .errors import NotSimulated

NOTE_OFF, NOTE_ON, CONTROL, PITCH_BEND = 0x80, 0x90, 0xB0, 0xE0
SYSEX = 0xF0
ABSOLUTE = 0
VALUE_MAX, BEND_MAX = 127, 16383


class MidiMap:
    def __init__(self):
        self._forwarded = set()
        self._mapped = {}
        self._translated = {}

    def clear(self):
        """Asks the script to build the map again."""
        self.__init__()

    def forward(self, kind, channel, number):
        self._forwarded.add((kind | channel, number))
        return True

    def map(self, parameter, kind, channel, number):
        self._mapped[kind | channel, number] = parameter
        return True

    def translate(self, kind, from_number, from_channel, to_number, to_channel):
        self._translated[kind | from_channel, from_number] = (kind | to_channel, to_number)

    def arrive(self, midi_bytes):
        """Handles a message of the controller; returns the message that the script receives, or None."""
        status = midi_bytes[0]
        if status & 0xF0 == SYSEX:
            return tuple(midi_bytes)
        number, value = midi_bytes[1:]
        is_release = status & 0xF0 == NOTE_OFF
        key = (status + (NOTE_ON - NOTE_OFF if is_release else 0), None if status & 0xF0 == PITCH_BEND else number)
        status_there, number_there = self._translated.get(key, key)
        parameter = self._mapped.get((status_there, number_there))
        if parameter is not None and parameter.life.subject is not None:
            _move(parameter, status, 0 if is_release else value, number)
        if (status_there, number_there) not in self._forwarded:
            return None
        status_there -= NOTE_ON - NOTE_OFF if is_release else 0
        return (status_there, number if number_there is None else number_there, value)


def _move(parameter, status, value, number):
    share = (number + (value << 7)) / BEND_MAX if status & 0xF0 == PITCH_BEND else value / VALUE_MAX
    parameter.place_at(share)


def functions():
    """Live's functions of the module MidiMap; a script's handle is its map's handle, too."""

    def forward_midi_cc(live, script, _map_handle, channel, number, should_consume_event=True):
        return live.midi_map_of(script).forward(CONTROL, channel, number)

    def forward_midi_note(live, script, _map_handle, channel, number, should_consume_event=True):
        return live.midi_map_of(script).forward(NOTE_ON, channel, number)

    def forward_midi_pitchbend(live, script, _map_handle, channel):
        return live.midi_map_of(script).forward(PITCH_BEND, channel, None)

    def map_midi_cc(live, map_handle, parameter, channel, number, map_mode, avoid_takeover, sensitivity=1.0):
        if map_mode != ABSOLUTE:
            raise NotSimulated("MidiMap.map_midi_cc of controllers that send steps is not simulated")
        return live.midi_map_of(map_handle).map(parameter, CONTROL, channel, number)

    def map_midi_note(live, map_handle, parameter, channel, number):
        return live.midi_map_of(map_handle).map(parameter, NOTE_ON, channel, number)

    def map_midi_pitchbend(live, map_handle, parameter, channel, needs_takeover):
        return live.midi_map_of(map_handle).map(parameter, PITCH_BEND, channel, None)

    made = (forward_midi_cc, forward_midi_note, forward_midi_pitchbend, map_midi_cc, map_midi_note, map_midi_pitchbend)
    return {"MidiMap.%s" % function.__name__: function for function in made}
