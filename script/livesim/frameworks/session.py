"""`_Framework.SessionComponent`: a window onto the Session's grid, which buttons move."""

from .controls import ControlUser, is_press
from .session_parts import SceneComponent


class Session:
    """`num_tracks` by `num_scenes` slots, starting at the offsets."""

    def _build(self, num_tracks, num_scenes):
        self._num_tracks = num_tracks
        self._track_offset = self._scene_offset = 0
        self._scenes = self.register_components(*(self._create_scene() for _ in range(num_scenes)))
        self._selected_scene = self.register_component(self._create_scene())
        self._stop_count = 0
        self._stop_values = {"stop": 127, "triggered": 127, "idle": 0}
        self._mixer = self._highlight = None
        self._assign()

    def scene(self, index):
        return self._scenes[index]

    def selected_scene(self):
        return self._selected_scene

    def width(self):
        return self._num_tracks

    def height(self):
        return len(self._scenes)

    def track_offset(self):
        return self._track_offset

    def scene_offset(self):
        return self._scene_offset

    def tracks_to_use(self):
        return self._song.visible_tracks

    def set_offsets(self, track_offset, scene_offset):
        assert track_offset >= 0
        assert scene_offset >= 0
        self._track_offset, self._scene_offset = track_offset, scene_offset
        self._assign()

    def set_mixer(self, mixer):
        """Moves the mixer's strips along."""
        self._mixer = mixer
        self._assign()

    def set_highlighting_callback(self, callback):
        self._highlight = callback
        self._show_frame()

    def set_track_bank_buttons(self, right_button, left_button):
        self.set_track_bank_right_button(right_button)
        self.set_track_bank_left_button(left_button)

    def set_scene_bank_buttons(self, down_button, up_button):
        self.set_scene_bank_down_button(down_button)
        self.set_scene_bank_up_button(up_button)

    def set_track_bank_right_button(self, button):
        self._bind_move("right", button, 1, 0)

    def set_track_bank_left_button(self, button):
        self._bind_move("left", button, -1, 0)

    def set_scene_bank_down_button(self, button):
        self._bind_move("down", button, 0, 1)

    def set_scene_bank_up_button(self, button):
        self._bind_move("up", button, 0, -1)

    def set_page_right_button(self, button):
        self._bind_move("page right", button, self.width(), 0)

    def set_page_left_button(self, button):
        self._bind_move("page left", button, -self.width(), 0)

    def set_page_down_button(self, button):
        self._bind_move("page down", button, 0, self.height())

    def set_page_up_button(self, button):
        self._bind_move("page up", button, 0, -self.height())

    def set_select_buttons(self, next_button, prev_button):
        """Buttons that select the next and the previous scene."""
        for button, step in ((next_button, 1), (prev_button, -1)):
            self.bind("select %d" % step, button, lambda value, button=button, step=step: self._go(button, value, step))

    def set_slot_launch_button(self, button):
        """Launches the highlighted slot."""

        def launch(value):
            slot = self._song.view.highlighted_clip_slot
            if slot != None and is_press(button, value):  # noqa: E711
                slot.fire()

        self.bind("slot launch", button, launch)

    def set_selected_scene_launch_button(self, button):
        self._selected_scene.set_launch_button(button)

    def set_modifier_button(self, button):
        """Accepted; the modifier changes nothing in `_Framework` itself."""

    def set_delete_button(self, button):
        for slot in self._all_slots():
            slot.set_delete_button(button)

    def set_duplicate_button(self, button):
        for slot in self._all_slots():
            slot.set_duplicate_button(button)

    def set_rgb_mode(self, *_palettes):
        """Colors of clips on lights of a controller, which has none here."""

    def set_stop_clip_value(self, value):
        self._stop_values["stop"] = value

    def set_stop_clip_triggered_value(self, value):
        self._stop_values["triggered"] = value

    def set_clip_launch_buttons(self, buttons):
        """Gives the slots of the window the buttons of a matrix, or none."""
        for row, scene in enumerate(self._scenes):
            for column in range(self._num_tracks):
                is_there = buttons and column < buttons.width() and row < buttons.height()
                scene.clip_slot(column).set_launch_button(buttons.get_button(column, row) if is_there else None)

    def set_scene_launch_buttons(self, buttons):
        """Gives the scenes of the window the buttons of a matrix of one column or row, or none."""
        found = list(buttons) if buttons else []
        for index, scene in enumerate(self._scenes):
            scene.set_launch_button(found[index] if index < len(found) else None)

    def set_stop_all_clips_button(self, button):
        def stop_all(value):
            if is_press(button, value):
                self._song.stop_all_clips()

        self.bind("stop all", button, stop_all)

    def set_stop_track_clip_buttons(self, buttons):
        buttons = tuple(buttons or ())
        for index in range(max(self._stop_count, len(buttons))):
            button = buttons[index] if index < len(buttons) else None
            self.bind(index, button, lambda value, index=index, button=button: self._stop(index, button, value))
        self._stop_count = len(buttons)

    def on_track_list_changed(self):
        self._assign()

    def on_scene_list_changed(self):
        self._assign()

    def on_selected_scene_changed(self):
        self._selected_scene.set_scene(self._song.view.selected_scene)

    def _assign(self):
        scenes = self._song.scenes
        for index, component in enumerate(self._scenes, self._scene_offset):
            component.set_scene(scenes[index] if index < len(scenes) else None)
            component.set_track_offset(self._track_offset)
        self._selected_scene.set_track_offset(self._track_offset)
        self._selected_scene.set_scene(self._song.view.selected_scene)
        if self._mixer is not None:
            self._mixer.set_track_offset(self._track_offset)
        self._show_frame()

    def _show_frame(self):
        if self._highlight is not None:
            self._highlight(self._track_offset, self._scene_offset, self.width(), self.height(), False)

    def _bind_move(self, role, button, tracks, scenes):
        def move(value):
            track_offset, scene_offset = self._track_offset + tracks, self._scene_offset + scenes
            is_inside = track_offset < len(self.tracks_to_use()) and scene_offset < len(self._song.scenes)
            if is_press(button, value) and is_inside and track_offset >= 0 and scene_offset >= 0:
                self.set_offsets(track_offset, scene_offset)

        self.bind(role, button, move)

    def _all_slots(self):
        return [scene.clip_slot(column) for scene in self._scenes for column in range(self._num_tracks)]

    def _go(self, button, value, step):
        if is_press(button, value):
            scenes = list(self._song.scenes)
            at = scenes.index(self._song.view.selected_scene) + step
            self._song.view.selected_scene = scenes[min(max(at, 0), len(scenes) - 1)]

    def _stop(self, index, button, value):
        tracks = self.tracks_to_use()
        if is_press(button, value) and self._track_offset + index < len(tracks):
            tracks[self._track_offset + index].stop_all_clips()


class SessionComponent(Session, ControlUser):
    """Of `_Framework`."""

    scene_component_type = SceneComponent

    def __init__(self, num_tracks=0, num_scenes=0, auto_name=False, enable_skinning=False, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._build(num_tracks, num_scenes)

    def _create_scene(self):
        return self.scene_component_type(self._num_tracks, self.tracks_to_use)
