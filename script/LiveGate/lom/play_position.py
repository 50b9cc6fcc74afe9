"""Moves the play position and verifies that it arrived; a song that plays continues from there."""

from . import excursion, polling

# A playing song has moved on before the check; nudging and tempo changes make it faster than its tempo says.
PLAYED_MAX = 1.2


def at_home(host, **_others):
    """The play position for the trail; None while an action has moved it for a moment."""
    return None if host.is_on_excursion else host.song.current_song_time


def move(host, time, answer):
    """Sets the play position; the answer is `answer(position)` once the song is there or has played on from there."""
    host.song.current_song_time = time
    return await_arrival(host, time, answer)


def await_arrival(host, time, answer):
    since_ms = host.now_ms()
    played_then = host.song.is_playing

    def played_ms():
        """For how long it may have played by now; 0 for a song that does not play."""
        return host.now_ms() - since_ms if played_then or host.song.is_playing else 0

    return polling.until(
        host,
        lambda: _has_been_at(host.song, time, played_ms()),
        lambda: answer(float(host.song.current_song_time)),
        lambda: "Live did not move the play position to %s; it is at %s" % (time, host.song.current_song_time),
    )


def _has_been_at(song, time, played_ms):
    here = song.current_song_time
    played = played_ms * song.tempo / 60000.0 * PLAYED_MAX + excursion.NEAR_BEATS
    if -excursion.NEAR_BEATS <= here - time <= played:
        return True
    loop_start = song.loop_start
    looped = song.loop and time < loop_start + song.loop_length
    return bool(looped and 0 <= here - loop_start <= played)
