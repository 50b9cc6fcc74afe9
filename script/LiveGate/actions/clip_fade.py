"""Actions on the fades of audio clips. Live's API does not have them, so none of these can work."""

from ..lom import targets
from ..parameters import Number
from ..registry import action
from .clip_settings import CLIP

FADE = Number(minimum=0)


@action("clip_fade", ["read"], result={"fade_in_time": "number"}, missing="Clip.fade_in_time")
def get_clip_fade_in(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Would report how long an audio clip fades in; Live's API does not tell."""


@action("clip_fade", ["edit"], CLIP, {"fade_in_time": "number"}, missing="Clip.fade_in_time")
def set_clip_fade_in(host, track_index: targets.INDEX, clip_index: targets.INDEX, fade_time: FADE):
    """Would set how long an audio clip fades in; Live's API cannot."""


@action("clip_fade", ["read"], result={"fade_out_time": "number"}, missing="Clip.fade_out_time")
def get_clip_fade_out(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Would report how long an audio clip fades out; Live's API does not tell."""


@action("clip_fade", ["edit"], CLIP, {"fade_out_time": "number"}, missing="Clip.fade_out_time")
def set_clip_fade_out(host, track_index: targets.INDEX, clip_index: targets.INDEX, fade_time: FADE):
    """Would set how long an audio clip fades out; Live's API cannot."""
