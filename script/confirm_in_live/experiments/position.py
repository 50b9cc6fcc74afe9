"""Experiments on the play position and locators within one callback."""

from ..registry import experiment


@experiment(
    "position-in-callback",
    "which position a script reads in the callback that sets it, and in the next",
    "the old one, then the new one",
    [0.0, 8.0],
)
def position_in_callback(lab):
    yield _at(lab, 0.0)
    lab.song.current_song_time = 8.0
    read = [lab.song.current_song_time]
    yield
    return read + [lab.song.current_song_time]


@experiment(
    "locator-in-callback",
    "where a locator lands in the callback that sets the position",
    "at the old position",
    [4.0],
)
def locator_in_callback(lab):
    yield _at(lab, 4.0)
    lab.song.current_song_time = 12.0
    lab.song.set_or_delete_cue()
    yield
    times = [cue.time for cue in lab.song.cue_points]
    for time in times:
        yield _at(lab, time)
        lab.song.set_or_delete_cue()
    return times


@experiment(
    "jump-in-callback",
    "which position a script reads after scrub_by in the same callback",
    "the old one",
    [4.0, 6.0],
)
def jump_in_callback(lab):
    yield _at(lab, 4.0)
    lab.song.scrub_by(2.0)
    read = [lab.song.current_song_time]
    yield
    return read + [lab.song.current_song_time]


@experiment(
    "start-after-position",
    "whether starting to play is refused in the callback that sets the position",
    "yes; Live refuses at times",
    "RuntimeError",
)
def start_after_position(lab):
    yield _at(lab, 0.0)
    lab.afterwards(lab.song.stop_playing)
    lab.song.current_song_time = 4.0
    return lab.error(lab.song.start_playing)


@experiment("start-marker", "whether the start marker follows a position that is set while stopped", "yes", 4.0)
def start_marker(lab):
    yield _at(lab, 4.0)
    return lab.song.start_time


@experiment(
    "last-beat",
    "the error for a position beyond 1,576,800 beats",
    "RuntimeError: Invalid value",
    "RuntimeError",
)
def last_beat(lab):
    yield _at(lab, 0.0)
    return lab.error(lambda: setattr(lab.song, "current_song_time", 1576801.0))


@experiment("locator-order", "the order of the list of locators", "the order of their creation", [8.0, 4.0])
def locator_order(lab):
    for time in (8.0, 4.0):
        yield _at(lab, time)
        lab.song.set_or_delete_cue()
        yield
    times = [cue.time for cue in lab.song.cue_points]
    for time in times:
        yield _at(lab, time)
        lab.song.set_or_delete_cue()
        yield
    return times


def _at(lab, position):
    """To yield: the song stands still, at that position with the next step."""
    lab.song.stop_playing()
    lab.song.current_song_time = position
