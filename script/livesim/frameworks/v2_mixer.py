"""Mixer and session of `ableton.v2`: the same strips and slots as in `_Framework`, moved by a session ring."""

from .components import Component
from .controls import V2ControlUser
from .dependency import depends
from .functions import const
from .mixer import ChannelStrip, Mixer
from .session import Session
from .session_parts import ClipSlot, Scene


class ChannelStripComponent(ChannelStrip, V2ControlUser):
    """Controls one track, or none."""

    __events__ = ("track",)

    def set_track(self, track):
        super().set_track(track)
        self.notify_track()


class SimpleTrackAssigner:
    """Gives the strips the tracks of the ring, in order."""

    def tracks(self, tracks_provider):
        provided = tracks_provider.controlled_tracks()
        return provided


class RightAlignTracksTrackAssigner:
    """Gives the last strips the returns and the master."""

    def __init__(self, song=None, include_master_track=False, *_arguments, **_keywords):
        self._song, self._includes_master = song, include_master_track

    def tracks(self, tracks_provider):
        found = [track for track in tracks_provider.controlled_tracks() if track is not None]
        last = [*self._song.return_tracks, *([self._song.master_track] if self._includes_master else [])]
        left = [track for track in found if track not in last]
        right = [track for track in found if track in last]
        return left + [None] * (tracks_provider.num_tracks - len(left) - len(right)) + right


class MixerComponent(Mixer, V2ControlUser):
    """A strip for each track of the provider (a session ring), one for the master and one for the selection."""

    @depends(session_ring=const(None))
    def __init__(
        self,
        tracks_provider=None,
        track_assigner=None,
        auto_name=False,
        invert_mute_feedback=False,
        channel_strip_component_type=None,
        *arguments,
        session_ring=None,
        **keywords,
    ):
        super().__init__(*arguments, **keywords)
        self._provider = tracks_provider or session_ring
        self._assigner = track_assigner or SimpleTrackAssigner()
        self._strip_type = channel_strip_component_type or ChannelStripComponent
        self._build(self._provider.num_tracks if self._provider is not None else 0, 0, invert_mute_feedback)
        for subject, event in ((self._provider, "tracks"), (self._song, "return_tracks"), (self._song, "tracks")):
            self.register_slot(subject, lambda *_changed: self._assign(), event)
        self.register_slot(self._song.view, self.on_selected_track_changed, "selected_track")

    def _create_strip(self):
        return self._strip_type()

    def _assign(self):
        super()._assign()
        if self._provider is not None:
            for strip, track in zip(self._channel_strips, self._assigner.tracks(self._provider)):
                strip.set_track(track)


class ClipSlotComponent(ClipSlot, V2ControlUser):
    """Controls one slot, or none."""


class SceneComponent(Scene, V2ControlUser):
    """Controls one scene, or none, and its slots in the tracks of the ring."""

    clip_slot_component_type = ClipSlotComponent

    @depends(session_ring=const(None))
    def __init__(self, session_ring=None, *arguments, **keywords):
        super().__init__(session_ring.num_tracks, session_ring.tracks_to_use, *arguments, **keywords)

    def _create_clip_slot_component(self):
        return self.clip_slot_component_type(parent=self)


class SessionComponent(Session, V2ControlUser):
    """The slots of the session ring."""

    scene_component_type = SceneComponent
    clip_slot_component_type = None

    @depends(session_ring=const(None))
    def __init__(
        self,
        session_ring=None,
        auto_name=False,
        clip_slot_copy_handler=None,
        clip_slot_component_type=None,
        scene_component_type=None,
        *arguments,
        **keywords,
    ):
        super().__init__(*arguments, **keywords)
        self._ring = session_ring
        self._scene_type = scene_component_type or self.scene_component_type
        self._slot_type = clip_slot_component_type or self.clip_slot_component_type
        self._build(session_ring.num_tracks, session_ring.num_scenes)
        self._follow_ring()
        self.register_slot(session_ring, lambda *_offset: self._follow_ring(), "offset")
        self.register_slot(session_ring, self._assign, "tracks")
        self.register_slot(self._song, self._assign, "scenes")
        self.register_slot(self._song.view, self.on_selected_scene_changed, "selected_scene")

    def tracks_to_use(self):
        return self._ring.tracks_to_use()

    def set_managed_select_button(self, button):
        """While it is held, launch buttons select; the modifier is kept for scripts."""
        self._select_button = button

    managed_select_button = managed_delete_button = managed_duplicate_button = None

    def set_managed_delete_button(self, button):
        self.set_delete_button(button)

    def set_managed_duplicate_button(self, button):
        self.set_duplicate_button(button)

    def _create_scene(self):
        made = self._scene_type(session_ring=self._ring)
        return made

    def _follow_ring(self):
        self.set_offsets(self._ring.track_offset, self._ring.scene_offset)


class SessionOverviewComponent(Component):
    """A matrix on which each button stands for a page of the session ring, lit where the ring is."""

    @depends(session_ring=const(None))
    def __init__(self, session_ring=None, enable_skinning=False, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._ring, self._matrix = session_ring, None
        self._matrix_slot = self.register_slot(None, self._press, "value")
        self.register_slot(session_ring, lambda *_offset: self.update(), "offset")

    def set_button_matrix(self, matrix):
        self._matrix = self._matrix_slot.subject = matrix
        self.update()

    def update(self):
        super().update()
        if self._matrix is None or not self.is_enabled():
            return
        here = self._page()
        for column in range(self._matrix.width()):
            for row in range(self._matrix.height()):
                self._matrix.set_light(column, row, (column, row) == here)

    def _page(self):
        return self._ring.track_offset // self._ring.num_tracks, self._ring.scene_offset // self._ring.num_scenes

    def _press(self, value, column, row, _is_momentary):
        if value and self.is_enabled():
            self._ring.set_offsets(column * self._ring.num_tracks, row * self._ring.num_scenes)
