"""A grid of buttons as one control: `ButtonMatrixElement` of both frameworks."""

from .combining import NestingElement


class ButtonMatrixElement(NestingElement):
    """Rows of buttons; a listener of its value gets (value, column, row, is_momentary).

    A button that another layer owns is None in the matrix.
    """

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
        def forward(value, *_arguments):
            if self.owns(button):
                is_momentary = getattr(button, "is_momentary", None)
                self.notify_value(value, column, row, is_momentary() if is_momentary is not None else True)

        self.nest(button, forward)

    def width(self):
        return max((len(row) for row in self._rows), default=0)

    def height(self):
        return len(self._rows)

    def __len__(self):
        return self.width() * self.height()

    def __iter__(self):
        return (self._owned(button) for row in self._rows for button in row)

    def __getitem__(self, index):
        return list(self)[index]

    def iterbuttons(self):
        """Each button with its column and row."""
        for y, row in enumerate(self._rows):
            for x, button in enumerate(row):
                yield self._owned(button), (x, y)

    def get_button(self, column, row):
        return self._owned(self._rows[row][column])

    def send_value(self, column, row, value, force=False):
        button = self.get_button(column, row)
        if button is not None:
            button.send_value(value, force)

    def set_light(self, column, row, value):
        button = self.get_button(column, row)
        if button is not None:
            button.set_light(value)

    @property
    def submatrix(self):
        """`matrix.submatrix[columns, rows]` is the matrix of that part."""
        return _Cutter(self)

    def reset(self):
        for button in self:
            if button is not None:
                button.reset()

    def _owned(self, button):
        return button if button is not None and self.owns(button) else None


class _Cutter:
    def __init__(self, matrix):
        self._matrix = matrix

    def __getitem__(self, index):
        columns, rows = index if isinstance(index, tuple) else (index, slice(None))
        columns, rows = (_as_slice(part) for part in (columns, rows))
        return ButtonMatrixElement(rows=[row[columns] for row in self._matrix._rows[rows]])


def _as_slice(index):
    return index if isinstance(index, slice) else slice(index, index + 1)
