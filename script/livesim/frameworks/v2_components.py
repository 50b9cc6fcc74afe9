"""The smaller components of `ableton.v2`, built on controls."""

import sys

from .button_controls import ButtonControl, ToggleButtonControl
from .components import Component
from .dependency import depends
from .events import EventObject
from .functions import clamp
from .session_ring import Scrollable, ScrollComponent
from .value_controls import EncoderControl


class Background(EventObject):
    """Takes any control elements of its layer, resets them, and does nothing with their values."""

    def __init__(self, *arguments, **keywords):
        self._taken = {}
        super().__init__(*arguments, **keywords)

    def __getattr__(self, name):
        if name.startswith("set_") and "_taken" in vars(self):
            return lambda control: self._take(name[4:], control)
        return super().__getattr__(name)

    def _take(self, name, control):
        self._taken[name] = control
        if control is not None:
            control.reset()
            slot = self.register_slot(control, lambda *_value: None, "value")
            self._taken[name + " slot"] = slot
        elif name + " slot" in self._taken:
            self.disconnect_disconnectable(self._taken.pop(name + " slot"))

    def update(self):
        super().update()
        for name, control in self._taken.items():
            if control is not None and not name.endswith(" slot") and self.is_enabled():
                control.reset()


class BackgroundComponent(Background, Component):
    """Of `ableton.v2`."""


class ModifierBackgroundComponent(BackgroundComponent):
    """The same for modifier buttons, which others use, too."""


class TransportComponent(Component):
    """Buttons for the transport."""

    play_button = ToggleButtonControl(toggled_color="Transport.PlayOn", untoggled_color="Transport.PlayOff")
    stop_button = ButtonControl()
    loop_button = ToggleButtonControl()
    metronome_button = ToggleButtonControl()
    punch_in_button = ToggleButtonControl()
    punch_out_button = ToggleButtonControl()
    record_button = ToggleButtonControl()
    arrangement_overdub_button = ToggleButtonControl()
    overdub_button = ToggleButtonControl()
    tap_tempo_button = ButtonControl()
    capture_midi_button = ButtonControl()
    nudge_up_button = ButtonControl()
    nudge_down_button = ButtonControl()
    seek_forward_button = ButtonControl(repeat=True, delay_time=0.1)
    seek_backward_button = ButtonControl(repeat=True, delay_time=0.1)
    re_enable_automation_button = ButtonControl()
    set_cue_button = ButtonControl()
    next_cue_button = ButtonControl()
    prev_cue_button = ButtonControl()
    tempo_coarse_encoder = EncoderControl()
    arrangement_position_encoder = EncoderControl()

    CONNECTED = {
        "loop_button": "loop",
        "metronome_button": "metronome",
        "punch_in_button": "punch_in",
        "punch_out_button": "punch_out",
        "record_button": "record_mode",
        "arrangement_overdub_button": "arrangement_overdub",
        "overdub_button": "session_record",
    }
    SEEK_BEATS = 1.0
    TEMPO_BOTTOM, TEMPO_TOP, VALUE_MAX = 60.0, 200.0, 127

    def __init__(self, *arguments, **keywords):
        self._tempo_control = None
        super().__init__(*arguments, **keywords)
        for control, member in self.CONNECTED.items():
            getattr(self, control).connect_property(self._song, member)
        self._tempo_slot = self.register_slot(None, self._move_tempo, "value")
        self.register_slot(self._song, self._follow_playing, "is_playing")
        self._follow_playing()

    def set_tempo_control(self, control, fine_control=None):
        self._tempo_slot.subject = control

    @play_button.toggled
    def play_button(self, _is_on, _button):
        self._song.stop_playing() if self._song.is_playing else self._song.start_playing()

    @stop_button.pressed
    def stop_button(self, _button):
        self._song.stop_playing()

    @tap_tempo_button.pressed
    def tap_tempo_button(self, _button):
        self._song.tap_tempo()

    @capture_midi_button.pressed
    def capture_midi_button(self, _button):
        if self._song.can_capture_midi:
            self._song.capture_midi()

    @nudge_up_button.value
    def nudge_up_button(self, value, _button):
        self._song.nudge_up = bool(value)

    @nudge_down_button.value
    def nudge_down_button(self, value, _button):
        self._song.nudge_down = bool(value)

    @seek_forward_button.pressed
    def seek_forward_button(self, _button):
        self._seek(self.SEEK_BEATS)

    @seek_backward_button.pressed
    def seek_backward_button(self, _button):
        self._seek(-self.SEEK_BEATS)

    @re_enable_automation_button.pressed
    def re_enable_automation_button(self, _button):
        self._song.re_enable_automation()

    @set_cue_button.pressed
    def set_cue_button(self, _button):
        self._song.set_or_delete_cue()

    @next_cue_button.pressed
    def next_cue_button(self, _button):
        if self._song.can_jump_to_next_cue:
            self._song.jump_to_next_cue()

    @prev_cue_button.pressed
    def prev_cue_button(self, _button):
        if self._song.can_jump_to_prev_cue:
            self._song.jump_to_prev_cue()

    @tempo_coarse_encoder.value
    def tempo_coarse_encoder(self, turn, _encoder):
        self._song.tempo = clamp(self._song.tempo + (1 if turn > 0 else -1), 20, 999)

    @arrangement_position_encoder.value
    def arrangement_position_encoder(self, turn, _encoder):
        self._seek(self.SEEK_BEATS if turn > 0 else -self.SEEK_BEATS)

    def _seek(self, beats):
        self._song.current_song_time = max(0.0, self._song.current_song_time + beats)

    def _follow_playing(self):
        self.play_button.is_toggled = self._song.is_playing
        self.stop_button.color = "Transport.StopOff" if self._song.is_playing else "Transport.StopOn"

    def _move_tempo(self, value):
        if self.is_enabled():
            self._song.tempo = self.TEMPO_BOTTOM + (self.TEMPO_TOP - self.TEMPO_BOTTOM) * value / self.VALUE_MAX


class UndoRedoComponent(Component):
    """Two buttons."""

    undo_button = ButtonControl()
    redo_button = ButtonControl()

    @undo_button.pressed
    def undo_button(self, _button):
        if self._song.can_undo:
            self._song.undo()

    @redo_button.pressed
    def redo_button(self, _button):
        if self._song.can_redo:
            self._song.redo()


class _Scroller(Scrollable):
    """Selects the neighbor of the selected object."""

    @depends(song=None)
    def __init__(self, song=None, *_arguments, **_keywords):
        self._song = song

    def can_scroll_up(self):
        return self._can(-1)

    def can_scroll_down(self):
        return self._can(1)

    def scroll_up(self):
        self._go(-1)

    def scroll_down(self):
        self._go(1)

    def _can(self, step):
        found, at = self._place()
        return 0 <= at + step < len(found)

    def _go(self, step):
        found, at = self._place()
        self._select(found[clamp(at + step, 0, len(found) - 1)])

    def _place(self):
        """Returns the objects and the index of the selected one."""
        found, selected = self._found(), self._selected()
        return found, found.index(selected) if selected in found else 0


class BasicTrackScroller(_Scroller):
    """Steps through the visible tracks, the returns and the master."""

    def _found(self):
        return [*self._song.visible_tracks, *self._song.return_tracks, self._song.master_track]

    def _selected(self):
        return self._song.view.selected_track

    def _select(self, track):
        self._song.view.selected_track = track


class BasicSceneScroller(_Scroller):
    """Steps through the scenes."""

    def _found(self):
        return list(self._song.scenes)

    def _selected(self):
        return self._song.view.selected_scene

    def _select(self, scene):
        self._song.view.selected_scene = scene


class ViewControl(EventObject):
    """Buttons that select tracks and scenes by step, and views of the window."""

    VIEWS = ("Arranger", "Session", "Detail", "Detail/Clip", "Detail/DeviceChain", "Browser")

    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._scroll_tracks = self._adopt(ScrollComponent(self._create_track_scroller()))
        self._scroll_scenes = self._adopt(ScrollComponent(self._create_scene_scroller()))
        view = self._song.view
        self.register_slot(view, self._scroll_tracks.update, "selected_track")
        self.register_slot(view, self._scroll_scenes.update, "selected_scene")

    def _create_track_scroller(self):
        return BasicTrackScroller(song=self._song)

    def _create_scene_scroller(self):
        return BasicSceneScroller(song=self._song)

    def set_next_track_button(self, button):
        self._scroll_tracks.scroll_down_button.set_control_element(button)

    def set_prev_track_button(self, button):
        self._scroll_tracks.scroll_up_button.set_control_element(button)

    def set_next_scene_button(self, button):
        self._scroll_scenes.scroll_down_button.set_control_element(button)

    def set_prev_scene_button(self, button):
        self._scroll_scenes.scroll_up_button.set_control_element(button)

    def show_view(self, view):
        assert view in self.VIEWS
        application().view.show_view(view)

    def focus_view(self, view):
        assert view in self.VIEWS
        application().view.focus_view(view)


class ViewControlComponent(ViewControl, Component):
    """Of `ableton.v2`."""


class SessionRecording(EventObject):
    """Buttons for recording in Session view."""

    record_button = ButtonControl()
    new_button = ButtonControl()
    automation_button = ToggleButtonControl()

    def __init__(self, *arguments, **keywords):
        more = {name: keywords.pop(name) for name in ("clip_creator", "view_controller") if name in keywords}
        super().__init__(*arguments, **keywords)
        self._clip_creator = more.get("clip_creator")
        self.automation_button.connect_property(self._song, "session_automation_record")
        self.register_slot(self._song, self.update, "session_record")

    @record_button.pressed
    def record_button(self, _button):
        self._song.session_record = not self._song.session_record

    @new_button.pressed
    def new_button(self, _button):
        """Selects the next empty slot of the selected track, and stops the track."""
        track = self._song.view.selected_track
        slots = list(getattr(track, "clip_slots", ()))
        here = list(self._song.scenes).index(self._song.view.selected_scene)
        free = next((index for index in range(here, len(slots)) if not slots[index].has_clip), None)
        if free is None and slots:
            self._song.create_scene(-1)
            free = len(slots)
        if free is not None:
            track.stop_all_clips(False)
            self._song.view.selected_scene = self._song.scenes[free]

    def update(self):
        self.record_button.color = "DefaultButton.On" if self._song.session_record else "DefaultButton.Off"
        super().update()


class SessionRecordingComponent(SessionRecording, Component):
    """Of `ableton.v2`."""


class AutoArmComponent(Component):
    """Arms the selected track implicitly while it is enabled, unless another one is armed."""

    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self.register_slot(self._song.view, self.update, "selected_track")

    def can_auto_arm_track(self, track):
        return track.has_midi_input

    def update(self):
        super().update()
        chosen = self._song.view.selected_track if self.is_enabled() else None
        for track in self._song.tracks:
            if track.can_be_armed:
                track.implicit_arm = track == chosen and self.can_auto_arm_track(track)


class TargetTrackComponent(Component):
    """The track that a script works on: the selected one, unless it is locked."""

    __events__ = ("target_track", "target_clip")

    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._target = self._song.view.selected_track
        self._is_locked = False
        self.register_slot(self._song.view, self._follow, "selected_track")
        self.register_slot(self._song.view, lambda: self.notify_target_clip(), "detail_clip")

    @property
    def target_track(self):
        return self._target

    @property
    def target_clip(self):
        return self._song.view.detail_clip

    @property
    def is_locked_to_track(self):
        return self._is_locked

    def lock_to_track(self, is_locked=True):
        self._is_locked = bool(is_locked)
        self._follow()

    def _follow(self):
        if not self._is_locked:
            self._target = self._song.view.selected_track
            self.notify_target_track()


def application():
    return sys.modules["Live"].Application.get_application()
