"""The types of the native part that livegate.audit uses; __init__.pyi has the others."""

from collections.abc import Sequence
from os import PathLike
from typing import Any

def verify_trail(
    trail: str | PathLike[str], key: str | PathLike[str], checkpoints: Sequence[str | PathLike[str]] = ...
) -> dict[str, Any]: ...
