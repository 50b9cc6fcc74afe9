"""The transport: playing, the two clocks, the arrangement loop, and tap tempo.

`current_song_time` is what scripts see: it jumps and loops. `running_time` counts the beats that were played since the
set was loaded, and stands in the bar where the song stands; launches are quantized and clips advance by it.
"""

from . import quantization
from .base import State, command, reads
from .ranges import check_length, check_position

TAPS_MAX, TAP_GAP_MAX_S = 4, 3.0


class FiredScene:
    __slots__ = ("scene", "due")

    def __init__(self, scene, due):
        self.scene, self.due = scene, due


class Transport:
    loop = State(False)
    loop_start = State(0.0, check=check_position)
    loop_length = State(16.0, check=check_length)
    punch_in = State(False)
    punch_out = State(False)
    metronome = State(False, undo=False)
    nudge_up = State(False, undo=False)
    nudge_down = State(False, undo=False)
    start_time = State(0.0, undo=False, check=check_position)
    clip_trigger_quantization = State(quantization.ONE_BAR)
    _is_playing = State(False, undo=False, also=("is_playing",))
    _record_mode = State(False, undo=False, also=("record_mode",))
    _time = State(0.0, undo=False, also=("current_song_time",), check=check_position)

    running_time = 0.0
    _run_began = 0.0
    fired_scene = None

    def advance(self, seconds):
        """Time goes by. Launches take place at their boundaries, in the order of those."""
        if not self._is_playing:
            return
        passed = seconds * self.tempo / 60
        self.running_time += passed
        self._time = self._looped(self._time, self._time + passed)
        if self.fired_scene is not None and self.fired_scene.due <= self.running_time:
            self._arrive_at(self.fired_scene.scene)
        for track in sorted(self.busy_tracks, key=lambda track: track.fired.due if track.fired else 0):
            track.advance(self.running_time)
        self.busy_tracks = {track for track in self.busy_tracks if track.is_busy}

    def _looped(self, before, after):
        loop_end = self.loop_start + self.loop_length
        if self.loop and before < loop_end <= after:
            return self.loop_start + (after - self.loop_start) % self.loop_length
        return after

    def launch_time(self, setting):
        """When something that is launched now begins: at once if it is what starts the song, else at a boundary."""
        if self.running_time == self._run_began:
            return self.running_time
        return quantization.next_boundary(self.running_time, quantization.beats(setting, self.bar_beats))

    @property
    def bar_beats(self):
        return self.signature_numerator * 4 / self.signature_denominator

    def run(self):
        """Starts the clocks, if they rest; clips that wait in their tracks go on from where they were."""
        if self._is_playing:
            return
        began = quantization.next_boundary(self.running_time, self.bar_beats) + self._time % self.bar_beats
        for track in self.busy_tracks:
            if track.playing_clip is not None:
                track.playing_clip.launched_at += began - self.running_time
        self.running_time = self._run_began = began
        self._is_playing = True

    def fire_scene(self, scene):
        self.run()
        self.fired_scene = FiredScene(scene, self.launch_time(self.clip_trigger_quantization))
        scene.post("is_triggered")

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

    @reads
    def is_playing(self):
        return self._is_playing

    @is_playing.setter
    def is_playing(self, value):
        self.continue_playing() if value else self.stop_playing()

    @reads
    def record_mode(self):
        return self._record_mode

    @record_mode.setter
    def record_mode(self, value):
        """With Live's default preference the record button starts the transport."""
        self._record_mode = value
        if value:
            self.run()

    @reads
    def current_song_time(self):
        return self._time

    @current_song_time.setter
    def current_song_time(self, value):
        self._time = value
        if not self._is_playing:
            self.start_time = value
        self.live.notifications.defer("start_playing", "continue_playing")

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
        self._is_playing = False
        self._record_mode = False
        self.fired_scene = None
        for track in list(self.busy_tracks):
            track.cancel_launch()

    @command
    def stop_all_clips(self, quantized=True):
        for track in self.tracks:
            track.stop(quantized)

    @command
    def jump_by(self, beats):
        self._time = max(0.0, self._time + beats)

    @command
    def scrub_by(self, beats):
        self.jump_by(beats)

    @command
    def tap_tempo(self):
        now = self.live.clock.now()
        if self._taps and now - self._taps[-1] > TAP_GAP_MAX_S:
            self._taps = []
        self._taps = (self._taps + [now])[-TAPS_MAX:]
        span = self._taps[-1] - self._taps[0]
        if span > 0:
            self.tempo = min(max(60 * (len(self._taps) - 1) / span, 20.0), 999.0)
