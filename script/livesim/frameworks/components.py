"""Components: the parts of a script, which can be enabled and disabled (composite pattern)."""

import sys

from .completing import Completing
from .control import ControlManager
from .dependency import depends
from .events import EventObject
from .layer import LayerOwner
from .tasks import TaskGroup


class _Component(LayerOwner, EventObject, metaclass=Completing):
    """Belongs to the surface in whose `component_guard` it is created."""

    canonical_parent = None
    is_private = False
    is_root = False

    @depends(register_component=None, song=None, parent_task_group=None)
    def __init__(
        self,
        name="",
        register_component=None,
        song=None,
        parent_task_group=None,
        layer=None,
        is_enabled=True,
        is_root=False,
        *_arguments,
        **_keywords,
    ):
        super().__init__()
        self._layer = layer
        self.name = name
        self.is_root = is_root
        self._song = song
        self._is_enabled = bool(is_enabled)
        self._recursive_is_enabled = True
        self._children = []
        self._parent_task_group = parent_task_group
        register_component(self)

    @property
    def _tasks(self):
        """The component's own tasks, which pause while it is disabled."""
        if "_task_group" not in vars(self):
            self._task_group = self._parent_task_group.add(TaskGroup(auto_kill=False))
            if not self.is_enabled():
                self._task_group.pause()
        return self._task_group

    def is_enabled(self, explicit=False):
        return self._is_enabled and (explicit or self._recursive_is_enabled)

    def set_enabled(self, enable):
        was_enabled = self.is_enabled()
        self._is_enabled = bool(enable)
        self._pass_on(was_enabled)

    def on_enabled_changed(self):
        self.update()

    def update(self):
        """Shows the present state on the controls."""

    def disconnect(self):
        self._hold_layer(False)
        self._tasks.kill()
        super().disconnect()

    def _adopt(self, component):
        if component not in self._children:
            self._children.append(component)
            component._set_enabled_recursive(self.is_enabled())
        return component

    def _set_enabled_recursive(self, enable):
        was_enabled = self.is_enabled()
        self._recursive_is_enabled = bool(enable)
        self._pass_on(was_enabled)

    def _pass_on(self, was_enabled):
        if self.is_enabled() != was_enabled:
            self._tasks.resume() if self.is_enabled() else self._tasks.pause()
            for child in self._children:
                child._set_enabled_recursive(self.is_enabled())
            self._hold_layer(self.is_enabled())
            self.on_enabled_changed()


class ControlSurfaceComponent(ControlManager, _Component):
    """`_Framework.ControlSurfaceComponent`: song and application are methods; selection changes call its methods."""

    def song(self):
        return self._song

    def application(self):
        return sys.modules["Live"].Application.get_application()

    def set_allow_update(self, allow):
        """Updates are never deferred."""

    def on_track_list_changed(self):
        """Called when tracks were created, deleted, shown or hidden."""

    def on_scene_list_changed(self):
        """Called when scenes were created or deleted."""

    def on_selected_track_changed(self):
        """Called when another track is selected."""

    def on_selected_scene_changed(self):
        """Called when another scene is selected."""


class CompoundComponent(ControlSurfaceComponent):
    """Enables and disables its own components together with itself."""

    def register_component(self, component):
        return self._adopt(component)

    def register_components(self, *components):
        return [self._adopt(component) for component in components]

    def has_component(self, component):
        return component in self._children

    def update_all(self):
        self.update()
        for child in self._children:
            child.update()


class Component(ControlManager, _Component):
    """`ableton.v2.control_surface.Component`: song and application are properties."""

    def __init__(self, name="", parent=None, *arguments, **keywords):
        super().__init__(name, *arguments, **keywords)
        self.parent = None
        if parent is not None:
            parent.add_children(self)

    @property
    def song(self):
        return self._song

    @property
    def application(self):
        return sys.modules["Live"].Application.get_application()

    def add_children(self, *components):
        for component in components:
            component.parent = self
            self._adopt(component)
        return components[0] if len(components) == 1 else components
