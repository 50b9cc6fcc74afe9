"""Actions on audio clips: gain, pitch, warping, and the audio file."""

from .. import steps
from ..errors import Refusal
from ..lom import polling, targets
from ..parameters import Boolean, Integer, Number
from ..registry import action
from .clip_settings import CLIP, PLACE, placed, write

WARP_MODES = ("Beats", "Tones", "Texture", "Re-Pitch", "Complex", "REX", "Complex Pro")


@action(
    "clip",
    ["edit"],
    CLIP,
    dict(PLACE, gain="number", gain_display="string"),
    sets={"gain": "clip.gain"},
    sentence="<set> the gain of {the clip} on {track} {>gain}",
)
def set_clip_gain(host, track_index: targets.INDEX, clip_index: targets.INDEX, gain: Number(minimum=0, maximum=1)):
    """Sets the gain of an audio clip: 0 to 1 on Live's scale, where 0.4 is 0 dB and 1 is 24 dB. Uses Clip.gain."""
    clip = targets.audio_clip(host, track_index, clip_index)
    actual = write(clip, "gain", gain, "the gain")
    return placed(track_index, clip_index, gain=float(actual), gain_display=str(clip.gain_display_string))


@action(
    "clip",
    ["edit"],
    CLIP,
    dict(PLACE, pitch_coarse="integer"),
    sets={"pitch_coarse": "clip.pitch_coarse"},
    sentence="<transpose|transposed> {the clip} on {track} {>pitch_coarse=semitones st}",
)
def set_clip_pitch_coarse(
    host, track_index: targets.INDEX, clip_index: targets.INDEX, semitones: Integer(minimum=-48, maximum=48)
):
    """Transposes an audio clip by semitones. Uses Clip.pitch_coarse."""
    clip = targets.audio_clip(host, track_index, clip_index)
    actual = write(clip, "pitch_coarse", semitones, "the pitch_coarse")
    return placed(track_index, clip_index, pitch_coarse=int(actual))


@action(
    "clip",
    ["edit"],
    CLIP,
    dict(PLACE, pitch_fine="number"),
    sets={"pitch_fine": "clip.pitch_fine"},
    sentence="<detune|detuned> {the clip} on {track} {>pitch_fine=cents ct}",
)
def set_clip_pitch_fine(
    host, track_index: targets.INDEX, clip_index: targets.INDEX, cents: Number(minimum=-50, maximum=49)
):
    """Detunes an audio clip by cents (hundredths of a semitone). Uses Clip.pitch_fine."""
    clip = targets.audio_clip(host, track_index, clip_index)
    actual = write(clip, "pitch_fine", cents, "the pitch_fine")
    return placed(track_index, clip_index, pitch_fine=float(actual))


@action(
    "audio_clip",
    ["read"],
    result=dict(PLACE, warp_mode="integer", warp_mode_name="string", warping="boolean"),
    sentence="<read> the warp mode of {the clip} on {track}",
)
def get_clip_warp_mode(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Reports whether an audio clip is warped, and its warp mode.

    0 Beats, 1 Tones, 2 Texture, 3 Re-Pitch, 4 Complex, 5 REX, 6 Complex Pro. Uses Clip.warp_mode and Clip.warping.
    """
    clip = targets.audio_clip(host, track_index, clip_index)
    return placed(track_index, clip_index, warping=bool(clip.warping), **mode(clip))


@action(
    "audio_clip",
    ["edit"],
    CLIP,
    dict(PLACE, warp_mode="integer", warp_mode_name="string"),
    sets={"warp_mode": "clip.warp_mode"},
    sentence="<set> the warp mode of {the clip} on {track} {>warp_mode beats|tones|texture|re-pitch|complex|REX|complex pro}",
)
def set_clip_warp_mode(
    host, track_index: targets.INDEX, clip_index: targets.INDEX, warp_mode: Integer(minimum=0, maximum=6)
):
    """Sets the warp mode of an audio clip; refused if its file does not support the mode.

    0 Beats, 1 Tones, 2 Texture, 3 Re-Pitch, 4 Complex, 5 REX, 6 Complex Pro. Uses Clip.warp_mode and
    Clip.available_warp_modes.
    """
    clip = targets.audio_clip(host, track_index, clip_index)
    available = list(clip.available_warp_modes)
    if warp_mode not in available:
        modes = ", ".join("%d %s" % (mode, WARP_MODES[mode]) for mode in available)
        raise Refusal("live_error", "warp_mode %d is not available for this clip; it supports %s" % (warp_mode, modes))
    write(clip, "warp_mode", warp_mode, "the warp_mode")
    return placed(track_index, clip_index, **mode(clip))


@action(
    "audio_clip",
    ["edit"],
    CLIP,
    dict(PLACE, warping="boolean"),
    sets={"warping": "clip.warping"},
    sentence="{warping?<switch|switched> on warping:<switch|switched> off warping} of {the clip} on {track}{was warping}",
)
def set_clip_warping(host, track_index: targets.INDEX, clip_index: targets.INDEX, warping: Boolean() = True):
    """Switches the warping of an audio clip: a warped clip follows the tempo of the set, others play as recorded.

    An unwarped clip cannot loop, and its loop and markers are in seconds instead of beats. Uses Clip.warping.
    """
    clip = targets.audio_clip(host, track_index, clip_index)
    clip.warping = warping
    # Live switches it after the script's tick.
    return polling.until(
        host,
        lambda: _is_warped(clip) == warping,
        lambda: placed(track_index, clip_index, warping=warping),
        lambda: "Live did not switch the warping of the clip",
    )


@action(
    "audio_clip",
    ["read"],
    result=dict(PLACE, count="integer", markers="array"),
    sentence="<read> the warp markers of {the clip} on {track}",
)
def get_warp_markers(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Lists the warp markers of an audio clip: sample_time in seconds of the file, and beat_time.

    The last one is Live's own, 1/32 beat after the last visible one: it holds the tempo from there on. Uses
    Clip.warp_markers.
    """
    clip = targets.audio_clip(host, track_index, clip_index)
    found = clip.warp_markers  # values, which outlive their clip
    markers = (_marker(found[index]) for index in range(len(found)))
    return steps.gather(markers, lambda listed: placed(track_index, clip_index, count=len(listed), markers=listed))


@action(
    "audio_clip",
    ["read", "sensitive"],
    result=dict(PLACE, file_path="string"),
    sentence="<read> the file of {the clip} on {track}",
)
def get_clip_file_path(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Reports the path of an audio clip's file on the computer that runs Live. Uses Clip.file_path."""
    clip = targets.audio_clip(host, track_index, clip_index)
    return placed(track_index, clip_index, file_path=str(clip.file_path))


@action(
    "sampler_simpler",
    ["read"],
    result=dict(PLACE, sample_length="integer", sample_rate="number"),
    sentence="<read> the sample length of {the clip} on {track}",
)
def get_sample_length(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Reports the length of an audio clip's file in samples; -1 if the file is missing.

    Uses Clip.sample_length and Clip.sample_rate.
    """
    clip = targets.audio_clip(host, track_index, clip_index)
    sample_length, sample_rate = int(clip.sample_length), float(clip.sample_rate)
    return placed(track_index, clip_index, sample_length=sample_length, sample_rate=sample_rate)


@action(
    "clip_ram_mode",
    ["read"],
    result=dict(PLACE, ram_mode="boolean"),
    sentence="<read> the RAM mode of {the clip} on {track}",
)
def get_clip_ram_mode(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Reports whether an audio clip plays from memory instead of from disk. Uses Clip.ram_mode."""
    clip = targets.audio_clip(host, track_index, clip_index)
    return placed(track_index, clip_index, ram_mode=bool(clip.ram_mode))


@action(
    "clip_ram_mode",
    ["edit"],
    CLIP,
    dict(PLACE, ram_mode="boolean"),
    sets={"ram_mode": "clip.ram_mode"},
    sentence="{ram_mode?<load|loaded> {the clip} on {track} into RAM:<stream|streamed> {the clip} on {track} from disk}",
)
def set_clip_ram_mode(host, track_index: targets.INDEX, clip_index: targets.INDEX, ram_mode: Boolean() = True):
    """Lets an audio clip play from memory, or from disk. Uses Clip.ram_mode."""
    clip = targets.audio_clip(host, track_index, clip_index)
    clip.ram_mode = ram_mode
    targets.require(clip.ram_mode == ram_mode, "Live did not switch the RAM mode of the clip")
    return placed(track_index, clip_index, ram_mode=ram_mode)


def _marker(marker):
    return {"sample_time": float(marker.sample_time), "beat_time": float(marker.beat_time)}


def sound(clip):
    """The gain, pitch and warping of an audio clip."""
    return dict(
        mode(clip),
        warping=bool(clip.warping),
        gain=float(clip.gain),
        gain_display=str(clip.gain_display_string),
        pitch_coarse=int(clip.pitch_coarse),
        pitch_fine=float(clip.pitch_fine),
    )


def mode(clip):
    mode = int(clip.warp_mode)
    name = WARP_MODES[mode] if mode < len(WARP_MODES) else "unknown"
    return {"warp_mode": mode, "warp_mode_name": name}


def _is_warped(clip):
    targets.require_alive(clip, "the clip")
    return clip.warping
