"""Actions on recording: into the arrangement, into session clips, of automation, and capturing MIDI."""

from ..budget import Budget
from ..errors import Refusal
from ..lom import polling, targets
from ..parameters import Boolean, Integer, Number
from ..registry import action

# Recording starts the transport. On armed tracks it creates clips, adds to them, and in the arrangement replaces them.
RECORDED = {"set": None, "track": None, "clip": None}
NEW_CLIPS = dict(RECORDED, scene=None, selection=None)
OFF, ON, IN_TRANSITION = 0, 1, 2
MONITOR_IN = 0


@action(
    "session",
    ["record"],
    RECORDED,
    {"message": "string", "record_mode": "boolean"},
    sets={"record_mode": "song.record_mode"},
    sentence="<start|started> recording",
)
def start_recording(host):
    """Switches recording into the arrangement on; armed tracks record while the set plays. Uses Song.record_mode."""
    return _set_record_mode(host, True, lambda: {"record_mode": True, "message": "recording is on"})


@action(
    "session",
    ["record", "stop"],
    RECORDED,
    {"message": "string", "record_mode": "boolean", "session_record_status": "integer"},
    sets={"record_mode": "song.record_mode", "session_record": "song.session_record"},
    sentence="<stop|stopped> recording",
)
def stop_recording(host):
    """Ends recording, both into the arrangement and into session clips.

    A session clip that records ends at the next launch quantization and plays on; session_record_status is 2 until then,
    and 0 when nothing records. Uses Song.record_mode, Song.session_record, Song.trigger_session_record.
    """
    return _set_record_mode(host, False, polling.retry(host, lambda: _end_overdub(host)))


@action(
    "property",
    ["record"],
    RECORDED,
    {"record_mode": "integer"},
    sets={"record_mode": "song.record_mode"},
    sentence="<set> arrangement recording {>record_mode=mode off|on}",
)
def set_record_mode(host, mode: Integer(enum=(0, 1))):
    """Switches recording into the arrangement on (1) or off (0). Uses Song.record_mode."""
    return _set_record_mode(host, bool(mode), lambda: {"record_mode": mode})


@action(
    "property",
    ["read"],
    result={"arrangement_overdub": "boolean"},
    sentence="<read> the arrangement overdub",
)
def get_arrangement_overdub(host):
    """Reports whether recording adds to the MIDI clips of the arrangement. Uses Song.arrangement_overdub."""
    return {"arrangement_overdub": bool(host.song.arrangement_overdub)}


@action(
    "transport",
    ["record"],
    RECORDED,
    {"arrangement_overdub": "boolean"},
    sets={"arrangement_overdub": "song.arrangement_overdub"},
    sentence="{enabled?<switch|switched> on arrangement overdub:<switch|switched> off arrangement overdub}{was arrangement_overdub}",
)
def set_arrangement_overdub(host, enabled: Boolean() = True):
    """Lets recording add to the MIDI clips of the arrangement, or replace them. Uses Song.arrangement_overdub."""
    return _switch(host, "arrangement_overdub", enabled)


@action(
    "transport",
    ["record"],
    RECORDED,
    {"punch_in": "boolean"},
    sets={"punch_in": "song.punch_in"},
    sentence="{enabled?<switch|switched> on punch-in:<switch|switched> off punch-in}{was punch_in}",
)
def set_punch_in(host, enabled: Boolean() = True):
    """Switches punch-in: recording starts at the start of the arrangement loop. Uses Song.punch_in."""
    return _switch(host, "punch_in", enabled)


@action(
    "transport",
    ["record"],
    RECORDED,
    {"punch_out": "boolean"},
    sets={"punch_out": "song.punch_out"},
    sentence="{enabled?<switch|switched> on punch-out:<switch|switched> off punch-out}{was punch_out}",
)
def set_punch_out(host, enabled: Boolean() = True):
    """Switches punch-out: recording ends at the end of the arrangement loop. Uses Song.punch_out."""
    return _switch(host, "punch_out", enabled)


@action(
    "automation",
    ["read"],
    result={"session_record": "boolean"},
    sentence="<read> session recording",
)
def get_session_record(host):
    """Reports whether the session's overdub switch is on. Uses Song.session_record."""
    return {"session_record": bool(host.song.session_record)}


@action(
    "automation",
    ["record"],
    RECORDED,
    {"session_record": "boolean"},
    sets={"session_record": "song.session_record"},
    sentence="{enabled?<switch|switched> on session recording:<switch|switched> off session recording}{was session_record}",
)
def set_session_record(host, enabled: Boolean() = True):
    """Switches overdubbing into the playing clips of armed tracks, which starts the transport. Uses Song.session_record."""
    return _switch(host, "session_record", enabled)


@action(
    "automation",
    ["read"],
    result={"session_automation_record": "boolean"},
    sentence="<read> automation recording",
)
def get_session_automation_record(host):
    """Reports whether parameter changes are recorded as automation. Uses Song.session_automation_record."""
    return {"session_automation_record": bool(host.song.session_automation_record)}


@action(
    "automation",
    ["record"],
    RECORDED,
    {"session_automation_record": "boolean"},
    sets={"session_automation_record": "song.session_automation_record"},
    sentence="{enabled?<switch|switched> on automation recording:<switch|switched> off automation recording}{was session_automation_record}",
)
def set_session_automation_record(host, enabled: Boolean() = True):
    """Switches whether parameter changes are recorded as automation. Uses Song.session_automation_record."""
    return _switch(host, "session_automation_record", enabled)


@action(
    "automation",
    ["record"],
    {"set": None, "track": None, "device": None, "return": None, "master": None},
    {"message": "string"},
    sets={"re_enable_automation_enabled": "song.re_enable_automation_enabled"},
    sentence="<re-enable|re-enabled> automation",
)
def re_enable_automation(host):
    """Re-enables the automation of all parameters that were changed by hand; does nothing if there are none.

    Uses Song.re_enable_automation.
    """
    if not host.song.re_enable_automation_enabled:
        return {"message": "no automation was overridden"}
    host.song.re_enable_automation()
    return polling.until(
        host,
        lambda: not host.song.re_enable_automation_enabled,
        lambda: {"message": "automation is enabled again"},
        lambda: "Live left some automation overridden",
    )


@action(
    "project",
    ["record"],
    NEW_CLIPS,
    {"message": "string", "session_record_status": "integer"},
    sets={"session_record_status": "song.session_record_status"},
    sentence="<trigger|triggered> session recording",
)
def trigger_session_record(host, length: Number(exclusive_minimum=0, unit="beats") = None):
    """Records a new clip on each armed track, in the selected scene or the next with an empty slot.

    If clips are recording already, ends that and plays them. session_record_status is 0 for off, 1 for on and 2 while it
    waits for the launch quantization. Refused if no track is armed. With `length` each recording ends after so many beats. Uses Song.trigger_session_record.
    """
    song = host.song
    before = int(song.session_record_status)
    if before == OFF and not any(track.can_be_armed and track.arm for track in Budget().each(song.tracks, 2)):
        raise Refusal("live_error", "no track is armed; call arm_track first")
    if length is None:
        song.trigger_session_record()
    else:
        song.trigger_session_record(length)
    return polling.until(
        host,
        lambda: int(host.song.session_record_status) != before or before == IN_TRANSITION,
        lambda: {
            "session_record_status": int(host.song.session_record_status),
            "message": "recording begins" if before == OFF else "recording ends",
        },
        lambda: "Live neither started nor ended a recording",
    )


@action(
    "automation",
    ["record"],
    NEW_CLIPS,
    {"message": "string"},
    sets={"can_capture_midi": "song.can_capture_midi"},
    sentence="<capture|captured> MIDI",
)
def capture_midi(host):
    """Creates clips from the notes played recently on armed or monitored MIDI tracks without recording.

    The clips go into the session or the arrangement, whichever is shown; the first capture in a new set also sets its
    tempo. Refused if nothing was played. Uses Song.capture_midi.
    """
    song = host.song
    if not song.can_capture_midi:
        raise Refusal("live_error", "there is nothing to capture; play on an armed or monitored MIDI track first")
    before = _clip_count(song)
    song.capture_midi()
    return polling.until(
        host,
        # If a clip plays, Live adds the notes to it and creates no other.
        lambda: not host.song.can_capture_midi or _clip_count(host.song) > before,
        lambda: {"message": "the notes played recently were captured"},
        lambda: "Live did not capture the notes",
    )


def _set_record_mode(host, on, answer):
    """Continues with `answer` once Live has switched it: for some 300 ms it still reports the old value."""
    host.song.record_mode = on
    return polling.until(
        host,
        lambda: host.song.record_mode == on,
        answer,
        lambda: "Live did not switch recording %s" % ("on" if on else "off"),
    )


def _end_overdub(host):
    if not host.song.session_record:
        return _end_session_recording(host)
    host.song.session_record = False
    return polling.until(
        host,
        lambda: not host.song.session_record,
        polling.retry(host, lambda: _end_session_recording(host)),
        lambda: "Live did not switch recording off",
    )


def _end_session_recording(host):
    # A clip that waits for the launch quantization is left alone: a second trigger might start a new recording.
    if int(host.song.session_record_status) == ON:
        host.song.trigger_session_record()
    return polling.until(
        host,
        lambda: int(host.song.session_record_status) != ON,
        lambda: _stopped(int(host.song.session_record_status)),
        lambda: "Live continues to record session clips",
    )


def _stopped(status):
    message = "recording is off"
    if status == IN_TRANSITION:
        message += "; session clips start or end at the next launch quantization"
    return {"record_mode": False, "session_record_status": status, "message": message}


def _switch(host, member, enabled):
    setattr(host.song, member, enabled)
    targets.require(getattr(host.song, member) == enabled, "Live did not switch %s" % member)
    return {member: enabled}


def _clip_count(song):
    """The number of clips where a capture could create another one."""
    count, budget = 0, Budget()
    for track in budget.each(song.tracks, 4):
        if track.can_be_armed and track.has_midi_input and (track.arm or track.current_monitoring_state == MONITOR_IN):
            count += sum(1 for slot in budget.each(track.clip_slots) if slot.has_clip) + len(track.arrangement_clips)
    return count
