"""A keyboard on _Framework, written with layers: faders, knobs, pads, modes of the knobs, a shift button, lights."""

import Live
from _Framework.BackgroundComponent import BackgroundComponent
from _Framework.ButtonElement import ButtonElement, Color
from _Framework.ComboElement import ComboElement
from _Framework.ControlSurface import OptimizedControlSurface
from _Framework.Dependency import inject
from _Framework.DeviceComponent import DeviceComponent
from _Framework.DrumRackComponent import DrumRackComponent
from _Framework.InputControlElement import MIDI_CC_TYPE, MIDI_NOTE_TYPE
from _Framework.Layer import Layer
from _Framework.MidiMap import MidiMap, make_button, make_encoder, make_slider
from _Framework.MixerComponent import MixerComponent
from _Framework.ModesComponent import AddLayerMode, CancellableBehaviour, LayerMode, ModesComponent
from _Framework.Resource import PrioritizedResource
from _Framework.SessionComponent import SessionComponent
from _Framework.Skin import Skin
from _Framework.TransportComponent import TransportComponent
from _Framework.Util import const

FADERS, KNOBS, MUTES, PADS, LAUNCHES = 10, 20, 30, 40, 60
PLAY, LOOP, DEVICE, PANS, SHIFT, BANK = range(100, 106)


class Colors:
    class DefaultButton:
        On = Color(3)
        Off = Color(1)
        Disabled = Color(0)


class Controller(MidiMap):
    def __init__(self, *a, **k):
        super(Controller, self).__init__(*a, **k)
        self.add_button("Play", 0, PLAY, MIDI_NOTE_TYPE)
        self.add_button("Loop", 0, LOOP, MIDI_NOTE_TYPE)
        self.add_button("Device", 0, DEVICE, MIDI_NOTE_TYPE)
        self.add_button("Pans", 0, PANS, MIDI_NOTE_TYPE)
        self.add_button("Bank", 0, BANK, MIDI_NOTE_TYPE)
        self.add_matrix("Faders", make_slider, 0, [[FADERS, FADERS + 1]], MIDI_CC_TYPE)
        self.add_matrix("Knobs", make_encoder, 0, [[KNOBS, KNOBS + 1]], MIDI_CC_TYPE)
        self.add_matrix("Mutes", make_button, 0, [[MUTES, MUTES + 1]], MIDI_NOTE_TYPE)
        self.add_matrix("Pads", make_button, 0, [[PADS, PADS + 1], [PADS + 2, PADS + 3]], MIDI_NOTE_TYPE)
        self.add_matrix("Launches", make_button, 0, [[LAUNCHES, LAUNCHES + 1]], MIDI_NOTE_TYPE)
        self["Shift"] = ButtonElement(True, MIDI_NOTE_TYPE, 0, SHIFT, name="Shift", resource_type=PrioritizedResource)


def create_instance(c_instance):
    return LayeredKeys(c_instance)


class LayeredKeys(OptimizedControlSurface):
    def __init__(self, *a, **k):
        super(LayeredKeys, self).__init__(*a, **k)
        with self.component_guard():
            with inject(skin=const(Skin(Colors))).everywhere():
                self.map = Controller()
            self._make_components()
            self._make_modes()

    def _make_components(self):
        controls = self.map
        shifted = ComboElement(controls["Play"], modifiers=[controls["Shift"]])
        transport = TransportComponent(
            name="Transport",
            is_enabled=False,
            layer=Layer(play_button=controls["Play"], loop_button=controls["Loop"]) + Layer(record_button=shifted),
        )
        transport.set_enabled(True)
        self.mixer = MixerComponent(
            2,
            name="Mixer",
            is_enabled=False,
            invert_mute_feedback=True,
            layer=Layer(volume_controls=controls["Faders"], mute_buttons=controls["Mutes"]),
        )
        self.mixer.set_enabled(True)
        self.session = SessionComponent(
            2,
            1,
            auto_name=True,
            enable_skinning=True,
            name="Session",
            is_enabled=False,
            layer=Layer(clip_launch_buttons=controls["Launches"]),
        )
        self.session.set_enabled(True)
        self.set_highlighting_session_component(self.session)
        self.drums = DrumRackComponent(name="Drums", is_enabled=False, layer=Layer(pads=controls["Pads"]))
        self.drums.set_enabled(True)
        self.device = DeviceComponent(name="Device", is_enabled=False, device_selection_follows_track_selection=True)
        self.device.layer = Layer(bank_next_button=controls["Bank"])
        self.device.set_enabled(True)
        self.set_device_component(self.device)
        self.background = BackgroundComponent(name="Background", layer=Layer(priority=-5, unused=controls["Bank"]))

    def _make_modes(self):
        self.modes = ModesComponent(name="Knob_Modes", is_enabled=False)
        knobs = self.map["Knobs"]
        self.modes.add_mode("device", AddLayerMode(self.device, Layer(parameter_controls=knobs)))
        self.modes.add_mode(
            "pans",
            [AddLayerMode(self.mixer, Layer(pan_controls=knobs)), LayerMode(self.background, Layer(priority=-5))],
            behaviour=CancellableBehaviour(),
        )
        self.modes.layer = Layer(device_button=self.map["Device"], pans_button=self.map["Pans"])
        self.modes.selected_mode = "device"
        self.modes.set_enabled(True)
        assert Live.Application.get_application() is not None
