"""Modal dialogs: those that Live opens itself, and message boxes of scripts.

Live's own texts are not known: `Live.Base.get_text` returns the name of a text as the text itself.
A script's message box blocks: the call returns when the user has pressed a button, and until then Live's loop stands
still. A dialog of Live's own stays open until one of its buttons is pressed, here by a script. Assumed
(UNCONFIRMED.md): the error for a button that does not exist.
"""

from ..errors import invalid_value
from .base import State, command, reads

# the number of buttons of each Application.MessageButtons
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
        """Opens a dialog for the user."""
        self._dialogs += ((message, button_count),)
        self.live.notifications.notify()

    def close_dialog(self):
        """Closes the topmost dialog."""
        self._dialogs = self._dialogs[:-1]
        self.live.notifications.notify()

    @command
    def press_current_dialog_button(self, index):
        if not 0 <= index < self.current_dialog_button_count:
            raise RuntimeError("The current dialog has no such button")
        self._dialogs = self._dialogs[:-1]

    @command
    def show_message(self, text, buttons=0, enable_markup=False, show_success_icon=False):
        return self.show_on_the_fly_message(text.text, buttons, enable_markup, show_success_icon)

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
    """The simulated user: presses the first button at once. Tests replace `press` to let time pass or press another."""

    def __init__(self):
        self.messages_read = []
        self.status_bar = ""
        self.link_jumps = 0  # how often the others in the Link session were made to follow Live's beat

    def press(self, message, button_count):
        """Returns the index of the pressed button; Live's loop stands still during the call."""
        self.messages_read.append(message)
        return 0
