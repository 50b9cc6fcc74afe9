"""Moves the play position for a moment and brings it back, whatever happens meanwhile (unwind-protect).

Live sets and deletes locators only at the play position. A new position takes effect between two ticks, and other
clients' commands run meanwhile: those that depend on the position wait until the excursion is over.
"""

from .. import steps
from ..errors import Refusal, is_momentary
from . import polling

NEAR_BEATS = 1e-3


def when_at_home(host, proceed):
    """Continues once no excursion is in progress; for a command that has changed nothing yet."""
    return polling.before(
        host,
        lambda: not host.is_on_excursion,
        proceed,
        lambda: "another command keeps the play position elsewhere for too long; retry",
    )


def to(host, time, act):
    """Runs `act` while the song is at `time`, and returns its answer. The song must not play."""
    return Excursion(host, time, act).leave()


def is_near(one, other):
    return abs(one - other) <= NEAR_BEATS


def require_rest(song):
    if song.is_playing or song.record_mode:
        doing = "records" if song.record_mode else "plays"
        raise Refusal("live_error", "the set %s, and a locator would land elsewhere; stop it first" % doing)


class Excursion:
    """`act` may return the rest of its work, as actions do; no step of it runs twice."""

    def __init__(self, host, time, act):
        self._host = host
        self._time = time
        self._act = act
        self._home = host.song.current_song_time
        self._home_start = host.song.start_time
        self._deadline_ms = None
        self._outcome = None

    def leave(self):
        self._host.song.current_song_time = self._time
        self._host.is_on_excursion = True
        self._give_time()
        return steps.on_next_tick(lambda: self._run_steps(self._arrive))

    def _arrive(self):
        song = self._host.song
        require_rest(song)
        here = song.current_song_time
        if is_near(here, self._time):
            return self._act
        if is_near(here, self._home) and self._has_time():
            return steps.on_next_tick(self._arrive)
        raise Refusal("live_error", "something else moved the play position to %s meanwhile; retry" % here)

    def _run_steps(self, step):
        """Runs one step after the other. However they end, the way back follows."""
        try:
            while callable(step):
                result = step()
                if isinstance(result, steps.Rest):
                    return steps.Rest(lambda: self._run_steps(result.step), result.next_tick)
                step = result
        except Exception as error:  # raised again after the return
            if is_momentary(error) and self._has_time():
                return steps.on_next_tick(lambda: self._run_steps(step))
            return self._go_home(_final(error))
        return self._go_home(step)

    def _go_home(self, outcome):
        self._outcome = outcome
        self._give_time()
        return self._return(self._put_position_back)

    def _return(self, step):
        try:
            while step is not None:
                step = step()
                if isinstance(step, steps.Rest):
                    return step
        except Exception as error:
            if is_momentary(error) and self._has_time():
                return steps.on_next_tick(lambda: self._return(step))
            self._host.is_on_excursion = False
            raise _final(error)
        return self._arrived_home()

    def _put_position_back(self):
        song = self._host.song
        # If the user has moved the position meanwhile, it stays. If the user has started playback, it
        # was meant to play from the original position.
        if song.is_playing or is_near(song.current_song_time, self._time):
            song.current_song_time = self._home
            return self._put_start_back
        return None

    def _put_start_back(self):
        self._host.song.start_time = self._home_start
        return self._wait_for_home

    def _wait_for_home(self):
        """The position that was put back is the song's with the next tick; until then others would read this one."""
        if is_near(self._host.song.current_song_time, self._home):
            return None
        return steps.on_next_tick(lambda: self._return(self._until_home))

    def _until_home(self):
        if is_near(self._host.song.current_song_time, self._time) and self._has_time():
            return steps.on_next_tick(lambda: self._return(self._until_home))
        return None

    def _arrived_home(self):
        self._host.is_on_excursion = False
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome

    def _give_time(self):
        self._deadline_ms = self._host.now_ms() + polling.TIMEOUT_MS

    def _has_time(self):
        return self._host.now_ms() < self._deadline_ms


def _final(error):
    """The error that ends the command: a momentary one would make the last step run again."""
    if is_momentary(error):
        return Refusal("live_error", "Live took no changes for %d s; retry" % (polling.TIMEOUT_MS // 1000))
    return error
