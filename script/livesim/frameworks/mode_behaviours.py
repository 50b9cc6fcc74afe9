"""What the button of a mode does with its mode: selecting, latching, momentary, cancelling and others (strategy)."""


class ModeButtonBehaviour:
    """Called with the component of the modes and the mode's name. `immediate` is before the delay of a long press."""

    def press_immediate(self, component, mode):
        """The button was pressed."""

    def release_immediate(self, component, mode):
        """It was released soon."""

    def press_delayed(self, component, mode):
        """It is held."""

    def release_delayed(self, component, mode):
        """It was held, and released."""

    def update_button(self, component, mode, selected_mode):
        """Lights the button."""
        component.get_mode_button(mode).is_on = component.is_mode_active(mode)


class ImmediateBehaviour(ModeButtonBehaviour):
    """Selects the mode."""

    def press_immediate(self, component, mode):
        component.selected_mode = mode


class LatchingBehaviour(ModeButtonBehaviour):
    """Selects the mode; after a long press the modes before come back."""

    def press_immediate(self, component, mode):
        component.push_mode(mode)

    def release_immediate(self, component, mode):
        component.pop_unselected_modes()

    def release_delayed(self, component, mode):
        if len(component.active_modes) > 1:
            component.pop_mode(mode)


class MomentaryBehaviour(ModeButtonBehaviour):
    """The mode lasts while the button is held."""

    def __init__(self, entry_delay=None, immediate_exit_delay=None, *arguments, **keywords):
        super().__init__()

    def press_immediate(self, component, mode):
        component.push_mode(mode)

    def release_immediate(self, component, mode):
        if len(component.active_modes) > 1:
            component.pop_mode(mode)

    def release_delayed(self, component, mode):
        self.release_immediate(component, mode)


class ToggleBehaviour(ModeButtonBehaviour):
    """A second press ends the mode."""

    def __init__(self, return_to_default=False, *arguments, **keywords):
        super().__init__()
        self._returns = return_to_default

    def press_immediate(self, component, mode):
        if component.selected_mode != mode:
            component.push_mode(mode)
        elif self._returns:
            component.push_mode(component.modes[0])
            component.pop_unselected_modes()
        else:
            component.pop_mode(mode)


class ReenterBehaviour(LatchingBehaviour):
    """A press while the mode is selected is an event of its own."""

    def __init__(self, on_reenter=None, *arguments, **keywords):
        super().__init__()
        if on_reenter is not None:
            self.on_reenter = on_reenter

    def press_immediate(self, component, mode):
        was_active = component.selected_mode == mode
        super().press_immediate(component, mode)
        if was_active:
            self.on_reenter()

    def on_reenter(self):
        """For scripts to override."""


class CancellableBehaviour(ModeButtonBehaviour):
    """A second press returns to the mode before."""

    _was_active = False

    def press_immediate(self, component, mode):
        self._was_active = component.is_mode_active(mode)
        component.push_mode(mode)

    def release_immediate(self, component, mode):
        if self._was_active:
            self._cancel(component, mode)

    def release_delayed(self, component, mode):
        self._cancel(component, mode)

    def _cancel(self, component, mode):
        groups = component.get_mode_groups(mode)
        component.pop_groups(groups) if groups else component.pop_mode(mode)


class AlternativeBehaviour(CancellableBehaviour):
    """A long press selects another mode."""

    def __init__(self, alternative_mode=None, *arguments, **keywords):
        super().__init__()
        self._alternative = alternative_mode

    def press_immediate(self, component, mode):
        """Waits for the length of the press."""

    def press_delayed(self, component, mode):
        component.selected_mode = self._alternative

    def release_immediate(self, component, mode):
        component.selected_mode = mode

    def release_delayed(self, component, mode):
        """The alternative stays."""


class DynamicBehaviourMixin(ModeButtonBehaviour):
    """Chooses the mode when the button is pressed: by `mode_chooser()`."""

    def __init__(self, mode_chooser=None, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._choose, self._chosen = mode_chooser, None

    def press_immediate(self, component, mode):
        self._chosen = self._choose()
        super().press_immediate(component, self._chosen)

    def release_immediate(self, component, mode):
        super().release_immediate(component, self._chosen)

    def press_delayed(self, component, mode):
        super().press_delayed(component, self._chosen)

    def release_delayed(self, component, mode):
        super().release_delayed(component, self._chosen)


class ExcludingBehaviourMixin(ModeButtonBehaviour):
    """Works only while none of the excluded groups is active."""

    def __init__(self, excluded_groups=(), *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._excluded = set(excluded_groups)

    def is_excluded(self, component, selected):
        return bool(component.get_mode_groups(selected) & self._excluded)

    def press_immediate(self, component, mode):
        if not self.is_excluded(component, component.selected_mode):
            super().press_immediate(component, mode)

    def release_immediate(self, component, mode):
        if not self.is_excluded(component, component.selected_mode):
            super().release_immediate(component, mode)

    def press_delayed(self, component, mode):
        if not self.is_excluded(component, component.selected_mode):
            super().press_delayed(component, mode)

    def release_delayed(self, component, mode):
        if not self.is_excluded(component, component.selected_mode):
            super().release_delayed(component, mode)


def make_mode_button_behaviour(name_or_behaviour):
    """v3 names behaviours in mappings."""
    if not isinstance(name_or_behaviour, str):
        return name_or_behaviour
    named = {"latching": LatchingBehaviour, "momentary": MomentaryBehaviour, "toggle": ToggleBehaviour}
    return named.get(name_or_behaviour, ImmediateBehaviour)()
