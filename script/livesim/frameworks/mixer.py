"""`_Framework.MixerComponent` and its channel strips: faders mapped to Live's parameters, and buttons with lights."""

from ..errors import NotSimulated
from .controls import ControlUser, is_press
from .refusing import lacks

CROSSFADE_SIDES = 3


def _each(setter):
    """Makes a method that gives a row of elements to the strips."""

    def set_all(mixer, controls):
        def give(index, control):
            if index < len(mixer._channel_strips):
                getattr(mixer._channel_strips[index], setter)(control)

        mixer.bind_each(setter, controls, give)

    return set_all


class ChannelStrip:
    """Controls one track, or none."""

    def __init__(self, *arguments, **keywords):
        self._track = None
        self._send_count = 0
        self._invert_mute_feedback = False
        super().__init__(*arguments, **keywords)
        self._listened = [self.register_slot(None, self.update, name) for name in ("mute", "solo", "arm")]
        self.register_slot(self._song.view, self.update, "selected_track")

    @property
    def track(self):
        return self._track

    def set_track(self, track):
        self._track = track
        for slot, is_there in zip(self._listened, (track != None, track != None, self._can_be_armed())):  # noqa: E711
            slot.subject = track if is_there and track != self._song.master_track else None
        self._connect_parameters()
        self.update()

    def set_volume_control(self, control):
        self.bind_parameter("volume", control, self._parameter("volume"))

    def set_pan_control(self, control):
        self.bind_parameter("panning", control, self._parameter("panning"))

    def set_send_controls(self, controls):
        controls = tuple(controls or ())
        for index in range(max(self._send_count, len(controls))):
            control = controls[index] if index < len(controls) else None
            self.bind_parameter(index, control, self._send(index))
        self._send_count = len(controls)

    def set_mute_button(self, button):
        self.bind("mute", button, lambda value: self._press(button, value, self._toggle_mute))

    def set_solo_button(self, button):
        self.bind("solo", button, lambda value: self._press(button, value, self._toggle_solo))

    def set_arm_button(self, button):
        self.bind("arm", button, lambda value: self._press(button, value, self._toggle_arm))

    def set_select_button(self, button):
        self.bind("select", button, lambda value: self._press(button, value, self._select))

    def set_crossfade_toggle(self, button):
        self.bind("crossfade", button, lambda value: self._press(button, value, self._step_crossfade))

    def set_shift_button(self, button):
        self.bind("shift", button, self._shift)

    def set_indexed_send_control(self, control, send_index):
        self._send_count = max(self._send_count, send_index + 1)
        self.bind_parameter(send_index, control, self._send(send_index))

    def set_invert_mute_feedback(self, invert_feedback):
        self._invert_mute_feedback = bool(invert_feedback)
        self.update()

    def update(self):
        super().update()
        track, song = self._track, self._song
        is_there = track != None  # noqa: E711 a deleted track equals None
        is_main = is_there and track == song.master_track
        self.show("mute", is_there and not is_main and track.mute != self._invert_mute_feedback)
        self.show("solo", is_there and not is_main and track.solo)
        self.show("arm", self._can_be_armed() and track.arm)
        self.show("select", is_there and track == song.view.selected_track)

    def on_enabled_changed(self):
        self._connect_parameters()
        super().on_enabled_changed()

    def _connect_parameters(self):
        for name in ("volume", "panning"):
            self.connect(name, self._parameter(name))
        for index in range(self._send_count):
            self.connect(index, self._send(index))

    def _parameter(self, name):
        return getattr(self._track.mixer_device, name) if self._track != None else None  # noqa: E711

    def _send(self, index):
        sends = self._track.mixer_device.sends if self._track != None else ()  # noqa: E711
        return sends[index] if index < len(sends) else None

    def _can_be_armed(self):
        return self._track != None and self._track.can_be_armed  # noqa: E711

    def _press(self, button, value, act):
        if self._track != None and is_press(button, value):  # noqa: E711
            act()

    def _toggle_mute(self):
        self._track.mute = not self._track.mute

    def _toggle_solo(self):
        self._switch("solo", self._song.exclusive_solo, (*self._song.tracks, *self._song.return_tracks))

    def _toggle_arm(self):
        if self._track.can_be_armed:
            armable = [track for track in self._song.tracks if track.can_be_armed]
            self._switch("arm", self._song.exclusive_arm, armable)

    def _switch(self, member, is_exclusive, tracks):
        """If Live's preference is exclusive, the other tracks are switched off."""
        is_on = not getattr(self._track, member)
        for other in tracks if is_on and is_exclusive else ():
            if other != self._track and getattr(other, member):
                setattr(other, member, False)
        setattr(self._track, member, is_on)

    def _step_crossfade(self):
        mixer = self._track.mixer_device
        mixer.crossfade_assign = (mixer.crossfade_assign - 1) % CROSSFADE_SIDES

    def _shift(self, value):
        self._is_shifted = bool(value)

    def _select(self):
        self._song.view.selected_track = self._track


class Mixer:
    """Adjacent strips, moved along the tracks as a bank; and one strip each for the master and the selection."""

    def _build(self, num_tracks, num_returns, invert_mute_feedback=False):
        self._track_offset = 0
        self._send_index = 0
        self._channel_strips = self._strips(num_tracks)
        self._return_strips = self._strips(num_returns)
        self._master_strip, self._selected_strip = self._strips(2)
        for strip in (*self._channel_strips, *self._return_strips, self._selected_strip):
            strip.set_invert_mute_feedback(invert_mute_feedback)
        self._assign()

    def channel_strip(self, index):
        return self._channel_strips[index]

    def return_strip(self, index):
        return self._return_strips[index]

    def master_strip(self):
        return self._master_strip

    def selected_strip(self):
        return self._selected_strip

    def tracks_to_use(self):
        return self._song.visible_tracks

    def set_track_offset(self, new_offset):
        assert new_offset >= 0
        self._track_offset = new_offset
        self._assign()

    def set_prehear_volume_control(self, control):
        self.bind_parameter("prehear", control, self._song.master_track.mixer_device.cue_volume)

    def set_crossfader_control(self, control):
        self.bind_parameter("crossfader", control, self._song.master_track.mixer_device.crossfader)

    def set_select_buttons(self, next_button, prev_button):
        self.bind("next", next_button, lambda value: self._step(next_button, value, 1))
        self.bind("previous", prev_button, lambda value: self._step(prev_button, value, -1))

    def set_bank_buttons(self, up_button, down_button):
        self.bind("up", up_button, lambda value: self._bank(up_button, value, 1))
        self.bind("down", down_button, lambda value: self._bank(down_button, value, -1))

    def set_bank_up_button(self, button):
        self.bind("up", button, lambda value: self._bank(button, value, 1))

    def set_bank_down_button(self, button):
        self.bind("down", button, lambda value: self._bank(button, value, -1))

    set_volume_controls = _each("set_volume_control")
    set_pan_controls = _each("set_pan_control")
    set_mute_buttons = _each("set_mute_button")
    set_solo_buttons = _each("set_solo_button")
    set_arm_buttons = _each("set_arm_button")
    set_track_select_buttons = _each("set_select_button")
    set_crossfade_toggles = _each("set_crossfade_toggle")

    def set_send_controls(self, controls):
        """One knob a strip, for the send at `send_index`; or a tuple of knobs each."""

        def give(index, control):
            if index < len(self._channel_strips):
                strip = self._channel_strips[index]
                is_tuple = control is None or isinstance(control, (list, tuple))
                knobs = control if is_tuple else (None,) * self._send_index + (control,)
                strip.set_send_controls(knobs)

        self.bind_each("sends", controls, give)

    @property
    def send_index(self):
        return self._send_index

    @send_index.setter
    def send_index(self, index):
        self._send_index = index

    @property
    def num_sends(self):
        return len(self._song.return_tracks)

    def set_shift_button(self, button):
        for strip in (*self._channel_strips, self._master_strip, self._selected_strip):
            strip.set_shift_button(button)

    def on_track_list_changed(self):
        self._assign()

    def on_selected_track_changed(self):
        self._selected_strip.set_track(self._song.view.selected_track)

    def _strips(self, count):
        return self.register_components(*(self._create_strip() for _ in range(count)))

    def _assign(self):
        song, tracks = self._song, self.tracks_to_use()
        for index, strip in enumerate(self._channel_strips, self._track_offset):
            strip.set_track(tracks[index] if index < len(tracks) else None)
        for index, strip in enumerate(self._return_strips):
            strip.set_track(song.return_tracks[index] if index < len(song.return_tracks) else None)
        self._master_strip.set_track(song.master_track)
        self._selected_strip.set_track(song.view.selected_track)

    def _step(self, button, value, direction):
        if is_press(button, value):
            song = self._song
            tracks = [*song.visible_tracks, *song.return_tracks, song.master_track]
            index = tracks.index(song.view.selected_track) + direction
            song.view.selected_track = tracks[min(max(index, 0), len(tracks) - 1)]

    def _bank(self, button, value, direction):
        offset = self._track_offset + direction * len(self._channel_strips)
        if is_press(button, value) and 0 <= offset < len(self.tracks_to_use()):
            self.set_track_offset(offset)


@lacks(methods="set_track_name_data_source track_name_data_source")
class ChannelStripComponent(ChannelStrip, ControlUser):
    """Of `_Framework`."""


@lacks(methods="track_eq track_filter")
class MixerComponent(Mixer, ControlUser):
    """Of `_Framework`."""

    def __init__(
        self,
        num_tracks=0,
        num_returns=0,
        with_eqs=False,
        with_filters=False,
        auto_name=False,
        invert_mute_feedback=False,
        *arguments,
        **keywords,
    ):
        if with_eqs or with_filters:
            raise NotSimulated("mixers with equalizers or filters are not simulated")
        super().__init__(*arguments, **keywords)
        self._build(num_tracks, num_returns, invert_mute_feedback)

    def _create_strip(self):
        return ChannelStripComponent()
