"""`ableton.v3` control surfaces: a specification and mappings describe the components, which the surface makes."""

import inspect
import sys

from . import v2_components, v2_mixer, v2_pads
from .control_surfaces import V2ControlSurface
from .device import DeviceComponent, DeviceProvider
from .functions import const
from .layer import Layer
from .mode import tomode
from .mode_behaviours import make_mode_button_behaviour
from .modes import ModesComponent
from .resources import DEFAULT_PRIORITY
from .session_ring import ScrollComponent, SessionNavigationComponent, SessionRingComponent
from .sysex import IDENTITY_REQUEST, IDENTITY_RESPONSE
from .v3_elements import ElementsBase, create_skin

LOW_PRIORITY, HIGH_PRIORITY = DEFAULT_PRIORITY - 1, DEFAULT_PRIORITY + 1
M4L_PRIORITY = HIGH_PRIORITY + 1
IDENTITY_AT = 5


class DefaultSkin:
    """No colors: buttons are on or off."""


default_skin = create_skin(DefaultSkin)


class ControlSurfaceSpecification:
    """What a script says about its controller. Scripts override the attributes, in a subclass or by keyword."""

    elements_type = ElementsBase
    control_surface_skin = default_skin
    num_tracks = 8
    num_scenes = 1
    include_returns = include_master = right_align_non_player_tracks = snap_track_offset = False
    session_ring_component_type = SessionRingComponent
    target_track_component_type = v2_components.TargetTrackComponent
    device_provider_class = DeviceProvider
    include_auto_arming = False
    link_session_ring_to_track_selection = link_session_ring_to_scene_selection = False
    identity_request = IDENTITY_REQUEST
    identity_response_id_bytes = None
    goodbye_messages = hello_messages = None
    create_mappings_function = None
    component_map = {}
    display_specification = None
    color_for_liveobj_function = None
    feedback_channels = playing_feedback_velocity = recording_feedback_velocity = None

    def __init__(self, **overrides):
        vars(self).update(overrides)


class ViewBasedRecordingComponent(v2_components.SessionRecordingComponent):
    """Records in the view that is shown."""


class TransportComponent(v2_components.TransportComponent):
    """Of v3: a toggle and a button that only starts."""

    play_pause_button = v2_components.ButtonControl()
    play_toggle_button = v2_components.ButtonControl()

    @play_toggle_button.pressed
    def play_toggle_button(self, _button):
        self._song.stop_playing() if self._song.is_playing else self._song.start_playing()

    @play_pause_button.pressed
    def play_pause_button(self, _button):
        self._song.stop_playing() if self._song.is_playing else self._song.continue_playing()


COMPONENTS = {
    "AutoArmComponent": v2_components.AutoArmComponent,
    "BackgroundComponent": v2_components.BackgroundComponent,
    "ChannelStripComponent": v2_mixer.ChannelStripComponent,
    "ClipSlotComponent": v2_mixer.ClipSlotComponent,
    "DeviceComponent": DeviceComponent,
    "DrumGroupComponent": v2_pads.DrumGroupComponent,
    "MixerComponent": v2_mixer.MixerComponent,
    "ModifierBackgroundComponent": v2_components.ModifierBackgroundComponent,
    "PlayableComponent": v2_pads.PlayableComponent,
    "SceneComponent": v2_mixer.SceneComponent,
    "ScrollComponent": ScrollComponent,
    "SessionComponent": v2_mixer.SessionComponent,
    "SessionNavigationComponent": SessionNavigationComponent,
    "SessionOverviewComponent": v2_mixer.SessionOverviewComponent,
    "SessionRingComponent": SessionRingComponent,
    "TargetTrackComponent": v2_components.TargetTrackComponent,
    "TransportComponent": TransportComponent,
    "UndoRedoComponent": v2_components.UndoRedoComponent,
    "ViewBasedRecordingComponent": ViewBasedRecordingComponent,
    "ViewControlComponent": v2_components.ViewControlComponent,
}


class ComponentMap(dict):
    """The components by name, made when first asked for: "Undo_Redo" is an UndoRedoComponent."""

    def __init__(self, surface, types):
        super().__init__()
        self._surface, self._types = surface, types

    def __missing__(self, name):
        made = self[name] = self._make(name)
        return made

    def _make(self, name):
        kind = self._types.get(name) or COMPONENTS.get(name.replace("_", "") + "Component")
        if kind is None:
            raise KeyError("there is no component %s" % name)
        return kind(name=name) if inspect.isclass(kind) else kind()


class V3ControlSurface(V2ControlSurface):
    """Makes elements, the session ring, and the components of the mappings, then calls `setup`."""

    def __init__(self, specification=None, c_instance=None, *arguments, **keywords):
        self.specification = specification
        self._skin = _read(specification, "control_surface_skin")
        self.elements = self._session_ring = self._target_track = None
        self._is_identified = False
        self.device_provider_class = _read(specification, "device_provider_class")
        super().__init__(c_instance, *arguments, **keywords)
        with self.component_guard():
            self._build()
            self.setup()
        self._greet()

    @property
    def skin(self):
        return self._skin

    @property
    def session_ring(self):
        return self._session_ring

    @property
    def target_track(self):
        return self._target_track

    @property
    def is_identified(self):
        return self._is_identified

    def setup(self):
        """Makes the components of the mappings; scripts extend it."""
        create = _read(self.specification, "create_mappings_function")
        mappings = create(self) if create is not None else {}
        is_modes = {
            name: "modes_component_type" in mapping or name.endswith("Modes") for name, mapping in mappings.items()
        }
        for name, mapping in mappings.items():
            if not is_modes[name]:
                self._map_component(name, dict(mapping))
        for name, mapping in mappings.items():
            if is_modes[name]:
                self._map_modes(name, dict(mapping))

    def on_identified(self, response_bytes):
        """The controller has answered with its identity."""

    def handle_sysex(self, midi_bytes):
        wanted = tuple(_read(self.specification, "identity_response_id_bytes") or ())
        if wanted and tuple(midi_bytes[:2]) == IDENTITY_RESPONSE:
            if tuple(midi_bytes[IDENTITY_AT : IDENTITY_AT + len(wanted)]) == wanted:
                self._is_identified = True
                self.on_identified(tuple(midi_bytes))
        else:
            super().handle_sysex(midi_bytes)

    def disconnect(self):
        self._send_all("goodbye_messages")
        super().disconnect()

    def _build(self):
        kind, spec = _read(self.specification, "elements_type"), self.specification
        self.elements = kind() if kind is not None else None
        self._session_ring = _read(spec, "session_ring_component_type")(
            name="Session_Ring",
            num_tracks=_read(spec, "num_tracks"),
            num_scenes=_read(spec, "num_scenes"),
            include_returns=_read(spec, "include_returns"),
        )
        self._target_track = _read(spec, "target_track_component_type")(name="Target_Track")
        self.component_map = ComponentMap(self, _read(spec, "component_map") or {})
        self.component_map.update(Session_Ring=self._session_ring, Target_Track=self._target_track)
        if _read(spec, "include_auto_arming"):
            self.component_map["Auto_Arm"].set_enabled(True)

    def _map_component(self, name, mapping):
        enable, priority = mapping.pop("enable", True), mapping.pop("priority", None)
        component = self.component_map[name]
        component.set_enabled(False)
        if mapping:
            component.layer = Layer(priority=priority, **mapping)
        component.set_enabled(enable)

    def _map_modes(self, name, mapping):
        enable, kind = mapping.pop("enable", True), mapping.pop("modes_component_type", ModesComponent)
        behaviour = make_mode_button_behaviour(mapping.pop("default_behaviour", None))
        priority = mapping.pop("priority", None)
        more = {key: mapping.pop(key) for key in ("is_private", "support_momentary_mode_cycling") if key in mapping}
        more.pop("is_private", None)
        modes = kind(name=name, is_enabled=False, default_behaviour=behaviour, **more)
        self.component_map[name] = modes
        controls = {key: value for key, value in mapping.items() if isinstance(value, str)}
        for mode_name, description in mapping.items():
            if mode_name not in controls:
                self._add_mode(modes, mode_name, description)
        modes.layer = Layer(priority=priority, **controls)
        if modes.modes:
            modes.selected_mode = modes.modes[0]
        modes.set_enabled(enable)

    def _add_mode(self, modes, name, description):
        behaviour = selector = None
        if isinstance(description, dict) and "modes" in description:
            description = dict(description)
            behaviour, selector = description.pop("behaviour", None), description.pop("selector", None)
            description = description["modes"]
        parts = description if isinstance(description, (list, tuple)) else [description]
        made = [self._mode_of(part) for part in parts]
        modes.add_mode(name, made, behaviour=make_mode_button_behaviour(behaviour), selector=selector)

    def _mode_of(self, part):
        """`dict(component="Mixer", volume_controls="faders")` gives the component another layer and enables it."""
        if not isinstance(part, dict):
            return tomode(self.component_map[part] if isinstance(part, str) else part)
        controls = dict(part)
        component = self.component_map[controls.pop("component")]
        priority = controls.pop("priority", None)
        if not controls:
            return tomode(component)
        return _LayerAndEnable(component, Layer(priority=priority, **controls))

    def _greet(self):
        if _read(self.specification, "identity_response_id_bytes"):
            self._send_midi(tuple(_read(self.specification, "identity_request")))
        self._send_all("hello_messages")

    def _send_all(self, member):
        for message in _read(self.specification, member) or ():
            self._send_midi(tuple(message))

    def _provided(self):
        mine = vars(self)
        return dict(
            super()._provided(),
            element_container=lambda: mine.get("elements"),
            skin=lambda: mine.get("_skin"),
            session_ring=lambda: mine.get("_session_ring"),
            target_track=lambda: mine.get("_target_track"),
            component_map=lambda: mine.get("component_map"),
            full_velocity=const(None),
        )


class _LayerAndEnable:
    """A mode: the component has this layer, and is enabled."""

    def __init__(self, component, layer):
        self._component, self._layer, self._before = component, layer, None

    def enter_mode(self):
        self._before = self._component.layer
        self._component.layer = self._layer
        self._component.set_enabled(True)

    def leave_mode(self):
        self._component.set_enabled(False)
        self._component.layer = self._before


def _read(specification, member):
    """Reads from the class or the instance, without binding functions."""
    found = specification if specification is not None else ControlSurfaceSpecification
    value = inspect.getattr_static(found, member)
    return value.__func__ if isinstance(value, staticmethod) else value


def song():
    """The set, for `ableton.v3.live`."""
    return sys.modules["Live"].Application.get_application().get_document()


V3ControlSurface.__name__ = V3ControlSurface.__qualname__ = "ControlSurface"
