"""`DeviceComponent` of all frameworks: knobs for a device's parameters, in banks of eight, and buttons.

Assumed (UNCONFIRMED.md): each device has its parameters in their order, eight a bank. Live has hand-made banks for its
own devices.
"""

from . import tasks
from .components import Component
from .controls import ControlRoles, ControlUser, is_press
from .dependency import depends
from .events import EventObject
from .functions import const

BANK_SIZE = 8


def parameter_banks(device, *_definitions):
    """The parameters in banks; the switch that turns the device on is in none."""
    found = list(device.parameters)[1:]
    return [tuple(found[start : start + BANK_SIZE]) for start in range(0, len(found), BANK_SIZE)]


def parameter_bank_names(device, *_definitions):
    return ["Bank %d" % (index + 1) for index in range(len(parameter_banks(device)))]


def number_of_parameter_banks(device, *_definitions):
    return len(parameter_banks(device))


def device_parameters_to_map(device):
    return tuple(device.parameters[1:])


def best_of_parameter_bank(device, *_definitions):
    """The first bank."""
    return (parameter_banks(device) or [()])[0]


def get_parameter_by_name(device, name):
    return next((parameter for parameter in device.parameters if parameter.original_name == name), None)


def device_to_appoint(device):
    """The rack's only chain's device rather than a rack with macros that nothing is mapped to."""
    return device


class DeviceBankRegistry(EventObject):
    """The selected bank of each device, kept while the script runs."""

    __events__ = ("device_bank",)

    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._banks = []

    def get_device_bank(self, device):
        return next((bank for known, bank in self._banks if known == device), 0)

    def set_device_bank(self, device, bank):
        if bank != self.get_device_bank(device):
            self._banks = [pair for pair in self._banks if pair[0] != device] + [(device, bank)]
            self.notify_device_bank(device, bank)


class DeviceProvider(EventObject):
    """The device of the script: the song's appointed device, unless the script is locked to one."""

    __events__ = ("device", "is_locked_to_device")

    def __init__(self, song=None, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._song, self._locked = song, None
        self._device = song.appointed_device
        self.device_selection_follows_track_selection = False
        self.register_slot(song, self._follow, "appointed_device")
        self.register_slot(song.view, self._follow_track, "selected_track")

    @property
    def device(self):
        return self._device if self._device != None else None  # noqa: E711 a deleted device equals None

    @device.setter
    def device(self, device):
        if self._device != device:
            self._device = device
            self.notify_device()

    @property
    def is_locked_to_device(self):
        return self._locked is not None

    def lock_to_device(self, device):
        self._locked = device
        self.device = device
        self.notify_is_locked_to_device()

    def unlock_from_device(self):
        self._locked = None
        self._follow()
        self.notify_is_locked_to_device()

    def update_device_selection(self):
        self._follow_track()

    def _follow(self, *_arguments):
        if self._locked is None:
            self.device = self._song.appointed_device

    def _follow_track(self):
        if self._locked is None and self.device_selection_follows_track_selection:
            self.device = self._song.view.selected_track.view.selected_device


class DeviceRoles(ControlRoles):
    """The knobs and buttons, for a component of either framework."""

    def _begin(self, registry):
        self._device, self._controls = None, ()
        self._registry = registry or self.register_disconnectable(DeviceBankRegistry())
        self._on_off = self.register_slot(None, self.update, "value")
        self._listed = self.register_slot(None, self._refill, "parameters")
        self.register_slot(self._registry, lambda *_changed: self._refill(), "device_bank")

    def device(self):
        return self._device

    def set_device(self, device):
        self._device = device if device != None else None  # noqa: E711
        self._listed.subject = self._device
        self._on_off.subject = self._device.parameters[0] if self._device is not None else None
        self._refill()
        self.notify_device()

    @property
    def bank_index(self):
        return self._registry.get_device_bank(self._device)

    def parameters_of_bank(self):
        if self._device == None:  # noqa: E711
            return ()
        banks = parameter_banks(self._device)
        return banks[self.bank_index] if self.bank_index < len(banks) else ()

    def set_parameter_controls(self, controls):
        for control in self._controls:
            if control is not None:
                control.release_parameter()
        self._controls = tuple(controls) if controls is not None else ()
        self._refill()

    def set_bank_buttons(self, buttons):
        """A button for each bank."""

        def give(index, button):
            self.bind("bank %d" % index, button, lambda value: self._choose(button, value, index))

        self.bind_each("banks", buttons, give)

    def set_bank_nav_buttons(self, down_button, up_button):
        self.set_bank_prev_button(down_button)
        self.set_bank_next_button(up_button)

    def set_bank_prev_button(self, button):
        self.bind("down", button, lambda value: self._choose(button, value, self.bank_index - 1))

    def set_bank_next_button(self, button):
        self.bind("up", button, lambda value: self._choose(button, value, self.bank_index + 1))

    set_bank_down_button = set_prev_bank_button = set_bank_prev_button
    set_bank_up_button = set_next_bank_button = set_bank_next_button

    def set_on_off_button(self, button):
        self.bind("on", button, lambda value: self._switch(button, value))

    def update(self):
        super().update()
        is_on = self._device != None and self._device.is_active  # noqa: E711
        self.show("on", is_on)
        for index in range(len(parameter_banks(self._device)) if self._device != None else 0):  # noqa: E711
            self.show("bank %d" % index, index == self.bank_index)

    def on_enabled_changed(self):
        self._refill()
        super().on_enabled_changed()

    def _refill(self, *_arguments):
        parameters = self.parameters_of_bank() if self.is_enabled() else ()
        for index, control in enumerate(self._controls):
            if control is not None and index < len(parameters):
                control.connect_to(parameters[index])
            elif control is not None:
                control.release_parameter()
        self.update()

    def _choose(self, button, value, index):
        if self._device != None and is_press(button, value):  # noqa: E711
            if 0 <= index < len(parameter_banks(self._device)):
                self._registry.set_device_bank(self._device, index)

    def _switch(self, button, value):
        if self._device != None and is_press(button, value):  # noqa: E711
            switch = self._device.parameters[0]
            switch.value = 0.0 if switch.value else 1.0


class FrameworkDeviceComponent(DeviceRoles, ControlUser):
    """`_Framework.DeviceComponent`: the surface appoints its device, or it follows the selected track."""

    __events__ = ("device",)

    def __init__(
        self, device_bank_registry=None, device_selection_follows_track_selection=False, *arguments, **keywords
    ):
        super().__init__(*arguments, **keywords)
        self._follows_track = device_selection_follows_track_selection
        self._locks = False
        self._begin(device_bank_registry)
        self.register_slot(self._song, self._follow, "appointed_device")
        self._follow()

    def on_selected_track_changed(self):
        """The appointed device cannot be changed within the notification, so this waits for the next update."""
        if self._follows_track and not self._locks:
            self._tasks.add(tasks.run(self.update_device_selection))

    def update_device_selection(self):
        """Appoints the selected device of the selected track, or its first one."""
        track = self._song.view.selected_track
        device = track.view.selected_device
        if device == None and len(track.devices):  # noqa: E711
            device = track.devices[0]
        if device != None:  # noqa: E711
            self._song.appointed_device = device
        self.set_device(device)

    def set_lock_to_device(self, lock, device):
        """Live locks a script to a device through its surface."""
        self._locks = bool(lock)
        self.set_device(device if lock else self._song.appointed_device)

    def set_lock_button(self, button):
        self.bind("lock", button, lambda value: self._toggle_lock(button, value))

    def _toggle_lock(self, button, value):
        if is_press(button, value) and self._device != None:  # noqa: E711
            self.set_lock_to_device(not self._locks, self._device)
            self.show("lock", self._locks)

    def _follow(self, *_arguments):
        if not self._locks:
            self.set_device(self._song.appointed_device)


class DeviceComponent(DeviceRoles, Component):
    """`ableton.v2.control_surface.components.DeviceComponent`: follows its device provider."""

    __events__ = ("device", "parameters")

    @depends(device_provider=const(None), device_bank_registry=const(None))
    def __init__(self, device_provider=None, device_bank_registry=None, banking_info=None, *arguments, **keywords):
        more = {name: keywords.pop(name) for name in ("toggle_lock", "use_parameter_banks") if name in keywords}
        super().__init__(*arguments, **keywords)
        self._toggle_lock, self._provider = more.get("toggle_lock"), device_provider
        self._begin(device_bank_registry)
        self.register_slot(device_provider, self._follow, "device")
        self._follow()

    @property
    def device_provider(self):
        return self._provider

    @property
    def parameters(self):
        return list(self.parameters_of_bank())

    def set_device_lock_button(self, button):
        self.bind("lock", button, lambda value: self._toggle(button, value))

    set_lock_button = set_device_lock_button

    def _toggle(self, button, value):
        if is_press(button, value):
            if self._provider.is_locked_to_device:
                self._provider.unlock_from_device()
            else:
                self._provider.lock_to_device(self._device)
            self.show("lock", self._provider.is_locked_to_device)

    def _follow(self):
        self.set_device(self._provider.device if self._provider is not None else None)
        self.notify_parameters()


FrameworkDeviceComponent.__name__ = FrameworkDeviceComponent.__qualname__ = "DeviceComponent"
