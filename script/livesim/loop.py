"""Live's main loop: time goes by for the set, timers fire, and ten times a second the display is updated.

Every callback of a script passes through `call`. Between the turns nothing runs; how that time passes is up to whoever
turns the loop (pacing.py for real, `SimulatedLive.run` under a manual clock).
"""

import time
import weakref

DISPLAY_PERIOD_S = 0.1


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
        self._last_turn = self.clock.now()
        self._display_due = self._last_turn + DISPLAY_PERIOD_S

    def schedule(self, timer):
        """A timer that was started; its first time is one period away."""
        timer.due = self.clock.now() + self._period_s(timer)
        self._timers = [known for known in self._timers if known() not in (None, timer)]
        self._timers.append(weakref.ref(timer))

    def later(self, act):
        """Live puts some of what scripts ask for off until their callback is over: it happens with the next turn."""
        self._later.append(act)

    def next_due(self):
        return min([self._display_due, *(timer.due for timer in self._running_timers())])

    def turn(self):
        """Does everything that is due. What was missed, by a stall for instance, is not made up for."""
        now = self.clock.now()
        self._live.notifications.callback_is_over()
        self._do_what_was_put_off()
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
        """Runs a callback of a script; False if it raised."""
        self._callbacks += 1
        try:
            callback()
        except Exception:  # goes to Live's log; the loop goes on
            self._live.log_exception()
            return False
        finally:
            self._callbacks -= 1
            self._live.notifications.callback_is_over()
        return True

    @property
    def is_calling(self):
        """Whether a script's callback is under way."""
        return self._callbacks > 0

    def _do_what_was_put_off(self):
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
