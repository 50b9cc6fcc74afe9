"""What has a color of Live's chooser: its color is that of its index, and snaps to one when it is set."""

from .base import reads
from .palette import COLORS, nearest


class Colored:
    """For a model that has a `color_index`."""

    @reads
    def color(self):
        return COLORS[self.color_index]

    @color.setter
    def color(self, value):
        self.color_index = nearest(value)
