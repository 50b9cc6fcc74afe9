"""Controls: what a component does with a control element, declared in its class (descriptor pattern).

`play_button = ButtonControl()` gives each component a state, `component.play_button`, which a layer connects to an
element. `@play_button.pressed` decorates the method that the state calls.
"""

from .events import EventObject


def control_event(name):
    """An event of a kind of control, as a decorator for methods of the component."""

    def decorator_of(control):
        def decorate(listener):
            control._listeners[name] = listener
            return control

        return decorate

    return property(decorator_of, lambda control, listener: control._listeners.__setitem__(name, listener))


class Control:
    """A declaration; `State` holds what one component knows. Subclasses of controls may refine `State`."""

    class State(EventObject):
        """The control of one component."""

        index = None
        coordinate = None

        def __init__(self, control=None, manager=None, *_arguments, **_keywords):
            super().__init__()
            self._manager = manager
            self._listeners = control._listeners if control is not None else {}
            self._control_element = None
            self._enabled = True
            self._value_slot = self.register_slot(None, self._receive, "value")

        @property
        def enabled(self):
            return self._enabled

        @enabled.setter
        def enabled(self, enabled):
            self._enabled = bool(enabled)
            self.update()

        @property
        def control_element(self):
            return self._control_element

        def set_control_element(self, control_element):
            self._control_element = control_element
            self._value_slot.subject = control_element if self._wants_values() else None
            self.update()

        def update(self):
            """Shows the state on the element."""

        def _wants_values(self):
            return True

        def _receive(self, value, *arguments):
            """The element sent a value."""

        def _notifies(self):
            return self._manager.control_notifications_enabled()

        def _has_listener(self, name):
            return name in self._listeners

        def _call_listener(self, name, *arguments):
            """Calls the component's method with the arguments and this state, if the component is enabled."""
            if name in self._listeners and self._notifies():
                self._listeners[name](self._manager, *arguments, self)

    def __init__(self, *arguments, **keywords):
        self._listeners = {}
        self._arguments, self._keywords = arguments, keywords
        self._name = None

    def __set_name__(self, owner, name):
        self._name = name

    def __get__(self, manager, owner=None):
        if manager is None:
            return self
        states = vars(manager).setdefault("_control_states", {})
        if self._name not in states:
            states[self._name] = self.make_state(manager)
            manager.register_disconnectable(states[self._name])
        return states[self._name]

    def make_state(self, manager):
        return self.State(self, manager, *self._arguments, **self._keywords)

    def copy(self):
        """The same declaration, for another component."""
        made = type(self)(*self._arguments, **self._keywords)
        made._listeners.update(self._listeners)
        return made


class ControlManager(EventObject):
    """Has controls."""

    def add_control(self, name, control):
        """Adds a control to this object alone."""
        assert not hasattr(self, name), "there is a control or member %s already" % name
        states = vars(self).setdefault("_control_states", {})
        states[name] = vars(self)[name] = self.register_disconnectable(control.make_state(self))
        return states[name]

    def __getattr__(self, name):
        """`set_play_button(button)` connects the control `play_button`."""
        if name.startswith("set_") and isinstance(getattr(type(self), name[4:], None), Control):
            return getattr(self, name[4:]).set_control_element
        raise AttributeError("%r has no attribute %r" % (type(self).__name__, name))

    def control_notifications_enabled(self):
        return self.is_enabled()

    def update(self):
        super_update = getattr(super(), "update", None)
        if super_update is not None:
            super_update()
        for state in list(vars(self).get("_control_states", {}).values()):
            state.update()


class InputControl(Control):
    """Passes each value to the component."""

    value = control_event("value")

    class State(Control.State):
        """The value comes as the element sends it."""

        def __init__(self, control=None, manager=None, channel=None, identifier=None, *arguments, **keywords):
            super().__init__(control, manager, *arguments, **keywords)
            self._channel, self._identifier = channel, identifier

        channel = property(lambda state: state._channel, lambda state, channel: state._translate(channel=channel))
        identifier = property(
            lambda state: state._identifier, lambda state, identifier: state._translate(identifier=identifier)
        )

        def set_control_element(self, control_element):
            if self._control_element is not None and control_element is not self._control_element:
                if self._channel is not None or self._identifier is not None:
                    self._control_element.use_default_message()
            super().set_control_element(control_element)
            self._apply()

        def _translate(self, **changed):
            for name, number in changed.items():
                setattr(self, "_" + name, number)
            self._apply()

        def _apply(self):
            """Live itself translates the messages of the element."""
            if self._control_element is not None and self._enabled:
                if self._channel is not None:
                    self._control_element.set_channel(self._channel)
                if self._identifier is not None:
                    self._control_element.set_identifier(self._identifier)

        def _receive(self, value, *_arguments):
            if self._enabled:
                self._call_listener("value", value)


class SendValueControl(Control):
    """Shows a value on the element."""

    class State(Control.State):
        """Sends the value when it changes."""

        def __init__(self, control=None, manager=None, value=0, *arguments, **keywords):
            super().__init__(control, manager, *arguments, **keywords)
            self._value = value

        @property
        def value(self):
            return self._value

        @value.setter
        def value(self, value):
            if value != self._value:
                self._value = value
                self.update()

        def _wants_values(self):
            return False

        def update(self):
            if self._control_element is not None and self._enabled:
                self._control_element.send_value(self._value)


class SendReceiveValueControl(SendValueControl):
    """Shows a value on the element, and passes the element's values to the component."""

    value = control_event("value")

    class State(SendValueControl.State):
        """Both."""

        def _wants_values(self):
            return True

        def _receive(self, value, *_arguments):
            if self._enabled:
                self._call_listener("value", value)


class ColorSysexControl(Control):
    """Shows a color on the element."""

    class State(Control.State):
        """Draws the color when it changes."""

        def __init__(self, control=None, manager=None, color="DefaultButton.Disabled", *arguments, **keywords):
            super().__init__(control, manager, *arguments, **keywords)
            self._color = color

        @property
        def color(self):
            return self._color

        @color.setter
        def color(self, color):
            self._color = color
            self.update()

        def _wants_values(self):
            return False

        def update(self):
            if self._control_element is not None and self._enabled:
                self._control_element.set_light(self._color)
