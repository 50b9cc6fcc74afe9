"""Refusals: a code, its category and a sentence for people."""

import json

CATEGORIES = {
    "invalid_json": "protocol",
    "line_too_long": "protocol",
    "missing_action": "protocol",
    "unknown_action": "protocol",
    "invalid_params": "protocol",
    "forbidden": "access",
    "approval_pending": "access",
    "expired": "network",
    "overloaded": "network",
    "shutting_down": "network",
    "cancelled": "network",
    "live_error": "live",
    "unsupported": "live",
    "precondition_failed": "live",
    "internal": "runtime",
}

SHOWN_CHARACTERS_MAX = 60


class Refusal(Exception):
    """The reason why a request was not carried out; `sentence` names the mistake and the remedy."""

    def __init__(self, code, sentence, **fields):
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.fields = fields

    def body(self):
        """The answer's fields, without the envelope."""
        body = {
            "ok": False,
            "error": self.sentence,
            "code": self.code,
            "category": CATEGORIES[self.code],
        }
        body.update(self.fields)
        return body


CLOSING = Refusal("shutting_down", "the set is being closed or the script removed; the command did not run")


class Violation(Exception):
    """A peer's mistake that cannot be answered safely: its connection is closed."""


def is_momentary(error):
    """Whether Live refuses changes only at this moment, because it is notifying its listeners of another change."""
    return type(error) is RuntimeError and str(error).startswith("Changes cannot be triggered by notifications")


def shown(value):
    """A client's value as a sentence may quote it: ASCII, short, never a whole structure."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, (list, tuple)):
        return "an array"
    if isinstance(value, str):
        cut = value[:SHOWN_CHARACTERS_MAX]
        return json.dumps(cut) + ("..." if cut != value else "")
    return repr(value)
