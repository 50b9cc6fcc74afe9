"""Runs a Remote Script in a simulated Live until stdin ends: `python3 -m livesim`, which hosts LiveGate beside it.

Standard output gets one JSON line when the script is ready, standard error Live's log. Standard input takes orders.
"""

import argparse
import gc
import json
import math
import os
import pathlib
import signal
import sys

from . import pacing, set_file
from .control import DIALOG, FREEZE, HAND, RELOAD, SLEEP, STALL, UNFREEZE, Control, RegularStalls, duration
from .facts import VERSIONS
from .live import SimulatedLive
from .loop import RealClock
from .plan import SetPlan
from .sleep import Sleep
from .surface import find_script

READY_PATIENCE_S = 1.0
LIVEGATE = pathlib.Path(__file__).resolve().parent.parent / "LiveGate"


def main():
    options = _options()
    if options.port is not None:
        os.environ["LIVEGATE_PORT"] = str(options.port)
    answers, sys.stdout = sys.stdout, sys.stderr  # a script's prints go to Live's log
    live = _live(options)
    script = live.host(find_script(options.script))
    gc.freeze()  # Live's set is not on Python's heap: it must not lengthen collections
    _Process(live, answers, RegularStalls(live.clock, options.stall, options.every)).run(script)


def _live(options):
    """Ends with a message if the set is described wrongly."""
    try:
        return SimulatedLive(
            version=options.live,
            clock=RealClock(),
            timer_ms=options.timer_ms,
            effects=options.effects,
            measure=options.measure,
            plan=_plan(options),
        )
    except ValueError as error:
        sys.exit("livesim: the set is described wrongly: %s" % error)


def _plan(options):
    if options.tracks:
        return SetPlan.filled(options.tracks, options.scenes, options.clips)
    return set_file.read(options.set, options.live)


class _Process:
    """The simulated Live as a process: orders from stdin, signals, the ready line."""

    def __init__(self, live, answers, stalls):
        self._live = live
        self._answers = answers
        self._stalls = stalls
        self._control = Control(sys.stdin.fileno())
        self._hold = pacing.pacer()
        self._sleep = Sleep()
        self._patience_ends = live.clock.now() + READY_PATIENCE_S
        self._is_ended = False
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_number, self._end)
        # A closed terminal ends the input, too. The demo still waits for answers to its commands.
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def run(self, script):
        pacing.run(self._live.loop, self._hold, lambda: self._goes_on() and not self._is_ready(script))
        self._report(script)
        while self._goes_on():
            pacing.run(self._live.loop, self._hold, self._has_no_order)
            self._carry_out(self._control.next_order() or self._stalls.next_order())
        self._live.close()

    def _goes_on(self):
        self._control.poll()
        return not (self._is_ended or self._control.has_ended)

    def _has_no_order(self):
        return self._goes_on() and not self._control.orders and not self._stalls.are_due()

    def _carry_out(self, order):
        if order is None:
            return
        self._say({"order": order.kind})
        if order.kind == STALL:
            self._stand_still(order.seconds)
        elif order.kind == SLEEP:
            pacing.stall(self._live.clock, math.inf, self._hold, lambda: self._goes_on() and not self._control.orders)
            self._sleep.pass_over(order.seconds)
        elif order.kind == DIALOG:
            self._live.dialog(order.message, lambda: self._stand_still(order.seconds))
        elif order.kind == RELOAD:
            self._live.reload()
        elif order.kind == HAND:
            self._change(order)
        elif order.kind in (FREEZE, UNFREEZE):
            self._freeze(order)

    def _freeze(self, order):
        try:
            self._live.freeze(order.value, order.kind == FREEZE)
        except RuntimeError as error:
            print("livesim: cannot %s track %d: %s" % (order.kind, order.value, error), file=sys.stderr, flush=True)

    def _change(self, order):
        """Changes the set as the user does with the mouse; logs a change that Live refuses."""
        subject = self._live.song
        try:
            for step in order.path[:-1]:
                subject = subject[int(step)] if step.isdigit() else getattr(subject, step)
            if order.arguments is None:
                setattr(subject, order.path[-1], order.value)
            else:
                getattr(subject, order.path[-1])(*order.arguments)
        except (AttributeError, IndexError, RuntimeError, TypeError) as error:
            print("livesim: cannot change %s: %s" % (".".join(order.path), error), file=sys.stderr, flush=True)

    def _stand_still(self, seconds):
        pacing.stall(self._live.clock, seconds, self._hold, self._goes_on)

    def _is_ready(self, script):
        """A script with a bridge may need some ticks to open it."""
        return getattr(script, "bridge_address", "none") is not None or self._live.clock.now() > self._patience_ends

    def _report(self, script):
        bridge = getattr(script, "bridge_address", None)
        if bridge is not None:  # so that the script gets the same port after another set is loaded
            os.environ["LIVEGATE_PORT"] = bridge.rpartition(":")[2]
        self._say({"ready": True, "live_version": self._live.version, "bridge": bridge, "pid": os.getpid()})

    def _say(self, line):
        self._answers.write(json.dumps(line) + "\n")
        self._answers.flush()

    def _end(self, _signal_number, _frame):
        self._is_ended = True


def _options():
    parser = argparse.ArgumentParser(prog="livesim", description=__doc__)
    parser.add_argument("--script", default=LIVEGATE, metavar="FOLDER", help="the Remote Script (default: LiveGate)")
    parser.add_argument(
        "--set",
        default="showcase",
        metavar="NAME|FILE",
        help="the set: %s, or a JSON file (docs/livesim.md; default: showcase)" % ", ".join(set_file.shipped()),
    )
    parser.add_argument("--port", type=int, help="sets LIVEGATE_PORT for the script (0: any free port)")
    parser.add_argument("--live", default="12", choices=sorted(VERSIONS), help="the version of Live (default: 12)")
    parser.add_argument("--timer-ms", type=float, default=17, help="the shortest period of Live's timers (default: 17)")
    parser.add_argument("--stall", type=duration, metavar="TIME", help="length of regular stalls, such as 2s")
    parser.add_argument("--every", type=duration, metavar="TIME", help="interval between the starts of two stalls")
    parser.add_argument("--tracks", type=int, help="instead of --set: number of MIDI tracks")
    parser.add_argument("--scenes", type=int, default=8, help="number of scenes, with --tracks (default: 8)")
    parser.add_argument("--clips", type=int, default=0, help="number of clips, with --tracks (default: 0)")
    parser.add_argument("--effects", metavar="FILE", help="append a JSON line for every change of the set")
    parser.add_argument("--measure", metavar="FILE", help="write metrics of the main loop to FILE at the end")
    options = parser.parse_args()
    if (options.stall is None) != (options.every is None):
        parser.error("--stall and --every go together")
    if options.stall is not None and options.every <= options.stall:
        parser.error("--every must be longer than --stall")
    if not os.path.isfile(os.path.join(options.script, "__init__.py")):
        parser.error("%s is not a Remote Script: it has no __init__.py" % options.script)
    return options


if __name__ == "__main__":
    main()
