"""The undo history: steps of recorded changes that undo and redo apply.

Each changing call of a script is its own step, unless it lies between begin_undo_step and end_undo_step. Changes that
Live does not undo (transport, launching, selection, arm) are never recorded.
"""

import collections

STEPS_MAX = 1000


class StateChange:
    """One member of one object that changed its value."""

    __slots__ = ("model", "state", "old", "new")

    def __init__(self, model, state, old, new):
        self.model, self.state, self.old, self.new = model, state, old, new

    def revert(self):
        self.state.put(self.model, self.old)

    def repeat(self):
        self.state.put(self.model, self.new)


class History:
    def __init__(self):
        self._done = collections.deque(maxlen=STEPS_MAX)
        self._undone = []
        self._step = None
        self._is_explicit = False

    @property
    def can_undo(self):
        return bool(self._done or self._step)

    @property
    def can_redo(self):
        return bool(self._undone)

    def record(self, change):
        if self._step is not None:
            self._step.append(change)

    def begin_step(self):
        """Steps never nest: beginning a step while one is open has no effect."""
        if self._step is None:
            self._step = []
        self._is_explicit = True

    def end_step(self):
        self._is_explicit = False
        self._close()

    def begin_call(self):
        """A changing call begins: opens a step, if none is open."""
        if self._step is None:
            self._step = []

    def end_call(self):
        if not self._is_explicit:
            self._close()

    def undo(self):
        """Undoes the last step, and says whether there was one."""
        self.end_step()
        if not self._done:
            return False
        step = self._done.pop()
        for change in reversed(step):
            change.revert()
        self._undone.append(step)
        return True

    def redo(self):
        self.end_step()
        if not self._undone:
            return False
        step = self._undone.pop()
        for change in step:
            change.repeat()
        self._done.append(step)
        return True

    def _close(self):
        if self._step:
            self._done.append(self._step)
            self._undone.clear()
        self._step = None
