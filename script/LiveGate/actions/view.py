"""Actions on Live's views and on the selected track."""

from ..lom import targets
from ..parameters import Boolean, Integer, Number, Text
from ..registry import action

APP = {"app": None}
MESSAGE = {"message": "string"}
CLIP_VIEW, ARRANGEMENT = "Detail/Clip", "Arranger"
# Live scrolls no other views; the empty name is that of the view in the main window.
SCROLLED = ("", "Session", ARRANGEMENT, "Browser", "Detail/DeviceChain")


@action("view", ["view"], APP, MESSAGE, sentence="<show|showed> the clip view")
def show_clip_view(host):
    """Shows the clip view in Live's detail area, with the clip selected last. Uses Application.View.show_view."""
    _show(host, CLIP_VIEW)
    return {"message": "the clip view is shown"}


@action("view", ["view"], APP, MESSAGE, sentence="<show|showed> the arrangement view")
def show_arrangement_view(host):
    """Shows the Arrangement in Live's main window, in place of the Session. Uses Application.View.show_view."""
    _show(host, ARRANGEMENT)
    return {"message": "the Arrangement is shown"}


@action(
    "view",
    ["view"],
    {"selection": None},
    {"track_index": "integer", "message": "string"},
    sets={"selected_track": "view.selected_track.name"},
    sentence="<select|selected> {the track}",
)
def focus_track(host, track_index: targets.INDEX):
    """Selects a track, as clicking its title does. Uses Song.View.selected_track."""
    track = targets.track(host, track_index)
    view = host.song.view
    view.selected_track = track
    targets.require(view.selected_track == track, "Live did not select track %d" % track_index)
    return {"track_index": track_index, "message": "track %d (%s) is selected" % (track_index, track.name)}


@action(
    "view",
    ["view"],
    APP,
    {"time": "number", "message": "string"},
    missing="Application.View.scroll_to_time",
    sentence="<scroll|scrolled> the view to {time_in_beats beats}",
)
def scroll_view_to_time(host, time_in_beats: Number(minimum=0, unit="beats")):
    """Would scroll the Arrangement to a time; Live's API can only scroll by steps, and does not report the position.

    Needs Application.View.scroll_to_time.
    """


@action(
    "view",
    ["view"],
    {"app": None, "selection": None},
    {"direction": "integer", "message": "string"},
    records=("direction",),
    sentence="<scroll|scrolled> a view",
)
def scroll_view(
    host,
    direction: Integer(enum=(0, 1, 2, 3)),
    view_name: Text(max_length=32, enum=SCROLLED) = "",
    modifier_pressed: Boolean() = False,
):
    """Scrolls a view by a step, as the arrow keys do: 0 up, 1 down, 2 left, 3 right. In some views that moves the selection.

    Without a name it is the view in the main window. The modifier is that of the keyboard, with which a step may be
    another. Uses Application.View.scroll_view.
    """
    host.application.view.scroll_view(direction, view_name, modifier_pressed)
    return {"direction": direction, "message": "the view was scrolled by a step, where it can be"}


def _show(host, name):
    view = host.application.view
    view.show_view(name)
    targets.require(view.is_view_visible(name), "Live did not show the view %s" % name)
