"""Controls of encoders and faders: turns, steps, touches, and parameters mapped in Live itself."""

from . import tasks
from .control import Control, InputControl, control_event
from .functions import clamp

TOUCH_ENDS_S = 0.5
STEPS = 64


class EncoderControl(InputControl):
    """`value` gets (turn, state). An encoder without a touch sensor counts as touched while it is turned."""

    touched = control_event("touched")
    released = control_event("released")

    class State(InputControl.State):
        """Knows whether it is touched."""

        def __init__(self, control=None, manager=None, touch_event_delay=0, *arguments, **keywords):
            super().__init__(control, manager, *arguments, **keywords)
            self._is_touched = False
            self._touch = None

        @property
        def is_touched(self):
            return self._is_touched

        def _receive(self, value, *_arguments):
            if not self._enabled or not self._notifies():
                return
            self._be_touched()
            normalize = getattr(self._control_element, "normalize_value", None)
            self._turn(value / 127.0 if normalize is None else normalize(value))

        def _turn(self, turn):
            self._call_listener("value", turn)

        def _be_touched(self):
            if not self._is_touched:
                self._is_touched = True
                self._call_listener("touched")
            if self._touch is not None:
                self._touch.kill()
            self._touch = self._manager._tasks.add(
                tasks.sequence(tasks.wait(TOUCH_ENDS_S), tasks.run(self._be_released))
            )

        def _be_released(self):
            self._is_touched = False
            self._call_listener("released")


class StepEncoderControl(EncoderControl):
    """`value` gets whole steps: so many to a full turn."""

    class State(EncoderControl.State):
        """Keeps the part of a step that is left."""

        def __init__(self, control=None, manager=None, num_steps=STEPS, *arguments, **keywords):
            super().__init__(control, manager, *arguments, **keywords)
            self.num_steps = num_steps
            self._left = 0.0

        def _turn(self, turn):
            self._left += turn * self.num_steps
            steps = int(self._left)
            if steps:
                self._left -= steps
                self._step(steps)

        def _step(self, steps):
            self._call_listener("value", steps)


class ListValueEncoderControl(StepEncoderControl):
    """Steps through the values of a property; connect_static_list names them."""

    class State(StepEncoderControl.State):
        """Sets the property of the connected object."""

        def __init__(self, *arguments, **keywords):
            super().__init__(*arguments, **keywords)
            self._property, self._list = None, ()

        def connect_static_list(self, subject, property_name, list_values):
            self._property, self._list = (subject, property_name), tuple(list_values)

        def connect_list_property(self, subject, current_value_property_name, list_property_name):
            self.connect_static_list(subject, current_value_property_name, getattr(subject, list_property_name))

        def disconnect_property(self):
            self._property = None

        def _step(self, steps):
            super()._step(steps)
            if self._property is not None and self._list:
                at = self._list.index(getattr(*self._property)) + steps
                setattr(*self._property, self._list[clamp(at, 0, len(self._list) - 1)])


class ListIndexEncoderControl(StepEncoderControl):
    """Steps through the indices of a list."""


class MappedControl(Control):
    """The element moves a parameter in Live itself."""

    class State(Control.State):
        """Maps the parameter while the component is enabled."""

        def __init__(self, *arguments, **keywords):
            super().__init__(*arguments, **keywords)
            self._parameter = None

        @property
        def mapped_parameter(self):
            return self._parameter

        @mapped_parameter.setter
        def mapped_parameter(self, parameter):
            self._parameter = parameter
            self.update()

        def set_control_element(self, control_element):
            if self._control_element is not None and control_element is not self._control_element:
                self._control_element.release_parameter()
            super().set_control_element(control_element)

        def _wants_values(self):
            return False

        def update(self):
            if self._control_element is None:
                return
            if self._parameter != None and self._enabled and self._notifies():  # noqa: E711 Live's objects
                self._control_element.connect_to(self._parameter)
            else:
                self._control_element.release_parameter()


class MappedSensitivitySettingControl(MappedControl):
    """Has sensitivities of its own, which concern Live's own mapping."""

    class State(MappedControl.State):
        """The simulated mapping has one sensitivity."""

        def __init__(self, *arguments, **keywords):
            super().__init__(*arguments, **keywords)
            self.default_sensitivity, self.fine_sensitivity = 1.0, 0.1

        def update_sensitivities(self, default, fine):
            self.default_sensitivity, self.fine_sensitivity = default, fine
