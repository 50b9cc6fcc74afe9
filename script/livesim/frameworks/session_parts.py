"""`_Framework.SceneComponent` and `ClipSlotComponent`: buttons that launch scenes and clips, with lights."""

from .controls import ControlUser, is_press
from .refusing import lacks

ON, OFF = 127, 0
STATES = ("stopped", "started", "recording", "triggered_to_play", "triggered_to_record")


def _is_held(button):
    return button is not None and button.is_pressed()


class ClipSlot:
    """Controls one slot, or none. A value of None leaves the light unchanged."""

    def __init__(self, *arguments, **keywords):
        self._clip_slot = self._delete_button = self._duplicate_button = None
        self._values = dict.fromkeys(STATES, ON)
        super().__init__(*arguments, **keywords)
        self._listened = [self.register_slot(None, self._clip_changed, "has_clip")]
        self._listened.append(self.register_slot(None, self.update, "is_triggered"))
        self._track_slot = self.register_slot(None, self.update, "playing_slot_index")

    def set_clip_slot(self, clip_slot):
        self._clip_slot = clip_slot
        for slot in self._listened:
            slot.subject = clip_slot
        self._track_slot.subject = clip_slot.canonical_parent if clip_slot != None else None  # noqa: E711
        self.update()

    def set_launch_button(self, button):
        self.bind("launch", button, lambda value: self._launch(button, value))

    def set_select_button(self, button):
        self.bind("select", button, lambda value: self._select(button, value))

    def set_delete_button(self, button):
        """While it is held, the launch button deletes the clip."""
        self._delete_button = button

    def set_duplicate_button(self, button):
        """While it is held, the launch button duplicates the clip into the slot below."""
        self._duplicate_button = button

    def set_stopped_value(self, value):
        self._set_value("stopped", value)

    def set_started_value(self, value):
        self._set_value("started", value)

    def set_recording_value(self, value):
        self._set_value("recording", value)

    def set_triggered_to_play_value(self, value):
        self._set_value("triggered_to_play", value)

    def set_triggered_to_record_value(self, value):
        self._set_value("triggered_to_record", value)

    def has_clip(self):
        return self._clip_slot != None and self._clip_slot.has_clip  # noqa: E711

    def update(self):
        super().update()
        button = self.control("launch")
        value = self._value()
        if button is not None and value is not None and self.is_enabled():
            button.send_value(value)

    def _value(self):
        slot = self._clip_slot
        if slot == None:  # noqa: E711 a deleted slot equals None
            return OFF
        if slot.is_triggered:
            will_record = slot.has_clip and slot.clip.will_record_on_start
            return self._values["triggered_to_record" if will_record else "triggered_to_play"]
        if not slot.has_clip:
            return OFF
        if slot.clip.is_playing:
            return self._values["recording" if slot.clip.is_recording else "started"]
        return self._values["stopped"]

    def _set_value(self, state, value):
        self._values[state] = value
        self.update()

    def _clip_changed(self):
        self.update()

    def _launch(self, button, value):
        if self._clip_slot == None:  # noqa: E711
            return
        if _is_held(self._delete_button):
            self._clip_slot.delete_clip() if value and self.has_clip() else None
        elif _is_held(self._duplicate_button):
            self._duplicate() if value and self.has_clip() else None
        elif button.is_momentary():
            self._clip_slot.set_fire_button_state(value != 0)
        elif value:
            self._clip_slot.fire()

    def _duplicate(self):
        track = self._clip_slot.canonical_parent
        track.duplicate_clip_slot(list(track.clip_slots).index(self._clip_slot))

    def _select(self, button, value):
        if self._clip_slot != None and is_press(button, value):  # noqa: E711
            self._song.view.highlighted_clip_slot = self._clip_slot


class Scene:
    """Controls one scene, or none, and its slots in the tracks of the window."""

    def __init__(self, num_slots=0, tracks_to_use_callback=None, *arguments, **keywords):
        self._scene = self._delete_button = None
        self._values = {"scene": OFF, "triggered": ON, "none": OFF}
        super().__init__(*arguments, **keywords)
        self._tracks_to_use = tracks_to_use_callback or (lambda: self._song.visible_tracks)
        self._track_offset = 0
        self._clip_slots = self.register_components(*(self._create_clip_slot_component() for _ in range(num_slots)))
        self._triggered_slot = self.register_slot(None, self.update, "is_triggered")

    def clip_slot(self, index):
        return self._clip_slots[index]

    def set_scene(self, scene):
        self._scene = scene
        self._triggered_slot.subject = scene
        self._assign()

    def set_track_offset(self, offset):
        self._track_offset = offset
        self._assign()

    def set_launch_button(self, button):
        self.bind("launch", button, lambda value: self._launch(button, value))

    def set_select_button(self, button):
        self.bind("select", button, lambda value: self._select(button, value))

    def set_delete_button(self, button):
        """While it is held, the launch button deletes the scene."""
        self._delete_button = button

    def set_scene_value(self, value):
        self._set_value("scene", value)

    def set_triggered_value(self, value):
        self._set_value("triggered", value)

    def set_no_scene_value(self, value):
        self._set_value("none", value)

    def update(self):
        super().update()
        button = self.control("launch")
        if button is not None and self.is_enabled():
            button.send_value(self._value())

    def _set_value(self, state, value):
        self._values[state] = value
        self.update()

    def _value(self):
        if self._scene == None:  # noqa: E711
            return self._values["none"]
        return self._values["triggered" if self._scene.is_triggered else "scene"]

    def _assign(self):
        tracks = self._tracks_to_use()
        slots = self._scene.clip_slots if self._scene != None else ()  # noqa: E711
        all_tracks = list(self._song.tracks)
        for index, component in enumerate(self._clip_slots, self._track_offset):
            is_there = index < len(tracks) and slots
            component.set_clip_slot(slots[all_tracks.index(tracks[index])] if is_there else None)
        self.update()

    def _launch(self, button, value):
        if self._scene == None:  # noqa: E711
            return
        if _is_held(self._delete_button):
            self._song.delete_scene(list(self._song.scenes).index(self._scene)) if value else None
        elif button.is_momentary():
            self._scene.set_fire_button_state(value != 0)
        elif value:
            self._scene.fire()

    def _select(self, button, value):
        if self._scene != None and is_press(button, value):  # noqa: E711
            self._song.view.selected_scene = self._scene


@lacks(methods="set_clip_palette set_clip_rgb_table")
class ClipSlotComponent(ClipSlot, ControlUser):
    """Of `_Framework`."""


@lacks(methods="set_color_palette")
class SceneComponent(Scene, ControlUser):
    """Of `_Framework`."""

    def _create_clip_slot_component(self):
        return ClipSlotComponent()
