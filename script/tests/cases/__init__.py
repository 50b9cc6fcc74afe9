"""One case for each action: its request, and how the test reads its effect in the simulated set."""

import importlib
import pkgutil

UNSEEN = object()


class Case:
    """`params` are the client's parameters. A case of a change says how to read the set, through Live's API alone.

    `before(song)` prepares the set; `read(song)` (or `live(simulated_live)`) reads the effect, and `after` is its
    expected value, `run_s` seconds of simulated time later. A case of a read lists the required fields of its `answer`.
    """

    def __init__(self, params=None, read=None, after=UNSEEN, answer=None, before=None, live=None, run_s=0.2):
        self.params = params or {}
        self.read, self.live, self.after = read, live, after
        self.answer = answer
        self.before = before
        self.run_s = run_s

    def look(self, simulated):
        """Reads the current value."""
        return self.live(simulated) if self.live else self.read(simulated.song)


def by_plan():
    """The plans of sets, each with its cases by the name of the action."""
    for found in pkgutil.iter_modules(__path__):
        module = importlib.import_module("%s.%s" % (__name__, found.name))
        yield module.PLAN, module.CASES
