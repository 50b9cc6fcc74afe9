"""Live's main loop: advances the set, fires timers, and updates the display ten times a second (event loop).

The loop turns about 60 times a second, whether a script has a timer or not.

Every callback of a script passes through `call`. The caller that turns the loop decides how time passes between turns:
pacing.py in real time, `SimulatedLive.run` under a manual clock.
"""

import threading
import time
import weakref

from .errors import NotSimulated

DISPLAY_PERIOD_S = 0.1
TURN_PERIOD_S = 1 / 60


class RealClock:
    now = staticmethod(time.perf_counter)


class ManualClock:
    def __init__(self):
        self._now = 0.0

    def now(self):
        return self._now

    def move_to(self, moment):
        self._now = max(self._now, moment)


class MainLoop:
    def __init__(self, live, timer_ms):
        self.clock = live.clock
        self._live = live
        self._timer_floor_s = timer_ms / 1000
        self._timers = []
        self._later = []
        self._callbacks = 0
        self._main_thread = threading.get_ident()
        self._last_turn = self.clock.now()
        self._display_due = self._last_turn + DISPLAY_PERIOD_S

    def schedule(self, timer):
        """Starts a timer; it fires first after one period."""
        timer.due = self.clock.now() + self._period_s(timer)
        self._timers = [known for known in self._timers if known() not in (None, timer)]
        self._timers.append(weakref.ref(timer))

    def later(self, act):
        """Live defers some requests of a script until its callback has ended: they run with the next turn."""
        self._later.append(act)

    def next_due(self):
        timers = [timer.due for timer in self._running_timers()]
        return min([self._last_turn + TURN_PERIOD_S, self._display_due, *timers])

    def turn(self):
        """Does everything that is due. Intervals missed in a stall, for instance, are skipped."""
        self._main_thread = threading.get_ident()
        now = self.clock.now()
        self._live.notifications.end_callback()
        self._run_deferred()
        self._live.advance(now - self._last_turn)
        self._last_turn = now
        for timer in self._running_timers():
            if timer.due <= now and timer.running:
                self._fire(timer, now)
        if self._display_due <= now:
            self._display_due = _following(self._display_due, DISPLAY_PERIOD_S, now)
            self._live.measure.display(now)
            self._live.update_display()

    def call(self, callback):
        """Runs a callback of a script; returns False if it raised."""
        self._callbacks += 1
        try:
            callback()
        except Exception:  # logged by Live; the loop continues
            self._live.log_exception()
            return False
        finally:
            self._callbacks -= 1
            self._live.notifications.end_callback()
        return True

    def require_main_thread(self, member):
        """A change by a script's own thread is a race with Live's main thread; how it ends in Live is not known."""
        if threading.get_ident() != self._main_thread:
            raise NotSimulated("how Live treats a change (%s) by another thread than its own is not known" % member)

    @property
    def is_calling(self):
        """Whether a script's callback is running."""
        return self._callbacks > 0

    def _run_deferred(self):
        put_off, self._later = self._later, []
        for act in put_off:
            act()

    def _fire(self, timer, now):
        timer.due = _following(timer.due, self._period_s(timer), now)
        timer.running = timer.repeats
        with self._live.measure.timer(now):
            succeeded = self.call(timer.callback)
        if not succeeded:
            timer.running = False

    def _running_timers(self):
        return [timer for timer in (reference() for reference in self._timers) if timer is not None and timer.running]

    def _period_s(self, timer):
        return max(timer.interval_ms / 1000, self._timer_floor_s)


def _following(due, period, now):
    return due + period if due + period > now else now + period
