"""Actions on the transport: playback, the play position, the arrangement loop, nudging."""

from .. import steps
from ..errors import Refusal
from ..lom import polling, play_position, targets
from ..lom.excursion import when_at_home
from ..parameters import Boolean, Number
from ..registry import action

SET = {"set": None}
# With the set every track plays: its clips, in the session and in the arrangement.
PLAYS = {"set": None, "track": None, "clip": None}
LOOP = {"loop_enabled": "boolean", "loop_start": "number", "loop_length": "number"}


@action(
    "session",
    ["transport"],
    PLAYS,
    {"message": "string", "is_playing": "boolean"},
    sets={"is_playing": "song.is_playing"},
    sentence="<start|started> playback",
)
def start_playback(host):
    """Starts playback from the start marker. Uses Song.start_playing."""

    def start():
        host.song.start_playing()
        return {"is_playing": bool(host.song.is_playing), "message": "playback starts"}

    return when_at_home(host, start)


@action(
    "session",
    ["transport", "stop"],
    SET,
    {"message": "string", "is_playing": "boolean"},
    sets={"is_playing": "song.is_playing"},
    sentence="<stop|stopped> playback",
)
def stop_playback(host):
    """Stops playback; does nothing if the set does not play. Uses Song.stop_playing."""
    host.song.stop_playing()
    return {"is_playing": bool(host.song.is_playing), "message": "playback stops"}


@action(
    "session",
    ["transport"],
    PLAYS,
    {"message": "string", "is_playing": "boolean"},
    sets={"is_playing": "song.is_playing"},
    sentence="<continue|continued> playback",
)
def continue_playing(host):
    """Continues playback from the current position. Uses Song.continue_playing."""

    def proceed():
        host.song.continue_playing()
        return {"is_playing": bool(host.song.is_playing), "message": "playback continues"}

    return when_at_home(host, proceed)


@action(
    "transport",
    ["read"],
    result={"current_song_time": "number", "is_playing": "boolean"},
    sentence="<read> the song position",
)
def get_current_time(host):
    """Reports the play position in beats from the start of the arrangement. Uses Song.current_song_time."""

    def report():
        song = host.song
        return {"current_song_time": float(song.current_song_time), "is_playing": bool(song.is_playing)}

    return when_at_home(host, report)


@action(
    "transport",
    ["transport"],
    SET,
    {"time": "number", "current_song_time": "number"},
    sets={"current_song_time": play_position.at_home},
    sentence="<jump|jumped> {>current_song_time=time_in_beats beats}",
)
def jump_to_time(host, time_in_beats: Number(minimum=0, unit="beats")):
    """Moves the play position at once, without launch quantization; playback continues from there.

    Uses Song.current_song_time.
    """

    def arrived(here):
        return {"time": time_in_beats, "current_song_time": here}

    return when_at_home(host, lambda: play_position.move(host, time_in_beats, arrived))


@action(
    "loop_locator",
    ["transport"],
    SET,
    {"jumped_by": "number", "old_time": "number", "new_time": "number"},
    sets={"current_song_time": play_position.at_home},
    sentence="<jump|jumped> by {amount_in_beats beats}",
)
def jump_by_amount(host, amount_in_beats: Number(unit="beats")):
    """Moves the play position by an amount, negative for backward, at most to the beginning of the set.

    Playback continues from there. Uses Song.current_song_time.
    """

    def jump():
        old_time = float(host.song.current_song_time)
        new_time = max(0.0, old_time + amount_in_beats)
        answer = {"jumped_by": new_time - old_time, "old_time": old_time, "new_time": new_time}
        return play_position.move(host, new_time, lambda here: answer)

    return when_at_home(host, jump)


@action(
    "session",
    ["transport"],
    SET,
    {"loop_start": "number"},
    sets={"loop_start": "song.loop_start"},
    sentence="<move|moved> the loop start {>loop_start=position beats}",
)
def set_loop_start(host, position: Number(minimum=0, unit="beats")):
    """Moves the start of the arrangement loop and keeps its length. Uses Song.loop_start."""
    host.song.loop_start = position
    loop_start = float(host.song.loop_start)
    targets.require_value("the loop start", position, loop_start)
    return {"loop_start": loop_start}


@action(
    "session",
    ["transport"],
    SET,
    {"loop_length": "number"},
    sets={"loop_length": "song.loop_length"},
    sentence="<set> the loop length {>loop_length=length beats}",
)
def set_loop_length(host, length: Number(exclusive_minimum=0, unit="beats") = 4.0):
    """Sets the length of the arrangement loop. Uses Song.loop_length."""
    host.song.loop_length = length
    loop_length = float(host.song.loop_length)
    targets.require_value("the loop length", length, loop_length)
    return {"loop_length": loop_length}


@action(
    "loop_locator",
    ["transport"],
    SET,
    LOOP,
    sets={"loop_enabled": "song.loop"},
    sentence="{enabled?<switch|switched> on the loop:<switch|switched> off the loop}{was loop_enabled}",
)
def set_loop_enabled(host, enabled: Boolean() = True):
    """Switches the arrangement loop on or off. Uses Song.loop."""
    host.song.loop = enabled
    targets.require(host.song.loop == enabled, "Live did not switch the loop")
    return _loop(host.song)


@action("loop_locator", ["read"], result=LOOP, sentence="<read> the loop switch")
def get_loop_enabled(host):
    """Reports whether the arrangement loop is on, and its start and length in beats. Uses Song.loop."""
    return _loop(host.song)


@action(
    "transport",
    ["transport"],
    SET,
    {"message": "string", "nudge_up": "boolean"},
    sentence="<nudge|nudged> the tempo up",
)
def nudge_up(host):
    """Presses the button that speeds playback up, and releases it in the next tick, some 17 to 100 ms later.

    It has no effect unless the set plays. Uses Song.nudge_up.
    """
    return _nudge(host, "nudge_up")


@action(
    "transport",
    ["transport"],
    SET,
    {"message": "string", "nudge_down": "boolean"},
    sentence="<nudge|nudged> the tempo down",
)
def nudge_down(host):
    """Presses the button that slows playback down, and releases it in the next tick, some 17 to 100 ms later.

    It has no effect unless the set plays. Uses Song.nudge_down.
    """
    return _nudge(host, "nudge_down")


@action(
    "transport",
    ["transport"],
    {"set": None, "track": None, "clip": None},
    {"message": "string", "back_to_arranger": "boolean", "changed": "boolean"},
    sets={"back_to_arranger": "song.back_to_arranger"},
    sentence="{enabled?<light|lit> Back to Arrangement:<return|returned> to the arrangement}",
)
def set_back_to_arranger(host, enabled: Boolean() = True):
    """With `enabled` false stops the session's clips, so that all tracks play the arrangement again.

    The button is lit (true) while session clips replace the arrangement on some tracks. Only Live can light it: true is
    refused unless it is lit. Without an effect, changed is false. Uses Song.back_to_arranger.
    """
    song = host.song
    if enabled and not song.back_to_arranger:
        sentence = "only launching session clips lights back_to_arranger; pass enabled false to return to the arrangement"
        raise Refusal("live_error", sentence)
    message = "session clips play" if enabled else "the arrangement plays"
    if song.back_to_arranger == enabled:
        return {"back_to_arranger": enabled, "changed": False, "message": message}
    song.back_to_arranger = False
    return polling.until(
        host,
        lambda: host.song.back_to_arranger == enabled,
        lambda: {"back_to_arranger": enabled, "changed": True, "message": message},
        lambda: "Live did not return to the arrangement",
    )


def _loop(song):
    return {
        "loop_enabled": bool(song.loop),
        "loop_start": float(song.loop_start),
        "loop_length": float(song.loop_length),
    }


def _nudge(host, button):
    if getattr(host.song, button):
        raise Refusal("live_error", "%s is pressed already; try again after its release" % button)
    setattr(host.song, button, True)
    return steps.on_next_tick(polling.retry(host, lambda: _release(host, button)))


def _release(host, button):
    setattr(host.song, button, False)
    targets.require(not getattr(host.song, button), "Live did not release %s" % button)
    return {button: False, "message": "%s was pressed and released" % button}
