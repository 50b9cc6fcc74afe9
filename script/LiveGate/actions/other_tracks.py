"""Registers the actions on devices of tracks again, for the devices of return tracks and of the master track."""

import inspect

from ..lom import targets
from ..lom.device_descriptions import ON_MASTER
from ..lom.track_places import MasterPlace, ReturnPlace
from ..registry import ACTIONS, action
from .return_device import devices_on_return

# The names of the actions; the word for the kind of track stands between the braces.
NAMES = (
    "add_{}device",
    "load_{}device_from_browser",
    "delete_{}device",
    "select_{}device",
    "set_{}device_on_off",
    "show_{}plugin_window",
    "hide_{}plugin_window",
    "get_{}device_class_name",
    "get_{}device_type",
    "get_{}device_properties",
    "get_{}device_parameter_by_name",
    "get_{}device_param_display_value",
    "get_all_{}param_display_values",
    "set_{}device_parameters",
    "randomize_{}device",
    "get_{}device_presets",
    "set_{}device_preset",
    "get_{}device_chains",
    "get_{}chain_devices",
    "get_{}rack_contents",
    "set_{}chain_mute",
    "set_{}chain_solo",
    "select_{}rack_variation",
    "store_{}rack_variation",
    "recall_{}rack_variation",
    "recall_last_{}rack_variation",
    "delete_{}rack_variation",
    "randomize_{}rack_macros",
)


class OtherTracks:
    """A kind of track with devices: its word in names of actions, its name in text, and how parameters name it."""

    def __init__(self, word, phrase, noun, parameter, touches, shows, place_of):
        self.word, self.phrase, self.noun = word, phrase, noun
        self.parameter, self.touches, self.shows = parameter, touches, shows
        self._place_of = place_of

    def register(self, template):
        """Registers the action of a template, and returns it."""
        original = ACTIONS[template.format("")]
        action(
            original.category,
            original.access,
            self._instead(original.touches, "track", self.touches),
            self._instead(original.result, "track_index", dict.fromkeys(filter(None, (self.parameter,)), "integer")),
            one_undo_step=original.one_undo_step,
            missing=original.missing,
            sets={name: self._translated(of) for name, of in original.sets.items()},
            removes={name: self._translated(of) for name, of in original.removes.items()},
            records=original.records,
            makes=original.makes,
            shows={kind: self.shows for kind in original.shows},
            sentence=original.sentence.replace("{track}", self.phrase),
        )(self._function(template.format(self.word + "_"), original))
        return ACTIONS[template.format(self.word + "_")]

    def _instead(self, members, name, others):
        """Members with others in place of the track's."""
        kept = {each: value for each, value in members.items() if each != name}
        return dict(others, **kept) if name in members else kept

    def _translated(self, member):
        """How to read a member for the trail: a path from the device, or a function of the original's parameters."""
        if not callable(member):
            return member
        return lambda host, **params: member(host, **self._as_on_track(params))

    def _as_on_track(self, params):
        params = dict(params)
        return dict(params, track_index=self._place_of(params.pop(self.parameter, None)))

    def _function(self, name, original):
        def run(host, **params):
            return original.run(host, **self._as_on_track(params))

        first, _track, *others = inspect.signature(original.run).parameters.values()
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        named = [inspect.Parameter(self.parameter, kind, annotation=targets.INDEX)] if self.parameter else []
        run.__signature__ = inspect.Signature([first, *named, *others])
        run.__name__ = name
        words = "Does for %s what %s does for other tracks. %s"
        run.__doc__ = words % (self.noun, original.name, _members_used(inspect.getdoc(original.run)))
        return run


def _members_used(doc):
    """The end of an action's documentation, which names the members of Live's that it uses."""
    return doc[doc.rindex("Uses ") :].replace("\n", " ")


RETURNS = OtherTracks(
    "return", "{return}", "a return track", "return_index", {"return": "return_index"}, devices_on_return, ReturnPlace
)
MASTER = OtherTracks(
    "master", "the master", "the master track", None, {"master": None}, ON_MASTER["device"], lambda _: MasterPlace()
)

for template in NAMES:
    for tracks in (RETURNS, MASTER):
        tracks.register(template)
