"""Reads settings.json, the key file and LIVEGATE_PORT; no other module does (configuration)."""

import json
import os
import re

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "settings.json")
PORT_VARIABLE = "LIVEGATE_PORT"
PORT = 9004
PORT_HIGHEST = 65535
HOST = "127.0.0.1"
LIMITS = {
    "line_bytes_max": 1048576,
    "connections_max": 64,
    "unproven_max": 64,
    "queue_max": 256,
    "tick_budget_ms": 5,
    "read_bytes_per_tick": 65536,
    "unanswered_bytes_max": 4194304,
    "answer_bytes_max": 8388608,
    "handshake_ms": 2000,
    "deadline_ms": 10000,
    "batch_commands_max": 1000,
    "batch_hold_ms_max": 500,
    "subscriptions_max": 8192,
    "events_unread_bytes_max": 262144,
}
LIMIT_HIGHEST = 2 ** 31 - 1
# The answer of a batch contains the answers of all its commands, which need at least this many bytes.
LIMITS_LOWEST = {"answer_bytes_max": 1048576}

_KEY = re.compile(rb"[0-9a-fA-F]{64}\r?\n?")
_KEY_BYTES_READ = 128


class Unusable(Exception):
    """Invalid settings; the script then does not listen."""


class Settings:
    """The settings in force; without a key the script serves the plain protocol to every local client."""

    def __init__(self, port=PORT, key=None, limits=None):
        self.port = port
        self.key = key
        for name, default in LIMITS.items():
            setattr(self, name, (limits or {}).get(name, default))


def read(path=PATH, environ=os.environ):
    """The settings in force; raises Unusable. An unknown key is an error, since it may be a misspelt `key_file`."""
    content = _read_file(path)
    port = _port(content.pop("port", PORT), environ)
    limits = content.pop("limits", {})
    key_file = content.pop("key_file", None)
    if content:
        raise Unusable("settings.json has the unknown key %s" % ", ".join(sorted(content)))
    _require_limits(limits)
    return Settings(port, None if key_file is None else read_key(key_file), limits)


def read_key(path):
    """The 32 bytes in the key file; raises Unusable if any user but its owner could read or replace them."""
    if type(path) is not str or not os.path.isabs(path):
        raise Unusable("key_file must be an absolute path")
    if not os.path.isfile(path):
        raise Unusable("the key file %s does not exist" % path)
    try:
        with open(path, "rb") as file:
            _require_private(path, os.fstat(file.fileno()))
            content = file.read(_KEY_BYTES_READ)
    except OSError as error:
        raise Unusable("cannot read the key file %s: %s" % (path, error.strerror)) from None
    if _KEY.fullmatch(content) is None:
        raise Unusable("the key file %s must hold 64 hexadecimal digits" % path)
    return bytes.fromhex(content.decode("ascii").strip())


def _read_file(path):
    if not os.path.exists(path):
        return {}
    try:
        with open(path, "rb") as file:
            content = json.loads(file.read().decode("utf-8"), object_pairs_hook=_unique)
    except (OSError, ValueError, RecursionError) as error:
        raise Unusable("cannot read settings.json: %s" % error) from None
    if type(content) is not dict:
        raise Unusable("settings.json must hold one object")
    if content.get("key_file", "") is None:
        raise Unusable("key_file must be an absolute path; leave it out to serve without a key")
    return content


def _unique(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key occurs twice in it")
    return members


def _port(port, environ):
    _require_integer("port", port, 0, PORT_HIGHEST)
    text = environ.get(PORT_VARIABLE)
    if not text:
        return port
    if re.fullmatch("[0-9]{1,5}", text) is None or int(text) > PORT_HIGHEST:
        raise Unusable("%s must be a port number" % PORT_VARIABLE)
    return int(text)


def _require_limits(limits):
    if type(limits) is not dict:
        raise Unusable("limits must be an object")
    for name, value in limits.items():
        if name not in LIMITS:
            raise Unusable("limits has the unknown key %s" % name)
        _require_integer(name, value, LIMITS_LOWEST.get(name, 1), LIMIT_HIGHEST)


def _require_integer(name, value, lowest, highest):
    if type(value) is not int or not lowest <= value <= highest:
        raise Unusable("%s must be an integer between %d and %d" % (name, lowest, highest))


def _require_private(path, status):
    if os.name != "posix":
        return  # on Windows the permissions of the user's profile folder protect the file
    if status.st_mode & 0o077:
        raise Unusable("the key file %s: others may read it; run chmod 600" % path)
    if status.st_uid != os.geteuid():
        raise Unusable("the key file %s belongs to another user" % path)
