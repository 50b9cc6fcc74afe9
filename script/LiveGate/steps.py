"""What an action returns that is not done yet: the rest of its work, and when to go on with it (continuations)."""


from itertools import islice

# So many things of Live's, with a few values each, are looked at without looking at the clock.
AT_A_TIME = 64


class Rest:
    """`step` is what is left to do; it returns the answer's fields, or what is left then.

    `begun`: something may have been changed. Until then the command has only looked or waited, and
    deadline, guard and expectation are looked at again before each step. `exclusive`: until it goes
    on nobody else may change anything.
    """

    __slots__ = ("step", "next_tick", "begun", "exclusive")

    def __init__(self, step, next_tick, begun=True, exclusive=False):
        self.step = step
        self.next_tick = next_tick
        self.begun = begun
        self.exclusive = exclusive


def on_next_tick(step, begun=True):
    """Goes on with `step` in the next tick at the earliest: Live does some things only between its callbacks."""
    return Rest(step, True, begun)


def when_time_allows(step, begun=True):
    """Goes on with `step` as soon as the tick's budget allows: long work must not hold up Live or other clients."""
    return Rest(step, False, begun)


def gather(made, finish, begun=False, at_a_time=AT_A_TIME):
    """Takes what an iterator makes, a few at a time, and goes on with `finish` of all of it.

    The iterator lives from one tick to the next, so it holds lists and indexes: never an iterator of Live's.
    """
    made, gathered = iter(made), []

    def step():
        before = len(gathered)
        gathered.extend(islice(made, at_a_time))
        if len(gathered) - before < at_a_time:
            return finish(gathered)
        return when_time_allows(step, begun)

    return step()
