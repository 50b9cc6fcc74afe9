"""Controls of buttons: plain, toggling, one of several (radio), and playable ones."""

from . import tasks
from .control import InputControl, control_event

DELAY_S = 0.3
DOUBLE_CLICK_S = 0.5
REPEAT_S = 0.1


class control_color:  # noqa: N801 the name that scripts know
    """A color of a state; the element shows a change at once."""

    def __init__(self, default=None):
        self._default = default

    def __set_name__(self, owner, name):
        self._name = "_color_" + name

    def __get__(self, state, owner=None):
        return self if state is None else vars(state).get(self._name, self._default)

    def __set__(self, state, color):
        vars(state)[self._name] = color
        state.update()


class ButtonControl(InputControl):
    """Notifies of presses, by their length, and shows a color."""

    pressed = control_event("pressed")
    released = control_event("released")
    pressed_delayed = control_event("pressed_delayed")
    released_immediately = control_event("released_immediately")
    released_delayed = control_event("released_delayed")
    double_clicked = control_event("double_clicked")

    class State(InputControl.State):
        """Knows whether it is pressed."""

        color = control_color("DefaultButton.On")
        pressed_color = control_color()
        disabled_color = control_color("DefaultButton.Disabled")
        on_color = control_color()
        off_color = control_color()
        colors = ("color", "pressed_color", "disabled_color", "on_color", "off_color")

        def __init__(
            self,
            control=None,
            manager=None,
            color="DefaultButton.On",
            repeat=False,
            enabled=True,
            delay_time=None,
            **more,
        ):
            given = {name: more.pop(name) for name in self.colors if name in more}
            super().__init__(control, manager, **more)
            for name, value in dict(given, color=color).items():
                vars(self)["_color_" + name] = value
            self._enabled = enabled
            self._repeats = repeat
            self._delay_s = DELAY_S if delay_time is None else delay_time
            self._is_pressed = self._is_delayed = False
            self._waiting = self._clicking = None

        @property
        def is_pressed(self):
            return self._is_pressed

        @property
        def is_momentary(self):
            return self._control_element is not None and self._control_element.is_momentary()

        def set_control_element(self, control_element):
            if control_element is not self._control_element:
                self._release(is_told=False)
            super().set_control_element(control_element)

        def update(self):
            color = self._color()
            if self._control_element is not None and color is not None:
                self._control_element.set_light(color)

        def _color(self):
            if not self._enabled:
                return self.disabled_color
            if self._is_pressed and self.pressed_color is not None:
                return self.pressed_color
            return self._idle_color()

        def _idle_color(self):
            return self.color

        def _receive(self, value, *_arguments):
            if not self._enabled or not self._notifies():
                return
            super()._receive(value)
            momentary = getattr(self._control_element, "is_momentary", None)
            if momentary is not None and not momentary():
                self._press()
                self._release()
            elif value and not self._is_pressed:
                self._press()
            elif not value:
                self._release()

        def _press(self):
            self._is_pressed, self._is_delayed = True, False
            self._call_listener("pressed")
            self._count_clicks()
            if self._has_listener("pressed_delayed") or self._has_listener("released_delayed") or self._repeats:
                self._wait()
            self.update()

        def _wait(self):
            steps = [tasks.wait(self._delay_s), tasks.run(self._come_late)]
            if self._repeats:
                steps.append(tasks.loop(tasks.run(self._call_listener, "pressed"), tasks.wait(REPEAT_S)))
            self._waiting = self._manager._tasks.add(tasks.sequence(*steps))

        def _come_late(self):
            self._is_delayed = True
            self._call_listener("pressed_delayed")

        def _release(self, is_told=True):
            if self._waiting is not None:
                self._waiting.kill()
                self._waiting = None
            if not self._is_pressed:
                return
            self._is_pressed = False
            if is_told:
                self._call_listener("released")
                self._call_listener("released_delayed" if self._is_delayed else "released_immediately")
            self.update()

        def _count_clicks(self):
            if not self._has_listener("double_clicked"):
                return
            if self._clicking is not None and not self._clicking.is_killed:
                self._clicking.kill()
                self._call_listener("double_clicked")
            else:
                self._clicking = self._manager._tasks.add(tasks.wait(DOUBLE_CLICK_S))


class ButtonControlBase(ButtonControl):
    """The base that scripts subclass."""


class ConnectedState(ButtonControl.State):
    """A state that follows a property of an object, and sets it."""

    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._property = self._property_slot = None

    def connect_property(self, subject, property_name, transform=None):
        self.disconnect_property()
        self._property = (subject, property_name, transform or (lambda value: value))
        self._property_slot = self.register_slot(subject, self._follow, property_name)
        self._follow()

    def disconnect_property(self):
        if self._property_slot is not None:
            self.disconnect_disconnectable(self._property_slot)
        self._property = self._property_slot = None

    @property
    def connected_property_value(self):
        return getattr(self._property[0], self._property[1])

    def _follow(self, *_arguments):
        raise NotImplementedError

    def _set_property(self, value):
        if self._property is not None:
            subject, name, transform = self._property
            setattr(subject, name, transform(value))


class ToggleButtonControl(ButtonControl):
    """On or off; a press changes it. `toggled` gets (is_on, state)."""

    toggled = control_event("toggled")

    class State(ConnectedState):
        """Lights while it is on. v2 calls the colors toggled and untoggled, v3 on and off."""

        untoggled_color = control_color("DefaultButton.Off")
        toggled_color = control_color("DefaultButton.On")
        colors = (*ButtonControl.State.colors, "untoggled_color", "toggled_color")

        def __init__(self, *arguments, **keywords):
            super().__init__(*arguments, **keywords)
            self._is_on = False

        @property
        def is_toggled(self):
            return self._is_on

        @is_toggled.setter
        def is_toggled(self, is_on):
            if self._is_on != bool(is_on):
                self._is_on = bool(is_on)
                self.update()

        is_on = is_toggled

        def _idle_color(self):
            if self._is_on:
                return self.toggled_color if self.on_color is None else self.on_color
            return self.untoggled_color if self.off_color is None else self.off_color

        def _press(self):
            super()._press()
            if self._property is None:
                self._is_on = not self._is_on
            else:
                self._set_property(not self._is_on)
            self._call_listener("toggled", self._is_on)
            self.update()

        def _follow(self, *_arguments):
            self.is_toggled = bool(self.connected_property_value)


class RadioButtonControl(ButtonControl):
    """One of a group: a press checks it. `checked` gets the state."""

    checked = control_event("checked")

    class State(ConnectedState):
        """Lights while it is checked."""

        unchecked_color = control_color("DefaultButton.Off")
        checked_color = control_color("DefaultButton.On")
        colors = (*ButtonControl.State.colors, "unchecked_color", "checked_color")

        def __init__(self, *arguments, **keywords):
            super().__init__(*arguments, **keywords)
            self._is_checked = False

        @property
        def is_checked(self):
            return self._is_checked

        @is_checked.setter
        def is_checked(self, is_checked):
            if self._is_checked != bool(is_checked):
                self._is_checked = bool(is_checked)
                self.update()

        is_on = is_checked

        def _idle_color(self):
            return self.checked_color if self._is_checked else self.unchecked_color

        def _press(self):
            super()._press()
            self.is_checked = True
            self._call_listener("checked")

        def _follow(self, *_arguments):
            self.is_checked = bool(self.connected_property_value)


class PlayableControl(ButtonControl):
    """A pad that plays notes of the selected track, or sends its presses to the script."""

    class Mode:
        """Who gets the messages."""

        playable, listenable, playable_and_listenable = range(3)

    class State(ButtonControl.State):
        """A playable pad does not send to the script."""

        def __init__(self, control=None, manager=None, mode=0, *arguments, **keywords):
            super().__init__(control, manager, *arguments, **keywords)
            self._mode = mode

        def set_mode(self, mode):
            self._mode = mode
            self.set_control_element(self._control_element)

        def set_playable(self, is_playable):
            self.set_mode(PlayableControl.Mode.playable if is_playable else PlayableControl.Mode.listenable)

        def set_control_element(self, control_element):
            super().set_control_element(control_element)
            if control_element is not None and hasattr(control_element, "suppress_script_forwarding"):
                control_element.suppress_script_forwarding = self._mode == PlayableControl.Mode.playable
