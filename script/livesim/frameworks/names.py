"""The modules of the real frameworks, and the names in them that the stand-ins lack.

A module without a stand-in offers only placeholders, which raise NotSimulated when they are used. A name in neither list
is an ImportError, as in Live.
"""


def _under(package, names):
    return ["%s.%s" % (package, name) for name in names.split()]


_V2, _V3 = "ableton.v2.control_surface", "ableton.v3"

# Packages of which not all names are known, and Live's own scripts that third parties build upon: any other name of
# theirs raises NotSimulated when it is imported.
_SCRIPTS = "_APC _Arturia _Axiom _Generic _MxDCore _Tools _UserScript Launchpad MaxForLive Push Push2 novation pushbase"
OPEN = frozenset((_V3, *_SCRIPTS.split()))

MODULES = frozenset(
    _under(
        "_Framework",
        """ButtonSliderElement CompoundElement M4LInterfaceComponent MessageScheduler TrackEQComponent
        TrackFilterComponent""",
    )
    + _under("ableton.v2.base", "abl_signal collection collection.indexed_dict gcutil")
    + _under(
        _V2,
        """banking_util compound_element decoration default_bank_definitions delay_decoration
        device_chain_utils device_decorator_factory device_parameter_bank drift_decoration internal_parameter
        message_scheduler midi_map parameter_provider parameter_slot_description percussion_instrument_finder
        roar_decoration session_ring_selection_linking simpler_decoration simpler_slice_nudging wavetable_decoration""",
    )
    + _under(
        _V2 + ".components",
        "accent clip_actions device_navigation device_parameters item_lister slide",
    )
    + _under(_V2 + ".control", "text_display")
    + _under(
        _V2 + ".elements",
        """button_slider display_data_source full_velocity_element logical_display_segment physical_display
        playhead_element proxy_element velocity_levels_element""",
    )
)

LACKING = {
    "_Generic.Devices": "BANK_NAME_DICT DEVICE_BOB_DICT DEVICE_DICT",
    "_Framework.ComboElement": "DoublePressContext DoublePressElement EventElement",
    "_Framework.ButtonElement": "ButtonElementMixin DummyUndoStepHandler",
    "_Framework.ControlElement": "ControlElementClient ElementOwnershipHandler OptimizedOwnershipHandler get_element",
    "_Framework.ControlSurface": "CS_LIST_KEY",
    "_Framework.EncoderElement": """FineGrainWithModifierEncoderElement TouchEncoderElement TouchEncoderElementBase""",
    "_Framework.InputControlElement": "InputSignal ParameterSlot",
    "_Framework.SubjectSlot": "MultiSubjectSlot ObservablePropertyAlias SerializableListenableProperties SubjectMeta",
    "_Framework.Task": """
        FadeTask GeneratorTask ParallelTask RepeatTask SequenceTask TimedCallbackTask TimerTask fade generator
        invsinusoid linear repeat sinusoid timer""",
    "_Framework.MixerComponent": "release_control turn_button_on_off",
    "_Framework.TransportComponent": "BACKWARD_DELAY FORWARD_DELAY SEEK_SPEED",
    "_Framework.Util": """
        Bindable OutermostOnlyContext Slicer aggregate_contexts dict_diff get_slice infinite_context_manager
        instance_decorator monkeypatch monkeypatch_extend overlaymap print_message
        slice_size slicer to_slice trace_value""",
    "ableton.v2.base": """
        Bindable ObservablePropertyAlias OutermostOnlyContext SerializableListenableProperties Slicer
        aggregate_contexts dict_diff disconnectable duplicate_clip_loop get_slice histogram
        infinite_context_manager instance_decorator instances_by_name monkeypatch monkeypatch_extend
        overlaymap print_message refget slice_size slicer to_slice trace_value""",
    "ableton.v2.base.disconnectable": "disconnectable",
    "ableton.v2.base.event": "ObservablePropertyAlias SerializableListenableProperties",
    "ableton.v2.base.live_api_utils": "duplicate_clip_loop",
    "ableton.v2.base.task": """
        FadeTask GeneratorTask ParallelTask RepeatTask SequenceTask TimedCallbackTask TimerTask fade generator
        invsinusoid linear repeat sinusoid timer""",
    "ableton.v2.base.util": """Bindable OutermostOnlyContext Slicer aggregate_contexts dict_diff get_slice
        infinite_context_manager instance_decorator monkeypatch monkeypatch_extend
        overlaymap print_message slice_size slicer to_slice trace_value""",
    _V2: """BANK_FORMAT BANK_MAIN_KEY BANK_PARAMETERS_KEY BackgroundLayer BankingInfo BoolWrappingParameter
        CompoundElement CompoundResource ControlElementClient DecoratorFactory DelayDeviceDecorator
        DescribedDeviceParameterBank DeviceDecoratorFactory ElementOwnershipHandler EnumWrappingParameter
        InputSignal IntegerParameter InternalParameter InternalParameterBase LayerClient LiveObjectDecorator
        MX_MAIN_BANK_INDEX MessageScheduler MidiMap NestedElementClient NotifyingList OptimizedOwnershipHandler
        ParameterInfo ParameterProvider ParameterSlot PercussionInstrumentFinder PitchParameter ProxyResource
        RelativeInternalParameter SessionRingSelectionLinking SimplerDeviceDecorator WavetableDeviceDecorator
        WavetableEnvelopeType WavetableFilterType WavetableLfoType WavetableOscillatorType WrappingParameter
        all_parameters create_device_bank device_bank_definition find_instrument_devices
        find_instrument_meeting_requirement get_element is_parameter_quantized select_and_appoint_device
        to_percentage_display use""",
    _V2 + ".control_element": "ControlElementClient ElementOwnershipHandler OptimizedOwnershipHandler get_element",
    _V2 + ".control_surface": "CS_LIST_KEY",
    _V2 + ".elements": """
        AnimatedColor ButtonElementMixin ButtonSliderElement ButtonValue ChoosingElement DisplayElement DisplayError
        DisplaySegmentationError DoublePressContext DoublePressElement DummyUndoStepHandler DynamicColorBase
        EventElement FineGrainWithModifierEncoderElement FullVelocityElement NullFullVelocity NullPlayhead
        NullVelocityLevels PlayheadElement ProxyElement SelectedClipColorFactory SelectedTrackColor
        SelectedTrackColorFactory SubDisplayElement SysexRGBColor TouchEncoderElement TouchEncoderElementBase
        VelocityLevelsElement adjust_string adjust_string_crop""",
    _V2 + ".components": """
        AccentComponent ClipActionsComponent ClipSlotCopyHandler DeviceNavigationComponent
        DeviceParameterComponent DisplayingDeviceParameterComponent DisplayingNavigatableDeviceComponent
        ItemListerComponent ItemProvider ItemSlot NotifyingList SimpleItemSlot SlideComponent Slideable all_tracks
        find_nearest_color is_parameter_bipolar""",
    _V2 + ".control": """
        ButtonControlStateBase ConfigurableTextDisplayControl Connectable NullControl TextDisplayControl""",
    _V2
    + ".mode": """DisplayingModesComponent ModeSelector NullModes SetModeBehaviour pop_last_mode pop_last_two_modes""",
    _V2 + ".elements.button": "ButtonElementMixin ButtonValue DummyUndoStepHandler",
    _V2 + ".elements.encoder": "FineGrainWithModifierEncoderElement TouchEncoderElement TouchEncoderElementBase",
    _V2 + ".input_control_element": "InputSignal ParameterSlot ScriptForwarding",
}
