"""The models: state and behaviour of Live's objects, one module for each kind. Importing this registers them all.

Names, types, settability and listeners come from the facts; refusals and their messages are as measured in Live where
measurements exist. The rest is modelled as is most likely or most demanding of a script; UNCONFIRMED.md lists it with
the experiments that would settle it:

- Undo restores names, colours, mixer values, tempo, signature, loop, tracks, devices, scenes, clips and notes; it does
  not restore the transport, launching, the metronome, the record button, arm and selection. Every call is its own step.
- An object that undo restores has new handles; those from before its deletion stay dead.
- A fired clip starts with the next turn of the main loop at the earliest, even without quantization; a clip keeps its
  position in the track while the transport is stopped; stopping the transport cancels pending launches.
- Notes of one pitch never overlap: a new note cuts the one before it and replaces those it covers (note_lanes.py).
- A play position that a script sets or jumps to is the song's after its callback; until then locators land at the old
  one. Starting to play in that callback is always refused. Live refuses at times.
- Enums take integers of their members alone; other integers are an invalid value.
- Indexes out of range raise IndexError on deletion, and LimitationError on creation, as the API's texts say.
- The record button starts the transport, as with Live's default preferences; scenes do not record into empty slots.
- Recording into the arrangement yields empty MIDI clips (song_recording.py).
- A nudge bends the tempo by a tenth as long as it is pressed. `jump_by` stops playback; `scrub_by` does not.
- Locators jump at the launch quantization while the song plays, and new ones snap to it then; their list is unordered.
- A new track joins the group of the track it is inserted before; deleting its last track deletes a group. A copy of a
  track keeps everything, its solo too, but is not armed; soloing within a group leaves the group audible.
- A clip placed onto others in the arrangement covers and cuts them (arrangement_row.py); setting an automated parameter
  overrides its automation, until it is enabled again or its clip is launched again (parameter.py).
- During the count-in the song plays and its clocks stand still. Captured MIDI keeps the tempo of the song.
- The browser loads onto the track selected at that time, or onto a new one (browser_loading.py); dialogs and views:
  application_dialogs.py, application_view.py. A script's message box blocks the loop until it is answered.
- With legato a clip starts at the position of the previous one; a gate stops on release (see also clip_editing.py).
"""

import random

from .. import midi_map
from . import (  # noqa: F401
    application,
    clip,
    device_kinds,
    groove,
    mixer,
    more_devices,
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
    "Base.get_text": lambda live, _class_name, text_name: values.Text(live, text=text_name),
    "Base.subst_args": lambda live, text, *arguments: values.with_arguments(text, *arguments),
    "Base.log": lambda live, text: live.log(text),
    **midi_map.functions(),
}
