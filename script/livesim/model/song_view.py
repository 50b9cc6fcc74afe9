"""Song.View: the selection. Undo never changes it; deleting a selected object selects another."""

from .base import Model, State, command, models, reads


@models("Song.Song.View")
class SongView(Model):
    draw_mode = State(False, undo=False)
    follow_song = State(True, undo=False)
    _track = State(undo=False, also=("selected_track",))
    _scene = State(undo=False, also=("selected_scene",))
    _clip = State(undo=False, also=("detail_clip",))
    _chain = State(undo=False, also=("selected_chain",))
    _parameter = State(undo=False, also=("selected_parameter",))

    @reads
    def selected_track(self):
        return _living(self._track) or self.song.tracks[0]

    @selected_track.setter
    def selected_track(self, track):
        self._track = track

    @reads
    def selected_scene(self):
        return _living(self._scene) or self.song.scenes[0]

    @selected_scene.setter
    def selected_scene(self, scene):
        self._scene = scene

    @reads
    def detail_clip(self):
        return _living(self._clip)

    @detail_clip.setter
    def detail_clip(self, clip):
        self._clip = clip

    @reads
    def selected_chain(self):
        return _living(self._chain)

    @selected_chain.setter
    def selected_chain(self, chain):
        self._chain = chain

    @command
    def select_device(self, device, should_appoint_device=True):
        """Shows the device, and with it its track and the chains of the racks around it."""
        self.selected_track = device.track
        device.track.view.select(device)
        place = device.parent
        while place is not device.track:
            place.parent.view.selected_chain = place
            place = place.parent.parent
        if should_appoint_device:
            self.song.appointed_device = device

    @reads
    def selected_parameter(self):
        """The object that the user clicked last; scripts cannot select it."""
        return _living(self._parameter)

    def click(self, parameter):
        """The user touches a parameter."""
        self._parameter = parameter
        self.live.notifications.notify()

    @reads
    def highlighted_clip_slot(self):
        """The slot of the selected track and scene; return tracks and the main track have none."""
        track = self.selected_track
        return track.clip_slots[self.song.scenes.index(self.selected_scene)] if track.has_slots else None

    @highlighted_clip_slot.setter
    def highlighted_clip_slot(self, slot):
        self.selected_track = slot.parent
        self.selected_scene = self.song.scenes[slot.parent.clip_slots.index(slot)]


def _living(model):
    return model if model is not None and model.life.subject is not None else None
