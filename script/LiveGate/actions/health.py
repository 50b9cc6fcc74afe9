"""Actions on the script itself: whether it is there, and how it fares."""

from ..registry import action


@action("utility", ["read"], result={"message": "string"})
def ping(host):
    """Answers, which shows that Live's main thread runs commands."""
    return {"message": "pong"}


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
    },
)
def health_check(host):
    """Reports how long ago the script last worked, how much waits, the longest tick, and versions."""
    return host.health()
