"""Hosts a Remote Script: creates it, calls Live's callbacks on it, and disconnects it."""

import importlib
import pathlib
import sys

from .c_instance import CInstance
from .midi_map import MidiMap


def find_script(path):
    """Returns the `create_instance` of the Remote Script in a folder, and puts its parent folder on sys.path."""
    folder = pathlib.Path(path).resolve()
    if str(folder.parent) not in sys.path:
        sys.path.insert(0, str(folder.parent))
    return importlib.import_module(folder.name).create_instance


class HostedSurface:
    """One slot of Live's list of control surfaces. Callbacks that the script does not define are skipped."""

    def __init__(self, live, create_instance):
        self._live = live
        self._create_instance = create_instance
        self._handle = len(live.surfaces) + 1
        self.midi_map = live.midi_maps[self._handle] = MidiMap()
        self.script = None
        self.connect()

    def connect(self):
        c_instance = CInstance(self._live, self._handle)
        self.script = self._create_instance(c_instance)
        c_instance.surface = self
        self._call("port_settings_changed")
        self.build_midi_map(self._handle)

    def build_midi_map(self, handle):
        self.midi_map.clear()
        self._call("build_midi_map", handle)

    def receive_midi(self, *midi_bytes):
        """Receives a message from the script's controller."""
        message = self.midi_map.arrive(midi_bytes)
        self._live.notifications.notify()
        if message is None:
            return
        if hasattr(self.script, "receive_midi_chunk"):
            self._call("receive_midi_chunk", (message,))
        else:
            self._call("receive_midi", message)

    def update_display(self):
        self._call("update_display")

    def disconnect(self):
        script, self.script = self.script, None
        if script is not None:
            self._live.loop.call(script.disconnect)

    def _call(self, name, *arguments):
        callback = getattr(self.script, name, None)
        if callback is not None:
            self._live.loop.call(lambda: callback(*arguments))
