"""The catalogue of actions as text, and the digests by which script and gateway compare it."""

import functools
import hashlib
import json
import os

from .actions import ACTIONS

FORMAT = 1
DIGEST_DIGITS = 16


def text():
    """The contents of catalog.json: one line per action, so that a diff shows the actions that changed."""
    lines = ",\n".join(_line(action) for action in ACTIONS.values())
    return '{"format": %d, "actions": [\n%s\n]}\n' % (FORMAT, lines)


def sha256():
    return hashlib.sha256(text().encode("ascii")).hexdigest()


def digests():
    """For each action the first digits of the hash of its line; the gateway refuses actions whose digests differ."""
    return {
        name: hashlib.sha256(_line(action).encode("ascii")).hexdigest()[:DIGEST_DIGITS]
        for name, action in ACTIONS.items()
    }


@functools.lru_cache(maxsize=None)
def loaded():
    """Both hashes of what this process has loaded. It stays the same when another set is loaded, even if the files are replaced meanwhile."""
    return {"catalog_sha256": sha256(), "source_sha256": source_sha256()}


def source_sha256(folder=os.path.dirname(os.path.abspath(__file__))):
    """The hash of the script's own source: of the lines `<sha256 of the file>  <path>` sorted by path.

    That is what `sha256sum` prints, so the same number comes out of
    `cd LiveGate && find * -name '*.py' | LC_ALL=C sort | xargs sha256sum | sha256sum`.
    """
    lines = []
    for path in sorted(_sources(folder)):
        with open(os.path.join(folder, *path.split("/")), "rb") as source:
            lines.append("%s  %s\n" % (hashlib.sha256(source.read()).hexdigest(), path))
    return hashlib.sha256("".join(lines).encode("utf-8")).hexdigest()


def _line(action):
    return json.dumps(action.entry(), sort_keys=True)


def _sources(folder):
    for parent, _, names in os.walk(folder):
        for name in names:
            if name.endswith(".py"):
                yield os.path.relpath(os.path.join(parent, name), folder).replace(os.sep, "/")
