"""The dialogs of Live: those that it opens itself, and the message boxes that scripts have it show (modal dialogs).

A script's message box is modal: the call returns when somebody has pressed a button, and until then nothing of Live's
loop turns. A dialog of Live's own stays open until a button of it is pressed, here by a script. Not yet confirmed in
Live: what pressing a button raises that is not there.
"""

from ..errors import invalid_value
from .base import State, command, reads

# How many buttons each of Application.MessageButtons stands for.
BUTTON_COUNTS = {0: 1, 1: 2, 2: 2, 3: 3, 4: 2, 5: 2}


class ApplicationDialogs:
    _dialogs = State((), undo=False, also=("open_dialog_count",))

    @reads
    def open_dialog_count(self):
        return len(self._dialogs)

    @reads
    def current_dialog_message(self):
        return self._dialogs[-1][0] if self._dialogs else ""

    @reads
    def current_dialog_button_count(self):
        return self._dialogs[-1][1] if self._dialogs else 0

    def open_dialog(self, message, button_count=1):
        """Live itself wants something of the person."""
        self._dialogs += ((message, button_count),)
        self.live.notifications.tell()

    def close_dialog(self):
        """The person is done with the one on top."""
        self._dialogs = self._dialogs[:-1]
        self.live.notifications.tell()

    @command
    def press_current_dialog_button(self, index):
        if not 0 <= index < self.current_dialog_button_count:
            raise RuntimeError("The current dialog has no such button")
        self._dialogs = self._dialogs[:-1]

    @command
    def show_on_the_fly_message(
        self, message, buttons=0, enable_markup=False, show_success_icon=False, push_dialog_type=0
    ):
        if buttons not in BUTTON_COUNTS:
            raise invalid_value()
        count = BUTTON_COUNTS[buttons]
        self.open_dialog(message, count)
        pressed = self.live.person.press(message, count)
        self.close_dialog()
        return pressed


class Person:
    """Presses the first button at once. Tests put somebody else in front, who lets time pass or presses another."""

    def __init__(self):
        self.messages_read = []

    def press(self, message, button_count):
        """The position of the button that is pressed; while this lasts, nothing else happens in Live."""
        self.messages_read.append(message)
        return 0
