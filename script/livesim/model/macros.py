"""The macros of a rack and their variations.

A macro mapped to one parameter has its name; all mapped parameters follow it over their whole ranges. Scripts cannot
map: a set starts with its mappings. Assumed (UNCONFIRMED.md): that at least two macros stay, and that hidden macros
are never randomized.
"""

import random

from ..errors import invalid_value
from .base import State, command, reads
from .parameter import DeviceParameter, single_precision

MACROS, MACROS_SHOWN, MACROS_AT_ONCE = 16, 8, 2
MACRO_MAX = 127
NO_VARIATION = -1


class _MovingState(State):
    """Undo restores the parameters that followed by their own records."""

    def __set__(self, macro, value):
        super().__set__(macro, value)
        macro.move_targets()


class Macro(DeviceParameter):
    value = _MovingState(0.0, also=("display_value",))
    targets = ()

    def __init__(self, rack, number):
        super().__init__(rack, "Macro %d" % number, 0, MACRO_MAX, 0)

    @reads
    def name(self):
        return self.targets[0].name if len(self.targets) == 1 else self.original_name

    def map_to(self, *targets):
        self.targets = targets
        for target in targets:
            target.macro = self

    def meet_targets(self):
        """The macro takes the value of its first parameter, as it does when the user maps it."""
        self._values["value"] = single_precision(self.targets[0].position * MACRO_MAX)

    def move_targets(self):
        for target in filter(self.is_around, self.targets):
            target.place_at(self.value / MACRO_MAX)

    def is_around(self, parameter):
        """Whether the parameter is still in the macro's rack: one moved out of it is independent."""
        place = parameter.parent
        while place is not None and place is not self.parent:
            place = place.parent
        return place is not None


class RackMacros:
    visible_macro_count = State(MACROS_SHOWN)
    _variations = State((), also=("variation_count",))
    _selected_variation = State(NO_VARIATION)
    _last_recalled = State(None, undo=False)

    @property
    def macros(self):
        return self.parameters[1 : 1 + MACROS]

    @reads
    def macros_mapped(self):
        return tuple(bool(macro.targets) for macro in self.macros)

    @reads
    def has_macro_mappings(self):
        return any(self.macros_mapped)

    @command
    def add_macro(self):
        if self.visible_macro_count == MACROS:
            raise RuntimeError("All macros of the rack are there already")
        self.visible_macro_count += MACROS_AT_ONCE

    @command
    def remove_macro(self):
        if self.visible_macro_count == MACROS_AT_ONCE:
            raise RuntimeError("The last macros of the rack cannot be removed")
        self.visible_macro_count -= MACROS_AT_ONCE

    @command
    def randomize_macros(self):
        for macro in self.macros[: self.visible_macro_count]:
            macro.value = single_precision(random.uniform(0, MACRO_MAX))

    @reads
    def variation_count(self):
        return len(self._variations)

    @reads
    def selected_variation_index(self):
        return self._selected_variation

    @selected_variation_index.setter
    def selected_variation_index(self, index):
        if not NO_VARIATION <= index < len(self._variations):
            raise invalid_value()
        self._selected_variation = index

    @command
    def store_variation(self):
        self._variations += (tuple(macro.value for macro in self.macros),)
        self._selected_variation = len(self._variations) - 1

    @command
    def recall_selected_variation(self):
        if self._selected_variation != NO_VARIATION:
            self._recall(self._variations[self._selected_variation])

    @command
    def recall_last_used_variation(self):
        if self._last_recalled in self._variations:
            self._selected_variation = self._variations.index(self._last_recalled)
            self._recall(self._last_recalled)

    @command
    def delete_selected_variation(self):
        index = self._selected_variation
        if index != NO_VARIATION:
            self._variations = self._variations[:index] + self._variations[index + 1 :]
            self._selected_variation = min(index, len(self._variations) - 1)

    def _recall(self, variation):
        self._last_recalled = variation
        for macro, value in zip(self.macros, variation):
            macro.value = value
