"""The actions, one module per object of Live; importing them here is what registers them."""

from ..registry import ACTIONS
from . import utility, song, track, clip, notes, scene
from . import locator, recording, transport
from . import device, device_parameter, master_device, rack, max_device, plugin, simpler, randomizing
from . import application, browser, loading, midi, view
from . import arrangement, take_lane, envelope
from . import mixer, routing, group, color, freezing, crossfader, return_track, master
from . import audio_clip, clip_annotation, clip_fade, clip_loop, clip_settings, follow_action, groove
from . import note_selection, quantizing
from . import snapshot

__all__ = ["ACTIONS", "utility", "song", "track", "clip", "notes", "scene"]
__all__ += ["device", "device_parameter", "master_device", "rack", "max_device", "plugin", "simpler", "randomizing"]
__all__ += ["application", "browser", "loading", "midi", "view"]
__all__ += ["locator", "recording", "transport"]
__all__ += ["arrangement", "take_lane", "envelope"]
__all__ += ["mixer", "routing", "group", "color", "freezing", "crossfader", "return_track", "master"]
__all__ += ["audio_clip", "clip_annotation", "clip_fade", "clip_loop", "clip_settings", "follow_action", "groove"]
__all__ += ["note_selection", "quantizing", "snapshot"]
