"""Actions that quantize notes."""

from .. import steps
from ..errors import Refusal
from ..lom import trail_values, overwriting, targets
from ..lom.overwriting import EARLIEST_BEATS, OVERWRITE
from ..parameters import Integer, Number
from ..registry import action
from .clip_settings import CLIP, PLACE, placed

# The uniform grids in Live: the distance of lines in beats, and the number in Song.RecordingQuantization.
GRIDS = ((1.0, 1), (1 / 2, 2), (1 / 3, 3), (1 / 4, 5), (1 / 6, 6), (1 / 8, 8))
GRIDS_WRITTEN = "1, 0.5, 1/3 (0.333), 0.25, 1/6 (0.167), 0.125"
ROUNDED_BEATS = 0.004
WHOLLY = 1.0
ON_THE_LINE_BEATS = 1e-3

BEATS = Number(exclusive_minimum=0, unit="beats")
QUANTIZED = dict(PLACE, quantize_to="number", message="string")


@action(
    "groove_quantize",
    ["edit"],
    CLIP,
    QUANTIZED,
    sets={"notes": trail_values.notes_of_clip},
    sentence="<quantize|quantized> {the clip} on {track} to {quantize_to beats}",
)
def quantize_clip(
    host,
    track_index: targets.INDEX,
    clip_index: targets.INDEX,
    quantize_to: BEATS,
    overwrite: OVERWRITE = False,
):
    """Quantizes all notes of a MIDI clip, or the warp markers of an audio clip, to the nearest grid lines.

    Refused if notes of one pitch would meet on a line and replace each other, unless `overwrite` is true.
    The grid is 1, 0.5, 1/3, 0.25, 1/6 or 0.125 beats, with the set's swing. Uses Clip.quantize.
    """
    beats, grid = _grid(quantize_to)
    clip = targets.clip(host, track_index, clip_index)
    if clip.is_audio_clip and not clip.warping:
        raise Refusal("live_error", "an unwarped audio clip has no beats; call set_clip_warping first")
    if clip.is_midi_clip:
        _require_room(overwrite, clip.get_all_notes_extended(), beats)
    clip.quantize(grid, WHOLLY)
    answer = _quantized(track_index, clip_index, beats, "the clip")
    if not clip.is_midi_clip:
        return answer
    return lambda: _when_on_grid(host, clip, lambda note: True, beats, answer)


@action(
    "groove_quantize",
    ["edit"],
    CLIP,
    dict(QUANTIZED, pitch="integer"),
    sets={"notes": trail_values.notes_of_clip},
    sentence="<quantize|quantized> {pitch note} in {the clip} on {track} to {quantize_to beats}",
)
def quantize_clip_pitch(
    host,
    track_index: targets.INDEX,
    clip_index: targets.INDEX,
    pitch: Integer(minimum=0, maximum=127),
    quantize_to: BEATS = 0.25,
    overwrite: OVERWRITE = False,
):
    """Quantizes the notes of one pitch in a MIDI clip to the nearest grid lines; other notes do not change.

    Refused if some of them would meet on a line and replace each other, unless `overwrite` is true.
    The grid is 1, 0.5, 1/3, 0.25, 1/6 or 0.125 beats, with the set's swing. Uses Clip.quantize_pitch.
    """
    beats, grid = _grid(quantize_to)
    clip = targets.midi_clip(host, track_index, clip_index)
    _require_room(overwrite, clip.get_notes_extended(pitch, 1, EARLIEST_BEATS, -2 * EARLIEST_BEATS), beats)
    clip.quantize_pitch(pitch, grid, WHOLLY)
    answer = dict(_quantized(track_index, clip_index, beats, "pitch %d of the clip" % pitch), pitch=pitch)
    return lambda: _when_on_grid(host, clip, lambda note: note.pitch == pitch, beats, answer)


def _require_room(overwrite, notes, beats):
    overwriting.require_none(overwrite, lambda: overwriting.merging_notes(notes, beats))


def _grid(quantize_to):
    """The exact distance of grid lines in beats, and Live's number for the grid."""
    for beats, grid in GRIDS:
        if abs(beats - quantize_to) <= ROUNDED_BEATS:
            return beats, grid
    raise Refusal("invalid_params", "quantize_to must be one of %s, got %s" % (GRIDS_WRITTEN, quantize_to))


def _when_on_grid(host, clip, is_meant, beats, answer):
    """The answer, once all quantized notes are on the grid."""
    # Swing shifts some lines by amounts that Live's API does not reveal.
    if host.song.swing_amount:
        return answer
    targets.require_alive(clip, "the clip")
    found = clip.get_all_notes_extended()
    notes = (found[index] for index in range(len(found)))
    off = (is_meant(note) and _distance(note.start_time, beats) > ON_THE_LINE_BEATS for note in notes)

    def finish(off):
        targets.require(not any(off), "Live left %d notes off the grid" % sum(off))
        return answer

    return steps.gather(off, finish, begun=True)


def _distance(time, beats):
    """The distance of a time from the nearest line."""
    return abs(time - round(time / beats) * beats)


def _quantized(track_index, clip_index, beats, what):
    message = "%s in row %d of track %d is quantized to %g beats" % (what, clip_index, track_index, beats)
    return placed(track_index, clip_index, quantize_to=beats, message=message)
