"""Experiments on types and names of arguments, enums and errors."""

from ..registry import experiment


@experiment("keywords", "whether methods take arguments by name, in any order", "yes", True)
def keywords(lab):
    clip = lab.clip()
    clip.add_new_notes((lab.note_of(60, 0.0),))
    return len(clip.get_notes_extended(from_time=0.0, from_pitch=0, time_span=4.0, pitch_span=128)) == 1


@experiment("wrong-keyword", "the error for an unknown name of an argument", "ArgumentError", "ArgumentError")
def wrong_keyword(lab):
    return lab.error(lambda: lab.song.create_scene(position=-1))


@experiment(
    "enum-integer",
    "whether an enum property takes an integer",
    "yes, and returns the member",
    ["", 5, "q_half"],
)
def enum_integer(lab):
    lab.keep("clip_trigger_quantization")
    error = lab.error(lambda: setattr(lab.song, "clip_trigger_quantization", 5))
    value = lab.song.clip_trigger_quantization
    return [error, int(value), str(value)]


@experiment("enum-unknown", "the error for an integer without a member", "RuntimeError: Invalid value", "RuntimeError")
def enum_unknown(lab):
    lab.keep("clip_trigger_quantization")
    return lab.error(lambda: setattr(lab.song, "clip_trigger_quantization", 99))


@experiment("none-for-false", "whether None passes for False", "yes", ["", False])
def none_for_false(lab):
    track = lab.midi_track()
    track.mute = True
    return [lab.error(lambda: setattr(track, "mute", None)), bool(track.mute)]


@experiment("float-for-integer", "the error for a float where an integer is declared", "ArgumentError", "ArgumentError")
def float_for_integer(lab):
    lab.keep("signature_numerator")
    return lab.error(lambda: setattr(lab.song, "signature_numerator", 3.0))


@experiment("delete-index", "the error for a track index out of range on deletion", "IndexError", "IndexError")
def delete_index(lab):
    return lab.error(lambda: lab.song.delete_track(9999))


@experiment(
    "create-index",
    "the error for a track index out of range on creation",
    "LimitationError",
    "LimitationError",
)
def create_index(lab):
    return lab.error(lambda: lab.song.create_midi_track(9999))


@experiment(
    "deleted-object",
    "what a deleted object does",
    "it equals None, and access raises ArgumentError",
    [True, "ArgumentError"],
)
def deleted_object(lab):
    clip = lab.clip()
    clip.canonical_parent.delete_clip()
    yield
    return [clip == None, lab.error(lambda: clip.length)]  # noqa: E711


@experiment("color-snaps", "whether a colour snaps to the nearest of Live's 70", "yes", True)
def color_snaps(lab):
    track = lab.midi_track()
    track.color = 0x123457
    return track.color != 0x123457


@experiment("message-text", "the error for a plain string in show_message", "ArgumentError", "ArgumentError", (12,))
def message_text(lab):
    return lab.error(lambda: lab.application.show_message("a plain string"))
