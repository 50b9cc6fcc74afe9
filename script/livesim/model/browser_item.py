"""BrowserItem: one line of the browser's tree. Its children are made on access (lazy evaluation)."""

import urllib.parse
import zlib

from .base import MODELS, reads
from .values import Value


class BrowserItem(Value):
    """`entry` is the item's record in the catalogue; `address` is its position in the tree (browser_tree.py)."""

    facts_name = "Browser.BrowserItem"
    fields = {"name": "", "uri": "", "source": "", "is_device": False, "is_folder": False, "is_loadable": False}

    def __init__(self, live, entry, uri, source, ancestors=()):
        super().__init__(
            live,
            name=entry.name,
            uri=uri,
            source=source,
            is_device=entry.is_device,
            is_folder=not entry.is_loadable,
            is_loadable=entry.is_loadable,
        )
        self.entry = entry
        self.ancestors = ancestors
        self._made = None

    @reads
    def children(self):
        if self._made is None:
            above = (*self.ancestors, self)
            self._made = [self._child(entry, above) for entry in self.entry.children()]
        return self._made

    @reads
    def iter_children(self):
        return BrowserItemIterator(self.live, self.children)

    @reads
    def is_selected(self):
        """Whether the hot-swap target came from here or from below: the only selection that is simulated."""
        return self.live.application_model.browser.is_on_the_way(self)

    def _child(self, entry, above):
        uri = self.uri + (":" if self.ancestors else "#") + _address(self.uri, entry)
        return BrowserItem(self.live, entry, uri, self.source, above)


class BrowserItemIterator(Value):
    """Iterates over the children once. boost/vectors.py adds Python's iterator protocol."""

    facts_name = "Browser.BrowserItemIterator"

    def __init__(self, live, items):
        super().__init__(live)
        self.rest = iter(items)


def _address(parent_uri, entry):
    """Files are identified by a number, all other items by name."""
    if entry.is_file:
        return "FileId_%d" % zlib.crc32(("%s:%s" % (parent_uri, entry.name)).encode("utf-8"))
    return urllib.parse.quote(entry.name)


for _made in (BrowserItem, BrowserItemIterator):
    MODELS[_made.facts_name] = _made
