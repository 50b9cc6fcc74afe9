"""Devices of the set across tracks: moving one, and appointing one for control surfaces."""

from .base import State, command, query, reads

NOWHERE = -1


class Move:
    """Moves a device from one chain to another; it stays the same object, for undo, too."""

    def __init__(self, device, target, place):
        source = device.parent
        self._device = device
        self._here = (source, source.devices), (target, target.devices)
        left = tuple(present for present in source.devices if present is not device)
        entered = left if target is source else target.devices
        self._there = (source, left), (target, entered[:place] + (device,) + entered[place:])

    def repeat(self):
        self._put(*self._there)

    def revert(self):
        (source, before), (target, present) = self._here
        self._put((target, present), (source, before))

    def _put(self, leaving, entering):
        for chain, devices in (leaving, entering):
            chain._values["devices"] = devices
        self._device.parent = entering[0]
        for chain, _devices in (leaving, entering):
            chain.post("devices")
        self._device.post_activity()


class SongDevices:
    _appointed = State(undo=False, also=("appointed_device",))

    @reads
    def appointed_device(self):
        device = self._appointed
        return device if device is not None and device.life.subject is not None else None

    @appointed_device.setter
    def appointed_device(self, device):
        self._appointed = device

    @query
    def find_device_position(self, device, target, target_position):
        """The allowed position nearest to the wanted one, counted with the device still in place."""
        place = self._place(device, target, target_position)
        if place is None:
            return NOWHERE
        return place + 1 if target is device.parent and place > target.devices.index(device) else place

    @command
    def move_device(self, device, target, target_position):
        for chain in (device.parent, target):
            chain.require_thawed()
        place = self._place(device, target, target_position)
        if place is None:
            raise RuntimeError("The device can not be moved there")
        move = Move(device, target, place)
        self.history.record(move)
        move.repeat()
        return place

    def _place(self, device, target, wanted):
        """Counted without the device."""
        if any(chain is target for chain in device.chains_within()):
            return None
        if target is device.parent and wanted > target.devices.index(device):
            wanted -= 1
        return target.nearest_place(device.type, wanted, without=device)
