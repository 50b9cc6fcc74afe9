"""Comparing two states of a device, A and B: one is in use, the other waits in a slot (Live 12).

Not yet confirmed in Live: that racks, plug-ins and Max devices cannot, and that B is like A until somebody changes it.
"""

from .base import State, command, reads


class Comparing:
    _is_b = State(False, also=("is_using_compare_preset_b",))
    _waiting = State(None)

    can_compare_ab = reads(lambda device: True)

    @reads
    def is_using_compare_preset_b(self):
        self._require_comparing()
        return self._is_b

    @is_using_compare_preset_b.setter
    def is_using_compare_preset_b(self, value):
        self._require_comparing()
        if value == self._is_b:
            return
        waiting, self._waiting = self._waiting, self._current()
        for parameter, kept in zip(self.parameters, waiting or ()):
            if parameter.is_enabled:
                parameter.value = kept
        self._is_b = value

    @command
    def save_preset_to_compare_ab_slot(self):
        """The other state becomes as the one in use is now."""
        self._require_comparing()
        self._waiting = self._current()

    def _current(self):
        return tuple(parameter.value for parameter in self.parameters)

    def _require_comparing(self):
        if not self.can_compare_ab:
            raise RuntimeError("The device can not compare presets")
