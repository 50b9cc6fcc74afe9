"""Listeners, and Live's rule that no change is allowed while they are notified.

Changes are collected during a call, and notified when it is complete. Bound methods are held weakly, as in Live; an
exception in a listener goes to the log, and the other listeners are still called.
"""

import inspect
import weakref

from .errors import change_in_notification


class Notifications:
    def __init__(self, log_exception):
        self._log_exception = log_exception
        self._pending = {}
        self._is_notifying = False
        self._deferred = set()
        self._refusals = 0

    def add(self, model, member, callback):
        if self.has(model, member, callback):
            raise RuntimeError("Observer already connected")
        is_method = inspect.ismethod(callback)
        model.listeners.setdefault(member, []).append(weakref.WeakMethod(callback) if is_method else lambda: callback)

    def remove(self, model, member, callback):
        if not self.has(model, member, callback):
            raise RuntimeError("Observer not connected")
        model.listeners[member] = [kept for kept in model.listeners[member] if kept() != callback]

    def has(self, model, member, callback):
        return any(listener() == callback for listener in model.listeners.get(member, ()))

    def post(self, model, member):
        self._pending[model, member] = None

    def notify(self):
        """Calls the listeners of everything that changed."""
        while self._pending and not self._is_notifying:
            pending, self._pending = self._pending, {}
            self._is_notifying = True
            try:
                for model, member in pending:
                    self._notify(model.listeners.get(member, ()))
            finally:
                self._is_notifying = False

    def _notify(self, listeners):
        for listener in list(listeners):
            callback = listener()
            if callback is not None:
                try:
                    callback()
                except Exception:  # a script's error is logged, as in Live
                    self._log_exception()

    def require_no_notification(self, member):
        if self._refusals:
            self._refusals -= 1
            raise change_in_notification()
        if self._is_notifying or member in self._deferred:
            raise change_in_notification()

    def defer(self, *members):
        """Live delivers some notifications later within the tick: until the callback ends, these calls are refused."""
        self._deferred.update(members)

    def end_callback(self):
        self._deferred.clear()

    def refuse_next(self, count):
        """For tests: the next changes are refused as if they came from within a notification."""
        self._refusals = count
