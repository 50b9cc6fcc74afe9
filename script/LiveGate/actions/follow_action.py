"""Actions on what follows a clip. Live's API does not have follow actions, so none of these can work."""

from ..lom import targets
from ..parameters import Integer, Number
from ..registry import action
from .clip_settings import CLIP, PLACE

FOLLOWING = Integer(minimum=0, maximum=9)
CHANCE = Number(minimum=0, maximum=1)
ACTIONS_A_AND_B = {"follow_action_A": "integer", "follow_action_B": "integer"}


@action("follow_action", ["read"], result=dict(PLACE, **ACTIONS_A_AND_B), missing="Clip.follow_action_A")
def get_clip_follow_action(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Would report what follows a clip; Live's API does not tell."""


@action("follow_action", ["edit"], CLIP, dict(PLACE, **ACTIONS_A_AND_B), missing="Clip.follow_action_A")
def set_clip_follow_action(
    host,
    track_index: targets.INDEX,
    clip_index: targets.INDEX,
    action_A: FOLLOWING,
    action_B: FOLLOWING,
    chance_A: CHANCE = 1.0,
):
    """Would set what follows a clip, and how likely the first of the two is; Live's API cannot."""


@action("follow_action", ["edit"], CLIP, {"follow_action_time": "number"}, missing="Clip.follow_action_time")
def set_follow_action_time(
    host,
    track_index: targets.INDEX,
    clip_index: targets.INDEX,
    time_in_bars: Number(exclusive_minimum=0, unit="bars"),
):
    """Would set after what time another clip follows; Live's API cannot."""
