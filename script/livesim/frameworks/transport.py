"""`_Framework.TransportComponent`: buttons for the transport, with lights that follow it."""

from .controls import ControlUser, is_press

TEMPO_BOTTOM, TEMPO_TOP = 60.0, 200.0
VALUE_MAX = 127
SEEK_TURN = 64
SEEK_BEATS_PER_S = 10.0
TOGGLES = (
    "is_playing",
    "record_mode",
    "loop",
    "metronome",
    "punch_in",
    "punch_out",
    "arrangement_overdub",
    "session_record",
)
FINE_BPM = 1.0


def _setter(role, act):
    """Makes a method that gives a button its role; a press calls `act(component, value)`."""

    def set_button(self, button):
        self.bind(role, button, lambda value: act(self, button, value))

    return set_button


def _toggle(member):
    def act(component, button, value):
        if is_press(button, value):
            setattr(component._song, member, not getattr(component._song, member))

    return _setter(member, act)


def _hold(member):
    return _setter(member, lambda component, _button, value: setattr(component._song, member, bool(value)))


def _call(role, method):
    def act(component, button, value):
        if is_press(button, value):
            getattr(component._song, method)()

    return _setter(role, act)


def _seek(role, direction):
    def act(component, _button, value):
        component.seek(direction if value else 0)

    return _setter(role, act)


class TransportComponent(ControlUser):
    """Of `_Framework`."""

    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._seek_direction = 0
        self._tasks.add(self._go_on_seeking)
        for member in TOGGLES:
            self.register_slot(self._song, self.update, member)

    set_play_button = _toggle("is_playing")
    set_record_button = _toggle("record_mode")
    set_loop_button = _toggle("loop")
    set_metronome_button = _toggle("metronome")
    set_punch_in_button = _toggle("punch_in")
    set_punch_out_button = _toggle("punch_out")
    set_arrangement_overdub_button = _toggle("arrangement_overdub")
    set_overdub_button = _toggle("session_record")
    set_arrangement_record_button = _toggle("record_mode")
    set_stop_button = _call("stop", "stop_playing")
    set_tap_tempo_button = _call("tap", "tap_tempo")
    set_nudge_up_button = _hold("nudge_up")
    set_nudge_down_button = _hold("nudge_down")
    set_seek_forward_button = _seek("forward", 1)
    set_seek_backward_button = _seek("backward", -1)

    def set_nudge_buttons(self, up_button, down_button):
        self.set_nudge_up_button(up_button)
        self.set_nudge_down_button(down_button)

    def set_punch_buttons(self, in_button, out_button):
        self.set_punch_in_button(in_button)
        self.set_punch_out_button(out_button)

    def set_seek_buttons(self, ffwd_button, rwd_button):
        self.set_seek_forward_button(ffwd_button)
        self.set_seek_backward_button(rwd_button)

    def set_tempo_control(self, control, fine_control=None):
        if fine_control is not None:
            self.set_tempo_fine_control(fine_control)
        self.bind("tempo", control, self._set_tempo)

    def set_tempo_fine_control(self, control):
        """Moves the tempo within a beat a minute around the last whole tempo."""
        self.bind("fine tempo", control, self._set_fine_tempo)

    def set_song_position_control(self, control):
        self.bind("position", control, self._move_position)

    def update(self):
        super().update()
        song = self._song
        for member in TOGGLES:
            self.show(member, getattr(song, member))
        self.show("stop", not song.is_playing)

    def seek(self, direction):
        self._seek_direction = direction

    def _set_tempo(self, value):
        self._song.tempo = TEMPO_BOTTOM + (TEMPO_TOP - TEMPO_BOTTOM) * value / VALUE_MAX

    def _set_fine_tempo(self, value):
        self._song.tempo = int(self._song.tempo) + FINE_BPM * value / VALUE_MAX

    def _move_position(self, value):
        """A turn to the right is a beat on, one to the left a beat back."""
        step = 1.0 if value < SEEK_TURN else -1.0
        self._song.current_song_time = max(0.0, self._song.current_song_time + step)

    def _go_on_seeking(self, seconds):
        if self._seek_direction:
            song = self._song
            beats = self._seek_direction * SEEK_BEATS_PER_S * seconds
            song.current_song_time = max(0.0, song.current_song_time + beats)
        return True
