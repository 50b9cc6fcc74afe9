"""Actions on the script itself: a ping, and its health."""

from ..registry import action


@action("utility", ["read"], result={"message": "string"})
def ping(host):
    """Answers "pong", which shows that Live's main thread runs commands."""
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
    """Reports the time since the script's last tick, the queue depth, the connections, the longest tick, and versions."""
    return host.health()
