"""Device: an instrument or effect in the chain of a track or rack, with its parameters and its on-off switch.

Not modelled: latency (always none), and what a device does to the sound.
"""

from .base import Model, State, command, models, reads
from .comparing import Comparing
from .parameter import DeviceParameter
from .parameter_recipe import OFF_ON

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
            self.parent.tell_of_activity()


@models("Device.Device")
class Device(Comparing, Model):
    """`kind` says what it is: see device_kinds.py."""

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

    def tell_of_activity(self):
        self.post("is_active")
        for chain in self.chains_within():
            for device in chain.devices:
                device.post("is_active")

    def chains_within(self):
        """Those of the rack and of the racks in it, in a fixed order. Other devices have none."""
        return ()

    def die(self):
        if self.song.appointed_device is self:
            self.song.post("appointed_device")
        super().die()

    @command
    def store_chosen_bank(self, script_index, bank_index):
        """Live remembers it for control surfaces alone."""
