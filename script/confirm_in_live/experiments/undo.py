"""Experiments on undo."""

from ..registry import experiment


@experiment(
    "undo-step",
    "whether two changes in one callback are two steps to undo",
    "yes, each call is its own",
    "Second",
)
def undo_step(lab):
    track = lab.midi_track()
    track.name = "First"
    yield
    track.name = "Second"
    track.color_index = 5 if track.color_index != 5 else 6
    yield
    lab.song.undo()
    return track.name


@experiment("undo-across-ticks", "whether an undo step that is open across ticks is one step", "yes", "First")
def undo_across_ticks(lab):
    track = lab.midi_track()
    track.name = "First"
    yield
    lab.song.begin_undo_step()
    track.name = "Second"
    yield
    track.name = "Third"
    lab.song.end_undo_step()
    yield
    lab.song.undo()
    return track.name


@experiment(
    "undo-handle",
    "whether the old handle of a clip lives again when undo restores the clip",
    "no: it stays dead, and the slot has a new one",
    [True, True],
)
def undo_handle(lab):
    clip = lab.clip()
    slot = clip.canonical_parent
    yield
    slot.delete_clip()
    yield
    lab.song.undo()
    yield
    return [slot.has_clip, clip == None]  # noqa: E711


@experiment(
    "undo-restores",
    "which of mute, arm, metronome and selection undo restores",
    "mute alone",
    {"mute": True, "arm": False, "metronome": False},
)
def undo_restores(lab):
    found = {}
    lab.keep("metronome")
    track = lab.midi_track()
    for owner, member in ((track, "mute"), (track, "arm"), (lab.song, "metronome")):
        track.name = "Before %s" % member
        yield
        before = bool(getattr(owner, member))
        setattr(owner, member, not before)
        yield
        lab.song.undo()
        yield
        found[member] = bool(getattr(owner, member)) == before
        setattr(owner, member, before)
    return found


@experiment("undo-label", "what Song.undo returns", "Undo Custom Action", "Undo Custom Action")
def undo_label(lab):
    lab.midi_track().name = "Named"
    yield
    return lab.song.undo()
