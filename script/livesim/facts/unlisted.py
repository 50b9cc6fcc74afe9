"""What Live has and the dumps do not list: events that have listeners without being properties, by class.

Gathered from the documentation of Live 12.3.6; Live 11 has had those of its classes for longer.
"""

EVENTS = {
    "Application.Application.View": ("is_view_visible", "view_focus_changed"),
    "Application.ControlSurfaceProxy": ("control_values_arrived", "midi_received"),
    "Browser.Browser": ("full_refresh",),
    "Clip.Clip": ("loop_jump", "notes", "playing_status"),
    "MaxDevice.MaxDevice": ("bank_parameters_changed",),
    "Song.Song": ("data", "scale_information"),
    "Track.Track": ("data",),
    "WavetableDevice.WavetableDevice": ("modulation_matrix_changed",),
}

# Whoever listens to these says first which one is meant.
NAMED = frozenset(("is_view_visible",))
