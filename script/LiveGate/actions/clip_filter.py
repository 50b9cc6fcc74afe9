"""Actions that activate session clips by the notes in their names, for controllers that filter a set by harmony."""

from .. import steps
from ..errors import Refusal
from ..lom import targets
from ..parameters import Array, Integer, Text
from ..registry import action

# Of each pair of names the second is the flat.
NOTES = {
    name: pitch
    for pitch, names in enumerate(("C", "C# Db", "D", "D# Eb", "E", "F", "F# Gb", "G", "G# Ab", "A", "A# Bb", "B"))
    for name in names.split()
}
ALL = {"track": None, "clip": None}
COUNTED = {"activated": "integer", "deactivated": "integer"}


def notes_in(name):
    """The notes at the end of a clip's name, such as those of `Pad_C-E-G3`, without octaves; None if there are none.

    A note that is none, such as Cb, is None in the list.
    """
    for place in range(len(name) - 1, -1, -1):
        if name[place] in "_-" and _is_notes(name[place + 1 :]):
            start = place
            # The earliest mark from which only notes follow begins them.
            while True:
                earlier = max(name.rfind("_", 0, start), name.rfind("-", 0, start))
                if earlier < 0 or not _is_notes(name[earlier + 1 :]):
                    break
                start = earlier
            texts = "".join(part for part in name[start + 1 :] if part not in "123456789").split("-")
            return [NOTES.get(text) for text in texts]
    return None


def _is_notes(text):
    return text[:1] in tuple("ABCDEFG") and all(part in "ABCDEFG#b123456789-" for part in text)


@action(
    "clip",
    ["edit"],
    ALL,
    COUNTED,
    one_undo_step=True,
    records=("activated", "deactivated"),
    sentence="<activate|activated> clips by the notes in their names",
)
def filter_clips(host, notes: Array(Text(max_length=2), max_items=12)):
    """Deactivates each session clip whose name ends with notes that are not all among these, and activates the others.

    The name `Pad_C-E-G` has the notes C, E and G. Clips whose names have no notes stay as they are. Uses Clip.muted.
    """
    unknown = [note for note in notes if note not in NOTES]
    if unknown:
        raise Refusal("invalid_params", "notes are %s, got %s" % (", ".join(sorted(NOTES)), unknown[0]))
    wanted = {NOTES[note] for note in notes}

    def is_muted(clip):
        found = notes_in(clip.name)
        return None if found is None else not all(note in wanted for note in found)

    return _mute(host.song.tracks, is_muted)


@action(
    "clip",
    ["edit"],
    ALL,
    COUNTED,
    one_undo_step=True,
    records=("activated", "deactivated"),
    sentence="<activate|activated> every clip[ from track {first_track}][ to before track {end_track}]",
)
def unfilter_clips(host, first_track: Integer(minimum=0) = 0, end_track: Integer(minimum=0) = None):
    """Activates every session clip of the tracks from first_track up to, without, end_track. Uses Clip.muted."""
    return _mute(host.song.tracks[first_track:end_track], lambda clip: False)


def _mute(tracks, is_muted):
    """Sets every clip to `is_muted(clip)`; None leaves a clip as it is."""
    slots = [slot for track in tracks for slot in track.clip_slots]

    def each():
        for slot in slots:
            targets.require_alive(slot, "a clip slot")
            muted = is_muted(slot.clip) if slot.has_clip else None
            if muted is not None and slot.clip.muted != muted:
                slot.clip.muted = muted
                yield muted
            else:
                yield None

    def finish(changes):
        return {"activated": changes.count(False), "deactivated": changes.count(True)}

    return steps.gather(each(), finish, begun=True)
