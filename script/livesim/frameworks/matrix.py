"""A grid of buttons as one control: `ButtonMatrixElement` of both frameworks."""

from .elements import NotifyingControlElement
from .refusing import lacks


@lacks(methods="submatrix nested_control_elements get_control_element_priority notify_ownership_change")
class ButtonMatrixElement(NotifyingControlElement):
    """Rows of buttons; a listener of its value gets (value, column, row, is_momentary)."""

    def __init__(self, rows=(), *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._rows = []
        for row in rows:
            self.add_row(row)

    def add_row(self, buttons):
        self._rows.append(tuple(buttons))
        for column, button in enumerate(self._rows[-1]):
            if button is not None:
                self._follow(button, column, len(self._rows) - 1)

    def _follow(self, button, column, row):
        def forward(value):
            self.notify_value(value, column, row, button.is_momentary())

        self.register_slot(button, forward, "value")

    def width(self):
        return max((len(row) for row in self._rows), default=0)

    def height(self):
        return len(self._rows)

    def __len__(self):
        return self.width() * self.height()

    def __iter__(self):
        return (button for row in self._rows for button in row)

    def __getitem__(self, index):
        return list(self)[index]

    def iterbuttons(self):
        """Each button with its column and row."""
        for y, row in enumerate(self._rows):
            for x, button in enumerate(row):
                yield button, (x, y)

    def get_button(self, column, row):
        return self._rows[row][column]

    def send_value(self, column, row, value, force=False):
        button = self.get_button(column, row)
        if button is not None:
            button.send_value(value, force)

    def set_light(self, column, row, value):
        button = self.get_button(column, row)
        if button is not None:
            button.set_light(value)

    def reset(self):
        for button in self:
            if button is not None:
                button.reset()
