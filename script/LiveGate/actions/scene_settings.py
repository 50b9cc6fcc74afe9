"""Actions on what a scene sets when it is launched, and on the names of all scenes."""

from ..errors import Refusal
from ..lom import targets
from ..parameters import Boolean, Integer, Number
from ..registry import action

SCENE = {"scene": "scene_index"}


@action(
    "scene",
    ["edit"],
    SCENE,
    {"scene_index": "integer", "tempo": "number"},
    sets={"tempo": "scene.tempo"},
    sentence="<set> the tempo of {the scene} {>tempo BPM}",
)
def set_scene_tempo(host, scene_index: targets.INDEX, tempo: Number(minimum=20, maximum=999, unit="beats per minute")):
    """Sets the tempo that a scene sets when launched. Uses Scene.tempo."""
    scene = targets.scene(host, scene_index)
    scene.tempo = tempo
    targets.require_value("the tempo", tempo, scene.tempo)
    return {"scene_index": scene_index, "tempo": float(scene.tempo)}


@action(
    "scene",
    ["edit"],
    SCENE,
    {"scene_index": "integer", "tempo_enabled": "boolean"},
    sets={"tempo_enabled": "scene.tempo_enabled"},
    sentence="<switch|switched> {enabled?on:off} the tempo of {the scene}{was tempo_enabled}",
)
def set_scene_tempo_enabled(host, scene_index: targets.INDEX, enabled: Boolean()):
    """Switches on or off that a scene sets the tempo when launched. Uses Scene.tempo_enabled."""
    scene = targets.scene(host, scene_index)
    scene.tempo_enabled = enabled
    targets.require(scene.tempo_enabled == enabled, "Live did not switch the scene's tempo")
    return {"scene_index": scene_index, "tempo_enabled": enabled}


@action(
    "scene",
    ["edit"],
    SCENE,
    {"scene_index": "integer", "numerator": "integer", "denominator": "integer"},
    one_undo_step=True,
    sets={"numerator": "scene.time_signature_numerator", "denominator": "scene.time_signature_denominator"},
    sentence="<set> the time signature of {the scene}",
)
def set_scene_signature(
    host,
    scene_index: targets.INDEX,
    numerator: Integer(minimum=1, maximum=99) = None,
    denominator: Integer(enum=(1, 2, 4, 8, 16)) = None,
):
    """Sets the time signature that a scene sets when launched, or the one part of it that is given.

    Uses Scene.time_signature_numerator and Scene.time_signature_denominator.
    """
    if numerator is None and denominator is None:
        raise Refusal("invalid_params", "pass numerator, denominator, or both")
    scene = targets.scene(host, scene_index)
    for member, value in (("time_signature_numerator", numerator), ("time_signature_denominator", denominator)):
        if value is not None:
            setattr(scene, member, value)
            targets.require(getattr(scene, member) == value, "Live did not take %s %d" % (member, value))
    return {
        "scene_index": scene_index,
        "numerator": int(scene.time_signature_numerator),
        "denominator": int(scene.time_signature_denominator),
    }


@action(
    "scene",
    ["edit"],
    SCENE,
    {"scene_index": "integer", "time_signature_enabled": "boolean"},
    sets={"time_signature_enabled": "scene.time_signature_enabled"},
    sentence="<switch|switched> {enabled?on:off} the time signature of {the scene}{was time_signature_enabled}",
)
def set_scene_signature_enabled(host, scene_index: targets.INDEX, enabled: Boolean()):
    """Switches on or off that a scene sets the time signature when launched. Uses Scene.time_signature_enabled."""
    scene = targets.scene(host, scene_index)
    scene.time_signature_enabled = enabled
    targets.require(scene.time_signature_enabled == enabled, "Live did not switch the scene's time signature")
    return {"scene_index": scene_index, "time_signature_enabled": enabled}


@action(
    "scene",
    ["read"],
    result={"count": "integer", "names": "array"},
    shows={"scene": None},
    sentence="<read> the names of scenes",
)
def get_scene_names(host, first_scene: Integer(minimum=0) = 0, end_scene: Integer(minimum=0) = None):
    """Lists the names of scenes from first_scene up to, but not including, end_scene; by default to the last.

    Uses Scene.name.
    """
    scenes = host.song.scenes
    end = len(scenes) if end_scene is None else end_scene
    if end > len(scenes):
        raise Refusal("live_error", "end_scene is %d; the set has %d scenes" % (end, len(scenes)))
    names = [str(scenes[index].name) for index in range(first_scene, end)]
    return {"count": len(names), "names": names}
