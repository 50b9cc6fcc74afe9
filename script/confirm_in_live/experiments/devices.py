"""Experiments on the browser and on chains of devices."""

from ..registry import experiment

SEARCHED_MAX = 300


def _loadable(item, ending, budget):
    """The first loadable item below whose name ends so; reads at most SEARCHED_MAX items."""
    for child in item.children:
        budget[0] -= 1
        if budget[0] < 0:
            return None
        if child.is_loadable and child.name.lower().endswith(ending):
            return child
        found = None if child.is_loadable else _loadable(child, ending, budget)
        if found is not None:
            return found
    return None


def _named(items, name):
    return next((item for item in items if item.name == name), None)


def _load(lab, track, item):
    lab.song.view.selected_track = track
    lab.application.browser.load_item(item)


@experiment("load-later", "when a loaded device is there", "not in the callback, but in the next", [0, 1])
def load_later(lab):
    track = lab.midi_track()
    _load(lab, track, _named(lab.application.browser.instruments.children, "Operator"))
    found = [len(track.devices)]
    for _ in range(3):
        yield
    return found + [len(track.devices)]


@experiment(
    "load-instrument-on-audio",
    "what loading an instrument does while an audio track is selected",
    "it makes a new MIDI track",
    [0, 1],
)
def load_instrument_on_audio(lab):
    track = lab.audio_track()
    before = len(lab.song.tracks)
    _load(lab, track, _named(lab.application.browser.instruments.children, "Operator"))
    for _ in range(5):
        yield
    added = len(lab.song.tracks) - before
    for _ in range(added):
        lab.song.delete_track(list(lab.song.tracks).index(track) + 1)
    return [len(track.devices), added]


@experiment(
    "load-sample",
    "what loading a sample does on a MIDI track and on an audio track",
    "a Simpler, and a clip in the highlighted slot",
    [["OriginalSimpler"], True],
)
def load_sample(lab):
    sample = _loadable(lab.application.browser.samples, ".wav", [SEARCHED_MAX])
    if sample is None:
        return "no sample among the first items of the browser"
    midi, audio = lab.midi_track(), lab.audio_track()
    _load(lab, midi, sample)
    for _ in range(10):
        yield
    lab.song.view.selected_scene = lab.song.scenes[0]
    _load(lab, audio, sample)
    for _ in range(10):
        yield
    return [[device.class_name for device in midi.devices], audio.clip_slots[0].has_clip]


@experiment(
    "second-instrument",
    "the error for inserting a second instrument",
    "RuntimeError",
    "RuntimeError",
    (12,),
)
def second_instrument(lab):
    track = lab.midi_track()
    track.insert_device("Operator")
    yield
    return lab.error(lambda: track.insert_device("Analog"))


@experiment("unknown-device", "the error for inserting a device without that name", "ValueError", "ValueError", (12,))
def unknown_device(lab):
    track = lab.midi_track()
    return lab.error(lambda: track.insert_device("No Such Device"))


@experiment("empty-item", "the error for loading a folder of the browser", "RuntimeError", "RuntimeError")
def empty_item(lab):
    folder = next(item for item in lab.application.browser.audio_effects.children if not item.is_loadable)
    return lab.error(lambda: lab.application.browser.load_item(folder))


@experiment(
    "single-precision",
    "whether parameters keep values in single precision",
    "yes",
    0.30000001192092896,
)
def single_precision(lab):
    volume = lab.midi_track().mixer_device.volume
    volume.value = 0.3
    return volume.value


@experiment("parameter-range", "the error for a value beyond a parameter's range", "RuntimeError", "RuntimeError")
def parameter_range(lab):
    volume = lab.midi_track().mixer_device.volume
    return lab.error(lambda: setattr(volume, "value", 2.0))


@experiment("default-input", "how a new audio track gets its input", "from outside, so that it can be armed", True)
def default_input(lab):
    track = lab.audio_track()
    track.arm = True
    lab.note(track.input_routing_type.display_name)
    return bool(track.arm)
