"""Device: an instrument or effect in a chain, with parameters, on-off switch and A/B comparison.

Not modelled: latency (always 0) and the processing of sound. Assumed (UNCONFIRMED.md): that racks, plug-ins and Max
devices have no A/B comparison (Live 12), and that B equals A until a parameter changes.
"""

from .base import Model, State, command, models, reads
from .kind import OFF_ON
from .parameter import DeviceParameter


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
        """Copies the current state to the other one."""
        self._require_comparing()
        self._waiting = self._current()

    def _current(self):
        return tuple(parameter.value for parameter in self.parameters)

    def _require_comparing(self):
        if not self.can_compare_ab:
            raise RuntimeError("The device can not compare presets")


INSTRUMENT, AUDIO_EFFECT, MIDI_EFFECT = 1, 2, 4


@models("Device.Device.View")
class DeviceView(Model):
    is_collapsed = State(False, undo=False)


class OnSwitch(DeviceParameter):
    """The first parameter of every device."""

    def __init__(self, device):
        super().__init__(device, "Device On", 0, 1, 1, OFF_ON)

    def post(self, member):
        super().post(member)
        if member == "value":
            self.parent.post_activity()


@models("Device.Device")
class Device(Comparing, Model):
    """`kind` is its kind of device: see device_kinds.py."""

    view_model = DeviceView
    parameters = State((), owns=True)
    view = State(owns=True)
    _given_name = State("", also=("name",))

    can_have_chains = reads(lambda device: False)
    can_have_drum_pads = reads(lambda device: False)
    latency_in_ms = reads(lambda device: 0.0)
    latency_in_samples = reads(lambda device: 0)

    def __init__(self, parent, kind):
        super().__init__(parent)
        self.kind = kind
        self._values["view"] = self.view_model(self)
        own = tuple(DeviceParameter(self, *recipe) for recipe in kind.parameters)
        self._values["parameters"] = (OnSwitch(self), *own)

    @property
    def track(self):
        return self.parent.track

    @reads
    def name(self):
        return self._given_name or self.kind.name

    @name.setter
    def name(self, value):
        self._given_name = value

    @reads
    def class_name(self):
        return self.kind.class_name

    @reads
    def class_display_name(self):
        return self.kind.name

    @reads
    def type(self):
        return self.kind.type

    @reads
    def is_active(self):
        """Switched on, and so are all racks around it."""
        return bool(self.parameters[0].value) and self.parent.is_on

    def post_activity(self):
        self.post("is_active")
        for chain in self.chains_within():
            for device in chain.devices:
                device.post("is_active")

    def chains_within(self):
        """The chains of the rack and of nested racks, in a fixed order; empty for other devices."""
        return ()

    def die(self):
        if self.song.appointed_device is self:
            self.song.post("appointed_device")
        super().die()

    @command
    def store_chosen_bank(self, script_index, bank_index):
        """Live keeps it for control surfaces alone."""
