"""A grid on ableton.v2: a session ring, controls of its own component, modes, elements by name, a skin."""

import Live
from ableton.v2.base import const, inject, listens, liveobj_valid, task
from ableton.v2.control_surface import Component, ControlSurface, Layer, Skin
from ableton.v2.control_surface.components import (
    DeviceComponent,
    MixerComponent,
    SessionComponent,
    SessionNavigationComponent,
    SessionOverviewComponent,
    SessionRingComponent,
    TransportComponent,
    UndoRedoComponent,
    ViewControlComponent,
)
from ableton.v2.control_surface.control import (
    ButtonControl,
    EncoderControl,
    MappedControl,
    RadioButtonControl,
    ToggleButtonControl,
    control_list,
    control_matrix,
)
from ableton.v2.control_surface.elements import ButtonElement, ButtonMatrixElement, Color, ComboElement, EncoderElement
from ableton.v2.control_surface.input_control_element import MIDI_CC_TYPE, MIDI_NOTE_TYPE
from ableton.v2.control_surface.mode import (
    AddLayerMode,
    EnablingMode,
    LayerMode,
    ModesComponent,
    MomentaryBehaviour,
    SetAttributeMode,
)

WIDTH, HEIGHT = 2, 2
GRID, RIGHT, PLAY, NOTES, SHIFT, UNDO, FLAG, HOLD, LISTED, CHOICES = 0, 10, 11, 12, 13, 14, 15, 16, 20, 30
KNOBS, TEMPO, GAIN, NEXT_TRACK, PREVIOUS_SCENE = 40, 50, 51, 60, 61


class Colors:
    class Session:
        Stopped, Started = Color(5), Color(7)

    class DefaultButton:
        On, Off, Disabled = Color(127), Color(1), Color(0)

    class Mine:
        On, Off = Color(9), Color(8)


class Elements(object):
    def __init__(self):
        self.grid = ButtonMatrixElement(
            name="Grid",
            rows=[[button(GRID + row * WIDTH + column) for column in range(WIDTH)] for row in range(HEIGHT)],
        )
        self.knobs = ButtonMatrixElement(name="Knobs", rows=[[encoder(KNOBS + index) for index in range(WIDTH)]])
        self.listed = ButtonMatrixElement(name="Listed", rows=[[button(LISTED), button(LISTED + 1)]])
        self.listed_raw = [self.listed[0], self.listed[1]]
        self.choices = ButtonMatrixElement(name="Choices", rows=[[button(CHOICES), button(CHOICES + 1)]])
        for name, note in (("right", RIGHT), ("play", PLAY), ("notes", NOTES), ("undo", UNDO), ("hold", HOLD)):
            setattr(self, name + "_button", button(note))
        self.next_button, self.previous_button = button(NEXT_TRACK), button(PREVIOUS_SCENE)
        self.shift_button, self.flag_button = button(SHIFT), button(FLAG)
        self.tempo_encoder = encoder(TEMPO, Live.MidiMap.MapMode.relative_smooth_two_compliment)
        self.gain_encoder = encoder(GAIN)
        self.undo_with_shift = ComboElement(self.undo_button, self.shift_button)


def button(note):
    return ButtonElement(True, MIDI_NOTE_TYPE, 0, note, name="Button_%d" % note)


def encoder(number, mode=None):
    mode = Live.MidiMap.MapMode.absolute if mode is None else mode
    return EncoderElement(MIDI_CC_TYPE, 0, number, mode, name="Encoder_%d" % number)


class Watch(Component):
    """Writes down what its controls notify of."""

    hold_button = ButtonControl(color="Mine.Off", pressed_color="Mine.On")
    flag_button = ToggleButtonControl(untoggled_color="Mine.Off", toggled_color="Mine.On")
    tempo_encoder = EncoderControl()
    gain_control = MappedControl()
    listed_buttons = control_list(ButtonControl, control_count=2, color="Mine.Off")
    choice_buttons = control_list(RadioButtonControl, control_count=2)

    def __init__(self, *a, **k):
        super(Watch, self).__init__(*a, **k)
        self.seen = []
        self.gain_control.mapped_parameter = self.song.master_track.mixer_device.volume
        self.__on_name_changed.subject = self.song.view
        self.choice_buttons.checked_index = 0

    @hold_button.pressed
    def hold_button(self, button):
        self.seen.append("pressed")

    @hold_button.pressed_delayed
    def hold_button(self, button):
        self.seen.append("held")

    @hold_button.released_immediately
    def hold_button(self, button):
        self.seen.append("released soon")

    @hold_button.released_delayed
    def hold_button(self, button):
        self.seen.append("released late")

    @hold_button.double_clicked
    def hold_button(self, button):
        self.seen.append("twice")

    @flag_button.toggled
    def flag_button(self, is_on, button):
        self.seen.append(("flag", is_on))

    @tempo_encoder.value
    def tempo_encoder(self, value, encoder):
        self.song.tempo += value * 64

    @listed_buttons.pressed
    def listed_buttons(self, button):
        self.seen.append(("listed", button.index))

    @choice_buttons.checked
    def choice_buttons(self, button):
        self.seen.append(("choice", button.index))

    @listens("selected_track.name")
    def __on_name_changed(self):
        self.seen.append(("name", self.song.view.selected_track.name))


class NotePads(Component):
    pads = control_matrix(ButtonControl, dimensions=(HEIGHT, WIDTH))

    def __init__(self, *a, **k):
        super(NotePads, self).__init__(*a, **k)
        self.struck = []

    @pads.pressed
    def pads(self, pad):
        self.struck.append(pad.coordinate)


def create_instance(c_instance):
    return RingGrid(c_instance=c_instance)


class RingGrid(ControlSurface):
    def __init__(self, *a, **k):
        super(RingGrid, self).__init__(*a, **k)
        with self.component_guard():
            with inject(skin=const(Skin(Colors))).everywhere():
                self._elements = Elements()
            with inject(element_container=const(self._elements)).everywhere():
                self._make_components()
                self._make_modes()
        self.ready = self._tasks.add(task.sequence(task.wait(0.2), task.run(lambda: self.log_message("ready"))))

    def _make_components(self):
        self.ring = SessionRingComponent(name="Ring", num_tracks=WIDTH, num_scenes=HEIGHT)
        self.session = SessionComponent(name="Session", session_ring=self.ring, is_enabled=False)
        self.mixer = MixerComponent(name="Mixer", tracks_provider=self.ring, is_enabled=False)
        self.mixer.layer = Layer(volume_controls="knobs")
        self.mixer.set_enabled(True)
        self.navigation = SessionNavigationComponent(
            name="Navigation", session_ring=self.ring, layer=Layer(right_button="right_button")
        )
        self.overview = SessionOverviewComponent(name="Overview", session_ring=self.ring, is_enabled=False)
        self.transport = TransportComponent(name="Transport", layer=Layer(play_button="play_button"))
        self.undo = UndoRedoComponent(
            name="Undo", layer=Layer(undo_button="undo_button", redo_button="undo_with_shift")
        )
        self.view_control = ViewControlComponent(name="View", layer=Layer(next_track_button="next_button"))
        self.view_control.set_prev_scene_button(self._elements.previous_button)
        self.device = DeviceComponent(name="Device", device_provider=self.device_provider, is_enabled=False)
        self.watch = Watch(
            name="Watch",
            layer=Layer(
                hold_button="hold_button",
                flag_button="flag_button",
                tempo_encoder="tempo_encoder",
                gain_control="gain_encoder",
                listed_buttons="listed",
                choice_buttons="choices",
            ),
        )
        self.note_pads = NotePads(name="Note_Pads", is_enabled=False, layer=Layer(pads="grid"))
        assert liveobj_valid(self.song)

    def _make_modes(self):
        self.is_playing_notes = False
        self.modes = ModesComponent(name="Modes", is_enabled=False, layer=Layer(notes_button="notes_button"))
        layer = Layer(clip_launch_buttons="grid")
        self.modes.add_mode("session", (AddLayerMode(self.session, layer), EnablingMode(self.session)))
        self.modes.add_mode(
            "notes",
            [EnablingMode(self.note_pads), SetAttributeMode(self, "is_playing_notes", True)],
            behaviour=MomentaryBehaviour(),
        )
        layer = Layer(parameter_controls="knobs", priority=1)
        self.modes.add_mode("device", [LayerMode(self.device, layer), self.device])
        self.modes.selected_mode = "session"
        self.modes.set_enabled(True)
