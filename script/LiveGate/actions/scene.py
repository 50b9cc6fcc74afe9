"""Actions on scenes: the rows of the session."""

from ..errors import Refusal
from ..lom import trail_values, targets
from ..parameters import Integer
from ..registry import action

SCENE = {"scene": "scene_index"}
CONTENTS = {"scene": "scene_index", "track": None, "clip": None, "selection": None}
NAMED = {"scene_index": "integer", "name": "string"}
COLOR = {"scene_index": "integer", "color": "integer", "color_index": "integer"}
NO_COLOR = -1


@action(
    "scene",
    ["edit", "names"],
    {"set": None, "selection": None},
    dict(NAMED, message="string"),
    one_undo_step=True,
    names="scene",
    records=("scene_index", "name"),
    sentence="<create|created> scene[ {name}]",
)
def create_scene(host, name: targets.NAME = None, index: targets.INDEX = None):
    """Adds an empty scene at the end, or before the scene at the index. Uses Song.create_scene."""
    if index is not None and index > len(host.song.scenes):
        raise Refusal("live_error", "index is %d; the set has %d scenes" % (index, len(host.song.scenes)))
    scene = host.song.create_scene(-1 if index is None else index)
    return lambda: _finish_creating(host, scene, name)


@action(
    "scene",
    ["edit", "destructive"],
    CONTENTS,
    {"message": "string"},
    removes={"scene": trail_values.scene},
    sentence="<delete|deleted> {the scene}",
)
def delete_scene(host, scene_index: targets.INDEX):
    """Deletes a scene and its clips on all tracks; the scenes below move up. Uses Song.delete_scene."""
    scene = targets.scene(host, scene_index)
    host.song.delete_scene(scene_index)
    targets.require(targets.position(host.song.scenes, scene) is None, "Live did not delete scene %d" % scene_index)
    return {"message": "scene %d was deleted" % scene_index}


@action(
    "scene",
    ["edit"],
    dict(CONTENTS, set=None, scene=None),
    {"new_index": "integer", "name": "string", "message": "string"},
    records=("new_index", "name"),
    makes="scene",
    sentence="<duplicate|duplicated> {the scene}",
)
def duplicate_scene(host, scene_index: targets.INDEX):
    """Inserts a copy of a scene and of its clips below it, and selects the copy. Uses Song.duplicate_scene."""
    targets.scene(host, scene_index)
    count = len(host.song.scenes)
    host.song.duplicate_scene(scene_index)
    targets.require(len(host.song.scenes) == count + 1, "Live did not duplicate scene %d" % scene_index)
    new_index = scene_index + 1
    message = "scene %d is a copy of scene %d" % (new_index, scene_index)
    return {"new_index": new_index, "name": str(host.song.scenes[new_index].name), "message": message}


@action(
    "scene",
    ["launch"],
    # A scene may have a tempo and a signature; it launches or stops clips on every track, and becomes selected.
    dict(CONTENTS, set=None),
    {"scene_index": "integer", "is_triggered": "boolean", "message": "string"},
    sets={"is_triggered": "scene.is_triggered"},
    sentence="<launch|launched> {the scene}",
)
def launch_scene(host, scene_index: targets.INDEX):
    """Launches a scene; its clips start at the next launch quantization. Uses Scene.fire."""
    scene = targets.scene(host, scene_index)
    scene.fire()
    return {
        "scene_index": scene_index,
        "is_triggered": scene.is_triggered,
        "message": "scene %d is launched" % scene_index,
    }


@action(
    "scene",
    ["edit", "names"],
    SCENE,
    dict(NAMED, message="string"),
    names="scene",
    sets={"name": "scene.name"},
    sentence="<rename|renamed> {the scene} to {name}",
)
def rename_scene(host, scene_index: targets.INDEX, name: targets.NAME):
    """Names a scene; an empty name removes the name. Uses Scene.name."""
    scene = targets.scene(host, scene_index)
    scene.name = name
    return {
        "scene_index": scene_index,
        "name": scene.name,
        "message": "scene %d is called %s" % (scene_index, scene.name),
    }


@action(
    "scene",
    ["read"],
    result={
        "scene_index": "integer",
        "name": "string",
        "color": "integer",
        "tempo": "number",
        "time_signature_numerator": "integer",
        "time_signature_denominator": "integer",
        "is_triggered": "boolean",
        "is_empty": "boolean",
    },
    sentence="<read> {the scene}",
)
def get_scene_info(host, scene_index: targets.INDEX):
    """Reports a scene's name, color, tempo and signature; -1 for a tempo or signature that it does not set. Uses Scene."""
    scene = targets.scene(host, scene_index)
    return {
        "scene_index": scene_index,
        "name": scene.name,
        "color": scene.color,
        "tempo": scene.tempo,
        "time_signature_numerator": scene.time_signature_numerator,
        "time_signature_denominator": scene.time_signature_denominator,
        "is_triggered": scene.is_triggered,
        "is_empty": scene.is_empty,
    }


@action(
    "property",
    ["read"],
    result={"scene_index": "integer", "is_empty": "boolean"},
    sentence="<read> whether {the scene} is empty",
)
def get_scene_is_empty(host, scene_index: targets.INDEX):
    """Reports whether a scene has no clips. Uses Scene.is_empty."""
    return {"scene_index": scene_index, "is_empty": bool(targets.scene(host, scene_index).is_empty)}


@action(
    "property",
    ["read"],
    result={"scene_index": "integer", "has_tempo": "boolean", "tempo": "number"},
    sentence="<read> the tempo of {the scene}",
)
def get_scene_tempo(host, scene_index: targets.INDEX):
    """Reports the tempo that a scene sets when launched, -1 if it sets none. Uses Scene.tempo and Scene.tempo_enabled."""
    scene = targets.scene(host, scene_index)
    return {"scene_index": scene_index, "has_tempo": bool(scene.tempo_enabled), "tempo": float(scene.tempo)}


@action("scene_color", ["read"], result=COLOR, sentence="<read> the color of {the scene}")
def get_scene_color(host, scene_index: targets.INDEX):
    """Reports the color of a scene: 0xRRGGBB as a number and its index in Live's palette, -1 if it has none.

    Uses Scene.color and Scene.color_index.
    """
    return _colored(targets.scene(host, scene_index), scene_index)


@action(
    "scene_color",
    ["edit"],
    SCENE,
    COLOR,
    sets={"color_index": "scene.color_index"},
    sentence="<set> the color of {the scene} {>color_index}",
)
def set_scene_color(host, scene_index: targets.INDEX, color_index: Integer(minimum=0, maximum=69)):
    """Sets the color of a scene: an index in Live's palette of 70 colors. Uses Scene.color_index."""
    scene = targets.scene(host, scene_index)
    scene.color_index = color_index
    targets.require(scene.color_index == color_index, "Live did not change the color")
    return _colored(scene, scene_index)


def _colored(scene, scene_index):
    color_index = scene.color_index
    return {
        "scene_index": scene_index,
        "color": int(scene.color),
        "color_index": NO_COLOR if color_index is None else int(color_index),
    }


def _finish_creating(host, scene, name):
    index = targets.position(host.song.scenes, scene)
    targets.require(index is not None, "the new scene disappeared at once")
    if name is not None:
        scene.name = name
    return {"scene_index": index, "name": scene.name, "message": "scene %d was created" % index}
