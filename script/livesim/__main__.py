"""Runs a Remote Script in a simulated Live until stdin ends: `python3 -m livesim --script LiveGate`."""

import argparse
import json
import os
import signal
import sys

from . import pacing
from .clock import RealClock
from .control import Control
from .facts import VERSIONS
from .live import SimulatedLive
from .surface import find_script

READY_PATIENCE_S = 1.0


def main():
    options = _options()
    if options.port is not None:
        os.environ["LIVEGATE_PORT"] = str(options.port)
    answers, sys.stdout = sys.stdout, sys.stderr  # what a script prints belongs into Live's log
    live = SimulatedLive(
        version=options.live,
        clock=RealClock(),
        timer_ms=options.timer_ms,
        effects=options.effects,
        measure=options.measure,
    )
    script = live.host(find_script(options.script))
    _Process(live, answers).run(script)


class _Process:
    """The simulated Live as a process: orders from stdin, signals, the ready line."""

    def __init__(self, live, answers):
        self._live = live
        self._answers = answers
        self._control = Control(sys.stdin.fileno())
        self._hold = pacing.pacer()
        self._patience_ends = live.clock.now() + READY_PATIENCE_S
        self._is_ended = False
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_number, self._end)

    def run(self, script):
        pacing.run(self._live.loop, self._hold, lambda: self._goes_on() and not self._is_ready(script))
        self._report(script)
        while self._goes_on():
            pacing.run(self._live.loop, self._hold, self._has_no_order)
            self._carry_out(self._control.next_order())
        self._live.close()

    def _goes_on(self):
        self._control.poll()
        return not (self._is_ended or self._control.has_ended)

    def _has_no_order(self):
        return self._goes_on() and not self._control.orders

    def _carry_out(self, order):
        kind, seconds = order or (None, None)
        if kind is not None:
            self._say({"order": kind})
        if kind == "stall":
            pacing.stall(self._live.clock, seconds, self._hold, self._goes_on)
        elif kind == "reload":
            self._live.reload()

    def _is_ready(self, script):
        """A script that has a bridge may need some ticks to open it."""
        return getattr(script, "bridge_address", "none") is not None or self._live.clock.now() > self._patience_ends

    def _report(self, script):
        bridge = getattr(script, "bridge_address", None)
        if bridge is not None:  # a set that is loaded later finds the script where it was
            os.environ["LIVEGATE_PORT"] = bridge.rpartition(":")[2]
        self._say({"ready": True, "live_version": self._live.version, "bridge": bridge, "pid": os.getpid()})

    def _say(self, line):
        self._answers.write(json.dumps(line) + "\n")
        self._answers.flush()

    def _end(self, _signal_number, _frame):
        self._is_ended = True


def _options():
    parser = argparse.ArgumentParser(prog="livesim", description=__doc__)
    parser.add_argument("--script", required=True, metavar="FOLDER", help="the Remote Script to host")
    parser.add_argument("--port", type=int, help="sets LIVEGATE_PORT for the script (0: any free port)")
    parser.add_argument("--live", default="12", choices=sorted(VERSIONS), help="the version of Live (default: 12)")
    parser.add_argument("--timer-ms", type=float, default=17, help="the shortest period of Live's timers (default: 17)")
    parser.add_argument("--effects", metavar="FILE", help="append a JSON line for every change of the set")
    parser.add_argument("--measure", metavar="FILE", help="write figures about the loop at the end")
    options = parser.parse_args()
    if not os.path.isfile(os.path.join(options.script, "__init__.py")):
        parser.error("%s is no Remote Script: it has no __init__.py" % options.script)
    return options


if __name__ == "__main__":
    main()
