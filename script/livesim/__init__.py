"""A simulated Ableton Live for Remote Scripts: the module `Live`, its main loop and its timers (test double).

    live = SimulatedLive(plan=SetPlan.of(midi=2, scenes=4, clips={(0, 0): 4.0}))    # from here on, `import Live` works
    script = live.host(find_script("LiveGate"))    # or any function that takes a c_instance and returns a surface
    live.run(0.1)    # simulated time: timers fire, the display updates, the set plays; no call sleeps
    live.song.tempo = 128    # the set, as scripts see it
    live.surfaces[0].receive_midi(0x90, 60, 127)    # a message from the script's controller
    live.reload(), live.stall(10), live.close()

`python3 -m livesim` does the same in real time. model/__init__.py lists the assumptions about Live.
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
