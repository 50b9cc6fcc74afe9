"""Actions that set a color as red, green and blue; Live takes the nearest color of its palette."""

from ..lom import targets
from ..parameters import Integer
from ..registry import action
from .clip_settings import CLIP
from .track_settings import TRACK

COLOR = Integer(minimum=0, maximum=0xFFFFFF)
COLORED = {"color": "integer", "color_index": "integer"}


def _set(found, color):
    found.color = color
    return {"color": int(found.color), "color_index": int(found.color_index)}


@action(
    "track",
    ["edit"],
    TRACK,
    dict(COLORED, track_index="integer"),
    sets={"color_index": "track.color_index"},
    sentence="<set> the color of {track}[ {>color_index}]",
)
def set_track_rgb(host, track_index: targets.INDEX, color: COLOR):
    """Sets the color of a track to the one of Live's palette that is nearest to 0xRRGGBB. Uses Track.color."""
    return dict(_set(targets.track(host, track_index), color), track_index=track_index)


@action(
    "clip",
    ["edit"],
    CLIP,
    dict(COLORED, track_index="integer", clip_index="integer"),
    sets={"color_index": "clip.color_index"},
    sentence="<set> the color of {the clip} on {track}[ {>color_index}]",
)
def set_clip_rgb(host, track_index: targets.INDEX, clip_index: targets.INDEX, color: COLOR):
    """Sets the color of a clip to the one of Live's palette that is nearest to 0xRRGGBB. Uses Clip.color."""
    clip = targets.clip(host, track_index, clip_index)
    return dict(_set(clip, color), track_index=track_index, clip_index=clip_index)


@action(
    "scene_color",
    ["edit"],
    {"scene": "scene_index"},
    dict(COLORED, scene_index="integer"),
    sets={"color_index": "scene.color_index"},
    sentence="<set> the color of {the scene}[ {>color_index}]",
)
def set_scene_rgb(host, scene_index: targets.INDEX, color: COLOR):
    """Sets the color of a scene to the one of Live's palette that is nearest to 0xRRGGBB. Uses Scene.color."""
    return dict(_set(targets.scene(host, scene_index), color), scene_index=scene_index)
