"""Browser: the tree of loadable items, hot-swap, previews, and loading, which takes effect one turn of the loop later.

browser_loading.py says how a loaded device changes the track. Assumed (UNCONFIRMED.md): that an item that cannot be
loaded is refused with a RuntimeError, and that the selection at the time of insertion counts.
"""

from . import browser_loading, browser_tree
from .base import Model, State, command, models, query, reads
from .browser_item import BrowserItem
from .device import AUDIO_EFFECT, INSTRUMENT, MIDI_EFFECT

ANCESTOR, EQUAL, DESCENDANT, NONE = range(4)  # Browser.Relation
HOTSWAP_OFF = 0
HOTSWAP_FILTERS = {INSTRUMENT: 1, AUDIO_EFFECT: 2, MIDI_EFFECT: 3}
FILTERS = range(-1, 7)


def _check_filter(value):
    if value not in FILTERS:
        raise RuntimeError("There is no such filter")


def _root(name):
    return reads(lambda browser: browser.item(name))


@models("Browser.Browser")
class Browser(Model):
    events = ("full_refresh",)  # never posted: the list of loadable items does not change
    filter_type = State(HOTSWAP_OFF, undo=False, check=_check_filter)
    _target = State(None, undo=False, also=("hotswap_target",))

    sounds, drums, instruments = _root("sounds"), _root("drums"), _root("instruments")
    audio_effects, midi_effects, max_for_live = _root("audio_effects"), _root("midi_effects"), _root("max_for_live")
    plugins, clips, samples, packs = _root("plugins"), _root("clips"), _root("samples"), _root("packs")
    user_library, current_project = _root("user_library"), _root("current_project")
    legacy_libraries = reads(lambda browser: ())

    canonical_parent = None  # Live's browser has no such listener

    def __init__(self, application):
        super().__init__(application)
        self.previewed = None
        self._roots = None

    def item(self, name):
        return self._all_roots()[name]

    @reads
    def user_folders(self):
        return self._all_roots()["user_folders"]

    @reads
    def colors(self):
        return self._all_roots()["colors"]

    @reads
    def hotswap_target(self):
        target = self._target
        return target if target is not None and target.life.subject is not None else None

    @hotswap_target.setter
    def hotswap_target(self, device):
        self._target = device
        self.filter_type = HOTSWAP_OFF if device is None else HOTSWAP_FILTERS.get(device.type, HOTSWAP_OFF)
        self.parent.view.post("browse_mode")

    @command
    def load_item(self, item):
        """Refuses an item that cannot be loaded at once; loads others when the script's callback has ended."""
        if not item.is_loadable:
            raise RuntimeError("The item cannot be loaded")
        self.live.loop.later(lambda: browser_loading.land(self, item.entry))

    @command
    def preview_item(self, item):
        """Previews make no sound here; the model remembers which item plays."""
        self.previewed = item

    @command
    def stop_preview(self):
        self.previewed = None

    @query
    def relation_to_hotswap_target(self, item):
        target = self.hotswap_target
        if target is None:
            return NONE
        if item.entry.device is not None and item.entry.device == target.class_display_name:
            return EQUAL if item.is_device else DESCENDANT
        return ANCESTOR if self.is_on_the_way(item) else NONE

    def is_on_the_way(self, item):
        """Whether the device under hot-swap comes from this item, or from one below it."""
        target = self.hotswap_target
        if target is None:
            return False
        if item.is_device:
            return item.name == target.class_display_name
        return item.is_folder and any(self.is_on_the_way(child) for child in item.children)

    def _all_roots(self):
        if self._roots is None:
            made = {name: self._made(*root) for name, root in browser_tree.roots(self.live.major_version).items()}
            made["user_folders"] = [self._made(*root) for root in browser_tree.user_folders()]
            made["colors"] = [self._made(*root) for root in browser_tree.collections()]
            self._roots = made
        return self._roots

    def _made(self, entry, uri):
        return BrowserItem(self.live, entry, uri, "Live" if uri.startswith("query:") else "")
