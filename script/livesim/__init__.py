"""A simulated Ableton Live for Remote Scripts: the module `Live`, its main loop and its timers.

    live = SimulatedLive(plan=SetPlan.of(midi=2, scenes=4, clips={(0, 0): 4.0}))    # `import Live` works from here on
    script = live.host(find_script("LiveGate"))    # or any function that takes a c_instance and returns a surface
    live.run(0.1)    # time passes: timers fire, the display is updated, the set plays; nothing sleeps
    live.song.tempo = 128    # the set, as scripts see it
    live.surfaces[0].receive_midi(0x90, 60, 127)    # what the script's controller sends
    live.reload(), live.stall(10), live.close()

`python3 -m livesim` is the same in real time. What is and what is not known about Live: model/__init__.py.
"""

from .errors import ArgumentError, LimitationError, NotSimulated
from .live import SimulatedLive
from .loop import ManualClock, RealClock
from .model.song_structure import Limits
from .plan import SetPlan
from .surface import find_script

__all__ = [
    "ArgumentError",
    "LimitationError",
    "Limits",
    "ManualClock",
    "NotSimulated",
    "RealClock",
    "SetPlan",
    "SimulatedLive",
    "find_script",
]
