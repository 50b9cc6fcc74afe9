"""The simulated Live: one application with one set, its main loop, and the scripts that it hosts."""

import sys
import traceback

from . import frameworks
from .boost.package import package_of
from .effects import Effects, NoEffects
from .loop import MainLoop, ManualClock
from .measure import Measure, NoMeasure
from .model.application import Application
from .model.application_dialogs import Person
from .model.song_structure import Limits
from .notifications import Notifications
from .plan import SetPlan
from .surface import HostedSurface


class SimulatedLive:
    """Has a manual clock by default; then `run` turns the loop, and no call sleeps."""

    def __init__(
        self, version="12", plan=None, clock=None, timer_ms=17, limits=None, effects=None, measure=None, log=None
    ):
        self._write_log = log or _to_stderr
        self.plan = plan or SetPlan()
        self.limits = limits or Limits()
        self.clock = clock or ManualClock()
        self.measure = Measure(measure) if measure else NoMeasure()
        self.effects = Effects(effects) if effects else NoEffects()
        self.notifications = Notifications(self.log_exception)
        self.loop = MainLoop(self, timer_ms)
        self.surfaces = []
        self.midi_maps = {}
        self.person = Person()
        self._package = package_of(version)
        self.version = self._package.facts["live_version"]
        self.version_parts = tuple(int(part) for part in self.version.split("."))
        self.major_version = self.version_parts[0]
        self._package.install(self)
        frameworks.install()
        self.application_model = Application(self)
        self.set = self.plan.build(self)

    @property
    def song(self):
        """The set's root as scripts get it."""
        return self._package.handle(self.set)

    @property
    def application(self):
        return self._package.handle(self.application_model)

    def change(self, subject, member, value, act):
        """Every change of a script passes here: refused in notifications, undoable, recorded as an effect, notified."""
        self.loop.require_main_thread(member)
        self.notifications.require_no_notification(member)
        effect = self.effects.describe(subject, member, value)
        history = self.set.history
        history.begin_call()
        try:
            result = act()
        finally:
            history.end_call()
        self.effects.append(effect)
        self.notifications.notify()
        return result

    def run(self, seconds):
        """Advances the manual clock: everything that falls due happens, in order."""
        end = self.clock.now() + seconds
        while self.loop.next_due() <= end:
            self.clock.move_to(self.loop.next_due())
            self.loop.turn()
        self.clock.move_to(end)
        self.loop.turn()

    def stall(self, seconds):
        """Advances the manual clock without turning the loop."""
        self.clock.move_to(self.clock.now() + seconds)

    def dialog(self, message, pass_time):
        """Opens a modal dialog of Live for the duration of `pass_time`; the loop stands still meanwhile."""
        self.application_model.open_dialog(message)
        pass_time()
        self.application_model.close_dialog()

    def play_note(self, track_index, pitch, velocity=100.0, duration=0.5):
        """Plays a note on a track's input at this moment; it sounds for `duration` beats."""
        self.set.tracks[track_index].receive_note(pitch, velocity, duration)
        self.notifications.notify()

    def freeze(self, track_index, is_frozen=True):
        """The user freezes a track, or unfreezes it; scripts cannot."""
        if not 0 <= track_index < len(self.set.tracks) or not self.set.tracks[track_index].can_be_frozen:
            raise RuntimeError("it is no audio or MIDI track")
        self.set.history.begin_call()
        self.set.tracks[track_index].is_frozen = is_frozen
        self.set.history.end_call()
        self.notifications.notify()

    def host(self, create_instance):
        """Starts a script, given its `create_instance`, and returns its surface."""
        surface = HostedSurface(self, create_instance)
        self.surfaces.append(surface)
        return surface.script

    def reload(self):
        """Loads another set: ends the scripts, deletes the old set, and starts the scripts again."""
        for surface in self.surfaces:
            surface.disconnect()
        self.set.die()
        self.set = self.plan.build(self)
        for surface in self.surfaces:
            self.loop.call(surface.connect)

    def close(self):
        for surface in self.surfaces:
            surface.disconnect()
        self.surfaces = []
        self.effects.close()
        self.measure.close()

    def midi_map_of(self, handle):
        """Returns the MIDI map of the script with that handle."""
        if handle not in self.midi_maps:
            raise RuntimeError("There is no script of that handle")
        return self.midi_maps[handle]

    def log(self, text):
        self._write_log(text)

    def log_exception(self):
        self._write_log("RemoteScriptError: " + traceback.format_exc())

    def advance(self, seconds):
        """Advances the set, and notifies listeners."""
        self.set.advance(seconds)
        self.notifications.notify()

    def update_display(self):
        for surface in self.surfaces:
            surface.update_display()


def _to_stderr(text):
    print(text.rstrip("\n"), file=sys.stderr, flush=True)
