"""Actions on the selected notes of a MIDI clip."""

from .. import steps
from ..lom import trail_values, targets
from ..parameters import Array
from ..registry import action
from .clip_settings import CLIP, PLACE, placed
from .notes import NOTE, NOTES_MAX, add, added, specified

SELECTION = dict(CLIP, selection=None)
SELECTED = dict(PLACE, selected="integer", message="string")


@action(
    "midi_notes",
    ["view"],
    SELECTION,
    SELECTED,
    sentence="<select|selected> all notes of {the clip} on {track}",
)
def select_all_notes(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Selects all notes of a MIDI clip. Uses Clip.select_all_notes."""
    clip = targets.midi_clip(host, track_index, clip_index)
    clip.select_all_notes()
    return _selected(clip, track_index, clip_index, len(clip.get_all_notes_extended()))


@action(
    "midi_notes",
    ["view"],
    SELECTION,
    SELECTED,
    sentence="<deselect|deselected> all notes of {the clip} on {track}",
)
def deselect_all_notes(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Deselects all notes of a MIDI clip. Uses Clip.deselect_all_notes."""
    clip = targets.midi_clip(host, track_index, clip_index)
    clip.deselect_all_notes()
    return _selected(clip, track_index, clip_index, 0)


@action(
    "midi_notes",
    ["edit", "destructive"],
    SELECTION,
    dict(PLACE, note_count="integer", note_ids="array", removed="integer", message="string"),
    one_undo_step=True,
    removes={"notes": trail_values.selected_notes},
    records=("note_count",),
    sentence="<replace|replaced> the selected notes of {the clip} on {track} by {note_count=notes notes}",
)
def replace_selected_notes(
    host, track_index: targets.INDEX, clip_index: targets.INDEX, notes: Array(NOTE, max_items=NOTES_MAX)
):
    """Replaces the selected notes of a MIDI clip with others, and selects those instead.

    If no note is selected, they are added. Uses Clip.remove_notes_by_id, Clip.add_new_notes and Clip.select_notes_by_id.
    """
    targets.midi_clip(host, track_index, clip_index)

    def replace(made):
        clip = targets.midi_clip(host, track_index, clip_index)
        found = clip.get_selected_notes_extended()
        ids = (found[index].note_id for index in range(len(found)))
        return steps.gather(ids, lambda selected: remove(clip, selected, made))

    def remove(clip, selected, made):
        targets.require_alive(clip, "the clip")
        if not selected:
            return add(clip, made, lambda note_ids: select(clip, note_ids, 0))
        clip.remove_notes_by_id(selected)
        return lambda: add(clip, made, lambda note_ids: select(clip, note_ids, len(selected)))

    def select(clip, note_ids, removed):
        message = "notes removed: %d, %s" % (removed, added(note_ids, notes))
        return lambda: _select_new(clip, track_index, clip_index, note_ids, removed, message)

    return specified(host, notes, replace)


def _select_new(clip, track_index, clip_index, note_ids, removed, message):
    clip.select_notes_by_id(note_ids)
    return placed(
        track_index, clip_index, note_count=len(note_ids), note_ids=note_ids, removed=removed, message=message
    )


def _selected(clip, track_index, clip_index, wanted):
    count = len(clip.get_selected_notes_extended())
    targets.require(count == wanted, "Live has %d notes selected instead of %d" % (count, wanted))
    return placed(track_index, clip_index, selected=count, message="notes selected: %d" % count)
