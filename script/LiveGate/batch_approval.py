"""Finds the commands of a batch that a person must approve, before its first command runs."""

from . import guard
from .errors import Refusal
from .seen import seen, together


class Approval:
    """The state of this search: one command at a time, because each guard may take a tick's budget."""

    def __init__(self, commands):
        asks = any(rule["verdict"] == "ask" for command in commands for rule in command.guard or ())
        self._left = list(enumerate(commands)) if asks else []
        self._asked = []
        self._denied = None

    def is_settled(self, whole, host):
        """Looks at the next command; True once all of the batch may begin. Raises a Refusal if it must not begin."""
        if not self._left:
            return True
        index, command = self._left.pop(0)
        self._look(index, command, host)
        if self._left:
            return False
        if self._asked:
            self._require(whole, host)
        return True

    def _look(self, index, command, host):
        if command.guard is None or command.dry_run or command.action.missing.get(host.live_major) is not None:
            return
        rule, decided = guard.decide(command, host)
        if decided == "ask":
            self._asked.append((command, rule, seen(command, host)))
        elif decided == "deny" and self._denied is None:
            self._denied = index, guard.refusal(command, rule)

    def _require(self, whole, host):
        """A batch that would not run to its end needs no approval."""
        if self._denied is not None:
            index, refused = self._denied
            raise Refusal(refused.code, "commands[%d]: %s" % (index, refused.sentence), **refused.fields)
        _, rule, _ = self._asked[0]
        guard.require_same(whole, host, rule, together([now for _, _, now in self._asked]))
        for command, _, now in self._asked:
            command.approved_identity = now["identity"]
