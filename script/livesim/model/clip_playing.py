"""Launches a clip of the Session, and computes its position while it plays.

As measured in Live: scrubbing a playing clip makes it a triggered one, and scrubbing a stopped one starts it. The clip
continues at its next boundary once the scrub ends.
"""

from .base import command, reads

GATE, TOGGLE = 1, 2


class ClipPlaying:
    launched_at = 0.0
    started_at = 0.0
    _turns = 0

    @reads
    def is_playing(self):
        return self.track.playing_clip is self

    @is_playing.setter
    def is_playing(self, value):
        self.fire() if value else self.stop()

    @reads
    def is_triggered(self):
        return self.parent.is_triggered

    @reads
    def start_time(self):
        """For clips of the Session: the song position at which it was started."""
        return self.started_at

    @reads
    def playing_position(self):
        return self.position_at(self.song.running_time) if self.is_playing else 0.0

    def notice_loop(self, time):
        """Posts the event of a clip that has jumped back to the start of its loop."""
        turns, self._turns = self._turns, self.turns_at(time)
        if self._turns > turns:
            self.post("loop_jump")

    @command
    def move_playing_pos(self, beats):
        if self.is_unwarped:
            raise RuntimeError("The position in an unwarped audio clip cannot be moved")
        if self.is_playing:
            self.launched_at -= beats

    @command
    def fire(self):
        if self.launch_mode == TOGGLE and self.is_playing:
            self.track.stop()
        else:
            self.track.launch(self.parent)

    @command
    def stop(self):
        """As documented, a clip that is only triggered stays so; stopping its slot stops it, too."""
        if self.is_playing:
            self.track.stop()

    @command
    def set_fire_button_state(self, state):
        if state:
            self.fire()
        elif self.launch_mode == GATE and (self.is_playing or self.is_triggered):
            self.track.stop()

    @command
    def scrub(self, scrub_position):
        if self.is_playing:
            self.track.hold(self.parent)
        else:
            self.track.launch(self.parent)

    @command
    def stop_scrub(self):
        if self.track.is_held(self.parent):
            self.track.launch(self.parent)
