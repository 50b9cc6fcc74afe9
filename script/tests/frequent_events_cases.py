"""Cases of the events of what changes often: see CASES in test_events.py."""

FIRST = {"track_index": 0}
CLIP = {"track_index": 0, "clip_index": 0}
FREQUENT = {
    "track_color": (
        FIRST,
        0xFF94A6,
        lambda song: setattr(song.tracks[0], "color", 0x1A2F96),
        0x1A2F96,
        ("set_track_color", {"color_index": 0}),
        0xFF94A6,
    ),
    "clip_color": (
        CLIP,
        0xFF94A6,
        lambda song: setattr(song.tracks[0].clip_slots[0].clip, "color", 0x1A2F96),
        0x1A2F96,
        ("set_clip_color", {"color_index": 0}),
        0xFF94A6,
    ),
    "playing_slot": (
        FIRST,
        {"playing_slot_index": -1, "fired_slot_index": -1},
        lambda song: song.tracks[0].clip_slots[0].fire(),
        {"playing_slot_index": 0, "fired_slot_index": -1},
        ("stop_clip", {"scene_index": 0}),
        {"playing_slot_index": 0, "fired_slot_index": -2},
    ),
    "arrangement_clips": (
        FIRST,
        [],
        lambda song: song.tracks[0].duplicate_clip_to_arrangement(song.tracks[0].clip_slots[0].clip, 8.0),
        [""],
        ("duplicate_to_arrangement", {"clip_index": 0, "time": 32}),
        ["", ""],
    ),
}
