"""Controls of ready-made components: each role binds a control to an action and to a light (binding)."""

from .components import Component, CompoundComponent


class ControlRoles:
    """For a component whose controls can be assigned and removed at any time."""

    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._roles = {}

    def bind(self, role, control, listener):
        """Gives `control` the role and releases the previous control, with its light off. None ends the role."""
        before = self._roles.pop(role, None)
        if before is not None:
            if before.control.value_has_listener(before.receive):
                before.control.remove_value_listener(before.receive)
            before.control.reset()
        if control is not None:
            self._roles[role] = _Role(self, control, listener)
            control.add_value_listener(self._roles[role].receive)
        self.update()

    def bind_parameter(self, role, control, parameter):
        """Does the same for a control that moves a parameter in Live itself."""
        before = self._roles.pop(role, None)
        if before is not None:
            before.control.release_parameter()
        if control is not None:
            self._roles[role] = _Role(self, control, None)
            self.connect(role, parameter)

    def connect(self, role, parameter):
        """Called when the role's parameter changes, for instance because another track is selected."""
        control = self.control(role)
        if control is not None and parameter is not None and self.is_enabled():
            control.connect_to(parameter)
        elif control is not None:
            control.release_parameter()

    def control(self, role):
        return self._roles[role].control if role in self._roles else None

    def bind_each(self, role, controls, setter):
        """Gives the elements of a matrix or list to as many parts: calls setter(index, element or None)."""
        found = list(controls) if controls is not None else []
        counts = vars(self).setdefault("_counts", {})
        for index in range(max(counts.get(role, 0), len(found))):
            setter(index, found[index] if index < len(found) else None)
        counts[role] = len(found)

    def show(self, role, is_on):
        if role in self._roles and self.is_enabled():
            self._roles[role].control.set_light(is_on)

    def disconnect(self):
        for role in list(self._roles):
            self._roles.pop(role).control.reset()
        super().disconnect()


class ControlUser(ControlRoles, CompoundComponent):
    """Such a component of `_Framework`."""


class V2ControlUser(ControlRoles, Component):
    """Such a component of `ableton.v2`."""

    def register_component(self, component):
        return self.add_children(component)

    def register_components(self, *components):
        return [self.add_children(component) for component in components]


class _Role:
    def __init__(self, user, control, listener):
        self._user, self.control, self._listener = user, control, listener

    def receive(self, value):
        if self._user.is_enabled():
            self._listener(value)


def is_press(control, value):
    """A momentary button is pressed by any value but 0; other buttons send on presses only."""
    return bool(value) or not control.is_momentary()
