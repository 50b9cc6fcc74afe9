"""The control surfaces that scripts of each framework subclass, beyond their common base (surface.py)."""

import sys

from .device import DeviceBankRegistry, DeviceProvider
from .elements import MIDI_CC_TYPE
from .refusing import lacks
from .surface import Surface
from .sysex import FrameworkIdentifyingMixin, IdentifyingMixin


@lacks(methods="_process_remaining_scheduled_messages _refresh_displays")
class FrameworkControlSurface(Surface):
    """`_Framework.ControlSurface.ControlSurface`: song and application are methods; components follow selections."""

    def __init__(self, c_instance=None, publish_self=True, *arguments, **keywords):
        super().__init__(c_instance, publish_self, *arguments, **keywords)
        self._suggested_input_port = self._suggested_output_port = ""
        self._highlighting_session_component = None
        self._device_component = None
        song = self.song()
        self.register_slot(song, self._on_track_list_changed, "visible_tracks")
        self.register_slot(song, self._on_scene_list_changed, "scenes")
        self.register_slot(song.view, self._on_selected_track_changed, "selected_track")
        self.register_slot(song.view, self._on_selected_scene_changed, "selected_scene")

    def song(self):
        return self._c_instance.song()

    def application(self):
        return sys.modules["Live"].Application.get_application()

    def instance_identifier(self):
        return self._c_instance.instance_identifier()

    def suggest_input_port(self):
        return self._suggested_input_port

    def suggest_output_port(self):
        return self._suggested_output_port

    def set_highlighting_session_component(self, session_component):
        """Live draws a frame around the slots of the component's window."""
        before, self._highlighting_session_component = self._highlighting_session_component, session_component
        if before is not None:
            before.set_highlighting_callback(None)
        if session_component is not None:
            session_component.set_highlighting_callback(self._set_session_highlight)

    def highlighting_session_component(self):
        return self._highlighting_session_component

    def set_device_component(self, device_component):
        """The component whose device Live shows with a blue hand, and locks the script to."""
        if self._device_component is not None:
            self._c_instance.update_locks()
        self._device_component = device_component

    def can_lock_to_devices(self):
        return self._device_component is not None

    def lock_to_device(self, device):
        with self.component_guard():
            self._device_component.set_lock_to_device(True, device)

    def unlock_from_device(self, device):
        with self.component_guard():
            self._device_component.set_lock_to_device(False, device)

    def restore_bank(self, bank_index):
        with self.component_guard():
            registry, device = self._device_component._registry, self._device_component.device()
            registry.set_device_bank(device, bank_index)

    def suggest_needs_takeover(self, cc_no, channel):
        for control in self.controls:
            if hasattr(control, "needs_takeover") and control.is_message(MIDI_CC_TYPE, channel, cc_no):
                return control.needs_takeover()
        return True

    def _toggle_lock(self):
        self._c_instance.toggle_lock()

    def _set_session_highlight(self, track_offset, scene_offset, width, height, include_return_tracks):
        self._c_instance.set_session_highlight(track_offset, scene_offset, width, height, include_return_tracks)

    def _on_track_list_changed(self):
        self._call_components("on_track_list_changed")
        self.schedule_message(1, self._on_selected_track_changed)

    def _on_scene_list_changed(self):
        self._call_components("on_scene_list_changed")

    def _on_selected_track_changed(self):
        self._call_components("on_selected_track_changed")

    def _on_selected_scene_changed(self):
        self._call_components("on_selected_scene_changed")

    def _call_components(self, hook):
        for component in self._components:
            getattr(component, hook)()


@lacks(
    methods="process_midi_bytes get_registry_entry_for_sysex_midi_message",
    attributes="preferences",
)
class SimpleControlSurface(Surface):
    """`ableton.v2.control_surface.SimpleControlSurface`: song and application are properties."""

    preferences_key = None

    @property
    def song(self):
        return self._c_instance.song()

    @property
    def application(self):
        return sys.modules["Live"].Application.get_application()

    def update_display(self):
        with self.component_guard():
            self.update_display_hook()
            super().update_display()

    def update_display_hook(self):
        """For scripts to override."""

    def receive_midi_chunk(self, midi_chunk):
        with self.component_guard():
            for midi_bytes in midi_chunk:
                self.receive_midi(midi_bytes)

    def get_component_by_name(self, component_name):
        return next((component for component in self.components if component.name == component_name), None)


class V2ControlSurface(SimpleControlSurface):
    """`ableton.v2.control_surface.ControlSurface`: has a device provider, which Live locks to a device."""

    device_provider_class = DeviceProvider

    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._device_bank_registry = DeviceBankRegistry()
        kind = self.device_provider_class
        self._device_provider = kind(song=self.song) if kind is not None else None

    @property
    def device_provider(self):
        return self._device_provider

    def can_lock_to_devices(self):
        return self._device_provider is not None

    def lock_to_device(self, device):
        with self.component_guard():
            self._device_provider.lock_to_device(device)

    def unlock_from_device(self, device):
        with self.component_guard():
            self._device_provider.unlock_from_device()

    def restore_bank(self, bank_index):
        with self.component_guard():
            self._device_bank_registry.set_device_bank(self._device_provider.device, bank_index)

    def disconnect(self):
        if self._device_provider is not None:
            self._device_provider.disconnect()
        super().disconnect()

    def _provided(self):
        provided = dict(super()._provided(), device_bank_registry=lambda: vars(self).get("_device_bank_registry"))
        return dict(provided, device_provider=lambda: vars(self).get("_device_provider"))


class OptimizedFrameworkSurface(FrameworkControlSurface):
    """`_Framework.ControlSurface.OptimizedControlSurface`: sends the lights of a callback together, as all do here."""


class IdentifiableFrameworkSurface(FrameworkIdentifyingMixin, FrameworkControlSurface):
    """`_Framework.IdentifiableControlSurface`."""


class IdentifiableV2Surface(IdentifyingMixin, V2ControlSurface):
    """`ableton.v2.control_surface.IdentifiableControlSurface`."""


for _surface_class in (FrameworkControlSurface, V2ControlSurface):
    _surface_class.__name__ = _surface_class.__qualname__ = "ControlSurface"  # the spelling of Live's logs
