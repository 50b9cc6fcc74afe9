"""Experiments on recording MIDI; no note is played, so the clips stay empty."""

from ..registry import experiment

FAST = 480.0


def _ready(lab):
    """An armed MIDI track of its own, and a fast song that stands still at the start."""
    lab.keep("tempo", "metronome", "clip_trigger_quantization")
    lab.afterwards(lab.song.stop_playing)
    lab.song.stop_playing()
    lab.song.tempo, lab.song.metronome, lab.song.clip_trigger_quantization = FAST, False, 0
    track = lab.midi_track()
    track.arm = True
    return track


@experiment("record-starts", "whether the record button starts the song", "yes, by default", True)
def record_starts(lab):
    _ready(lab)
    lab.song.record_mode = True
    yield
    plays = lab.song.is_playing
    lab.song.record_mode = False
    return plays


@experiment(
    "loop-recording",
    "what recording over several turns of the loop leaves in the arrangement",
    "one clip for each part that a pass covered, the last pass on top; no take lanes",
)
def loop_recording(lab):
    track = _ready(lab)
    lab.keep("loop", "loop_start", "loop_length")
    lab.song.loop, lab.song.loop_start, lab.song.loop_length = True, 0.0, 4.0
    lab.song.current_song_time = 0.0
    yield
    lab.song.record_mode = True
    for _ in range(12):
        yield
    lab.song.record_mode = False
    yield
    lab.note("take lanes: %d" % len(getattr(track, "take_lanes", ())))
    return [[clip.start_time, clip.end_time] for clip in track.arrangement_clips]


@experiment(
    "record-without-slot",
    "what trigger_session_record does without an empty slot from the selected row on",
    "it makes a new scene",
    1,
)
def record_without_slot(lab):
    track = _ready(lab)
    scenes = len(lab.song.scenes)
    track.clip_slots[scenes - 1].create_clip(4.0)
    lab.song.view.selected_scene = lab.song.scenes[scenes - 1]
    lab.song.trigger_session_record()
    for _ in range(3):
        yield
    lab.song.stop_playing()
    added = len(lab.song.scenes) - scenes
    for _ in range(added):
        lab.song.delete_scene(len(lab.song.scenes) - 1)
    return added


@experiment(
    "record-length",
    "the length of a clip while it is recorded without a fixed length",
    "the bars that have begun",
    True,
)
def record_length(lab):
    track = _ready(lab)
    track.clip_slots[0].fire()
    lengths = []
    for _ in range(8):
        yield
        if track.clip_slots[0].has_clip:
            lengths.append(track.clip_slots[0].clip.length)
    lab.song.stop_playing()
    lab.note(lengths)
    return bool(lengths) and all(length % 4 == 0 for length in lengths)
