"""The actions, one module per object of Live; importing a module registers its actions."""

from ..registry import ACTIONS
from . import health, song, track, clip, notes, scene
from . import locator, recording, transport
from . import device, device_parameter, master_device, return_device, rack, max_device, plugin, simpler
from . import randomizing
from . import application, browser, loading, midi, view
from . import arrangement, take_lane, envelope
from . import mixer, routing, group, track_settings, crossfader, return_track, return_mixer, master, selection
from . import audio_clip, clip_filter, clip_loop, clip_settings, groove
from . import note_selection, quantizing, properties
from . import song_settings, scene_settings, selecting, launching, clip_launch, colors
from . import rack_variation, device_values, device_members, locator_jump, program
from . import other_tracks, snapshot

__all__ = ["ACTIONS", "health", "song", "track", "clip", "notes", "scene"]
__all__ += ["device", "device_parameter", "master_device", "return_device", "rack", "max_device", "plugin"]
__all__ += ["simpler", "randomizing"]
__all__ += ["application", "browser", "loading", "midi", "view"]
__all__ += ["locator", "recording", "transport"]
__all__ += ["arrangement", "take_lane", "envelope"]
__all__ += ["mixer", "routing", "group", "track_settings", "crossfader", "return_track", "return_mixer", "master", "selection"]
__all__ += ["audio_clip", "clip_filter", "clip_loop", "clip_settings", "groove"]
__all__ += ["note_selection", "quantizing", "properties", "snapshot"]
__all__ += ["song_settings", "scene_settings", "selecting", "launching", "clip_launch", "colors"]
__all__ += ["rack_variation", "device_values", "device_members", "locator_jump", "program", "other_tracks"]
