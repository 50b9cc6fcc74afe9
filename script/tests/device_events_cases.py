"""Cases of the events of devices, returns and the master: see CASES in test_events.py."""

# The words of the event, the indexes of a rack on each kind of track, the track, and the action that sets a parameter.
RACKS = (
    ("", {"track_index": 2, "device_index": 0}, lambda song: song.tracks[2], "set_track_device_param"),
    ("return_", {"return_index": 1, "device_index": 1}, lambda song: song.return_tracks[1], "set_return_device_param"),
    ("master_", {"device_index": 1}, lambda song: song.master_track, "set_master_device_param"),
)
RETURN = {"return_index": 1}


def setting(find, member, value):
    return lambda song: setattr(find(song), member, value)


def second_return(song):
    return song.return_tracks[1]


def master(song):
    return song.master_track


def _of_racks():
    for word, place, track, action in RACKS:

        def rack(song, track=track, index=place["device_index"]):
            return track(song).devices[index]

        yield word + "device_parameter", (
            dict(place, param_index=0),
            1.0,
            lambda song, rack=rack: setattr(rack(song).parameters[0], "value", 0),
            0.0,
            (action, {"value": 1}),
            1.0,
        )
        yield word + "rack_chains", (
            place,
            ["Wet"],
            lambda song, rack=rack: setattr(rack(song).chains[0], "name", "Dry"),
            ["Dry"],
            ("undo", {}),
            ["Wet"],
        )
        yield word + "chain_devices", (
            dict(place, chain_index=0),
            ["Delay"],
            lambda song, rack=rack: setattr(rack(song).chains[0].devices[0], "name", "Echo"),
            ["Echo"],
            ("undo", {}),
            ["Delay"],
        )


OF_DEVICES = dict(_of_racks())
OF_DEVICES.update(
    return_name=(
        RETURN,
        "B-Delay",
        setting(second_return, "name", "Echo"),
        "Echo",
        ("rename_return_track", {"name": "Hall"}),
        "Hall",
    ),
    return_pan=(
        RETURN,
        0.0,
        lambda song: setattr(song.return_tracks[1].mixer_device.panning, "value", 0.5),
        0.5,
        ("set_return_track_pan", {"pan": -1}),
        -1.0,
    ),
    return_mute=(
        RETURN, False, setting(second_return, "mute", True), True, ("mute_return_track", {"mute": False}), False
    ),
    return_solo=(
        RETURN, False, setting(second_return, "solo", True), True, ("solo_return_track", {"solo": False}), False
    ),
    return_sends=(
        {"return_index": 0},
        [0.0, 0.0],
        lambda song: setattr(song.return_tracks[0].mixer_device.sends[1], "value", 0.5),
        [0.0, 0.5],
        ("set_return_track_send", {"send_index": 1, "value": 0.25}),
        [0.0, 0.25],
    ),
    return_color=(
        RETURN,
        0xFF94A6,
        setting(second_return, "color", 0x1A2F96),
        0x1A2F96,
        ("set_return_track_color", {"color_index": 0}),
        0xFF94A6,
    ),
    master_pan=(
        {},
        0.0,
        lambda song: setattr(song.master_track.mixer_device.panning, "value", 0.5),
        0.5,
        ("set_master_pan", {"pan": -1}),
        -1.0,
    ),
    master_color=(
        {},
        0xFF94A6,
        setting(master, "color", 0x1A2F96),
        0x1A2F96,
        ("set_master_color", {"color_index": 0}),
        0xFF94A6,
    ),
)
