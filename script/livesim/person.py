"""The person in front of the simulated Live, who reads its dialogs and presses their buttons."""


class Person:
    """Presses the first button at once. Tests put somebody else in front, who lets time pass or presses another."""

    def __init__(self):
        self.messages_read = []

    def press(self, message, button_count):
        """The position of the button that is pressed; while this lasts, nothing else happens in Live."""
        self.messages_read.append(message)
        return 0
