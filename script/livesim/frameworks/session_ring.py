"""The session ring of `ableton.v2`: the window onto the grid that session, mixer and navigation share."""

from .button_controls import ButtonControl, ToggleButtonControl
from .components import Component
from .dependency import depends
from .events import EventObject
from .functions import clamp, const


class SessionRingComponent(Component):
    """A window of tracks and scenes. Live draws its frame."""

    __events__ = ("offset", "tracks")

    @depends(set_session_highlight=const(None))
    def __init__(
        self,
        num_tracks=0,
        num_scenes=0,
        set_session_highlight=None,
        tracks_to_use=None,
        always_snap_track_offset=False,
        include_returns=False,
        include_master=False,
        *arguments,
        **keywords,
    ):
        super().__init__(*arguments, **keywords)
        self._tracks, self._scenes = num_tracks, num_scenes
        self._highlight = set_session_highlight or (lambda *_frame: None)
        self._snaps = always_snap_track_offset
        self._includes_returns = include_returns
        self._tracks_to_use = tracks_to_use or self._visible_tracks
        self._offset = (0, 0)
        self.register_slot(self._song, self._change_tracks, "visible_tracks")
        self.register_slot(self._song, self._change_scenes, "scenes")
        self._show_frame()

    num_tracks = property(lambda ring: ring._tracks)
    num_scenes = property(lambda ring: ring._scenes)
    track_offset = property(
        lambda ring: ring._offset[0], lambda ring, offset: ring.set_offsets(offset, ring._offset[1])
    )
    scene_offset = property(
        lambda ring: ring._offset[1], lambda ring, offset: ring.set_offsets(ring._offset[0], offset)
    )

    def tracks_to_use(self):
        return self._tracks_to_use()

    def controlled_tracks(self):
        """The tracks in the window; None where there is none."""
        found = list(self.tracks_to_use())[self.track_offset : self.track_offset + self._tracks]
        return found + [None] * (self._tracks - len(found))

    tracks = property(controlled_tracks)

    def controlled_scenes(self):
        return list(self._song.scenes)[self.scene_offset : self.scene_offset + self._scenes]

    def set_offsets(self, track_offset, scene_offset):
        before = self._offset
        self._offset = (self._inside(track_offset), clamp(scene_offset, 0, max(0, len(self._song.scenes) - 1)))
        if before != self._offset:
            self._show_frame()
            self.notify_offset(*self._offset)
            self.notify_tracks()

    def move(self, track_increment, scene_increment):
        self.set_offsets(self.track_offset + track_increment, self.scene_offset + scene_increment)

    def update_highlight(self):
        self._show_frame()

    def on_enabled_changed(self):
        super().on_enabled_changed()
        self._show_frame()

    def _inside(self, track_offset):
        if self._snaps and self._tracks:
            track_offset -= track_offset % self._tracks
        return clamp(track_offset, 0, max(0, len(self.tracks_to_use()) - 1))

    def _visible_tracks(self):
        returns = list(self._song.return_tracks) if self._includes_returns else []
        return [*self._song.visible_tracks, *returns]

    def _change_tracks(self):
        self.set_offsets(*self._offset)
        self.notify_tracks()

    def _change_scenes(self):
        self.set_offsets(*self._offset)
        self.notify_offset(*self._offset)

    def _show_frame(self):
        frame = (*self._offset, self._tracks, self._scenes) if self.is_enabled() else (-1, -1, -1, -1)
        self._highlight(*frame, self._includes_returns)


class Scrollable:
    """What a ScrollComponent scrolls: override all four."""

    scroll_up_button = None

    def can_scroll_up(self):
        return False

    def can_scroll_down(self):
        return False

    def scroll_up(self):
        """One step up."""

    def scroll_down(self):
        """One step down."""


class Scroll(EventObject):
    """Two buttons that scroll, lit while they can."""

    scroll_up_button = ButtonControl(color="Navigation.Enabled", repeat=True)
    scroll_down_button = ButtonControl(color="Navigation.Enabled", repeat=True)

    def __init__(self, scrollable=None, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        for name in ("can_scroll_up", "can_scroll_down", "scroll_up", "scroll_down"):
            if scrollable is not None:
                setattr(self, name, getattr(scrollable, name))

    def can_scroll_up(self):
        return False

    def can_scroll_down(self):
        return False

    def scroll_up(self):
        """One step up."""

    def scroll_down(self):
        """One step down."""

    @scroll_up_button.pressed
    def scroll_up_button(self, _button):
        self._scroll(self.can_scroll_up, self.scroll_up)

    @scroll_down_button.pressed
    def scroll_down_button(self, _button):
        self._scroll(self.can_scroll_down, self.scroll_down)

    def update(self):
        super().update()
        self.scroll_up_button.enabled = self.can_scroll_up()
        self.scroll_down_button.enabled = self.can_scroll_down()

    def _scroll(self, may, act):
        if may():
            act()
        self.update()


class ScrollComponent(Scroll, Component):
    """Of `ableton.v2`."""


class SessionNavigationComponent(Component):
    """Buttons that move the ring by one, or by a page."""

    MOVES = {
        "up": (0, -1),
        "down": (0, 1),
        "left": (-1, 0),
        "right": (1, 0),
    }
    up_button = ButtonControl()
    down_button = ButtonControl()
    left_button = ButtonControl()
    right_button = ButtonControl()
    page_up_button = ButtonControl()
    page_down_button = ButtonControl()
    page_left_button = ButtonControl()
    page_right_button = ButtonControl()

    def __init__(self, session_ring=None, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._ring = session_ring
        self.register_slot(session_ring, lambda *_offset: self.update(), "offset")

    def update(self):
        super().update()
        for name, button in self._buttons():
            button.enabled = self._can(name)

    def _buttons(self):
        for name in self.MOVES:
            for prefix in ("", "page_"):
                yield prefix + name, getattr(self, prefix + name + "_button")

    def _can(self, name):
        tracks, scenes = self._step(name)
        track, scene = self._ring.track_offset + tracks, self._ring.scene_offset + scenes
        track_room = len(self._ring.tracks_to_use()) if tracks > 0 else track + 1
        scene_room = len(self._song.scenes) if scenes > 0 else scene + 1
        return 0 <= track < track_room and 0 <= scene < scene_room

    def _step(self, name):
        tracks, scenes = self.MOVES[name.replace("page_", "")]
        if not name.startswith("page_"):
            return tracks, scenes
        return tracks * self._ring.num_tracks, scenes * self._ring.num_scenes

    def _move(self, name):
        if self._can(name):
            self._ring.move(*self._step(name))


def _pressing(name):
    return lambda component, _button: component._move(name)


for _name in SessionNavigationComponent.MOVES:
    for _prefix in ("", "page_"):
        _control = vars(SessionNavigationComponent)[_prefix + _name + "_button"]
        _control.pressed(_pressing(_prefix + _name))


class Toggle(EventObject):
    """A button that toggles a property of an object."""

    toggle_button = ToggleButtonControl()

    def __init__(
        self, property_name=None, subject=None, is_momentary=False, view_transform=None, *arguments, **keywords
    ):
        super().__init__(*arguments, **keywords)
        self._name, self._subject = property_name, subject
        if subject is not None:
            self.toggle_button.connect_property(subject, property_name)

    @property
    def value(self):
        return getattr(self._subject, self._name)

    @property
    def subject(self):
        return self._subject

    @subject.setter
    def subject(self, subject):
        self._subject = subject
        self.toggle_button.connect_property(subject, self._name)

    def set_toggle_button(self, button):
        self.toggle_button.set_control_element(button)


class ToggleComponent(Toggle, Component):
    """Of `ableton.v2`."""
