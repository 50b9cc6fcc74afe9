"""A grid of pads as many scripts for controllers are written: capabilities, a matrix of buttons, a Session window."""

from _Framework.ButtonElement import ButtonElement
from _Framework.ButtonMatrixElement import ButtonMatrixElement
from _Framework.Capabilities import CONTROLLER_ID_KEY, NOTES_CC, PORTS_KEY, REMOTE, SCRIPT, controller_id, inport, outport
from _Framework.ControlSurface import ControlSurface
from _Framework.InputControlElement import MIDI_NOTE_TYPE
from _Framework.SessionComponent import SessionComponent
from _Framework.SubjectSlot import subject_slot

COLUMNS, ROWS, FIRST_PAD, FIRST_SCENE = 3, 2, 36, 80
STARTED, STOPPED = 21, 5


def get_capabilities():
    return {
        CONTROLLER_ID_KEY: controller_id(vendor_id=0x1235, product_ids=[14], model_name="Grid"),
        PORTS_KEY: [inport(props=[NOTES_CC, SCRIPT, REMOTE]), outport(props=[SCRIPT])],
    }


def create_instance(c_instance):
    return Grid(c_instance)


def button(number):
    return ButtonElement(True, MIDI_NOTE_TYPE, 0, number)


class Grid(ControlSurface):
    def __init__(self, c_instance):
        super(Grid, self).__init__(c_instance)
        self.pressed = []
        with self.component_guard():
            rows = [[button(FIRST_PAD + row * COLUMNS + column) for column in range(COLUMNS)] for row in range(ROWS)]
            self._matrix = ButtonMatrixElement(name="Pads", rows=rows)
            self._on_pad.subject = self._matrix
            self._scenes = ButtonMatrixElement(rows=[[button(FIRST_SCENE + row) for row in range(ROWS)]])
            self._session = SessionComponent(COLUMNS, ROWS)
            self._session.set_clip_launch_buttons(self._matrix)
            self._session.set_scene_launch_buttons(self._scenes)
            for row in range(ROWS):
                for column in range(COLUMNS):
                    slot = self._session.scene(row).clip_slot(column)
                    slot.set_started_value(STARTED)
                    slot.set_stopped_value(STOPPED)

    @subject_slot("value")
    def _on_pad(self, value, column, row, is_momentary):
        if value:
            self.pressed.append((column, row, is_momentary))
