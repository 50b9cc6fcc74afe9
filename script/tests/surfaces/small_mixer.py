"""A small mixer on _Framework's ready-made components: two strips, a Session window of four slots, the transport."""

from _Framework.ButtonElement import ButtonElement
from _Framework.ControlSurface import ControlSurface
from _Framework.EncoderElement import EncoderElement
from _Framework.InputControlElement import MIDI_CC_TYPE, MIDI_NOTE_TYPE, MIDI_PB_TYPE
from _Framework.MixerComponent import MixerComponent
from _Framework.SessionComponent import SessionComponent
from _Framework.SliderElement import SliderElement
from _Framework.TransportComponent import TransportComponent
import Live

FADERS, PANS, SENDS, MUTES, SOLOS, ARMS, SELECTS = 20, 24, 28, 30, 32, 34, 36
PADS, SCENES, STOPS, MOVES = 40, 50, 52, 56
PLAY, STOP, RECORD, LOOP, TEMPO, MAIN_CHANNEL = 60, 61, 62, 63, 64, 8
STARTED, STOPPED, TRIGGERED = 21, 5, 99


def create_instance(c_instance):
    return SmallMixer(c_instance)


def button(number):
    return ButtonElement(True, MIDI_NOTE_TYPE, 0, number)


def knob(number):
    return EncoderElement(MIDI_CC_TYPE, 0, number, Live.MidiMap.MapMode.absolute)


class SmallMixer(ControlSurface):
    def __init__(self, c_instance):
        ControlSurface.__init__(self, c_instance)
        with self.component_guard():
            self._set_up_mixer()
            self._set_up_session()
            self._set_up_transport()
        self.set_highlighting_session_component(self.session)

    def _set_up_mixer(self):
        self.mixer = MixerComponent(2, 1)
        for index in range(2):
            strip = self.mixer.channel_strip(index)
            strip.set_volume_control(SliderElement(MIDI_CC_TYPE, 0, FADERS + index))
            strip.set_pan_control(knob(PANS + index))
            strip.set_send_controls([knob(SENDS + index)])
            strip.set_mute_button(button(MUTES + index))
            strip.set_invert_mute_feedback(True)
            strip.set_solo_button(button(SOLOS + index))
            strip.set_arm_button(button(ARMS + index))
            strip.set_select_button(button(SELECTS + index))
        self.mixer.master_strip().set_volume_control(SliderElement(MIDI_PB_TYPE, MAIN_CHANNEL, 0))

    def _set_up_session(self):
        self.session = SessionComponent(2, 2)
        for row in range(2):
            scene = self.session.scene(row)
            scene.set_launch_button(button(SCENES + row))
            for column in range(2):
                slot = scene.clip_slot(column)
                slot.set_launch_button(button(PADS + 2 * row + column))
                slot.set_started_value(STARTED)
                slot.set_stopped_value(STOPPED)
                slot.set_triggered_to_play_value(TRIGGERED)
        self.session.set_stop_track_clip_buttons([button(STOPS), button(STOPS + 1)])
        right, left, down, up = [button(MOVES + index) for index in range(4)]
        self.session.set_track_bank_buttons(right, left)
        self.session.set_scene_bank_buttons(down, up)
        self.session.set_mixer(self.mixer)

    def _set_up_transport(self):
        self.transport = TransportComponent()
        self.transport.set_play_button(button(PLAY))
        self.transport.set_stop_button(button(STOP))
        self.transport.set_record_button(button(RECORD))
        self.transport.set_loop_button(button(LOOP))
        self.transport.set_tempo_control(knob(TEMPO))
