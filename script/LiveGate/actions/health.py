"""Actions on the script itself: a ping, and its health."""

from ..registry import ACTIONS, action

SCRIPT = "LiveGate"


@action(
    "utility",
    ["read"],
    result={"message": "string", "script": "string"},
    sentence="<ping|pinged> Live",
)
def ping(host):
    """Answers "pong", which shows that Live's main thread runs commands."""
    return {"message": "pong", "script": SCRIPT}


@action(
    "utility",
    ["read"],
    result={
        "last_tick_age_ms": "number",
        "queue_depth": "integer",
        "connections": "integer",
        "tick_ms_max": "number",
        "version": "string",
        "protocol": "integer",
        "live_version": "string",
        "tool_count": "integer",
        "ableton_version": "string",
        "queue_size": "integer",
        "message": "string",
    },
    sentence="<check|checked> the health of the Remote Script",
)
def health_check(host):
    """Reports the time since the script's last tick, the queue depth, the connections, the longest tick, and versions.

    tool_count, ableton_version and queue_size are the number of actions, live_version and queue_depth.
    """
    health = host.health()
    return dict(
        health,
        tool_count=len(ACTIONS),
        ableton_version=health["live_version"],
        queue_size=health["queue_depth"],
        message="the script runs commands",
    )
