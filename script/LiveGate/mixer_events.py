"""The topics of the names, colors and mixers of return tracks and of the master track (observable values)."""

from .events import event, fader


@event("return_index")
def return_name(path, return_index):
    return path.reading(_return(path, return_index), "name", str)


@event("return_index")
def return_pan(path, return_index):
    return path.reading(fader(path, _return(path, return_index), "panning"), "value", float)


@event("return_index")
def return_mute(path, return_index):
    return path.reading(_return(path, return_index), "mute", bool)


@event("return_index")
def return_solo(path, return_index):
    return path.reading(_return(path, return_index), "solo", bool)


@event("return_index")
def return_sends(path, return_index):
    """Reports the levels of a return track's sends, in their order."""
    mixer = path.part(_return(path, return_index), "mixer_device")
    if mixer is None:
        return None
    sends = path.all(mixer, "sends")
    for node in sends:
        path.listen(node, "value")
    return lambda: [float(node.subject.value) for node in sends]


@event("return_index")
def return_color(path, return_index):
    return _color(path, _return(path, return_index))


@event()
def master_name(path):
    return path.reading(_master(path), "name", str)


@event()
def master_pan(path):
    return path.reading(fader(path, _master(path), "panning"), "value", float)


@event()
def master_color(path):
    return _color(path, _master(path))


def _return(path, return_index):
    return path.item(path.song, "return_tracks", return_index)


def _master(path):
    return path.part(path.song, "master_track")


def _color(path, track):
    """The trail does not record colors, so they are noticed only."""
    if track is None:
        return None
    path.notice(track, "color")
    return lambda: int(track.subject.color)
