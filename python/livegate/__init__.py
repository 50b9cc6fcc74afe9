"""Safe remote control of Ableton Live, from Python: docs/python.md describes it.

livegate.aio is the same for asyncio, livegate.audit reads the trail.
"""

from . import _livegate
from ._livegate import Action, Connection, ConnectionLost, Events, GatewayWarning, Refused, __version__
from .reconnecting import Reconnecting

__all__ = [
    "Action",
    "Connection",
    "ConnectionLost",
    "Events",
    "GatewayWarning",
    "Reconnecting",
    "Refused",
    "__version__",
    "connect",
]


def connect(address=None, *, reconnect=None, **arguments):
    if reconnect is None:
        return _livegate.connect(address, **arguments)
    return Reconnecting(lambda: _livegate.connect(address, **arguments), reconnect)


connect.__doc__ = (_livegate.connect.__doc__ or "") + """
reconnect    the longest time, in seconds, for which a lost connection is reestablished; then the result is a Reconnecting.
"""
