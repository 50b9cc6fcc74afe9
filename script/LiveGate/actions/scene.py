"""Actions on scenes: the rows of the session."""

from ..registry import action
from . import targets

SCENE = {"scene": "scene_index"}


@action(
    "scene",
    ["edit", "names"],
    {"set": None, "selection": None},
    {"scene_index": "integer", "name": "string", "message": "string"},
    one_undo_step=True,
)
def create_scene(host, name: targets.NAME = None):
    """Adds an empty scene at the end."""
    scene = host.song.create_scene(-1)
    return lambda: _finish_creating(host, scene, name)


@action(
    "scene",
    ["edit", "destructive"],
    {"scene": "scene_index", "track": None, "clip": None, "selection": None},
    {"message": "string"},
)
def delete_scene(host, scene_index: targets.INDEX):
    """Deletes a scene and the clips of all tracks in its row; the scenes below move up."""
    scene = targets.scene(host, scene_index)
    host.song.delete_scene(scene_index)
    targets.require(targets.position(host.song.scenes, scene) is None, "Live kept scene %d" % scene_index)
    return {"message": "scene %d was deleted" % scene_index}


@action(
    "scene",
    ["launch"],
    # A scene may carry a tempo and a signature, launches or stops every track, and becomes selected.
    {"scene": "scene_index", "track": None, "clip": None, "set": None, "selection": None},
    {"scene_index": "integer", "is_triggered": "boolean", "message": "string"},
)
def launch_scene(host, scene_index: targets.INDEX):
    """Launches a scene; its clips start at the next launch quantization."""
    scene = targets.scene(host, scene_index)
    scene.fire()
    return {
        "scene_index": scene_index,
        "is_triggered": scene.is_triggered,
        "message": "scene %d is launched" % scene_index,
    }


@action("scene", ["edit", "names"], SCENE, {"scene_index": "integer", "name": "string", "message": "string"})
def rename_scene(host, scene_index: targets.INDEX, name: targets.NAME):
    """Names a scene; an empty name leaves it without one."""
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
)
def get_scene_info(host, scene_index: targets.INDEX):
    """Reports a scene's name, color, tempo and signature; -1 where the scene sets none."""
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


def _finish_creating(host, scene, name):
    index = targets.position(host.song.scenes, scene)
    targets.require(index is not None, "the new scene was removed at once")
    if name is not None:
        scene.name = name
    return {"scene_index": index, "name": scene.name, "message": "scene %d was created" % index}
