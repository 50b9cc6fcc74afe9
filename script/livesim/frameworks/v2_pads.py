"""Pads of `ableton.v2` that play notes, and those of a drum rack."""

from .button_controls import ButtonControl, PlayableControl
from .components import Component
from .control_lists import control_matrix

PADS = 128
PAD_ROW = 4


class PlayableComponent(Component):
    """A matrix of pads that play notes of the selected track, translated by Live."""

    matrix = control_matrix(PlayableControl)
    select_button = ButtonControl()

    def __init__(self, matrix_always_listenable=False, *arguments, **keywords):
        self._is_listenable = matrix_always_listenable
        super().__init__(*arguments, **keywords)

    def set_matrix(self, matrix):
        self.matrix.set_control_element(matrix)
        self._translate()

    @matrix.pressed
    def matrix(self, button):
        self._on_matrix_pressed(button)

    @matrix.released
    def matrix(self, button):
        self._on_matrix_released(button)

    def _on_matrix_pressed(self, button):
        """A listening pad was pressed."""

    def _on_matrix_released(self, button):
        """It was released."""

    def _note_translation_for_button(self, button):
        return None, None

    def _translate(self):
        for button in self.matrix:
            note, channel = self._note_translation_for_button(button)
            button.set_playable(not self._is_listenable and note is not None)
            if note is not None and button.control_element is not None:
                button.channel, button.identifier = channel, note


class DrumGroupComponent(PlayableComponent):
    """The pads of a drum rack, four a row, from the lowest left."""

    __events__ = ("pressed_pads",)

    def __init__(self, *arguments, **keywords):
        for name in ("translation_channel", "set_pad_translations", "target_track", "drum_group_finder"):
            keywords.pop(name, None)
        self._rack = None
        super().__init__(*arguments, **keywords)
        self._pads_slot = self.register_slot(None, self._translate, "visible_drum_pads")

    @property
    def drum_group_device(self):
        return self._rack

    def set_drum_group_device(self, drum_group_device):
        has_pads = drum_group_device != None and drum_group_device.can_have_drum_pads  # noqa: E711
        self._rack = drum_group_device if has_pads else None
        self._pads_slot.subject = self._rack
        self._translate()

    @property
    def assigned_drum_pads(self):
        return list(self._rack.visible_drum_pads) if self._rack != None else []  # noqa: E711

    def _note_translation_for_button(self, button):
        row, column = button.coordinate
        if self._rack == None:  # noqa: E711
            return None, None
        first = self.assigned_drum_pads[0].note if self.assigned_drum_pads else 0
        note = first + (self.matrix.height - 1 - row) * PAD_ROW + column % PAD_ROW
        return (note, 0) if note < PADS else (None, None)
