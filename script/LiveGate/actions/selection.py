"""Actions that move the selection by steps, as foot pedals and encoders do, and look up scenes by name."""

from ..errors import Refusal, shown
from ..lom import targets
from ..lom.listing import listing
from ..parameters import Boolean, Integer, Text
from ..registry import action

STEPS = Integer(minimum=-1024, maximum=1024, unit="down or to the right; negative: up or to the left")
SELECTION = {"selection": None}


@action(
    "view",
    ["view"],
    SELECTION,
    {"scene_index": "integer"},
    # It may select any.
    shows={"scene": None},
    sets={"selected_scene": "view.selected_scene.name"},
    sentence="<select|selected> the scene {steps} steps further",
)
def step_selected_scene(host, steps: STEPS = 1, wrap: Boolean() = False):
    """Selects the scene so many steps below the selected one, or above it; stops at the last one, or wraps to the first.

    Uses Song.View.selected_scene.
    """
    view, scenes = host.song.view, list(host.song.scenes)
    index = _moved(targets.position(scenes, view.selected_scene), steps, len(scenes), wrap)
    view.selected_scene = scenes[index]
    targets.require(view.selected_scene == scenes[index], "Live did not select scene %d" % index)
    return {"scene_index": index}


@action(
    "view",
    ["view"],
    SELECTION,
    {"track_index": "integer"},
    shows={"track": None},
    sets={"selected_track": "view.selected_track.name"},
    sentence="<select|selected> the track {steps} steps further",
)
def step_selected_track(host, steps: STEPS = 1, wrap: Boolean() = False):
    """Selects the track so many steps to the right of the selected one, or to the left; stops at the last one, or wraps.

    Counts the visible tracks, without those in folded groups; from a return or master track, it begins behind the last.
    Uses Song.View.selected_track and Song.visible_tracks.
    """
    view, visible = host.song.view, list(host.song.visible_tracks)
    at = targets.position(visible, view.selected_track)
    track = visible[_moved(len(visible) if at is None else at, steps, len(visible), wrap)]
    view.selected_track = track
    index = targets.position(host.song.tracks, track)
    targets.require(view.selected_track == track, "Live did not select track %d" % index)
    return {"track_index": index}


@action(
    "scene",
    ["read"],
    result={"scene_index": "integer", "name": "string", "count": "integer"},
    # The answer reveals whether a scene of that name exists, so the name counts either way.
    shows={"scene": lambda song, name: [name]},
    sentence="<look|looked> up the scene {name}",
)
def get_scene_index_by_name(host, name: Text(max_length=256, min_length=1)):
    """Finds a scene by its exact name: the first match, and the number of matches. Uses Scene.name."""

    def finish(is_called_so):
        if not any(is_called_so):
            raise Refusal("live_error", "no scene is called %s; case and spaces must match" % shown(name))
        return {"scene_index": is_called_so.index(True), "name": name, "count": is_called_so.count(True)}

    return listing(host.song.scenes, lambda _index, scene: scene.name == name, finish)


def _moved(position, steps, count, wraps):
    """The position so many steps further, of `count` ones."""
    if wraps:
        return (position + steps) % count
    return min(max(position + steps, 0), count - 1)
