"""The rest of an action's work, and when to continue it (continuations)."""


from itertools import islice

# So many objects of Live, with a few values each, are read without checking the clock.
AT_A_TIME = 64


class Rest:
    """`step` is the rest of the work; it returns the answer's fields, or a further rest.

    `begun`: something may have been changed. Before that, the command has only read or waited, and each step checks
    deadline, guard and expectation again. `exclusive`: no other command may change anything until it continues.
    """

    __slots__ = ("step", "next_tick", "begun", "exclusive")

    def __init__(self, step, next_tick, begun=True, exclusive=False):
        self.step = step
        self.next_tick = next_tick
        self.begun = begun
        self.exclusive = exclusive


def on_next_tick(step, begun=True):
    """Continues with `step` in the next tick at the earliest: Live does some things only between its callbacks."""
    return Rest(step, True, begun)


def when_time_allows(step, begun=True):
    """Continues with `step` as soon as the tick's budget allows: long work must not block Live or other clients."""
    return Rest(step, False, begun)


def gather(made, finish, begun=False, at_a_time=AT_A_TIME):
    """Collects the items of an iterator, some per step, and continues with `finish(items)`.

    The iterator lives from one tick to the next, so it must not hold an iterator of Live's.
    """
    made, gathered = iter(made), []

    def step():
        before = len(gathered)
        gathered.extend(islice(made, at_a_time))
        if len(gathered) - before < at_a_time:
            return finish(gathered)
        return when_time_allows(step, begun)

    return step()
