"""Skins and colors: a script names the lights of its buttons, such as "Session.ClipStarted"."""

import inspect


class SkinColorMissingError(Exception):
    """The skin has no color of that name."""


class Color:
    """A light by its MIDI value."""

    def __init__(self, midi_value=0, *arguments, **keywords):
        self._midi_value = midi_value

    @property
    def midi_value(self):
        return self._midi_value

    def draw(self, interface):
        interface.send_value(self._midi_value)


class Skin:
    """Colors by dotted names, from the attributes of a class and of the classes in it."""

    def __init__(self, colors=None, *arguments, **keywords):
        self._colors = {}
        if colors is not None:
            self._take("", colors)

    def __getitem__(self, name):
        try:
            return self._colors[name]
        except KeyError:
            raise SkinColorMissingError("the skin has no color %s" % name) from None

    def items(self):
        return self._colors.items()

    def _take(self, prefix, colors):
        for name in dir(colors):
            value = getattr(colors, name)
            if name.startswith("_"):
                continue
            if inspect.isclass(value):
                self._take(prefix + name + ".", value)
            else:
                self._colors[prefix + name] = value


def merge_skins(*skins):
    """Returns a skin with the colors of all; the later ones win."""
    merged = Skin()
    for skin in skins:
        merged._colors.update(skin._colors)
    return merged


def to_midi_value(color_or_value):
    return getattr(color_or_value, "midi_value", color_or_value)


def draw(button, color_name, skin):
    """Lights the button; a color that the skin lacks leaves it as it is, as in Live."""
    try:
        color = skin[color_name]
    except SkinColorMissingError:
        return
    color.draw(button) if hasattr(color, "draw") else button.send_value(color)
