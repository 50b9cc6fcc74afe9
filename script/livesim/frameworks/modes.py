"""`ModesComponent` of all frameworks: a stack of modes, of which the topmost is selected, and their buttons."""

from .button_controls import ButtonControl, control_color
from .components import Component, CompoundComponent
from .events import EventObject
from .mode import EnablingMode, tomode
from .mode_behaviours import LatchingBehaviour

SELECTED, UNSELECTED = "DefaultButton.On", "DefaultButton.Off"


class ModeButtonControl(ButtonControl):
    """The button of a mode: its behaviour decides what presses do."""

    class State(ButtonControl.State):
        """Lights while the mode is active."""

        mode_selected_color = control_color()
        mode_unselected_color = control_color()
        mode_group_active_color = control_color()
        colors = (
            *ButtonControl.State.colors,
            "mode_selected_color",
            "mode_unselected_color",
            "mode_group_active_color",
        )

        def __init__(self, control=None, manager=None, modes_component=None, mode_name=None, *arguments, **keywords):
            super().__init__(control, manager, *arguments, **keywords)
            self._modes, self._mode = modes_component or manager, mode_name
            self._is_on = False

        @property
        def is_on(self):
            return self._is_on

        @is_on.setter
        def is_on(self, is_on):
            self._is_on = bool(is_on)
            self.update()

        def _has_listener(self, name):
            return True

        def _call_listener(self, name, *arguments):
            calls = {
                "pressed": "press_immediate",
                "released_immediately": "release_immediate",
                "pressed_delayed": "press_delayed",
                "released_delayed": "release_delayed",
            }
            if name in calls and self._notifies():
                behaviour = self._modes.behaviour_of(self._mode)
                getattr(behaviour, calls[name])(self._modes, self._mode)
                self._modes.show_buttons()

        def _count_clicks(self):
            """Modes know no double clicks."""

        def _idle_color(self):
            if self._is_on:
                return SELECTED if self.mode_selected_color is None else self.mode_selected_color
            return UNSELECTED if self.mode_unselected_color is None else self.mode_unselected_color


class ModesOwner(EventObject):
    """The modes, for a component of either framework."""

    __events__ = ("selected_mode", "mode_byte_to_send")

    cycle_mode_button = ButtonControl()
    default_behaviour = LatchingBehaviour()
    momentary_toggle = False

    def __init__(
        self, *arguments, default_behaviour=None, enable_skinning=False, support_momentary_mode_cycling=False, **more
    ):
        self._named = {}
        self._order = []
        self._stack = []
        self._shown = None
        self._last_selected = None
        self._default_behaviour = default_behaviour or self.default_behaviour
        self._mode_buttons = {}
        self._parked = None
        super().__init__(*arguments, **more)

    @property
    def modes(self):
        return list(self._order)

    @property
    def active_modes(self):
        return list(self._stack)

    @property
    def selected_mode(self):
        return self._stack[-1] if self._stack else self._parked

    @selected_mode.setter
    def selected_mode(self, mode):
        assert mode is None or mode in self._named, "there is no mode %s" % mode
        if not self.is_enabled():
            self._parked = mode
            return
        if self.selected_mode != mode or len(self._stack) > 1:
            self._stack = [] if mode is None else [mode]
            self._settle()

    @property
    def selected_groups(self):
        return set().union(*(self._named[mode].groups for mode in self._stack))

    def add_mode(
        self,
        name,
        mode_or_component,
        toggle_value=False,
        groups=(),
        behaviour=None,
        cycle_mode_button_color=None,
        selector=None,
        **_more,
    ):
        assert name not in self._named, "there is a mode %s already" % name
        mode = tomode(mode_or_component)
        self._named[name] = _Named(mode, set(groups), behaviour or self._default_behaviour, cycle_mode_button_color)
        self._order.append(name)
        if isinstance(mode, EnablingMode) and name not in self._stack:
            mode.leave_mode()
        button = ModeButtonControl(modes_component=self, mode_name=name, color=None)
        if not hasattr(self, "%s_button" % name):
            self.add_mode_button_control(name, button)
        if toggle_value:
            self._toggle_mode = name

    def add_mode_button_control(self, name, button=None, behaviour=None):
        button = button or ModeButtonControl(modes_component=self, mode_name=name, color=None)
        self._mode_buttons[name] = self.add_control("%s_button" % name, button)

    def set_mode_button(self, name, button):
        self.get_mode_button(name).set_control_element(button)

    def get_mode_button(self, name):
        return getattr(self, "%s_button" % name)

    def behaviour_of(self, name):
        return self._named[name].behaviour

    def get_mode(self, name):
        return self._named[name].mode if name in self._named else None

    def get_mode_groups(self, name):
        return self._named[name].groups if name in self._named else set()

    def is_mode_active(self, name):
        return name in self._stack or bool(self.get_mode_groups(name) & self.selected_groups)

    def push_mode(self, mode):
        assert mode in self._named, "there is no mode %s" % mode
        self._stack = [known for known in self._stack if known != mode] + [mode]
        self._settle()

    def pop_mode(self, mode):
        if mode in self._stack:
            self._stack.remove(mode)
            self._settle()

    def pop_groups(self, groups):
        self._stack = [mode for mode in self._stack if not self.get_mode_groups(mode) & set(groups)]
        self._settle()

    def pop_unselected_modes(self):
        self._stack = self._stack[-1:]
        self._settle()

    def cycle_mode(self, delta=1):
        if self._order:
            at = self._order.index(self.selected_mode) if self.selected_mode in self._order else -delta
            self.selected_mode = self._order[(at + delta) % len(self._order)]

    @cycle_mode_button.pressed
    def cycle_mode_button(self, _button):
        self.cycle_mode()

    def set_toggle_button(self, button):
        """The button of `_Framework`: cycles, or toggles the mode that was added for that."""
        self.cycle_mode_button.set_control_element(button)

    def update(self):
        super().update()
        self.show_buttons()

    def on_enabled_changed(self):
        """Disabled modes are left, and come back."""
        if self.is_enabled():
            parked, self._parked = self._parked, None
            if parked is not None:
                self._stack = [parked]
        else:
            self._parked, self._stack = self.selected_mode, []
        self._settle()
        super().on_enabled_changed()

    def show_buttons(self):
        for name, button in self._mode_buttons.items():
            if name in self._named:
                self.behaviour_of(name).update_button(self, name, self.selected_mode)
            else:
                button.update()
        color = self._named[self.selected_mode].cycle_color if self.selected_mode in self._named else None
        if color is not None and self.cycle_mode_button.color != color:
            self.cycle_mode_button.color = color

    def disconnect(self):
        self._stack = []
        if self._shown is not None:
            self._named[self._shown].mode.leave_mode()
            self._shown = None
        super().disconnect()

    def _settle(self):
        """Leaves the mode that was selected, enters the one that is, and says so."""
        wanted = self._stack[-1] if self._stack else None
        if wanted != self._shown:
            before, self._shown = self._shown, wanted
            if before is not None:
                self._named[before].mode.leave_mode()
            if wanted is not None and self._shown == wanted:
                self._named[wanted].mode.enter_mode()
            self.notify_selected_mode(wanted)
        self.show_buttons()


class _Named:
    def __init__(self, mode, groups, behaviour, cycle_color):
        self.mode, self.groups, self.behaviour, self.cycle_color = mode, groups, behaviour, cycle_color


class ModesComponent(ModesOwner, Component):
    """`ableton.v2.control_surface.mode.ModesComponent`."""


class FrameworkModesComponent(ModesOwner, CompoundComponent):
    """`_Framework.ModesComponent.ModesComponent`."""


class EnablingModesOwner(ModesOwner):
    """Two modes: `enabled`, which enables a component, and `disabled`."""

    def __init__(self, component=None, enabled_color=SELECTED, disabled_color=UNSELECTED, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        component.set_enabled(False)
        self.add_mode("disabled", None, cycle_mode_button_color=disabled_color)
        self.add_mode("enabled", component, cycle_mode_button_color=enabled_color)
        self.selected_mode = "disabled"


class EnablingModesComponent(EnablingModesOwner, Component):
    """Of `ableton.v2`."""


class FrameworkEnablingModesComponent(EnablingModesOwner, CompoundComponent):
    """Of `_Framework`."""


for _class in (FrameworkModesComponent, FrameworkEnablingModesComponent):
    _class.__name__ = _class.__qualname__ = _class.__name__.replace("Framework", "")
