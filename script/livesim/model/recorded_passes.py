"""What a recording into the arrangement covers: one range of song time for each pass of the loop."""

DIGITS = 9  # the position is a sum of many small steps


class Passes:
    """The ranges (start, end) in beats; a jump or a turn of the loop ends one and begins the next."""

    def __init__(self, start):
        self._ranges = [[start, start]]

    def reach(self, position):
        self._ranges[-1][1] = position

    def jump(self, end, start):
        self.reach(end)
        self._ranges.append([start, start])

    def ranges(self):
        """The ranges that are not empty, in the order in which they were recorded."""
        rounded = [(round(start, DIGITS), round(end, DIGITS)) for start, end in self._ranges]
        return [(start, end) for start, end in rounded if end > start]
