"""The objects that a command under approval reaches, as a person sees them: by identity, name and contents.

The digest covers all of it. An approved command runs only if the digest is the same in the tick in which it runs: a
renamed, moved, filled or emptied object is another one.
"""

import hashlib
import json

from . import reach
from .budget import Budget, TooMuch
from .errors import Refusal
from .situation import Reach

NAMES_SHOWN_MAX = 16
# All notes of a clip, wherever they are.
PITCHES, EARLIEST_BEATS, SPAN_BEATS = 128, -1576800.0, 3153600.0


def seen(command, host):
    """What the command reaches now: `digest`, and `targets`, the names and contents by kind of the objects that it names.

    What is too much to look at in a tick cannot be shown to a person either, and is refused.
    """
    try:
        found = _found(command, host, Budget())
    except TooMuch:
        sentence = "%s reaches more objects than a person can be shown; choose an action that names one"
        raise Refusal("forbidden", sentence % command.action.name) from None
    name = command.action.name
    identity = _digest([name, [[kind, pointer, called] for kind, pointer, called, _ in found]])
    named = [entry for entry in found if entry[0] in command.action.targets]
    targets = {}
    for kind, _, name, contents in named or found:
        shown = targets.setdefault(kind, [])
        if len(shown) < NAMES_SHOWN_MAX:
            shown.append(dict(contents, name=name))
    return {"digest": _digest([name, found]), "identity": identity, "targets": targets}


def together(each):
    """What a person sees of several commands, by what each of them is about."""
    targets = {}
    for seen_of_one in each:
        for kind, objects in seen_of_one["targets"].items():
            shown = targets.setdefault(kind, [])
            shown += [item for item in objects if item not in shown][: NAMES_SHOWN_MAX - len(shown)]
    digests = {part: _digest([seen_of_one[part] for seen_of_one in each]) for part in ("digest", "identity")}
    return dict(digests, targets=targets)


def _digest(value):
    return hashlib.sha256(json.dumps(value, ensure_ascii=True).encode("ascii")).hexdigest()


def _found(command, host, budget):
    reached = Reach(host, command.action, command.params, budget, forbids=True)
    kinds = sorted(set(command.action.targets) | set(command.action.touches) & set(reach.ALL))
    items = [(kind, item) for kind in kinds for _, item in budget.each(reached.objects(kind), 4) if item is not None]
    found = [[kind, item._live_ptr, item.name, _contents(kind, item, budget)] for kind, item in items]
    for (kind, item), entry in zip(items, found):
        # Only of the one that the command names: reading notes takes long.
        if kind == "clip" and kind in command.action.targets and item.is_midi_clip:
            entry[-1]["notes"] = len(item.get_notes_extended(0, PITCHES, EARLIEST_BEATS, SPAN_BEATS))
    return found


def _contents(kind, item, budget):
    """Numbers that change if the object is filled or emptied."""
    if kind == "track":
        clips = _clips(item, budget)
        return {"clips": clips, "arrangement_clips": len(item.arrangement_clips), "devices": len(item.devices)}
    if kind == "return":
        return {"devices": len(item.devices)}
    if kind == "scene":
        return {"clips": _clips(item, budget)}
    if kind == "clip":
        return {"start": item.loop_start, "end": item.loop_end}
    return {"parameters": len(item.parameters)}


def _clips(owner, budget):
    return sum(1 for slot in budget.each(owner.clip_slots) if slot.has_clip)
