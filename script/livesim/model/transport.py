"""The transport: playing, the two clocks, launches of scenes, the count-in, nudging, and tap tempo.

`current_song_time` is the position that scripts see: it jumps and loops. `running_time` counts the beats played since
the set was loaded, in phase with the song's bars; launches are quantized and clips advance by it.
"""

from . import quantization
from .base import State, command, reads
from .position import PlayPosition

TAPS_MAX, TAP_GAP_MAX_S = 4, 3.0
NUDGE = 0.1
COUNT_IN_BARS = (0, 1, 2, 4)


class FiredScene:
    __slots__ = ("scene", "due")

    def __init__(self, scene, due):
        self.scene, self.due = scene, due


class Transport(PlayPosition):
    metronome = State(False, undo=False)
    nudge_up = State(False, undo=False)
    nudge_down = State(False, undo=False)
    clip_trigger_quantization = State(quantization.ONE_BAR)
    count_in_duration = State(0, undo=False)
    is_counting_in = State(False, undo=False)
    _is_playing = State(False, undo=False, also=("is_playing",))

    running_time = 0.0
    _meters_move = False
    _run_began = 0.0
    _count_in_beats = 0.0
    fired_scene = None

    def advance(self, seconds):
        """Advances time. Launches happen at their boundaries, in order."""
        if self._is_playing:
            self._play_on(seconds)
        if self._is_playing or self._meters_move:
            self._meters_move = self._is_playing
            for track in (*self.tracks, *self.return_tracks, self.master_track):
                track.post_meters()

    def _play_on(self, seconds):
        bend = 1 + NUDGE * (self.nudge_up - self.nudge_down)
        beats = self._counted_in(seconds * self.tempo * bend / 60)
        if self.is_counting_in:
            return
        self.running_time += beats
        self.advance_position(beats)
        for track in self.tracks:
            track.post_positions()
        if self.fired_scene is not None and self.fired_scene.due <= self.running_time:
            self._arrive_at(self.fired_scene.scene)
        for track in sorted(self.busy_tracks, key=lambda track: track.fired.due if track.fired else 0):
            track.advance(self.running_time)
        self.busy_tracks = {track for track in self.busy_tracks if track.is_busy}

    def launch_time(self, setting):
        """When a launch takes effect: at once if it starts the song, else at a boundary."""
        if self.running_time == self._run_began:
            return self.running_time
        return quantization.next_boundary(self.running_time, quantization.beats(setting, self.bar_beats))

    @property
    def bar_beats(self):
        return self.signature_numerator * 4 / self.signature_denominator

    def run(self, counting_in=False):
        """Starts stopped clocks; clips that wait in their tracks continue from their positions."""
        if self._is_playing:
            return
        began = quantization.next_boundary(self.running_time, self.bar_beats) + self._time % self.bar_beats
        for track in self.busy_tracks:
            if track.playing_clip is not None:
                track.playing_clip.launched_at += began - self.running_time
        self.running_time = self._run_began = began
        self._is_playing = True
        if counting_in:
            self._count_in_beats = COUNT_IN_BARS[self.count_in_duration] * self.bar_beats
            self.is_counting_in = self._count_in_beats > 0

    def fire_scene(self, scene):
        self.run()
        self.fired_scene = FiredScene(scene, self.launch_time(self.clip_trigger_quantization))
        scene.post("is_triggered")

    @reads
    def is_playing(self):
        return self._is_playing

    @is_playing.setter
    def is_playing(self, value):
        self.continue_playing() if value else self.stop_playing()

    @command
    def start_playing(self):
        self._time = self.start_time
        self.run()
        for track in self.busy_tracks:
            if track.playing_clip is not None:
                track.playing_clip.launched_at = self.running_time

    @command
    def continue_playing(self):
        self.run()

    @command
    def stop_playing(self):
        self._is_playing = self.is_counting_in = False
        self._count_in_beats = 0.0
        self.fired_scene = self.jump = None
        self.end_recording()
        for track in list(self.busy_tracks):
            track.cancel_launch()
        for track in self.tracks:
            track.post_positions()

    @command
    def stop_all_clips(self, quantized=True):
        for track in self.tracks:
            track.stop(quantized)

    @reads
    def back_to_arranger(self):
        """Whether Session clips have taken tracks out of the arrangement."""
        return any(track.back_to_arranger for track in self.tracks)

    @back_to_arranger.setter
    def back_to_arranger(self, value):
        for track in self.tracks:
            track.back_to_arranger = value

    @command
    def tap_tempo(self):
        now = self.live.clock.now()
        if self._taps and now - self._taps[-1] > TAP_GAP_MAX_S:
            self._taps = []
        self._taps = (self._taps + [now])[-TAPS_MAX:]
        span = self._taps[-1] - self._taps[0]
        if span > 0:
            self.tempo = min(max(60 * (len(self._taps) - 1) / span, 20.0), 999.0)

    def _counted_in(self, beats):
        """The beats that remain after the count-in."""
        left = max(0.0, beats - self._count_in_beats)
        self._count_in_beats = max(0.0, self._count_in_beats - beats)
        self.is_counting_in = self._count_in_beats > 0
        return left

    def _arrive_at(self, scene):
        self.fired_scene = None
        scene.post("is_triggered")
        if scene.life.subject is None:
            return
        if scene.tempo_enabled:
            self.tempo = scene.tempo
        if scene.time_signature_enabled:
            self.signature_numerator = scene.time_signature_numerator
            self.signature_denominator = scene.time_signature_denominator
