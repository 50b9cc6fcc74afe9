"""The smaller components of `_Framework`."""

from .components import CompoundComponent, ControlSurfaceComponent
from .controls import ControlUser, is_press
from .session_ring import Scroll, Toggle
from .v2_components import Background, SessionRecording, ViewControl

PADS = 128
PAD_ROW = 4
EMPTY, STOPPED, PLAYING, SELECTED = 0, 100, 127, 127


class BackgroundComponent(Background, ControlSurfaceComponent):
    """Takes control elements and does nothing with them."""


class ScrollComponent(Scroll, ControlSurfaceComponent):
    """Two buttons that scroll."""


class ToggleComponent(Toggle, ControlSurfaceComponent):
    """A button that toggles a property of an object."""


class ViewControlComponent(ViewControl, CompoundComponent):
    """Buttons that select tracks and scenes by step."""


class SessionRecordingComponent(SessionRecording, CompoundComponent):
    """Buttons for recording in Session view."""

    def __init__(self, clip_creator=None, view_controller=None, *arguments, **keywords):
        super().__init__(*arguments, clip_creator=clip_creator, view_controller=view_controller, **keywords)


class ChannelTranslationSelector(ControlSurfaceComponent):
    """Moves control elements to one MIDI channel a mode."""

    def __init__(self, num_modes=0, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._elements, self._channels, self._mode = [], [], 0
        self._count = num_modes

    def number_of_modes(self):
        return self._count

    def set_controls_to_translate(self, controls):
        self._elements = list(controls)

    def set_channels(self, channels):
        self._channels = list(channels)

    def set_mode(self, mode):
        self._mode = mode
        self.update()

    def update(self):
        super().update()
        if self.is_enabled() and self._mode < len(self._channels):
            for element in self._elements:
                element.use_default_message()
                element.set_channel(self._channels[self._mode])


class ModeSelectorComponent(ControlUser):
    """The base of selectors: scripts override `number_of_modes` and `update`; `_mode_index` is the selected one."""

    __events__ = ("mode",)

    def __init__(self, *arguments, **keywords):
        self._modes_buttons, self._mode_index = [], -1
        self._mode_toggle = None
        super().__init__(*arguments, **keywords)

    mode_index = property(lambda selector: selector._mode_index)

    def number_of_modes(self):
        raise NotImplementedError

    def set_mode(self, mode):
        assert 0 <= mode < self.number_of_modes()
        if self._mode_index != mode:
            self._mode_index = mode
            self.notify_mode()
            self.update()

    def set_mode_toggle(self, button):
        self._mode_toggle = button

        def step(value):
            if is_press(button, value):
                self.set_mode((self._mode_index + 1) % self.number_of_modes())

        self.bind("toggle", button, step)

    def set_mode_buttons(self, buttons):
        self._modes_buttons = list(buttons or ())

        def give(index, button):
            def choose(value):
                if is_press(button, value):
                    self.set_mode(index)

            self.bind("mode %d" % index, button, choose)

        self.bind_each("modes", buttons, give)

    def update(self):
        super().update()
        for index in range(len(self._modes_buttons)):
            self.show("mode %d" % index, index == self._mode_index)

    def on_enabled_changed(self):
        self.update()


class SessionZoomingComponent(ControlUser):
    """Each button of a matrix stands for a page of the session, while the zoom button is held."""

    def __init__(self, session=None, enable_skinning=False, *arguments, **keywords):
        self._values = {"empty": EMPTY, "stopped": STOPPED, "playing": PLAYING, "selected": SELECTED}
        self._session, self._matrix, self._is_zoomed = session, None, False
        super().__init__(*arguments, **keywords)
        self._matrix_slot = self.register_slot(None, self._press, "value")
        if session is not None:
            self.register_component(session)

    def set_zoom_button(self, button):
        self.bind("zoom", button, self._zoom)

    def set_button_matrix(self, buttons):
        self._matrix = self._matrix_slot.subject = buttons
        self.update()

    def set_nav_buttons(self, up, down, left, right):
        """Buttons that move by a page while the session is zoomed."""
        for button, columns, rows in ((up, 0, -1), (down, 0, 1), (left, -1, 0), (right, 1, 0)):
            role = "move %d %d" % (columns, rows)

            def move(value, button=button, columns=columns, rows=rows):
                if self._is_zoomed and is_press(button, value):
                    column, row = self._page()
                    self._go(max(0, column + columns), max(0, row + rows))

            self.bind(role, button, move)

    def set_empty_value(self, value):
        self._values["empty"] = value

    def set_stopped_value(self, value):
        self._values["stopped"] = value

    def set_playing_value(self, value):
        self._values["playing"] = value

    def set_selected_value(self, value):
        self._values["selected"] = value

    def on_track_list_changed(self):
        self.update()

    def on_scene_list_changed(self):
        self.update()

    def update(self):
        super().update()
        if self._matrix is None or not self.is_enabled() or not self._is_zoomed:
            return
        for column in range(self._matrix.width()):
            for row in range(self._matrix.height()):
                self._matrix.send_value(column, row, self._values[self._state(column, row)])

    def _state(self, column, row):
        if (column, row) == self._page():
            return "selected"
        width, height = self._session.width(), self._session.height()
        tracks = self._session.tracks_to_use()[column * width : (column + 1) * width]
        if not len(tracks) or row * height >= len(self._song.scenes):
            return "empty"
        playing = range(row * height, (row + 1) * height)
        is_playing = any(getattr(track, "playing_slot_index", -1) in playing for track in tracks)
        return "playing" if is_playing else "stopped"

    def _page(self):
        width, height = self._session.width(), self._session.height()
        return self._session.track_offset() // width, self._session.scene_offset() // height

    def _zoom(self, value):
        self._is_zoomed = bool(value)
        self._session.set_enabled(not self._is_zoomed)
        self.update()

    def _press(self, value, column, row, _is_momentary):
        if value and self._is_zoomed and self.is_enabled():
            self._go(column, row)

    def _go(self, column, row):
        track, scene = column * self._session.width(), row * self._session.height()
        if track < len(self._session.tracks_to_use()) and scene < len(self._song.scenes):
            self._session.set_offsets(track, scene)
            self.update()


class SlideComponent(ControlUser):
    """Buttons that move a position by one, or by a page. The slideable has position, position_count and page_length."""

    def __init__(self, slideable=None, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._slideable = slideable or self

    def set_scroll_up_button(self, button):
        self._bind_slide("up", button, 1)

    def set_scroll_down_button(self, button):
        self._bind_slide("down", button, -1)

    def set_scroll_page_up_button(self, button):
        self._bind_slide("page up", button, self._slideable.page_length)

    def set_scroll_page_down_button(self, button):
        self._bind_slide("page down", button, -self._slideable.page_length)

    def _bind_slide(self, role, button, step):
        def slide(value):
            here = self._slideable.position + step
            if is_press(button, value) and 0 <= here <= self._slideable.position_count - self._slideable.page_length:
                self._slideable.position = here

        self.bind(role, button, slide)


class DrumPads(ControlUser):
    """The pads of the drum rack of the selected track, four a row, from the lowest left."""

    def __init__(self, *arguments, **keywords):
        self._pads, self._rack = None, None
        super().__init__(*arguments, **keywords)
        self._follow_track()

    def set_pads(self, pads):
        self._pads = pads
        self._translate()

    set_drum_matrix = set_pads

    def on_selected_track_changed(self):
        self._follow_track()

    @property
    def drum_group_device(self):
        return self._rack

    def set_drum_group_device(self, drum_group_device):
        has_pads = drum_group_device != None and drum_group_device.can_have_drum_pads  # noqa: E711
        self._rack = drum_group_device if has_pads else None
        self._translate()

    def on_enabled_changed(self):
        self._translate()
        super().on_enabled_changed()

    def _follow_track(self):
        devices = self._song.view.selected_track.devices
        self.set_drum_group_device(next((device for device in devices if device.can_have_drum_pads), None))

    def _translate(self):
        """Live sends the pads' messages to the track as the notes of the rack."""
        if self._pads is None or self._rack == None or not self.is_enabled():  # noqa: E711
            return
        first = self._rack.visible_drum_pads[0].note
        for pad, (column, row) in self._pads.iterbuttons():
            note = first + (self._pads.height() - 1 - row) * PAD_ROW + column
            if pad is not None and note < PADS:
                pad.set_identifier(note)


class DrumRackComponent(DrumPads):
    """Of `_Framework.DrumRackComponent`."""


class DrumGroupComponent(DrumPads):
    """Of `_Framework.DrumGroupComponent`."""
