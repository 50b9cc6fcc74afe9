"""RackDevice: instrument, audio effect and MIDI effect racks, whose chains hold devices. drum_rack.py has the fourth.

Assumed (UNCONFIRMED.md): that a rack without a selected chain selects its first one.
"""

from .base import State, command, models, reads
from .chain import Chain
from .device import Device, DeviceView
from .device_chain import AT_THE_END, OF_MIDI
from .macros import MACROS, Macro, RackMacros
from .parameter import DeviceParameter
from .units import INTEGER

SELECTOR_MAX = 127
LOWEST_PADS_SHOWN, SCROLL_MAX = 9, 28


@models("RackDevice.RackDevice.View")
class RackView(DeviceView):
    is_showing_chain_devices = State(True, undo=False)
    _chain = State(undo=False, also=("selected_chain",))
    _pad = State(undo=False, also=("selected_drum_pad",))
    _scroll_position = State(LOWEST_PADS_SHOWN, undo=False, also=("drum_pads_scroll_position",))

    @reads
    def selected_chain(self):
        rack = self.parent
        return self._chain if self._chain in rack.chains + rack.return_chains else next(iter(rack.chains), None)

    @selected_chain.setter
    def selected_chain(self, chain):
        if chain is not None and chain not in self.parent.chains + self.parent.return_chains:
            raise RuntimeError("The chain belongs to another rack")
        self._chain = chain

    @reads
    def drum_pads_scroll_position(self):
        self.parent.require_pads()
        return self._scroll_position

    @drum_pads_scroll_position.setter
    def drum_pads_scroll_position(self, row):
        self.parent.require_pads()
        if not 0 <= row <= SCROLL_MAX:
            raise RuntimeError("Invalid value: it must lie between 0 and %d" % SCROLL_MAX)
        self._scroll_position = row
        self.parent.post("visible_drum_pads")

    @reads
    def selected_drum_pad(self):
        self.parent.require_pads()
        return self._pad if self._pad in self.parent.drum_pads else next(iter(self.parent.visible_drum_pads), None)

    @selected_drum_pad.setter
    def selected_drum_pad(self, pad):
        self.parent.require_pads()
        if pad not in self.parent.drum_pads:
            raise RuntimeError("The drum pad belongs to another rack")
        self._pad = pad


@models("RackDevice.RackDevice")
class RackDevice(RackMacros, Device):
    """Its kind's details are the types of device that its chains take."""

    view_model, chain_model, return_chain_model = RackView, Chain, Chain
    chains = State((), owns=True)
    return_chains = State((), owns=True)
    _is_showing_chains = State(False, undo=False, also=("is_showing_chains",))

    can_have_chains = reads(lambda rack: True)
    can_compare_ab = reads(lambda rack: False)

    def __init__(self, parent, kind):
        super().__init__(parent, kind)
        macros = tuple(Macro(self, number) for number in range(1, MACROS + 1))
        self._values["parameters"] = (*self.parameters, *macros, *self._selectors())

    def _selectors(self):
        return (DeviceParameter(self, "Chain Selector", 0, SELECTOR_MAX, 0, unit=INTEGER),)

    @property
    def chains_take(self):
        return self.kind.details

    @reads
    def chain_selector(self):
        return self.parameters[-1]

    @command
    def insert_chain(self, index=AT_THE_END):
        index = len(self.chains) if index == AT_THE_END else index
        if not 0 <= index <= len(self.chains):
            raise RuntimeError("Invalid chain index")
        chain = self.chain_model(self)
        self.chains = self.chains[:index] + (chain,) + self.chains[index:]
        return chain

    @reads
    def can_show_chains(self):
        return self.chains_take == OF_MIDI and len(self.chains) > 1

    @reads
    def is_showing_chains(self):
        return self.can_show_chains and self._is_showing_chains

    @is_showing_chains.setter
    def is_showing_chains(self, value):
        if not self.can_show_chains:
            raise RuntimeError("The rack can not show its chains")
        self._is_showing_chains = value

    @reads
    def has_drum_pads(self):
        self.require_pads()
        return bool(self.drum_pads)

    @reads
    def drum_pads(self):
        self.require_pads()
        return self.pads

    @reads
    def visible_drum_pads(self):
        self.require_pads()
        return self.pads_shown

    def require_pads(self):
        raise RuntimeError("Only drum racks have drum pads")

    @command
    def copy_pad(self, source_index, destination_index):
        self.require_pads()
        self.copy_chains(source_index, destination_index)

    def chains_within(self):
        for chain in self.chains + self.return_chains:
            yield chain
            for device in chain.devices:
                yield from device.chains_within()

    def copied(self, parent, kind=None):
        """A copy with its mappings, which lead to the copied parameters."""
        copy = super().copied(parent, kind)
        twins = dict(zip(self._mappable(), copy._mappable()))
        for macro, its_copy in zip(self.macros, copy.macros):
            its_copy.map_to(*(twins[target] for target in macro.targets if target in twins))
        return copy

    def _mappable(self):
        return [
            parameter for chain in self.chains_within() for device in chain.devices for parameter in device.parameters
        ]
