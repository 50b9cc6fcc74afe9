"""A light tower on ableton.v2 without controls: sends the tempo and the beats as system exclusive messages."""

from ableton.v2.base import const, inject, depends, listens, task
from ableton.v2.control_surface import ControlSurface

HEAD = (0xF0, 0x7D)


def create_instance(c_instance):
    return Beacon(c_instance)


class Lamp(object):
    @depends(color=const(1), send_midi=None)
    def __init__(self, color=None, send_midi=None):
        self._color, self._send_midi = color, send_midi

    def flash(self, count):
        self._send_midi(HEAD + (self._color, count, 0xF7))


class Beacon(ControlSurface):
    def __init__(self, c_instance):
        super(Beacon, self).__init__(c_instance)
        with self.component_guard():
            with inject(color=const(5)).everywhere():
                self._lamp = Lamp()
        self._on_tempo_changed.subject = self.song
        flashes = [task.run(self._lamp.flash, count) for count in (3, 4)]
        self._tasks.add(task.sequence(task.wait(0.3), flashes[0], task.delay(2), flashes[1]))
        self.schedule_message(1, self._once_a_display)
        self.beats = 0

    def _once_a_display(self):
        self.beats = int(self.song.current_song_time)
        self.schedule_message(1, self._once_a_display)

    @listens("tempo")
    def _on_tempo_changed(self):
        self._send_midi(HEAD + (0, int(self.song.tempo) & 127, 0xF7))
