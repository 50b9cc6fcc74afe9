"""A foot pedal on _Framework: four switches with lights that follow Live's state."""

import Live
from _Framework.ButtonElement import ButtonElement
from _Framework.ControlSurface import ControlSurface
from _Framework.ControlSurfaceComponent import ControlSurfaceComponent
from _Framework.InputControlElement import *  # noqa: F403 as many scripts do
from _Framework.SubjectSlot import subject_slot
from _Framework import Task

CHANNEL = 3
PLAY, NEXT_SCENE, LAUNCH, UNDO = range(60, 64)


def create_instance(c_instance):
    return FootPedal(c_instance)


class SceneStepper(ControlSurfaceComponent):
    """Selects the next scene, and blinks while the last one is selected."""

    def __init__(self, button, *a, **k):
        super(SceneStepper, self).__init__(*a, **k)
        self._button = button
        self._on_button_value.subject = button
        on, off = Task.run(button.turn_on), Task.run(button.turn_off)
        self._blinking = self._tasks.add(Task.loop(on, Task.wait(0.2), off, Task.wait(0.2)))
        self._blinking.pause()

    @subject_slot("value")
    def _on_button_value(self, value):
        if value > 0 and self.is_enabled():
            scenes = list(self.song().scenes)
            index = scenes.index(self.song().view.selected_scene)
            self.song().view.selected_scene = scenes[min(index + 1, len(scenes) - 1)]

    def on_selected_scene_changed(self):
        if self.song().view.selected_scene == self.song().scenes[-1]:
            self._blinking.resume()
        else:
            self._blinking.pause()


class FootPedal(ControlSurface):
    def __init__(self, c_instance):
        super(FootPedal, self).__init__(c_instance)
        with self.component_guard():
            self._play, self._next, self._launch, self._undo = [self._switch(note) for note in range(PLAY, UNDO + 1)]
            self._stepper = SceneStepper(self._next, name="Scene_Stepper")
            self._on_play_value.subject = self._play
            self._launch.add_value_listener(self._on_launch_value, identify_sender=True)
            self._undo.add_value_listener(self._on_undo_value)
            self._on_is_playing_changed.subject = self.song()
        self.launched_by = []
        self.show_message("Foot pedal for Live %d" % Live.Application.get_application().get_major_version())
        self.schedule_message(2, self._say_ready)

    def disconnect(self):
        self._undo.remove_value_listener(self._on_undo_value)
        super(FootPedal, self).disconnect()

    def _switch(self, note):
        return ButtonElement(True, MIDI_NOTE_TYPE, CHANNEL, note, name="Switch_%d" % note)  # noqa: F405

    def _say_ready(self):
        self.log_message("ready with", len(self.controls), "switches")

    @subject_slot("value")
    def _on_play_value(self, value):
        if value:
            if self.song().is_playing:
                self.song().stop_playing()
            else:
                self.song().start_playing()

    @subject_slot("is_playing")
    def _on_is_playing_changed(self):
        self._play.set_light(self.song().is_playing)

    def _on_launch_value(self, value, sender):
        self.launched_by.append(sender.name)
        if value:
            self.song().view.selected_scene.fire()

    def _on_undo_value(self, value):
        if value and self.song().can_undo:
            self.song().undo()
