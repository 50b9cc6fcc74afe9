"""The models: what Live's objects are and do, one module for each kind. Importing this registers them all.

Names, types, settability and listeners come from the facts; refusals and their sentences are as measured in Live where
somebody has measured them. Not yet confirmed in Live, and modelled as is most likely or most demanding of a script:

- Undo takes back names, colours, mixer values, tempo, signature, loop, tracks, devices, scenes, clips and notes; it
  leaves alone the transport, launching, the metronome, the record button, arm and selection. Every call is a step of
  its own.
- An object that undo brings back has new handles; those from before its deletion stay dead.
- A fired clip starts with the next turn of the main loop at the earliest, even when nothing is quantized; a clip keeps
  its place in the track while the transport rests; stopping the transport cancels what waits.
- Notes of one pitch never overlap: a new note cuts the one before it and replaces those that it covers (note_lanes.py).
- Setting `current_song_time` and then starting to play within one callback is always refused. Live does it sometimes.
- Indexes that do not exist raise IndexError on deletion, and LimitationError on creation as the API's texts say.
- The record button starts the transport, as with Live's default preferences; scenes do not record into empty slots.
- Nothing is recorded into the arrangement; only Live lights its "back to arrangement" button, when a clip starts.
- A nudge bends the tempo by a tenth as long as it is pressed. `jump_by` ends playing; `scrub_by` does not.
- Locators jump at the launch quantization while the song plays, and new ones snap to it then; their list is unordered.
- A new track joins the group of the one in front of which it is put; a group goes with the last track in it. A copy of
  a track keeps everything, its solo too, but is not armed; soloing within a group leaves the group to be heard.
- A clip that is put onto others in the arrangement covers and cuts them (arrangement_row.py); automation that plays is
  overridden by whoever sets the parameter, until it is enabled again or its clip is launched once more (parameter.py).
- During the count-in the song plays and its clocks stand still. What is captured keeps the tempo that the song has.
- What the browser loads lands on the track that is selected then, or on a new one (browser_loading.py); dialogs and
  views: application_dialogs.py, application_view.py. A script's message box holds up everything until it is answered.
- With legato a clip begins where the one before it stood; a gate stops when it is let go (see also clip_editing.py).
"""

import random

from .. import midi_map
from . import (  # noqa: F401
    application,
    clip,
    device_kinds,
    groove,
    mixer,
    parameter,
    scene,
    slot,
    song,
    third_party_devices,
    track,
    values,
)
from .scales import SCALES

__all__ = ["FUNCTIONS"]

# The functions of Live's modules that are simulated; each takes the simulated Live first.
FUNCTIONS = {
    "Application.get_application": lambda live: live.application_model,
    "Application.get_random_int": lambda live, low, high: random.randint(low, high),
    "Application.combine_apcs": lambda live: False,
    "Song.get_all_scales_ordered": lambda live: tuple(SCALES.items()),
    "Base.log": lambda live, text: live.log(text),
    **midi_map.functions(),
}
