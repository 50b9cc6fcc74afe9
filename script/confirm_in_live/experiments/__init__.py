"""All experiments, in the order in which they run."""

from ..registry import EXPERIMENTS
from . import arguments, devices, environment, mixer, notes, playing, position, recording, undo  # noqa: F401

ALL = tuple(EXPERIMENTS)
