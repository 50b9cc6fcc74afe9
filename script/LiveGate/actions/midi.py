"""Actions on MIDI messages. Live's API cannot send them to a track, so these actions are unsupported."""

from ..lom import targets
from ..parameters import Integer
from ..registry import action

CHANNEL = Integer(minimum=0, maximum=15)
SEVEN_BITS = Integer(minimum=0, maximum=127)
TRACK = {"track": "track_index"}


@action(
    "midi_message",
    ["midi"],
    TRACK,
    {"cc_number": "integer", "cc_value": "integer", "channel": "integer", "message": "string"},
    missing="Track.send_midi",
    sentence="<send|sent> MIDI controller {cc_number} = {cc_value} to {track}",
)
def send_midi_cc(
    host, track_index: targets.INDEX, cc_number: SEVEN_BITS, cc_value: SEVEN_BITS, channel: CHANNEL = 0
):
    """Would send a control change to a track; Live's API cannot send MIDI to tracks.

    Device parameters and clip envelopes can be set instead. Would need Track.send_midi.
    """


@action(
    "midi_message",
    ["midi"],
    TRACK,
    {"program_number": "integer", "channel": "integer", "message": "string"},
    missing="Track.send_midi",
    sentence="<send|sent> MIDI program change {program_number} to {track}",
)
def send_program_change(host, track_index: targets.INDEX, program_number: SEVEN_BITS, channel: CHANNEL = 0):
    """Would send a program change to a track; Live's API cannot send MIDI to tracks.

    Would need Track.send_midi.
    """
