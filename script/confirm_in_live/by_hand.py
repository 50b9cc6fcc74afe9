"""Questions that only a person at Live can settle: the question, what livesim assumes, and what to do."""

BY_HAND = (
    (
        "what a recorded audio clip is called, and its length and warping",
        "numbered and named after the track, the bars begun, warped",
        "arm an audio track, fire an empty slot, stop after five beats; read `name`, `length`, `warping`",
    ),
    (
        "where Capture puts a clip in the arrangement",
        "at the start marker's bar; while the song plays, where it was played",
        "arm a MIDI track, play two notes, show the arrangement, press Capture",
    ),
    (
        "whether captured notes change the tempo",
        "no",
        "play a steady beat in an empty set, press Capture",
    ),
    (
        "which changes a frozen track refuses",
        "devices, clips of files, clips in the arrangement; not notes and parameters",
        "freeze a track; write a parameter, a note and a name",
    ),
    (
        "whether ableton.v2's ControlSurface has `log_message` and `in_component_guard`",
        "yes",
        "a script that logs `hasattr` of both",
    ),
    (
        "when `schedule_message(0, f)` runs `f`",
        "with the next update_display; any number is accepted",
        "a script on _Framework that logs the time before and in `f`",
    ),
    (
        "when a component that is enabled from the start grabs its layer",
        "when its whole constructor has run",
        "a script on _Framework and one on ableton.v2 that log in the setter of a control",
    ),
    (
        "what the light of a button without a skin does with the name of a color",
        "it is on; off for the names that end in Off or Disabled",
        "a script on ableton.v2 without a skin that uses a ButtonControl",
    ),
    (
        "how far one step turns an encoder of ableton.v2, and what its sensitivity does",
        "by 1/64; the sensitivity multiplies it",
        "a script that logs the value of an EncoderControl while the encoder is turned",
    ),
    (
        "which parameters the knobs of a device component get",
        "eight a bank in the device's order, though Live has banks of its own for its devices",
        "a script on _Framework with a DeviceComponent; read its controls' mapped parameters",
    ),
    (
        "how long a press is long, a double click short, and a turn a touch",
        "0.3 s, 0.5 s, 0.5 s",
        "a script on ableton.v2 that logs pressed_delayed, double_clicked and released",
    ),
    (
        "whether a script on ableton.v3 works before its controller has answered with its identity",
        "yes",
        "a script with identity_response_id_bytes, without its controller; press a button over a virtual port",
    ),
    (
        "which names ableton.v3 has beyond those that public scripts import",
        "not known: livesim raises NotSimulated for all others",
        "log `dir` of its modules",
    ),
    (
        "whether timers stop behind a modal dialog",
        "yes, all of them",
        "open Save As while a timer logs",
    ),
    (
        "whether a script is closed and created again with each set",
        "yes",
        "open another set; read the log",
    ),
    (
        "the names that `Live.Base.get_text` knows",
        "livesim returns the name as the text",
        "call it with a name from one of Ableton's own scripts",
    ),
    (
        "whether scenes record into empty slots of armed tracks",
        "no, by default",
        "arm a track, launch an empty scene",
    ),
    (
        "at which position a clip with legato starts, and when a gate ends",
        "at that of the clip before; on release",
        "launch two clips with legato; hold and release one with gate",
    ),
    (
        "whether `jump_by` stops playback",
        "yes, unlike `scrub_by`",
        "call both while the song plays",
    ),
    (
        "whether stopping cancels pending launches",
        "yes",
        "launch with a quantization of 8 bars, stop, continue",
    ),
    (
        "where locators go and jump while the song plays",
        "they snap to the launch quantization",
        "set one and jump to one between two bars",
    ),
    (
        "how far a nudge bends the tempo",
        "by a tenth while it is pressed",
        "hold the button; compare with a watch",
    ),
    (
        "what soloing a track within a group leaves audible",
        "the group, too",
        "solo it; read `muted_via_solo` of all tracks",
    ),
    (
        "which group a new track joins, and when a group ends",
        "that of the track before which it is inserted; with its last track",
        "create and delete tracks in a group",
    ),
    (
        "how a clip that is placed over others cuts them",
        "as far as its edges go; looped ones keep their loop",
        "duplicate clips onto each other; read edges and loops",
    ),
    (
        "when an overridden automation is enabled again",
        "on re-enabling, or when its clip is launched again",
        "move an automated knob, launch the clip",
    ),
    (
        "how quantizing and cropping treat notes at the edges",
        "by their starts",
        "quantize and crop a clip with notes over both ends",
    ),
    (
        "the default input of a track that receives from another",
        "Post FX",
        "choose a track as input; read the sub-routing",
    ),
    (
        "which sources a Compressor's sidechain offers, and their order",
        "No Input, the tracks with sound, the returns and the main track, each at three points",
        "insert a Compressor; read `available_input_routing_types` and the channels of a track",
    ),
    (
        "the channels of a routing type without any",
        "one with an empty name",
        "choose No Input; read `available_input_routing_channels`",
    ),
    (
        "how many macros stay, and whether hidden ones are randomized",
        "two stay; hidden ones are not",
        "remove macros of a rack, randomize",
    ),
    (
        "which chain a rack selects at first",
        "the first one",
        "insert a rack with two chains; read `view.selected_chain`",
    ),
    (
        "what copying a pad onto another does",
        "it replaces the chains there",
        "`copy_pad` in a drum rack",
    ),
    (
        "which parameter is the chain selector of a drum rack",
        "livesim raises NotSimulated",
        "read `chain_selector`",
    ),
    (
        "whether a disabled parameter takes a value",
        "no",
        "write the value of a parameter that a macro controls",
    ),
    (
        "the error for a dialog's button that is not there",
        "RuntimeError",
        "press button 5 of a dialog with one",
    ),
    (
        "the scale of a track's meters, and how often they notify",
        "0 to 1, after the fader; about 60 times a second while they change",
        "play a tone of 0 dB; log `output_meter_level` and its listener",
    ),
    (
        "the form of `Application.get_build_id`",
        "a text without a fixed form",
        "read it",
    ),
)
