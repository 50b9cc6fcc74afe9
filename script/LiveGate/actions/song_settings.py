"""Actions on settings of the whole set: quantization, scale, signature, nudging, Link, start time."""

from ..lom import targets
from ..parameters import Boolean, Integer, Number, Text
from ..registry import action
from .song import SET

QUANTIZATION_MAX = 13
RECORDING_QUANTIZATION_MAX = 8


def _set(host, member, value, what):
    """Sets a member and returns what Live has then."""
    setattr(host.song, member, value)
    actual = getattr(host.song, member)
    if isinstance(value, (bool, str)):
        targets.require(actual == value, "Live did not take %s %s; it is %s" % (what, value, actual))
    else:
        targets.require_value(what, value, actual)
    return {member: type(value)(actual)}


@action(
    "transport",
    ["transport"],
    SET,
    {"clip_trigger_quantization": "integer"},
    sets={"clip_trigger_quantization": "song.clip_trigger_quantization"},
    sentence="<set> the launch quantization {>clip_trigger_quantization=quantization}",
)
def set_clip_trigger_quantization(host, quantization: Integer(minimum=0, maximum=QUANTIZATION_MAX)):
    """Sets the global launch quantization: 0 none, 1 eight bars, 2 four bars, 3 two bars, 4 one bar, then ever shorter.

    Uses Song.clip_trigger_quantization.
    """
    return _set(host, "clip_trigger_quantization", quantization, "the launch quantization")


@action(
    "transport",
    ["record"],
    SET,
    {"midi_recording_quantization": "integer"},
    sets={"midi_recording_quantization": "song.midi_recording_quantization"},
    sentence="<set> the record quantization {>midi_recording_quantization=quantization}",
)
def set_midi_recording_quantization(host, quantization: Integer(minimum=0, maximum=RECORDING_QUANTIZATION_MAX)):
    """Sets how recorded notes are quantized: 0 not at all, 1 to quarters, 2 to eighths, then ever shorter.

    Uses Song.midi_recording_quantization.
    """
    return _set(host, "midi_recording_quantization", quantization, "the record quantization")


@action(
    "session",
    ["transport"],
    # A preference of Live, by which other programs on the network set the tempo, too.
    {"set": None, "app": None},
    {"is_ableton_link_enabled": "boolean"},
    sets={"is_ableton_link_enabled": "song.is_ableton_link_enabled"},
    sentence="{enabled?<switch|switched> on Link:<switch|switched> off Link}{was is_ableton_link_enabled}",
)
def set_ableton_link(host, enabled: Boolean()):
    """Switches Ableton Link on or off, which shares the tempo with others on the network. Uses Song.is_ableton_link_enabled."""
    return _set(host, "is_ableton_link_enabled", enabled, "Link")


@action(
    "session",
    ["transport", "sensitive"],
    {"set": None},
    {"message": "string"},
    records=("message",),
    sentence="<move|moved> the beat of every machine in the Link session to Live's",
)
def force_link_beat_time(host):
    """Makes every machine in the Link session jump to Live's beat, audibly. Uses Song.force_link_beat_time."""
    host.song.force_link_beat_time()
    return {"message": "the Link session follows Live's beat"}


@action(
    "transport",
    ["transport"],
    SET,
    {"nudge_up": "boolean"},
    sets={"nudge_up": "song.nudge_up"},
    sentence="{active?<press|pressed>:<release|released>} the button that nudges the tempo up",
)
def set_nudge_up(host, active: Boolean()):
    """Presses the button that speeds playback up, or releases it; nudge_up does both. Uses Song.nudge_up."""
    return _set(host, "nudge_up", active, "nudge_up")


@action(
    "transport",
    ["transport"],
    SET,
    {"nudge_down": "boolean"},
    sets={"nudge_down": "song.nudge_down"},
    sentence="{active?<press|pressed>:<release|released>} the button that nudges the tempo down",
)
def set_nudge_down(host, active: Boolean()):
    """Presses the button that slows playback down, or releases it; nudge_down does both. Uses Song.nudge_down."""
    return _set(host, "nudge_down", active, "nudge_down")


@action(
    "session",
    ["edit"],
    SET,
    {"root_note": "integer"},
    sets={"root_note": "song.root_note"},
    sentence="<set> the root note of the scale {>root_note}",
)
def set_root_note(host, root_note: Integer(minimum=0, maximum=11)):
    """Sets the root note of the set's scale: 0 is C, 11 is B. Uses Song.root_note."""
    return _set(host, "root_note", root_note, "the root note")


@action(
    "session",
    ["edit"],
    SET,
    {"scale_name": "string"},
    sets={"scale_name": "song.scale_name"},
    sentence="<set> the scale {>scale_name}",
)
def set_scale_name(host, scale_name: Text(max_length=64, min_length=1)):
    """Sets the set's scale by Live's name for it, such as "Major". Uses Song.scale_name."""
    return _set(host, "scale_name", scale_name, "the scale")


@action(
    "session",
    ["transport"],
    SET,
    {"signature_numerator": "integer"},
    sets={"signature_numerator": "song.signature_numerator"},
    sentence="<set> the time signature's numerator {>signature_numerator=numerator}",
)
def set_signature_numerator(host, numerator: Integer(minimum=1, maximum=99)):
    """Sets the number of beats in a bar at the current position. Uses Song.signature_numerator."""
    return _set(host, "signature_numerator", numerator, "the numerator")


@action(
    "session",
    ["transport"],
    SET,
    {"signature_denominator": "integer"},
    sets={"signature_denominator": "song.signature_denominator"},
    sentence="<set> the time signature's denominator {>signature_denominator=denominator}",
)
def set_signature_denominator(host, denominator: Integer(enum=(1, 2, 4, 8, 16))):
    """Sets the note value of a beat at the current position. Uses Song.signature_denominator."""
    return _set(host, "signature_denominator", denominator, "the denominator")


@action(
    "transport",
    ["transport"],
    SET,
    {"start_time": "number"},
    sets={"start_time": "song.start_time"},
    sentence="<set> where the set starts to play {>start_time=time_in_beats beats}",
)
def set_start_time(host, time_in_beats: Number(minimum=0, unit="beats")):
    """Sets the position where playback starts. Uses Song.start_time."""
    return _set(host, "start_time", time_in_beats, "the start time")
