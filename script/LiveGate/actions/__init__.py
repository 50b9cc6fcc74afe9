"""The actions, one module per object of Live; importing them here is what registers them."""

from ..registry import ACTIONS
from . import utility, song, track, clip, notes, scene

__all__ = ["ACTIONS", "utility", "song", "track", "clip", "notes", "scene"]
