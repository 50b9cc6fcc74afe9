"""Actions on grooves: the groove pool of the set, and the groove of a clip."""

from ..errors import Refusal
from ..lom import targets
from ..lom.listing import listing
from ..parameters import Number
from ..registry import action
from .clip_settings import CLIP, PLACE, placed


# Several clips may share a groove.
SHARED = {"track": None, "clip": None, "set": None}


@action(
    "groove_pool",
    ["read"],
    result={"count": "integer", "grooves": "array"},
    sentence="<read> the groove pool",
)
def get_groove_pool_grooves(host):
    """Lists the grooves of the set with their amounts: timing, quantization and random 0 to 1, velocity -1 to 1.

    `base` is the grid: 0 1/4, 1 1/8, 2 1/8 triplets, 3 1/16, 4 1/16 triplets, 5 1/32. Uses GroovePool.grooves.
    """
    return listing(
        host.song.groove_pool.grooves, described, lambda grooves: {"count": len(grooves), "grooves": grooves}
    )


@action(
    "groove_pool",
    ["edit"],
    CLIP,
    dict(PLACE, groove_index="integer", name="string", message="string"),
    sets={"groove": "clip.groove.name"},
    sentence="<set> the groove of {the clip} on {track} {>groove=groove_index}",
)
def set_clip_groove(host, track_index: targets.INDEX, clip_index: targets.INDEX, groove_index: targets.INDEX):
    """Assigns a groove of the pool to a clip. Live's API can exchange it, but not remove it. Uses Clip.groove."""
    clip = targets.clip(host, track_index, clip_index)
    grooves = host.song.groove_pool.grooves
    groove = targets.element(grooves, groove_index, "groove_index", "the groove pool", "grooves")
    clip.groove = groove
    targets.require(clip.has_groove and clip.groove == groove, "Live did not assign the groove to the clip")
    name = str(groove.name)
    message = "the clip in row %d of track %d uses groove %d (%s)" % (clip_index, track_index, groove_index, name)
    return placed(track_index, clip_index, groove_index=groove_index, name=name, message=message)


@action(
    "groove_quantize",
    ["edit"],
    SHARED,
    dict(PLACE, groove_amount="number", groove="string"),
    sets={"groove_amount": "clip.groove.timing_amount"},
    sentence="<set> the groove amount of {the clip} on {track} {>groove_amount=amount %}",
)
def set_clip_groove_amount(
    host, track_index: targets.INDEX, clip_index: targets.INDEX, amount: Number(minimum=0, maximum=1)
):
    """Sets the timing amount of a clip's groove, for all clips that share the groove.

    Uses Groove.timing_amount.
    """
    clip = targets.clip(host, track_index, clip_index)
    if not clip.has_groove:
        where = "the clip in row %d of track %d" % (clip_index, track_index)
        raise Refusal("live_error", "%s uses no groove; call set_clip_groove first" % where)
    groove = clip.groove
    groove.timing_amount = amount
    actual = float(groove.timing_amount)
    targets.require_value("the timing_amount of the groove", amount, actual)
    return placed(track_index, clip_index, groove_amount=actual, groove=str(groove.name))


def described(index, groove):
    return {
        "index": index,
        "name": str(groove.name),
        "base": int(groove.base),
        "timing_amount": float(groove.timing_amount),
        "quantization_amount": float(groove.quantization_amount),
        "random_amount": float(groove.random_amount),
        "velocity_amount": float(groove.velocity_amount),
    }
