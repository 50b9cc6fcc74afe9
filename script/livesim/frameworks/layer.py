"""Layers: a component's control elements by name, grabbed while the component is enabled, and released after."""

import re

from .dependency import depends
from .functions import const

INDEXED = re.compile(r"(\w+)\[(\d+)\]")


class LayerError(Exception):
    """A layer is used in a way it is not meant for."""


class UnhandledElementError(LayerError):
    """The component has no setter and no control of that name."""


class Layer:
    """Hands `play_button=button` to `component.set_play_button(button)`, or to its control `play_button`.

    A name with a leading underscore is grabbed, but not handed on. With `ableton.v2` elements may be named instead: a
    string is the attribute of the injected `element_container`.
    """

    @depends(element_container=const(None))
    def __init__(self, priority=None, element_container=None, **controls):
        self._container = element_container
        self._named = controls
        self._priority = priority
        self._owner = None
        self._elements = None

    def __getattr__(self, name):
        if name in ("_named", "_elements"):
            raise AttributeError(name)
        for known in (name, "_" + name):
            if known in self._named:
                return self._all_elements()[known]
        raise AttributeError("the layer has no control %s" % name)

    def __add__(self, other):
        return CompoundLayer(self, other)

    @property
    def owner(self):
        return self._owner

    @property
    def priority(self):
        return self._priority

    @priority.setter
    def priority(self, priority):
        if priority != self._priority:
            self._priority = priority
            if self._owner is not None:
                self.grab(self._owner)

    def grab(self, owner):
        if self._owner is not None and self._owner is not owner:
            raise LayerError("the layer is grabbed by %r" % self._owner)
        self._owner = owner
        for element in self._unique_elements():
            element.resource.grab(self, priority=self._priority)

    def release(self, owner=None):
        if self._owner is None:
            return
        for element in self._unique_elements():
            element.resource.release(self)
        self._owner = None

    def disconnect(self):
        self.release()

    def set_control_element(self, element, grabbed):
        """Called by the element's resource."""
        for name, known in self._all_elements().items():
            if known is element and not name.startswith("_"):
                hand(self._owner, name, element if grabbed else None)

    def _all_elements(self):
        if self._elements is None:
            self._elements = {name: self._found(element) for name, element in self._named.items()}
        return self._elements

    def _unique_elements(self):
        found = []
        for element in self._all_elements().values():
            if element is not None and not any(element is known for known in found):
                found.append(element)
        return found

    def _found(self, element):
        if not isinstance(element, str):
            return element
        if self._container is None:
            raise LayerError("%r names an element, and there is no element_container" % element)
        indexed = INDEXED.fullmatch(element)
        if indexed is None:
            return getattr(self._container, element)
        return getattr(self._container, indexed.group(1))[int(indexed.group(2))]


def hand(owner, name, element):
    """Gives the component the element for that name, or takes it away with None."""
    setter = getattr(owner, "set_" + name, None)
    if setter is None:
        control = getattr(owner, name, None)
        setter = getattr(control, "set_control_element", None)
    if setter is None:
        raise UnhandledElementError("%s has no handler for %s" % (getattr(owner, "name", owner), name))
    setter(element)


class CompoundLayer:
    """Several layers of one component."""

    def __init__(self, *layers):
        self._layers = list(layers)

    def __getattr__(self, name):
        if name == "_layers":
            raise AttributeError(name)
        for layer in self._layers:
            if hasattr(layer, name):
                return getattr(layer, name)
        raise AttributeError("the layers have no control %s" % name)

    def __add__(self, other):
        return CompoundLayer(*self._layers, other)

    @property
    def owner(self):
        return self._layers[0].owner

    @property
    def priority(self):
        return self._layers[0].priority

    @priority.setter
    def priority(self, priority):
        for layer in self._layers:
            layer.priority = priority

    def grab(self, owner):
        for layer in self._layers:
            layer.grab(owner)

    def release(self, owner=None):
        for layer in self._layers:
            layer.release(owner)

    def disconnect(self):
        self.release()


class LayerOwner:
    """Has a layer, which it holds while it is enabled."""

    _layer = None
    _holds_layer = False

    @property
    def layer(self):
        return self._layer

    @layer.setter
    def layer(self, layer):
        self._hold_layer(False)
        self._layer = layer
        self._hold_layer(self.is_enabled())

    def is_enabled(self):
        return True

    def _hold_layer(self, is_wanted):
        if self._layer is not None and is_wanted != self._holds_layer:
            self._holds_layer = is_wanted
            self._layer.grab(self) if is_wanted else self._layer.release(self)


class SimpleLayerOwner(LayerOwner):
    """Holds a layer without being a component; its elements only have to be kept from others."""

    def __init__(self, layer=None):
        self._given = {}
        self.layer = layer

    def __getattr__(self, name):
        if name.startswith("set_") and "_given" in vars(self):
            return lambda element: self._given.__setitem__(name[4:], element)
        raise AttributeError(name)

    def disconnect(self):
        self.layer = None
