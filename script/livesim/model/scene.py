"""Scene: one row of the Session's grid, with an optional tempo and signature for its launch."""

from .base import Model, State, command, models, reads
from .color import COLORS, check_index, nearest
from .ranges import check_denominator, check_numerator, check_tempo

UNSET = -1


def _check_color(index):
    if index is not None:
        check_index(index)


@models("Scene.Scene")
class Scene(Model):
    name = State("")
    color_index = State(None, also=("color",), check=_check_color)
    tempo_enabled = State(False, also=("tempo",))
    time_signature_enabled = State(False, also=("time_signature_numerator", "time_signature_denominator"))
    _tempo = State(120.0, also=("tempo",), check=check_tempo)
    _numerator = State(4, also=("time_signature_numerator",), check=check_numerator)
    _denominator = State(4, also=("time_signature_denominator",), check=check_denominator)

    def take_looks_of(self, scene):
        """Copies everything but the clips: name, colour, tempo and signature."""
        self._values.update(scene._values)

    @reads
    def clip_slots(self):
        index = self.song.scenes.index(self)
        return [track.clip_slots[index] for track in self.song.tracks]

    @reads
    def color(self):
        return 0 if self.color_index is None else COLORS[self.color_index]

    @color.setter
    def color(self, value):
        self.color_index = nearest(value)

    @reads
    def is_empty(self):
        return not any(slot.has_clip for slot in self.clip_slots)

    @reads
    def is_triggered(self):
        return self.song.fired_scene is not None and self.song.fired_scene.scene is self

    @reads
    def tempo(self):
        return self._tempo if self.tempo_enabled else UNSET

    @tempo.setter
    def tempo(self, value):
        self._tempo = value
        self.tempo_enabled = True

    @reads
    def time_signature_numerator(self):
        return self._numerator if self.time_signature_enabled else UNSET

    @time_signature_numerator.setter
    def time_signature_numerator(self, value):
        self._numerator = value
        self.time_signature_enabled = True

    @reads
    def time_signature_denominator(self):
        return self._denominator if self.time_signature_enabled else UNSET

    @time_signature_denominator.setter
    def time_signature_denominator(self, value):
        self._denominator = value
        self.time_signature_enabled = True

    @command
    def fire(self, force_legato=False, can_select_scene_on_launch=True):
        self.song.fire_scene(self)
        for slot in self.clip_slots:
            slot.fire_with_scene()
        if can_select_scene_on_launch:
            self.song.view.selected_scene = self

    @command
    def fire_as_selected(self, force_legato=False):
        """As measured in Live: fires the selected scene, not necessarily this one, and selects the next."""
        selected = self.song.view.selected_scene
        selected.fire(force_legato, False)
        following = self.song.scenes.index(selected) + 1
        if following < len(self.song.scenes):
            self.song.view.selected_scene = self.song.scenes[following]

    @command
    def set_fire_button_state(self, state):
        """Releasing the scene's button releases those of its slots."""
        if state:
            self.fire()
        else:
            for slot in self.clip_slots:
                slot.set_fire_button_state(False)
