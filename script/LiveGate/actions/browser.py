"""Actions that list the contents of Live's browser: devices, plug-ins, presets, samples."""

from ..errors import Refusal, shown
from ..lom.browser_walk import CATEGORIES, COLLECTIONS, below, has_items, in_pieces, shelf
from ..parameters import Text
from ..registry import action

# Bounds the answer, whatever is installed; `truncated` says that there is more.
LISTED_MAX = 1000
DEVICE_CATEGORIES = ("instruments", "audio_effects", "midi_effects", "drums", "max_for_live")
DEVICES = "devices"  # means all of these
AVAILABLE = (DEVICES,) + CATEGORIES + COLLECTIONS
PLUGIN_TYPES = ("vst", "vst3", "au", "max")


@action(
    "browser",
    ["read", "costly"],
    result={"count": "integer", "device_types": "array", "types": "array", "device_count": "integer"},
    sentence="<browse|browsed> the devices",
)
def browse_devices(host):
    """Lists the devices that can be added, by type: instruments, audio and MIDI effects, drums, Max for Live.

    device_types are the names of the types, and count is their number. Each of `types` has its `devices` (name and uri), their `count`, and whether it was `truncated` at 1000. Presets are listed
    by get_browser_items. Uses Application.browser and BrowserItem.children.
    """
    listings = [Listing([shelf(host.application.browser, category)], _is_device) for category in DEVICE_CATEGORIES]

    def visits():
        for listing in listings:
            for visit in listing.visits():
                yield visit

    def finish():
        types = [dict(_counted(listing, "devices"), type=kind) for kind, listing in zip(DEVICE_CATEGORIES, listings)]
        return {
            "count": len(types),
            "device_types": list(DEVICE_CATEGORIES),
            "types": types,
            "device_count": sum(each["count"] for each in types),
        }

    return in_pieces(visits(), finish)


@action(
    "browser",
    ["read", "costly"],
    result={
        "plugin_type": "string",
        "count": "integer",
        "plugins": "array",
        "truncated": "boolean",
        "message": "string",
    },
    sentence="<browse|browsed> the plug-ins",
)
def browse_plugins(host, plugin_type: Text(max_length=16, enum=PLUGIN_TYPES) = "vst"):
    """Lists the plug-ins of one format, or the Max for Live devices, each with name, uri and folder; at most 1000.

    The list is empty if the browser has no folder of the format. Uses Browser.plugins or Browser.max_for_live.
    """
    browser = host.application.browser
    if plugin_type == "max":
        listing = Listing([shelf(browser, "max_for_live")], _is_loadable, has_items)
    else:
        listing = Listing(_plugin_shelves(browser, plugin_type), _is_loadable)

    def finish():
        answer = _counted(listing, "plugins")
        message = "%d plug-ins of type %s" % (answer["count"], plugin_type)
        return dict(answer, plugin_type=plugin_type, message=message)

    return in_pieces(listing.visits(), finish)


@action(
    "browser",
    ["read", "costly"],
    result={
        "category": "string",
        "available_categories": "array",
        "count": "integer",
        "items": "array",
        "truncated": "boolean",
        "message": "string",
    },
    sentence="<browse|browsed> the {category}",
)
def get_browser_items(host, category: Text(max_length=64) = DEVICES):
    """Lists the items in one category of the browser, those near the top first; at most 1000.

    Each has its name, uri, folder and kind (folder, device or file). `devices` means all categories of devices; an
    unknown category is refused with a list of the existing ones. Uses Application.browser.
    """
    if category not in AVAILABLE:
        known = ", ".join(AVAILABLE)
        raise Refusal("invalid_params", "category %s does not exist; the categories are %s" % (shown(category), known))
    browser = host.application.browser
    if category == DEVICES:
        shelves = [shelf(browser, each, (each,)) for each in DEVICE_CATEGORIES]
    else:
        shelves = [shelf(browser, category)]
    listing = Listing(shelves, _is_anything, has_items)

    def finish():
        answer = _counted(listing, "items")
        message = "%d items in %s" % (answer["count"], category)
        return dict(answer, category=category, available_categories=list(AVAILABLE), message=message)

    return in_pieces(listing.visits(), finish)


def _is_anything(_item):
    return True


def _is_device(item):
    return item.is_device


def _is_folder(item):
    return item.is_folder


def _is_loadable(item):
    return item.is_loadable


class Listing:
    """The wanted items below some shelves, LISTED_MAX at most; `goes_into` decides which items are searched."""

    def __init__(self, shelves, is_wanted, goes_into=_is_folder):
        self._shelves = shelves
        self._is_wanted = is_wanted
        self._goes_into = goes_into
        self.items = []
        self.truncated = False

    def visits(self):
        """Visits one item after the other."""
        for item, above in below(self._shelves, self._goes_into):
            if self._is_wanted(item):
                if len(self.items) == LISTED_MAX:
                    self.truncated = True
                    return
                self.items.append(_described(item, above))
            yield item


def _described(item, above):
    kind = "folder" if item.is_folder else "device" if item.is_device else "file"
    return {"name": str(item.name), "uri": str(item.uri), "folder": "/".join(above), "kind": kind}


def _counted(listing, name):
    return {"count": len(listing.items), name: listing.items, "truncated": listing.truncated}


def _plugin_shelves(browser, plugin_type):
    """The plug-in folders whose names begin with the format: VST, VST3, AUv2, AUv3 and so on."""
    folders = [item for item in browser.plugins.children if _is_of(plugin_type, item.name)]
    return [(lambda folder=folder: folder.children, (folder.name,)) for folder in folders]


def _is_of(plugin_type, folder_name):
    name = folder_name.lower().replace(" ", "")
    if plugin_type == "au":
        return name.startswith("au")
    return name in {"vst": ("vst", "vst2"), "vst3": ("vst3",)}[plugin_type]
