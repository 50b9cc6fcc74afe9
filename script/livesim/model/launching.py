"""Launching on a track: the playing clip, the fired clip that waits for its boundary, and stopping.

A fired clip waits at least for the next turn of the main loop, as in Live, where the audio thread starts it.
"""

import math

from . import quantization
from .base import State, command, reads

NOTHING_FIRED, STOP_FIRED, NOTHING_PLAYING = -1, -2, -1


class Fired:
    """A launch (or a recording into an empty slot, or a stop) that waits for its time on the song's running clock."""

    __slots__ = ("slot", "due", "record_length")

    def __init__(self, slot, due, record_length=None):
        self.slot, self.due, self.record_length = slot, due, record_length


class TrackLaunching:
    playing_clip = None
    fired = None
    _left_arrangement = State(False, undo=False, also=("back_to_arranger",))

    def post(self, member):
        super().post(member)
        if member == "_left_arrangement":
            self.song.post("back_to_arranger")

    def launch(self, slot):
        """Starts a slot's clip at its next boundary, and starts a stopped transport at once."""
        self.song.run()
        setting = quantization.of_clip(slot.clip.launch_quantization, self.song.clip_trigger_quantization)
        self._fire(Fired(slot, self.song.launch_time(setting)))

    def stop(self, quantized=True):
        if self.playing_clip is None and self.fired is None:
            return
        if self.song.is_playing and quantized:
            self._fire(Fired(None, self.song.launch_time(self.song.clip_trigger_quantization)))
        else:
            self.cancel_launch()
            self.play(None)

    def hold(self, slot):
        """Silences a slot's clip that is scrubbed, until it is launched again."""
        self.play(None)
        self._fire(Fired(slot, math.inf))

    def is_held(self, slot):
        return self.fired is not None and self.fired.slot is slot and self.fired.due == math.inf

    def cancel_launch(self):
        self._fire(None)

    def forget(self, clip):
        """A clip is deleted: it neither plays nor waits any longer."""
        if self.playing_clip is clip:
            self.play(None)
        if self.fired is not None and self.fired.slot is clip.parent:
            self._fire(None)

    def advance(self, time):
        """Called when the song's running clock has reached `time`."""
        if self.fired is not None and self.fired.due <= time:
            fired = self.fired
            self._fire(None)
            self.end_recording(fired.due)
            if fired.slot is not None and fired.slot.clip is None:
                self.begin_recording(fired)
            else:
                self.play(fired.slot and fired.slot.clip, fired.due)
        if self.is_recording:
            self.go_on_recording(time)
        clip = self.playing_clip
        if clip is not None:
            clip.post("playing_position")
            clip.notice_loop(time)
            clip.play_automation(clip.position_at(time))
            if clip.has_ended(time):
                self.play(None)

    def play(self, clip, launched_at=0.0):
        self.end_recording(self.song.running_time)
        before, self.playing_clip = self.playing_clip, clip
        if before is not None:
            before.stop_automation()
        if clip is not None:
            self._left_arrangement = True
            clip.start_automation()
            takes_over = clip.legato and before is not None
            clip.launched_at = before.launched_at if takes_over else launched_at
            clip.started_at = self.song.current_song_time - (self.song.running_time - launched_at)
            clip.post("start_time")
            self.song.busy_tracks.add(self)
        for changed in (before, clip):
            if changed is not None and before is not clip:
                changed.post("playing_status")
        self.post("playing_slot_index")

    def take_over(self, clip):
        """Another clip replaces the playing one without interruption, as if it had been playing all along."""
        self.play(clip, self.playing_clip.launched_at)

    def _fire(self, fired):
        before, self.fired = self.fired, fired
        if fired is not None:
            self.song.busy_tracks.add(self)
        for changed in (before, fired):
            if changed is not None and changed.slot is not None:
                changed.slot.post("is_triggered")
                if changed.slot.clip is not None:
                    changed.slot.clip.post("playing_status")
        self.post("fired_slot_index")

    @property
    def is_busy(self):
        return self.playing_clip is not None or self.fired is not None

    def _require_slots(self, member):
        if not self.has_slots:
            raise RuntimeError("%s and Return Tracks have no '%s' property!" % (self.song.main_name, member))

    @reads
    def playing_slot_index(self):
        self._require_slots("playing_slot_index")
        return NOTHING_PLAYING if self.playing_clip is None else self.clip_slots.index(self.playing_clip.parent)

    @reads
    def fired_slot_index(self):
        self._require_slots("fired_slot_index")
        if self.fired is None:
            return NOTHING_FIRED
        return STOP_FIRED if self.fired.slot is None else self.clip_slots.index(self.fired.slot)

    @reads
    def back_to_arranger(self):
        """Whether a Session clip has taken the track out of the arrangement."""
        return self._left_arrangement

    @back_to_arranger.setter
    def back_to_arranger(self, value):
        """Only Live itself switches it on."""
        if not value and self._left_arrangement:
            self.cancel_launch()
            self.play(None)
            self._left_arrangement = False

    @command
    def stop_all_clips(self, quantized=True):
        self.stop(quantized)

    @command
    def jump_in_running_session_clip(self, beats):
        if self.playing_clip is not None:
            self.playing_clip.move_playing_pos(beats)
