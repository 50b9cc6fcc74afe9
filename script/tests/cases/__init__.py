"""One case for each action: how it is asked, and how its effect is seen in the simulated set."""

import importlib
import pkgutil

UNSEEN = object()


class Case:
    """`params` are what a client sends. What changes something says how to look at the set, through Live alone.

    `before(song)` prepares the set; `read(song)` (or `live(simulated_live)`) is what the change is seen by, and `after`
    what it has to be then, `run_s` seconds of Live's time later. A read says which fields its `answer` must have.
    """

    def __init__(self, params=None, read=None, after=UNSEEN, answer=None, before=None, live=None, run_s=0.2):
        self.params = params or {}
        self.read, self.live, self.after = read, live, after
        self.answer = answer
        self.before = before
        self.run_s = run_s

    def look(self, simulated):
        """What the case looks at, as it is now."""
        return self.live(simulated) if self.live else self.read(simulated.song)


def by_plan():
    """The plans of sets, each with its cases by the name of the action."""
    for found in pkgutil.iter_modules(__path__):
        module = importlib.import_module("%s.%s" % (__name__, found.name))
        yield module.PLAN, module.CASES
