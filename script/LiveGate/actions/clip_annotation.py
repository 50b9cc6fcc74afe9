"""Actions on the info text of clips. Live's API does not have it, so neither of these can work."""

from ..lom import targets
from ..parameters import Text
from ..registry import action
from .clip_settings import CLIP

ANNOTATION = {"annotation": "string"}


@action("clip_annotation", ["read"], result=ANNOTATION, missing="Clip.annotation")
def get_clip_annotation(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Would report the info text of a clip; Live's API does not tell."""


@action("clip_annotation", ["edit"], CLIP, ANNOTATION, missing="Clip.annotation")
def set_clip_annotation(
    host,
    track_index: targets.INDEX,
    clip_index: targets.INDEX,
    annotation_text: Text(max_length=65536),
):
    """Would set the info text of a clip; Live's API cannot."""
