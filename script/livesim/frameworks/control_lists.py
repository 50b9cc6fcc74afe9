"""Lists, matrices and radio groups of controls: one declaration, many states."""

from .button_controls import RadioButtonControl
from .control import Control, control_event


class ControlList(Control):
    """`pads = control_list(ButtonControl, control_count=8)`; the decorators are those of the control."""

    class State(Control.State):
        """The states, by index. Elements come as a matrix, or as a list."""

        def __init__(self, control, manager, control_count=1, **_keywords):
            super().__init__(control, manager)
            self._prototype = control.prototype
            self._states = []
            self._elements = []
            self._is_active = None
            self.control_count = control_count

        def __iter__(self):
            return iter(self._active())

        def __len__(self):
            return len(self._active())

        def __getitem__(self, index):
            return self._active()[index]

        @property
        def control_count(self):
            return len(self._states)

        @control_count.setter
        def control_count(self, count):
            for state in self._states[count:]:
                state.set_control_element(None)
                state.disconnect()
            del self._states[count:]
            while len(self._states) < count:
                self._states.append(self._make(len(self._states)))
            self._assign()

        @property
        def active_control_count(self):
            return len(self._active())

        @active_control_count.setter
        def active_control_count(self, count):
            self._is_active = count
            self._assign()

        @property
        def enabled(self):
            return self._enabled

        @enabled.setter
        def enabled(self, enabled):
            self._enabled = bool(enabled)
            for state in self._states:
                state.enabled = enabled

        @property
        def control_elements(self):
            return list(self._elements)

        def set_control_element(self, control_elements):
            self._control_element = control_elements
            self._elements = self._spread(control_elements)
            self._assign()

        def update(self):
            for state in self._states:
                state.update()

        def disconnect(self):
            for state in self._states:
                state.disconnect()
            super().disconnect()

        def _active(self):
            return self._states[: self._is_active]

        def _spread(self, control_elements):
            return [] if control_elements is None else list(control_elements)

        def _make(self, index):
            state = self._prototype.make_state(self._manager)
            state.index = index
            return state

        def _assign(self):
            active = len(self._active())
            for index, state in enumerate(self._states):
                is_there = index < active and index < len(self._elements)
                state.set_control_element(self._elements[index] if is_there else None)

    def __init__(self, control_type, *arguments, **keywords):
        own = {name: keywords.pop(name) for name in ("control_count", "dimensions") if name in keywords}
        super().__init__(**own)
        self._control_type, self._inner = control_type, (arguments, keywords)
        self.prototype = control_type(*arguments, **keywords)

    def __getattr__(self, name):
        """The decorators of the control, for all of them."""
        if name.startswith("_") or name == "prototype":
            raise AttributeError(name)
        decorate = getattr(self.prototype, name)

        def decorate_all(listener):
            decorate(listener)
            return self

        return decorate_all

    def copy(self):
        arguments, keywords = self._inner
        made = type(self)(self._control_type, *arguments, **dict(keywords, **self._keywords))
        made.prototype._listeners.update(self.prototype._listeners)
        return made


class MatrixControl(ControlList):
    """A list with rows and columns; each state has its `coordinate`, (row, column)."""

    class State(ControlList.State):
        """Elements of a matrix of any size; the states follow the dimensions, if they were given."""

        def __init__(self, control, manager, dimensions=None, **keywords):
            self._dimensions = dimensions or (1, 1)
            self._is_fixed = dimensions is not None
            rows, columns = self._dimensions
            super().__init__(control, manager, control_count=rows * columns, **keywords)

        @property
        def width(self):
            return self._dimensions[1]

        @property
        def height(self):
            return self._dimensions[0]

        @property
        def dimensions(self):
            return self._dimensions

        @dimensions.setter
        def dimensions(self, dimensions):
            self._dimensions, self._is_fixed = tuple(dimensions), True
            self.control_count = dimensions[0] * dimensions[1]

        def get_control(self, row, column):
            return self._states[row * self.width + column]

        def set_control_element(self, control_elements):
            if control_elements is not None and not self._is_fixed:
                self._dimensions = (control_elements.height(), control_elements.width())
                self.control_count = self.width * self.height
            super().set_control_element(control_elements)

        def _spread(self, control_elements):
            if control_elements is None:
                return []
            if not hasattr(control_elements, "get_button"):
                return list(control_elements)
            rows, columns = range(self.height), range(self.width)
            return [_button_at(control_elements, column, row) for row in rows for column in columns]

        def _make(self, index):
            state = super()._make(index)
            state.coordinate = divmod(index, max(self.width, 1))
            return state

        def _assign(self):
            for index, state in enumerate(self._states):
                state.coordinate = divmod(index, max(self.width, 1))
            super()._assign()


class RadioButtonGroup(ControlList):
    """Of its buttons one is checked, or none (-1)."""

    checked = control_event("checked")
    value = control_event("value")

    class State(ControlList.State):
        """Knows the checked index."""

        _checked = -1

        @property
        def checked_index(self):
            return self._checked

        @checked_index.setter
        def checked_index(self, index):
            """Shows another one as checked; only presses notify."""
            self._checked = index
            for state in self._states:
                state.is_checked = state.index == index

        def _make(self, index):
            state = super()._make(index)

            def press():
                super(RadioButtonControl.State, state)._press()
                self._check(index)

            state._press = press
            return state

        def _check(self, index):
            before = self._checked
            self.checked_index = index
            if before != index:
                self._call_listener("checked", self._states[index])
                self._call_listener("value", index)

        def _call_listener(self, name, *arguments):
            if name in self._listeners and self._notifies():
                extra = () if name == "checked" else (self,)
                self._listeners[name](self._manager, *arguments, *extra)

    def __init__(self, *arguments, **keywords):
        super().__init__(RadioButtonControl, *arguments, **keywords)

    def copy(self):
        return type(self)(*self._inner[0], **dict(self._inner[1], **self._keywords))


class FixedRadioButtonGroup(RadioButtonGroup):
    """The same with a fixed number of buttons."""


def control_list(control_type, *arguments, **keywords):
    if issubclass(control_type, RadioButtonControl):
        return RadioButtonGroup(*arguments, **keywords)
    return ControlList(control_type, *arguments, **keywords)


def control_matrix(control_type, *arguments, **keywords):
    return MatrixControl(control_type, *arguments, **keywords)


def _button_at(matrix, column, row):
    is_there = column < matrix.width() and row < matrix.height()
    return matrix.get_button(column, row) if is_there else None
