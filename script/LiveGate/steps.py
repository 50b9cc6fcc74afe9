"""What an action returns that is not done yet: the rest of its work, and when to go on with it (continuations)."""


class Rest:
    """`step` is what is left to do; it returns the answer's fields, or what is left then.

    `exclusive`: until then nobody else may change anything.
    """

    __slots__ = ("step", "next_tick", "exclusive")

    def __init__(self, step, next_tick, exclusive=False):
        self.step = step
        self.next_tick = next_tick
        self.exclusive = exclusive


def on_next_tick(step):
    """Goes on with `step` in the next tick at the earliest: Live does some things only between its callbacks."""
    return Rest(step, True)


def when_time_allows(step):
    """Goes on with `step` as soon as the tick's budget allows: long work must not hold up Live or other clients."""
    return Rest(step, False)
