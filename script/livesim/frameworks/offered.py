"""The modules of the stand-ins, and what each offers."""

from . import (
    button_controls,
    capabilities,
    combining,
    components,
    control,
    control_lists,
    control_surfaces,
    dependency,
    device,
    disconnectable,
    displays,
    elements,
    events,
    framework_components,
    framework_parts,
    functions,
    layer,
    matrix,
    midi,
    mixer,
    mode,
    mode_behaviours,
    modes,
    resources,
    session,
    session_parts,
    session_ring,
    skins,
    slots,
    surface,
    sysex,
    tasks,
    transport,
    v2_components,
    v2_mixer,
    v2_pads,
    v3,
    v3_elements,
    v3_live,
    value_controls,
)

_V2, _V3 = "ableton.v2.control_surface", "ableton.v3.control_surface"
_TYPES = "MIDI_NOTE_TYPE MIDI_CC_TYPE MIDI_PB_TYPE MIDI_SYSEX_TYPE MIDI_INVALID_TYPE"
_STATUSES = "MIDI_NOTE_ON_STATUS MIDI_NOTE_OFF_STATUS MIDI_CC_STATUS MIDI_PB_STATUS"
_TASKS_NAMES = "Task TaskGroup FuncTask WaitTask DelayTask totask run wait delay sequence parallel loop"
_SLOTS = "EventError MultiSlot Slot SlotGroup has_event listens listens_group"
_LIVE_API = "is_parameter_bipolar liveobj_changed liveobj_valid"
_PLAIN = """BooleanContext NamedTuple chunks clamp compose const find_if first flatten forward_property in_range
    group index_if is_contextmanager is_iterable is_matrix lazy_attribute linear maybe memoize mixin negate next nop
    product recursive_map remove_if second sign third union"""
_OF_PYTHON_2 = " PY2 PY3 old_hasattr old_round"


def _of(source, listed):
    return {name: getattr(source, name) for name in listed.split()}


def _framework(source, listed):
    """A module of `_Framework` for each class, named like it."""
    return {"_Framework." + name: _of(source, name) for name in listed.split()}


_DISCONNECTABLES = _of(disconnectable, "CompoundDisconnectable Disconnectable")
_EVENTS = {**_of(slots, _SLOTS), **_of(events, "Event EventObject listenable_property")}
_DEPENDENCIES = _of(dependency, "DependencyError depends inject")
_BUTTON = _of(elements, "ButtonElement OFF_VALUE ON_VALUE")
_MATRIX = _of(matrix, "ButtonMatrixElement")
_CAPABILITIES = _of(
    capabilities,
    """AUTO_LOAD_KEY CONTROLLER_ID_KEY DIRECTIONKEY FIRMWARE_KEY HIDDEN MACNAMEKEY MODEL_NAMES NOTES_CC PLAIN_OLD_MIDI
    PORTNAMEKEY PORTS_KEY PRODUCTIDS PROPSKEY REMOTE SCRIPT SYNC TYPE_KEY VENDORID controller_id inport outport""",
)
_PUBLISHED = _of(surface, "get_control_surfaces publish_control_surface")
_V2_SURFACES = {
    "ControlSurface": control_surfaces.V2ControlSurface,
    "SimpleControlSurface": control_surfaces.SimpleControlSurface,
}
_RESOURCES = _of(
    resources,
    "DEFAULT_PRIORITY ExclusiveResource PrioritizedResource Resource SharedResource StackingResource",
)
_LAYERS = _of(layer, "CompoundLayer Layer LayerError SimpleLayerOwner UnhandledElementError")
_SKINS = _of(skins, "Skin SkinColorMissingError merge_skins")
_COMBINING = _of(combining, "ComboElement MultiElement ToggleElement WrapperElement")
_BUTTON_CONTROLS = _of(
    button_controls,
    "ButtonControl ButtonControlBase PlayableControl RadioButtonControl ToggleButtonControl control_color",
)
_VALUE_CONTROLS = _of(
    value_controls,
    """EncoderControl ListIndexEncoderControl ListValueEncoderControl MappedControl MappedSensitivitySettingControl
    StepEncoderControl""",
)
_CONTROLS = {
    **_BUTTON_CONTROLS,
    **_VALUE_CONTROLS,
    **_of(
        control,
        "ColorSysexControl Control ControlManager InputControl SendReceiveValueControl SendValueControl control_event",
    ),
    **_of(
        control_lists, "ControlList FixedRadioButtonGroup MatrixControl RadioButtonGroup control_list control_matrix"
    ),
}
_CONTROL_MODULES = "button control control_list encoder mapped radio_button sysex toggle_button"
_MODE_KINDS = _of(
    mode,
    """AddLayerMode CallFunctionMode CompoundMode ContextManagerMode DelayMode DisableMode EnablingMode LayerMode
    LayerModeBase LazyEnablingMode Mode MultiEntryMode SetAttributeMode to_camel_case_name tomode""",
)
_BEHAVIOURS = _of(
    mode_behaviours,
    """AlternativeBehaviour CancellableBehaviour DynamicBehaviourMixin ExcludingBehaviourMixin ImmediateBehaviour
    LatchingBehaviour ModeButtonBehaviour MomentaryBehaviour ReenterBehaviour ToggleBehaviour""",
)
_MODES = {**_MODE_KINDS, **_BEHAVIOURS, **_of(modes, "EnablingModesComponent ModeButtonControl ModesComponent")}
_V2_COMPONENTS = {
    "background": _of(v2_components, "BackgroundComponent ModifierBackgroundComponent"),
    "auto_arm": _of(v2_components, "AutoArmComponent"),
    "channel_strip": _of(v2_mixer, "ChannelStripComponent"),
    "clip_slot": _of(v2_mixer, "ClipSlotComponent"),
    "device": _of(device, "DeviceComponent"),
    "drum_group": _of(v2_pads, "DrumGroupComponent"),
    "mixer": _of(v2_mixer, "MixerComponent RightAlignTracksTrackAssigner SimpleTrackAssigner"),
    "playable": _of(v2_pads, "PlayableComponent"),
    "scene": _of(v2_mixer, "SceneComponent"),
    "scroll": _of(session_ring, "ScrollComponent Scrollable"),
    "session": _of(v2_mixer, "SessionComponent"),
    "session_navigation": _of(session_ring, "SessionNavigationComponent"),
    "session_overview": _of(v2_mixer, "SessionOverviewComponent"),
    "session_recording": _of(v2_components, "SessionRecordingComponent"),
    "session_ring": _of(session_ring, "SessionRingComponent"),
    "target_track": _of(v2_components, "TargetTrackComponent"),
    "toggle": _of(session_ring, "ToggleComponent"),
    "transport": _of(v2_components, "TransportComponent"),
    "undo_redo": _of(v2_components, "UndoRedoComponent"),
    "view_control": _of(v2_components, "BasicSceneScroller BasicTrackScroller ViewControlComponent"),
}
_BANKS = _of(
    device,
    """best_of_parameter_bank device_parameters_to_map get_parameter_by_name number_of_parameter_banks
    parameter_bank_names parameter_banks""",
)

_FRAMEWORK = {
    "_Framework": {},
    "_Framework.ButtonElement": {**_BUTTON, **_of(skins, "Color")},
    "_Framework.ButtonMatrixElement": _MATRIX,
    "_Framework.Capabilities": _CAPABILITIES,
    "_Framework.ComboElement": _COMBINING,
    "_Framework.Control": _CONTROLS,
    "_Framework.ControlElement": _of(elements, "ControlElement NotifyingControlElement"),
    "_Framework.ControlSurface": {
        "ControlSurface": control_surfaces.FrameworkControlSurface,
        "OptimizedControlSurface": control_surfaces.OptimizedFrameworkSurface,
        **_PUBLISHED,
    },
    "_Framework.Defaults": _of(framework_parts, "MOMENTARY_DELAY MOMENTARY_DELAY_TICKS TIMER_DELAY"),
    "_Framework.Dependency": _DEPENDENCIES,
    "_Framework.DeviceComponent": {"DeviceComponent": device.FrameworkDeviceComponent},
    "_Framework.DeviceBankRegistry": _of(device, "DeviceBankRegistry"),
    "_Framework.Disconnectable": _DISCONNECTABLES,
    "_Framework.IdentifiableControlSurface": {
        "IdentifiableControlSurface": control_surfaces.IdentifiableFrameworkSurface
    },
    "_Framework.InputControlElement": _of(elements, "InputControlElement " + _TYPES + " " + _STATUSES),
    "_Framework.Layer": {**_LAYERS, "UnhandledControlError": layer.UnhandledElementError},
    "_Framework.MidiMap": _of(framework_parts, "MidiMap make_button make_encoder make_slider"),
    "_Framework.ModesComponent": {
        **_MODE_KINDS,
        **_BEHAVIOURS,
        "ComponentMode": mode.EnablingMode,
        "LazyComponentMode": mode.LazyEnablingMode,
        "EnablingModesComponent": modes.FrameworkEnablingModesComponent,
        "ModesComponent": modes.FrameworkModesComponent,
    },
    "_Framework.OptionalElement": _of(combining, "OptionalElement"),
    "_Framework.Profile": _of(framework_parts, "profile"),
    "_Framework.Proxy": _of(framework_parts, "Proxy ProxyBase"),
    "_Framework.Resource": _RESOURCES,
    "_Framework.SessionZoomingComponent": {
        "DeprecatedSessionZoomingComponent": framework_components.SessionZoomingComponent,
        "SessionZoomingComponent": framework_components.SessionZoomingComponent,
    },
    "_Framework.Signal": _of(framework_parts, "Signal"),
    "_Framework.Skin": _SKINS,
    "_Framework.SubjectSlot": {
        "CallableSubjectSlot": slots.CallableSlot,
        "SlotManager": events.EventObject,
        "Subject": events.EventObject,
        "SubjectEvent": events.Event,
        "SubjectSlot": slots.Slot,
        "SubjectSlotError": slots.EventError,
        "SubjectSlotGroup": slots.SlotGroup,
        "subject_slot": slots.listens,
        "subject_slot_group": slots.listens_group,
    },
    "_Framework.SysexValueControl": _of(sysex, "SysexValueControl"),
    "_Framework.Task": _of(tasks, _TASKS_NAMES),
    "_Framework.Util": _of(functions, _PLAIN),
    **_framework(components, "CompoundComponent ControlSurfaceComponent"),
    **_framework(displays, "DisplayDataSource LogicalDisplaySegment PhysicalDisplayElement"),
    **_framework(elements, "EncoderElement NotifyingControlElement SliderElement"),
    **_framework(mixer, "ChannelStripComponent MixerComponent"),
    **_framework(session_parts, "ClipSlotComponent SceneComponent"),
    **_framework(session, "SessionComponent"),
    **_framework(transport, "TransportComponent"),
    **_framework(framework_parts, "ClipCreator MomentaryModeObserver TrackArmState"),
    **_framework(
        framework_components,
        """BackgroundComponent ChannelTranslationSelector DrumGroupComponent DrumRackComponent ModeSelectorComponent
        ScrollComponent SessionRecordingComponent SlideComponent ToggleComponent
        ViewControlComponent""",
    ),
}

_BASE = {
    **_DISCONNECTABLES,
    **_DEPENDENCIES,
    **_EVENTS,
    **_of(functions, _PLAIN + _OF_PYTHON_2 + " isclose " + _LIVE_API),
    **_of(framework_parts, "Proxy ProxyBase Signal"),
}
_V2_SURFACE_PACKAGE = {
    **_V2_SURFACES,
    **_RESOURCES,
    **_LAYERS,
    **_SKINS,
    **_of(components, "Component"),
    **_of(elements, "ControlElement NotifyingControlElement InputControlElement " + _TYPES),
    **_of(device, "DeviceBankRegistry DeviceProvider device_to_appoint get_parameter_by_name"),
    **_of(framework_parts, "ClipCreator"),
    "IdentifiableControlSurface": control_surfaces.IdentifiableV2Surface,
}
_V2_ELEMENTS = {
    **_BUTTON,
    **_MATRIX,
    **_COMBINING,
    **_of(combining, "OptionalElement"),
    **_of(displays, "DisplayDataSource LogicalDisplaySegment PhysicalDisplayElement"),
    **_of(elements, "EncoderElement SliderElement"),
    **_of(skins, "Color to_midi_value"),
    **_of(sysex, "ColorSysexElement SysexElement"),
}
_ABLETON_V2 = {
    "ableton": {},
    "ableton.v2": {},
    "ableton.v2.base": _BASE,
    "ableton.v2.base.dependency": _DEPENDENCIES,
    "ableton.v2.base.disconnectable": _DISCONNECTABLES,
    "ableton.v2.base.event": _EVENTS,
    "ableton.v2.base.isclose": _of(functions, "isclose"),
    "ableton.v2.base.live_api_utils": _of(functions, _LIVE_API),
    "ableton.v2.base.proxy": _of(framework_parts, "Proxy ProxyBase"),
    "ableton.v2.base.task": _of(tasks, _TASKS_NAMES),
    "ableton.v2.base.util": _of(functions, _PLAIN + _OF_PYTHON_2),
    _V2: _V2_SURFACE_PACKAGE,
    _V2 + ".capabilities": _CAPABILITIES,
    _V2 + ".component": _of(components, "Component"),
    _V2 + ".components": {name: made for part in _V2_COMPONENTS.values() for name, made in part.items()},
    _V2 + ".control": _CONTROLS,
    _V2 + ".clip_creator": _of(framework_parts, "ClipCreator"),
    **{"%s.control.%s" % (_V2, name): _CONTROLS for name in _CONTROL_MODULES.split()},
    _V2 + ".defaults": _of(framework_parts, "MOMENTARY_DELAY TIMER_DELAY"),
    _V2 + ".profile": _of(framework_parts, "profile"),
    _V2 + ".control_element": _of(elements, "ControlElement NotifyingControlElement"),
    _V2 + ".control_surface": {**_V2_SURFACES, **_PUBLISHED},
    _V2 + ".device_bank_registry": _of(device, "DeviceBankRegistry"),
    _V2 + ".device_provider": _of(device, "DeviceProvider device_to_appoint"),
    _V2 + ".elements": _V2_ELEMENTS,
    _V2 + ".elements.button": _BUTTON,
    _V2 + ".elements.button_matrix": _MATRIX,
    _V2 + ".elements.color": _of(skins, "Color to_midi_value"),
    _V2 + ".elements.combo": _COMBINING,
    _V2 + ".elements.encoder": _of(elements, "EncoderElement"),
    _V2 + ".elements.optional": _of(combining, "OptionalElement"),
    _V2 + ".elements.slider": _of(elements, "SliderElement"),
    _V2 + ".elements.sysex_element": _of(sysex, "ColorSysexElement SysexElement"),
    _V2 + ".identifiable_control_surface": {"IdentifiableControlSurface": control_surfaces.IdentifiableV2Surface},
    _V2 + ".input_control_element": _of(elements, "InputControlElement " + _TYPES),
    _V2 + ".layer": _LAYERS,
    _V2 + ".midi": midi.OFFERED,
    _V2 + ".mode": _MODES,
    _V2 + ".resource": _RESOURCES,
    _V2 + ".skin": _SKINS,
    **{"%s.components.%s" % (_V2, name): offered for name, offered in _V2_COMPONENTS.items()},
}

_SPECIFICATION = {"ControlSurfaceSpecification": v3.ControlSurfaceSpecification}
_PRIORITIES = _of(v3, "DEFAULT_PRIORITY HIGH_PRIORITY LOW_PRIORITY M4L_PRIORITY")
_FACTORIES = "MapMode create_button create_encoder create_matrix_identifiers create_sysex_element"
_V3_ELEMENT_CLASSES = {
    **_MATRIX,
    **_COMBINING,
    **_of(elements, "SliderElement"),
    **_of(skins, "Color"),
    **_of(sysex, "SysexElement"),
    **_of(v3_elements, "RgbColor SimpleColor"),
    "ButtonElement": v3_elements.V3ButtonElement,
    "EncoderElement": v3_elements.V3EncoderElement,
}
_ABLETON_V3 = {
    "ableton.v3": {},
    "ableton.v3.base": {**_BASE, "task": tasks},
    "ableton.v3.live": {
        **_of(functions, _LIVE_API),
        **{name: made for name, made in vars(v3_live).items() if callable(made) and not name.startswith("_")},
    },
    _V3: {
        **_RESOURCES,
        **_LAYERS,
        **_SPECIFICATION,
        **_PRIORITIES,
        **_of(elements, "InputControlElement NotifyingControlElement " + _TYPES),
        **_of(skins, "Skin merge_skins"),
        **_of(v3_elements, "BasicColors ElementsBase OptionalSkinEntry create_skin " + _FACTORIES),
        **_of(device, "DeviceBankRegistry DeviceProvider"),
        **_of(components, "Component"),
        "ControlSurface": v3.V3ControlSurface,
        "DEFAULT_BANK_SIZE": device.BANK_SIZE,
        "default_skin": v3.default_skin,
    },
    _V3 + ".capabilities": _CAPABILITIES,
    _V3 + ".component": _of(components, "Component"),
    _V3 + ".components": {**v3.COMPONENTS, **_of(session_ring, "Scrollable ToggleComponent")},
    _V3 + ".consts": _PRIORITIES,
    _V3 + ".control_surface": {"ControlSurface": v3.V3ControlSurface},
    _V3 + ".control_surface_specification": _SPECIFICATION,
    _V3 + ".controls": _CONTROLS,
    _V3 + ".elements": _V3_ELEMENT_CLASSES,
    _V3 + ".elements_base": _of(v3_elements, "ElementsBase " + _FACTORIES),
    _V3 + ".layer": _LAYERS,
    _V3 + ".midi": midi.OFFERED,
    _V3 + ".mode": {**_MODES, **_of(mode_behaviours, "make_mode_button_behaviour")},
    _V3 + ".skin": {**_SKINS, **_of(v3_elements, "OptionalSkinEntry create_skin")},
}

OFFERED = {**_FRAMEWORK, **_ABLETON_V2, **_ABLETON_V3, "_Generic": {}, "_Generic.Devices": _BANKS}
