"""The modules of the real frameworks, and the names in them that the stand-ins lack.

A module without a stand-in offers only names that raise NotSimulated. A name in neither list is an ImportError, as in
Live.
"""


def _under(package, names):
    return ["%s.%s" % (package, name) for name in names.split()]


_V2, _V3 = "ableton.v2.control_surface", "ableton.v3"
_V2_COMPONENTS = """accent auto_arm background channel_strip clip_actions clip_slot device device_navigation
        device_parameters drum_group item_lister mixer playable scene scroll session
        session_navigation session_overview session_recording session_ring slide target_track toggle
        transport undo_redo view_control"""
_V2_ELEMENTS = """button_slider color combo display_data_source full_velocity_element
        logical_display_segment optional physical_display playhead_element proxy_element
        sysex_element velocity_levels_element"""

MODULES = frozenset(
    _under(
        "_Framework",
        """BackgroundComponent ButtonSliderElement ChannelTranslationSelector
        ClipCreator ComboElement CompoundElement Control Defaults DeviceBankRegistry DeviceComponent
        DisplayDataSource DrumGroupComponent DrumRackComponent IdentifiableControlSurface Layer
        LogicalDisplaySegment MessageScheduler MidiMap ModeSelectorComponent ModesComponent
        MomentaryModeObserver OptionalElement PhysicalDisplayElement Profile Proxy Resource
        ScrollComponent SessionRecordingComponent SessionZoomingComponent Signal Skin SlideComponent
        SysexValueControl ToggleComponent TrackArmState ViewControlComponent""",
    )
    + _under("ableton.v2.base", "abl_signal collection collection.indexed_dict gcutil proxy")
    + _under(
        _V2,
        """banking_util clip_creator compound_element decoration default_bank_definitions defaults
        delay_decoration device_bank_registry device_chain_utils device_decorator_factory
        device_parameter_bank device_provider drift_decoration identifiable_control_surface
        internal_parameter layer message_scheduler midi midi_map mode parameter_provider
        parameter_slot_description percussion_instrument_finder profile resource roar_decoration
        session_ring_selection_linking simpler_decoration simpler_slice_nudging skin
        wavetable_decoration components control""",
    )
    + _under(_V2 + ".components", _V2_COMPONENTS)
    + _under(
        _V2 + ".control",
        "button control control_list encoder mapped radio_button sysex text_display toggle_button",
    )
    + _under(_V2 + ".elements", _V2_ELEMENTS)
    # Live's own frameworks and scripts that third parties build upon, refused as a whole.
    + [_V3, "_APC", "_Arturia", "_Axiom", "_Generic", "_MxDCore", "_Tools", "_UserScript", "Launchpad", "MaxForLive"]
    + ["Push", "Push2", "novation", "pushbase"]
)

_UTIL = """Bindable Slicer aggregate_contexts dict_diff get_slice group infinite_context_manager
        instance_decorator is_matrix mixin monkeypatch monkeypatch_extend next overlaymap
        print_message recursive_map slice_size slicer to_slice trace_value OutermostOnlyContext"""

LACKING = {
    "_Framework.ButtonElement": "Color DummyUndoStepHandler ButtonElementMixin",
    "_Framework.ControlElement": """ControlElementClient ElementOwnershipHandler OptimizedOwnershipHandler get_element
        NotifyingControlElement""",
    "_Framework.ControlSurface": "OptimizedControlSurface CS_LIST_KEY",
    "_Framework.EncoderElement": "FineGrainWithModifierEncoderElement TouchEncoderElement TouchEncoderElementBase",
    "_Framework.InputControlElement": "InputSignal ParameterSlot",
    "_Framework.SubjectSlot": "ObservablePropertyAlias SerializableListenableProperties SubjectMeta MultiSubjectSlot",
    "_Framework.Task": """FadeTask GeneratorTask ParallelTask RepeatTask SequenceTask TimedCallbackTask TimerTask fade
        generator invsinusoid linear repeat sinusoid timer""",
    "_Framework.MixerComponent": "turn_button_on_off release_control",
    "_Framework.TransportComponent": "FORWARD_DELAY BACKWARD_DELAY SEEK_SPEED",
    "_Framework.Util": _UTIL,
    "ableton.v2.base": _UTIL
    + """ ObservablePropertyAlias Proxy ProxyBase SerializableListenableProperties Signal disconnectable
        duplicate_clip_loop histogram instances_by_name old_hasattr old_round refget PY2 PY3""",
    "ableton.v2.base.disconnectable": "disconnectable",
    "ableton.v2.base.event": "ObservablePropertyAlias SerializableListenableProperties",
    "ableton.v2.base.live_api_utils": "duplicate_clip_loop",
    "ableton.v2.base.task": """FadeTask GeneratorTask ParallelTask RepeatTask SequenceTask TimedCallbackTask
        TimerTask fade generator invsinusoid linear repeat sinusoid timer""",
    "ableton.v2.base.util": _UTIL + " PY2 PY3 old_hasattr old_round",
    _V2: """BackgroundLayer BANK_FORMAT BANK_MAIN_KEY BANK_PARAMETERS_KEY BankingInfo BoolWrappingParameter
        ClipCreator CompoundElement CompoundLayer CompoundResource ControlElementClient
        DecoratorFactory DEFAULT_PRIORITY DelayDeviceDecorator DescribedDeviceParameterBank
        DeviceBankRegistry DeviceDecoratorFactory DeviceProvider ElementOwnershipHandler
        EnumWrappingParameter ExclusiveResource IdentifiableControlSurface InputSignal
        IntegerParameter InternalParameter InternalParameterBase Layer LayerClient LayerError
        LiveObjectDecorator MessageScheduler MidiMap MX_MAIN_BANK_INDEX NestedElementClient
        NotifyingList OptimizedOwnershipHandler ParameterInfo ParameterProvider ParameterSlot
        PercussionInstrumentFinder PitchParameter PrioritizedResource ProxyResource
        RelativeInternalParameter Resource SessionRingSelectionLinking SharedResource
        SimpleLayerOwner SimplerDeviceDecorator Skin SkinColorMissingError StackingResource
        UnhandledElementError WavetableDeviceDecorator WavetableEnvelopeType WavetableFilterType
        WavetableLfoType WavetableOscillatorType WrappingParameter all_parameters create_device_bank
        device_bank_definition device_to_appoint find_instrument_devices
        find_instrument_meeting_requirement get_element get_parameter_by_name is_parameter_quantized
        merge_skins select_and_appoint_device to_percentage_display use""",
    _V2 + ".component": "",
    _V2 + ".control_element": """ControlElementClient ElementOwnershipHandler OptimizedOwnershipHandler get_element""",
    _V2 + ".control_surface": "CS_LIST_KEY",
    _V2 + ".elements": """AnimatedColor ButtonElementMixin ButtonValue Color ColorSysexElement DummyUndoStepHandler
        DynamicColorBase ButtonSliderElement ComboElement DoublePressContext
        DoublePressElement EventElement FullVelocityElement MultiElement ToggleElement
        WrapperElement adjust_string adjust_string_crop DisplayDataSource
        FineGrainWithModifierEncoderElement TouchEncoderElement TouchEncoderElementBase
        LogicalDisplaySegment ChoosingElement OptionalElement DisplayElement DisplayError
        DisplaySegmentationError NullFullVelocity NullPlayhead NullVelocityLevels
        PhysicalDisplayElement PlayheadElement ProxyElement SubDisplayElement SelectedTrackColor
        SelectedTrackColorFactory SelectedClipColorFactory SysexElement SysexRGBColor to_midi_value
        VelocityLevelsElement""",
    _V2 + ".elements.button": "ButtonElementMixin ButtonValue DummyUndoStepHandler",
    _V2 + ".elements.encoder": "FineGrainWithModifierEncoderElement TouchEncoderElement TouchEncoderElementBase",
    _V2 + ".input_control_element": "InputSignal ParameterSlot ScriptForwarding",
}
