"""The limits of Live's editions. Suite and Standard have none that a simulation would meet; Intro and Lite do."""

import dataclasses
import typing


@dataclasses.dataclass(frozen=True)
class Limits:
    tracks: typing.Optional[int] = None
    scenes: typing.Optional[int] = None
    return_tracks: typing.Optional[int] = None
