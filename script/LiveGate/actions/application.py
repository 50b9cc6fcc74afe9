"""Actions on Live itself: its version, and a message to its user."""

from ..parameters import Text
from ..registry import action

BUILD = {"11": "Application.get_build_id"}
VARIANT = {"11": "Application.get_variant"}
MESSAGE = {"11": "Application.show_on_the_fly_message"}


@action(
    "application",
    ["read"],
    result={
        "major": "integer",
        "minor": "integer",
        "bugfix": "integer",
        "version": "string",
        "major_version": "integer",
        "minor_version": "integer",
        "bugfix_version": "integer",
        "build_id": "string",
        "variant": "string",
    },
    sentence="<read> Live's version",
)
def get_application_version(host):
    """Reports the version of Live, as a string such as 12.3.6 and in its three parts, each under two names.

    build_id and variant are empty where Live does not report them. Uses Application.get_major_version, get_minor_version and get_bugfix_version.
    """
    application = host.application
    major, minor, bugfix = (
        int(part)
        for part in (
            application.get_major_version(),
            application.get_minor_version(),
            application.get_bugfix_version(),
        )
    )
    return {
        "major": major,
        "minor": minor,
        "bugfix": bugfix,
        "version": host.live_version,
        "major_version": major,
        "minor_version": minor,
        "bugfix_version": bugfix,
        "build_id": _text_of(application, "get_build_id"),
        "variant": _text_of(application, "get_variant"),
    }


def _text_of(application, member):
    return str(getattr(application, member)()) if hasattr(application, member) else ""


@action(
    "application",
    ["read"],
    result={"build_id": "string"},
    missing=BUILD,
    sentence="<read> Live's build",
)
def get_build_id(host):
    """Reports the build of Live. Uses Application.get_build_id."""
    return {"build_id": str(host.application.get_build_id())}


@action(
    "application",
    ["read"],
    result={"variant": "string"},
    missing=VARIANT,
    sentence="<read> Live's edition",
)
def get_variant(host):
    """Reports the edition of Live: Suite, Standard, Intro, Lite, Trial or Beta. Uses Application.get_variant."""
    return {"variant": str(host.application.get_variant())}


@action(
    "application",
    ["system"],
    {"app": None},
    {"button_pressed": "integer", "message": "string"},
    missing=MESSAGE,
    sentence="<show|showed> the message {message} in Live",
)
def show_message_box(host, message: Text(max_length=4096), title: Text(max_length=256) = "Message"):
    """Shows a message with an OK button in Live, the title above the text, and answers once the button is pressed.

    The box is modal: until the user presses the button, Live runs no command of any client.
    Uses Application.show_on_the_fly_message.
    """
    text = "%s\n\n%s" % (title, message) if title else message
    pressed = host.application.show_on_the_fly_message(text)
    return {"button_pressed": int(pressed), "message": "button %d of the message box was pressed" % pressed}


@action(
    "application",
    ["view"],
    {"app": None},
    {"message": "string"},
    records=("message",),
    sentence="<show|showed> {message} in Live's status bar",
)
def show_status_message(host, message: Text(max_length=256)):
    """Shows a message in Live's status bar, in quotes and with "message:" before it, so that it imitates none of livegate's."""
    shown = 'message: "%s"' % " ".join(message.replace('"', "'").split())
    host.show(shown)
    return {"message": shown}
