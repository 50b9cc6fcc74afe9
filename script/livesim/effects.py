"""The effects log: one JSON line for every change that a script makes to the set, written at once."""

import json
import os
import time

from .model.base import Model
from .model.values import MidiNoteSpecification, Value


class Effects:
    """Appends to a file; O_APPEND and one write for each line keep lines whole."""

    def __init__(self, path):
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def describe(self, subject, member, value):
        """Describes the change before it happens, since a deleted object has no path afterwards."""
        return {"path": subject.path(), "member": member, "value": _plain(value)}

    def append(self, effect):
        line = json.dumps({"time": time.time(), **effect}) + "\n"
        os.write(self._file, line.encode("ascii"))

    def close(self):
        os.close(self._file)


class NoEffects:
    def describe(self, subject, member, value):
        return None

    def append(self, effect):
        pass

    def close(self):
        pass


def _plain(value):
    if isinstance(value, Model):
        return value.path()
    if isinstance(value, MidiNoteSpecification):
        return value.values
    if isinstance(value, Value):
        return {field: _plain(getattr(value, field)) for field in value.fields}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if hasattr(value, "items"):
        return [_plain(item) for item in value.items]
    return value if isinstance(value, (type(None), bool, int, float, str)) else repr(value)
