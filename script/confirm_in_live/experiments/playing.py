"""Experiments on launching and on events of playing clips."""

from ..registry import experiment

NO_QUANTIZATION = 0


def _quiet(lab):
    """No quantization, a fast song that stands still at the start."""
    lab.keep("clip_trigger_quantization", "tempo", "metronome")
    lab.song.clip_trigger_quantization, lab.song.tempo, lab.song.metronome = NO_QUANTIZATION, 240.0, False
    lab.afterwards(lab.song.stop_playing)
    lab.song.stop_playing()


@experiment(
    "launch-in-callback",
    "whether a clip that is fired without quantization plays within the callback",
    "no: it is triggered, and plays later",
    [[True, False], [False, True]],
)
def launch_in_callback(lab):
    _quiet(lab)
    clip = lab.clip()
    yield
    clip.fire()
    states = [[clip.is_triggered, clip.is_playing]]
    for _ in range(5):
        yield
    return states + [[clip.is_triggered, clip.is_playing]]


@experiment(
    "playing-status",
    "whether a clip notifies of its playing status when it is fired, starts and ends",
    "yes, each time",
    True,
)
def playing_status(lab):
    _quiet(lab)
    clip, seen = lab.clip(), []
    clip.add_playing_status_listener(lambda: seen.append((clip.is_triggered, clip.is_playing)))
    clip.fire()
    for _ in range(5):
        yield
    clip.stop()
    for _ in range(5):
        yield
    lab.note(seen)
    return (False, True) in seen and seen[-1] == (False, False)


@experiment("loop-jump", "whether a clip notifies when its loop begins again", "yes, once a turn", True)
def loop_jump(lab):
    _quiet(lab)
    clip, seen = lab.clip(2.0), []
    clip.add_loop_jump_listener(lambda: seen.append(round(clip.playing_position, 2)))
    clip.fire()
    for _ in range(18):
        yield
    lab.note(seen)
    return 2 <= len(seen) <= 4


@experiment("stopped-position", "whether a clip continues from its position when the song continues", "yes", True)
def stopped_position(lab):
    _quiet(lab)
    clip = lab.clip(16.0)
    clip.fire()
    for _ in range(6):
        yield
    lab.song.stop_playing()
    yield
    before = clip.playing_position
    lab.song.continue_playing()
    for _ in range(2):
        yield
    lab.note([before, clip.playing_position])
    return 0.0 < before <= clip.playing_position


@experiment("position-events", "how often a playing song notifies of its position in a second", "about 60 times")
def position_events(lab):
    _quiet(lab)
    seen = []

    def listener():
        seen.append(1)

    lab.song.add_current_song_time_listener(listener)
    lab.afterwards(lambda: lab.song.remove_current_song_time_listener(listener))
    lab.song.start_playing()
    for _ in range(10):
        yield
    return len(seen)


@experiment(
    "write-in-listener",
    "the error for a change within a listener",
    "RuntimeError: Changes cannot be triggered by notifications",
    "RuntimeError",
)
def write_in_listener(lab):
    lab.keep("tempo")
    seen = []

    def listener():
        seen.append(lab.error(lambda: setattr(lab.song, "metronome", not lab.song.metronome)))

    lab.song.add_tempo_listener(listener)
    lab.afterwards(lambda: lab.song.remove_tempo_listener(listener))
    lab.song.tempo = 121.0
    yield
    return seen[0] if seen else "it was not called"


@experiment(
    "scene-without-selection",
    "whether capturing a scene can leave out the selected track",
    "yes",
    [False, True],
)
def scene_without_selection(lab):
    _quiet(lab)
    clips = [lab.clip(), lab.clip()]
    tracks = [clip.canonical_parent.canonical_parent for clip in clips]
    for clip in clips:
        clip.fire()
    for _ in range(5):
        yield
    view = lab.song.view
    view.selected_scene, view.selected_track = lab.song.scenes[0], tracks[0]
    lab.song.capture_and_insert_scene(1)
    lab.afterwards(lambda: lab.song.delete_scene(1))
    yield
    return [track.clip_slots[1].has_clip for track in tracks]
