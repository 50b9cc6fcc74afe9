"""The models: what Live's objects are and do, one module for each kind. Importing this registers them all.

Names, types, settability and listeners come from the facts; refusals and their sentences are as measured in Live where
somebody has measured them. Not yet confirmed in Live, and modelled as is most likely or most demanding of a script:

- Undo takes back names, colours, mixer values, tempo, signature, loop, tracks, scenes, clips and notes; it leaves alone
  the transport, launching, the metronome, the record button, arm and selection. Every call is a step of its own.
- An object that undo brings back has new handles; those from before its deletion stay dead.
- A fired clip starts with the next turn of the main loop at the earliest, even when nothing is quantized; a clip keeps
  its place in the track while the transport rests; stopping the transport cancels what waits.
- Notes of one pitch never overlap: a new note cuts the one before it and replaces those that it covers (note_lanes.py).
- Setting `current_song_time` and then starting to play within one callback is always refused. Live does it sometimes.
- Indexes that do not exist raise IndexError on deletion, and LimitationError on creation as the API's texts say.
- The record button starts the transport, as with Live's default preferences; scenes do not record into empty slots.
"""

from . import application, clip, mixer, parameter, scene, slot, song, timer, track, values  # noqa: F401
from .functions import FUNCTIONS

__all__ = ["FUNCTIONS"]
