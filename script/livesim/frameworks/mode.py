"""Modes: what a component enables, grabs or sets while one of its named modes is selected (state pattern)."""


class Mode:
    """Something to enter and leave."""

    def enter_mode(self):
        """Begins."""

    def leave_mode(self):
        """Ends."""


class ContextManagerMode(Mode):
    """Runs a context manager for the time of the mode."""

    def __init__(self, context_manager=None):
        self._context = context_manager

    def enter_mode(self):
        self._context.__enter__()

    def leave_mode(self):
        self._context.__exit__(None, None, None)


class EnablingMode(Mode):
    """Enables a component."""

    def __init__(self, enableable=None):
        self._component = enableable

    def enter_mode(self):
        self._component.set_enabled(True)

    def leave_mode(self):
        self._component.set_enabled(False)


class LazyEnablingMode(Mode):
    """Enables a component that a function makes when it is first needed."""

    def __init__(self, factory=None):
        self._factory, self._component = factory, None

    @property
    def enableable(self):
        if self._component is None:
            self._component = self._factory()
        return self._component

    def enter_mode(self):
        self.enableable.set_enabled(True)

    def leave_mode(self):
        self.enableable.set_enabled(False)


class DisableMode(Mode):
    """Disables a component."""

    def __init__(self, enableable=None):
        self._component = enableable

    def enter_mode(self):
        self._component.set_enabled(False)

    def leave_mode(self):
        self._component.set_enabled(True)


class LayerModeBase(Mode):
    """Has a component, or a function that makes it, and a layer."""

    def __init__(self, component=None, layer=None):
        self._component, self._layer = component, layer

    def _get_component(self):
        return self._component() if callable(self._component) else self._component


class LayerMode(LayerModeBase):
    """Gives the component another layer."""

    def enter_mode(self):
        self._get_component().layer = self._layer

    def leave_mode(self):
        self._get_component().layer = None


class AddLayerMode(LayerModeBase):
    """Grabs a layer beside the component's own."""

    def enter_mode(self):
        self._layer.grab(self._get_component())

    def leave_mode(self):
        self._layer.release(self._get_component())


class CompoundMode(Mode):
    """Several modes, left in the opposite order."""

    def __init__(self, *modes):
        self._modes = [tomode(mode) for mode in modes]

    def enter_mode(self):
        for mode in self._modes:
            mode.enter_mode()

    def leave_mode(self):
        for mode in reversed(self._modes):
            mode.leave_mode()


class MultiEntryMode(Mode):
    """Can be entered several times; it ends when it was left as often."""

    def __init__(self, mode=None):
        self._mode, self._count = tomode(mode), 0

    @property
    def entry_count(self):
        return self._count

    @property
    def is_entered(self):
        return self._count > 0

    def enter_mode(self):
        self._count += 1
        if self._count == 1:
            self._mode.enter_mode()

    def leave_mode(self):
        assert self._count > 0
        self._count -= 1
        if self._count == 0:
            self._mode.leave_mode()


class SetAttributeMode(Mode):
    """Sets an attribute, and restores its old value."""

    def __init__(self, obj=None, attribute=None, value=None):
        self._object, self._attribute, self._value = obj, attribute, value
        self._before = None

    def _get_object(self):
        return self._object() if callable(self._object) else self._object

    def enter_mode(self):
        self._before = getattr(self._get_object(), self._attribute)
        setattr(self._get_object(), self._attribute, self._value() if callable(self._value) else self._value)

    def leave_mode(self):
        setattr(self._get_object(), self._attribute, self._before)


class DelayMode(Mode):
    """Enters another mode some time later, unless it is left before."""

    def __init__(self, mode=None, delay=None, parent_task_group=None):
        from . import tasks  # here, so that the modes have no clock of their own

        self._mode, self._is_entered = tomode(mode), False
        steps = (tasks.wait(0.3 if delay is None else delay), tasks.run(self._enter_late))
        self._task = parent_task_group.add(tasks.sequence(*steps))
        self._task.pause()

    def enter_mode(self):
        self._task.restart()

    def leave_mode(self):
        if self._is_entered:
            self._mode.leave_mode()
            self._is_entered = False
        self._task.pause()

    def _enter_late(self):
        self._mode.enter_mode()
        self._is_entered = True


class CallFunctionMode(Mode):
    """Calls functions when it begins and ends."""

    def __init__(self, on_enter_fn=None, on_exit_fn=None):
        self._on_enter, self._on_exit = on_enter_fn, on_exit_fn

    def enter_mode(self):
        if self._on_enter is not None:
            self._on_enter()

    def leave_mode(self):
        if self._on_exit is not None:
            self._on_exit()


class _FunctionMode(Mode):
    """Calls a function when it begins."""

    def __init__(self, function):
        self.enter_mode = function


def tomode(thing):
    """Lists become compound modes, components and their makers enabling ones, pairs of component and layer layers."""
    if thing is None:
        return Mode()
    if isinstance(thing, Mode) or hasattr(thing, "enter_mode"):
        return thing
    if isinstance(thing, tuple) and len(thing) == 2 and hasattr(thing[1], "grab"):
        return LayerMode(*thing)
    if isinstance(thing, tuple) and len(thing) == 2 and all(_is_plain_function(part) for part in thing):
        return CallFunctionMode(*thing)
    if isinstance(thing, (list, tuple)):
        return CompoundMode(*thing)
    if hasattr(thing, "set_enabled"):
        return EnablingMode(thing)
    if callable(thing):
        return LazyEnablingMode(thing) if isinstance(thing, type) else _FunctionMode(thing)
    if hasattr(thing, "__enter__"):
        return ContextManagerMode(thing)
    raise TypeError("cannot make a mode of %r" % (thing,))


def _is_plain_function(thing):
    return callable(thing) and not hasattr(thing, "enter_mode") and not hasattr(thing, "set_enabled")


def to_camel_case_name(mode_name, separator=""):
    return separator.join(part.capitalize() for part in mode_name.split("_"))
