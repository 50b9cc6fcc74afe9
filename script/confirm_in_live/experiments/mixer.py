"""Experiments on returns and the master track."""

from ..registry import experiment


def _return(lab):
    lab.song.create_return_track()
    index = len(lab.song.return_tracks) - 1
    lab.afterwards(lambda: lab.song.delete_return_track(index))
    return lab.song.return_tracks[index]


@experiment("return-send", "whether a send of a new return track can be set", "yes", ["", True])
def return_send(lab):
    track = _return(lab)
    send = track.mixer_device.sends[0]
    enabled = bool(send.is_enabled)
    return [lab.error(lambda: setattr(send, "value", 0.5)), enabled]


@experiment("master-name", "whether the master track takes a name and a color", "yes", ["", ""])
def master_name(lab):
    master = lab.song.master_track
    name, color = master.name, master.color_index
    lab.afterwards(lambda: setattr(master, "name", name))
    if color is not None:
        lab.afterwards(lambda: setattr(master, "color_index", color))
    return [
        lab.error(lambda: setattr(master, "name", "Hall")),
        lab.error(lambda: setattr(master, "color_index", 7)),
    ]


@experiment("master-mute", "the error for muting the master track", "RuntimeError", "RuntimeError")
def master_mute(lab):
    return lab.error(lambda: setattr(lab.song.master_track, "mute", True))
