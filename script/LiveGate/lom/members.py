"""The members of Live's objects that can be read by name: how each is read, and which of them Live signals.

Only members with listeners in both Live 11 and Live 12 count as signalled.
"""


def text(value):
    return str(value)


def mixer(name):
    return lambda track: float(getattr(track.mixer_device, name).value)


def count(name):
    return lambda found: len(getattr(found, name))


def number_or_none(value):
    return None if value is None else int(value)


class Members:
    """The members of one kind of object. `signalled` maps a part of them to how they are read; `derived` are read by functions."""

    def __init__(self, signalled, silent=None, derived=None):
        self.signalled = signalled
        self._kinds = dict(signalled, **(silent or {}))
        self._derived = derived or {}
        self.names = tuple(sorted(set(self._kinds) | set(self._derived)))

    def read(self, found, name):
        """The value of a member; None where this object does not have it, such as the gain of a MIDI clip."""
        try:
            if name in self._derived:
                return self._derived[name](found)
            return self._kinds[name](getattr(found, name))
        except (AttributeError, RuntimeError):
            return None

    def read_all(self, found, names=None):
        return {name: self.read(found, name) for name in names or self.names}

    def noticed(self, path, node, more=()):
        """How a topic reads the members that Live signals, and `more`; it depends on them (paths.py)."""
        if node is None:
            return None
        names = tuple(self.signalled) + tuple(more)
        path.notice(node, *names)
        return lambda: self.read_all(node.subject, names)


SONG = Members(
    {
        "arrangement_overdub": bool,
        "back_to_arranger": bool,
        "clip_trigger_quantization": int,
        "groove_amount": float,
        "is_ableton_link_enabled": bool,
        "is_playing": bool,
        "loop": bool,
        "loop_length": float,
        "loop_start": float,
        "metronome": bool,
        "midi_recording_quantization": int,
        "nudge_down": bool,
        "nudge_up": bool,
        "punch_in": bool,
        "punch_out": bool,
        "record_mode": bool,
        "root_note": int,
        "scale_name": text,
        "session_record": bool,
        "session_record_status": int,
        "signature_denominator": int,
        "signature_numerator": int,
        "song_length": float,
        "start_time": float,
        "swing_amount": float,
        "tempo": float,
    },
    {"can_redo": bool, "can_undo": bool, "current_song_time": float},
    {"num_scenes": count("scenes"), "num_tracks": count("tracks"), "num_return_tracks": count("return_tracks")},
)

TRACK = Members(
    {
        "color": int,
        "color_index": number_or_none,
        "current_monitoring_state": int,
        "has_audio_input": bool,
        "has_audio_output": bool,
        "has_midi_input": bool,
        "has_midi_output": bool,
        "is_frozen": bool,
        "mute": bool,
        "name": text,
        "solo": bool,
    },
    {
        "arm": bool,
        "can_be_armed": bool,
        "fired_slot_index": int,
        "fold_state": bool,
        "is_foldable": bool,
        "is_grouped": bool,
        "is_visible": bool,
        "output_meter_left": float,
        "output_meter_level": float,
        "output_meter_right": float,
        "playing_slot_index": int,
    },
    {"num_devices": count("devices"), "panning": mixer("panning"), "volume": mixer("volume")},
)

CLIP = Members(
    {
        "color": int,
        "color_index": int,
        "end_marker": float,
        "end_time": float,
        "is_overdubbing": bool,
        "is_recording": bool,
        "launch_mode": int,
        "launch_quantization": int,
        "legato": bool,
        "loop_end": float,
        "loop_start": float,
        "looping": bool,
        "muted": bool,
        "name": text,
        "position": float,
        "signature_denominator": int,
        "signature_numerator": int,
        "start_marker": float,
        "velocity_amount": float,
    },
    {
        "gain": float,
        "gain_display_string": text,
        "has_groove": bool,
        "is_audio_clip": bool,
        "is_midi_clip": bool,
        "is_playing": bool,
        "is_triggered": bool,
        "length": float,
        "pitch_coarse": int,
        "pitch_fine": float,
        "playing_position": float,
        "ram_mode": bool,
        "sample_length": int,
        "sample_rate": float,
        "start_time": float,
        "warp_mode": int,
        "warping": bool,
        "will_record_on_start": bool,
    },
)
# Of audio clips alone.
AUDIO_SIGNALLED = ("gain", "pitch_coarse", "pitch_fine", "ram_mode", "warp_mode", "warping")

SLOT = Members(
    {
        "controls_other_clips": bool,
        "has_clip": bool,
        "has_stop_button": bool,
        "is_triggered": bool,
        "playing_status": int,
    },
    {"is_group_slot": bool, "is_playing": bool, "is_recording": bool, "will_record_on_start": bool},
)

SCENE = Members(
    {
        "color": int,
        "color_index": number_or_none,
        "is_triggered": bool,
        "name": text,
        "tempo": float,
        "tempo_enabled": bool,
        "time_signature_denominator": int,
        "time_signature_enabled": bool,
        "time_signature_numerator": int,
    },
    {"is_empty": bool},
)

DEVICE = Members(
    {"is_active": bool, "name": text},
    {
        "can_have_chains": bool,
        "can_have_drum_pads": bool,
        "class_display_name": text,
        "class_name": text,
        "selected_variation_index": int,
        "type": int,
        "variation_count": int,
        "visible_macro_count": int,
    },
    {"num_parameters": count("parameters")},
)
