"""Elements made of other elements: combinations with modifiers, several as one, and wrappers."""

from ..errors import NotSimulated
from .elements import NotifyingControlElement


class NestingElement(NotifyingControlElement):
    """Grabs its nested elements while it is grabbed. Before it is first grabbed it uses them freely."""

    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._nested = []
        self._received = None

    def nest(self, element, listener):
        self._nested.append(element)
        self.register_slot(element, listener, "value")

    def nested_control_elements(self):
        return iter(self._nested)

    def owns(self, element):
        return self._received is None or any(element is received for received in self._received)

    def owns_control_element(self, element):
        return self.owns(element)

    def set_control_element(self, element, grabbed):
        """Called by the resource of a nested element; the owner gets this element again, as it is now."""
        self._received = [received for received in self._received or [] if received is not element]
        if grabbed:
            self._received.append(element)
        if not self._is_changing:
            self._on_nested_changed()

    _is_changing = False

    def _on_nested_changed(self):
        for client in self._resource.owners:
            client.set_control_element(self, True)

    def _on_resource_received(self, client):
        self._change_nested(lambda element: element.resource.grab(self, priority=self._priority_of(client)))
        super()._on_resource_received(client)

    def _on_resource_lost(self, client):
        if not self._resource.owners:
            self._change_nested(lambda element: element.resource.release(self))
        super()._on_resource_lost(client)

    def _change_nested(self, change):
        self._is_changing = True
        self._received = self._received or []
        for element in self._nested:
            change(element)
        self._is_changing = False

    def _priority_of(self, client):
        return getattr(client, "priority", None)

    def reset(self):
        for element in self._nested:
            if self.owns(element):
                element.reset()

    def disconnect(self):
        for element in self._nested:
            element.resource.release(self)
        super().disconnect()


class WrapperElement(NestingElement):
    """Stands for one element."""

    def __init__(self, wrapped_control=None, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._wrapped = wrapped_control
        self.nest(wrapped_control, self._forward)

    @property
    def wrapped_control(self):
        return self._wrapped

    def __getattr__(self, name):
        """Everything else is the wrapped element's."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._wrapped, name)

    def send_value(self, *arguments, **keywords):
        if self.owns(self._wrapped):
            self._wrapped.send_value(*arguments, **keywords)

    def set_light(self, value):
        if self.owns(self._wrapped):
            self._wrapped.set_light(value)

    def _forward(self, value, *_arguments):
        if self.owns(self._wrapped):
            self.notify_value(value)


class ComboElement(WrapperElement):
    """One element while its modifiers are pressed; then it takes the element from its owner."""

    def __init__(self, control=None, modifiers=(), modifier=None, *arguments, **keywords):
        super().__init__(control, *arguments, **keywords)
        found = modifier if modifier is not None else modifiers
        self._modifiers = list(found) if isinstance(found, (list, tuple)) else [found]
        self._received = []
        for button in self._modifiers:
            self.register_slot(button, self._on_modifier, "value")

    def _change_nested(self, change):
        """The element is grabbed by the modifiers, and released with them."""
        self._follow_modifiers()

    def _on_modifier(self, *_arguments):
        self._follow_modifiers()

    def _follow_modifiers(self):
        owner = self._resource.owner
        if owner is not None and all(_is_pressed(button) for button in self._modifiers):
            priority = (self._priority_of(owner) or 0) + 1 - 0.5 ** len(self._modifiers)
            self._wrapped.resource.grab(self, priority=priority)
        else:
            self._wrapped.resource.release(self)


class ToggleElement(WrapperElement):
    """One of two elements, by a switch."""

    def __init__(self, on_control=None, off_control=None, *arguments, **keywords):
        self._is_toggled = False
        self._choices = {True: on_control, False: off_control}
        super().__init__(off_control, *arguments, **keywords)
        self.nest(on_control, self._forward)

    @property
    def is_toggled(self):
        return self._is_toggled

    def set_toggled(self, value):
        self._is_toggled = bool(value)
        self._wrapped = self._choices[self._is_toggled]
        self._on_nested_changed()


class MultiElement(NestingElement):
    """Several elements as one: each sends its values, all show them."""

    def __init__(self, *controls, **keywords):
        super().__init__(**keywords)
        for control in controls:
            self.nest(control, self._forward)

    def is_momentary(self):
        return any(element.is_momentary() for element in self._nested)

    def is_pressed(self):
        return any(_is_pressed(element) for element in self._nested)

    def send_value(self, value):
        for element in self._nested:
            if self.owns(element):
                element.send_value(value)

    def set_light(self, value):
        for element in self._nested:
            if self.owns(element):
                element.set_light(value)

    def _forward(self, value, *_arguments):
        self.notify_value(value)


class OptionalElement(WrapperElement):
    """An element that is there while a flag (`.value`) is."""

    def __init__(self, control=None, flag=None, value=True, *arguments, **keywords):
        super().__init__(control, *arguments, **keywords)
        if not hasattr(flag, "value"):
            raise NotSimulated("OptionalElement is simulated with a flag that has `value`")
        self._flag, self._wanted = flag, value
        self.register_slot(flag, self._on_nested_changed, "value")

    def owns(self, element):
        return self._flag.value == self._wanted and super().owns(element)


def _is_pressed(button):
    return bool(getattr(button, "is_pressed")())
