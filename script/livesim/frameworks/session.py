"""`_Framework.SessionComponent`: a window onto the Session's grid, which buttons move."""

from .controls import ControlUser, is_press
from .refusing import lacks
from .session_parts import SceneComponent


@lacks(
    methods="""set_select_buttons set_page_left_button
    set_page_right_button set_page_up_button set_page_down_button set_slot_launch_button
    set_selected_scene_launch_button set_rgb_mode set_modifier_button set_stop_clip_value
    set_stop_clip_triggered_value"""
)
class SessionComponent(ControlUser):
    """`num_tracks` by `num_scenes` slots, starting at the offsets."""

    def __init__(self, num_tracks=0, num_scenes=0, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._num_tracks = num_tracks
        self._track_offset = self._scene_offset = 0
        self._scenes = self.register_components(*(self._create_scene() for _ in range(num_scenes)))
        self._selected_scene = self.register_component(self._create_scene())
        self._stop_count = 0
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
        return self.song().visible_tracks

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
                self.song().stop_all_clips()

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
        self._selected_scene.set_scene(self.song().view.selected_scene)

    def _create_scene(self):
        return SceneComponent(self._num_tracks, self.tracks_to_use)

    def _assign(self):
        scenes = self.song().scenes
        for index, component in enumerate(self._scenes, self._scene_offset):
            component.set_scene(scenes[index] if index < len(scenes) else None)
            component.set_track_offset(self._track_offset)
        self._selected_scene.set_track_offset(self._track_offset)
        self._selected_scene.set_scene(self.song().view.selected_scene)
        if self._mixer is not None:
            self._mixer.set_track_offset(self._track_offset)
        self._show_frame()

    def _show_frame(self):
        if self._highlight is not None:
            self._highlight(self._track_offset, self._scene_offset, self.width(), self.height(), False)

    def _bind_move(self, role, button, tracks, scenes):
        def move(value):
            track_offset, scene_offset = self._track_offset + tracks, self._scene_offset + scenes
            is_inside = track_offset < len(self.tracks_to_use()) and scene_offset < len(self.song().scenes)
            if is_press(button, value) and is_inside and track_offset >= 0 and scene_offset >= 0:
                self.set_offsets(track_offset, scene_offset)

        self.bind(role, button, move)

    def _stop(self, index, button, value):
        tracks = self.tracks_to_use()
        if is_press(button, value) and self._track_offset + index < len(tracks):
            tracks[self._track_offset + index].stop_all_clips()
